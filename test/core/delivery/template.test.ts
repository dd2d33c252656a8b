import fc from 'fast-check';

import { checkTemplate, renderTemplate } from '../../../core/delivery';

const scope = {
	symbol: 'SHOP',
	price: 59.2,
	peRatio: null,
	tiny: 0.0000001,
	sum: 0.1 + 0.2,
	huge: 123_456_789_012.5,
	open: true,
	labels: { desk: 'tech' },
	'rsi(14, 5m)': 28.4,
	facts: { 'rsi(14, 5m)': 28.4 },
};

describe('renderTemplate', () => {
	it.each([
		['[[symbol]] at [[price]]', 'SHOP at 59.2'],
		['[[ symbol ]]', 'SHOP'],
		['{{symbol}} at {{ price }}', 'SHOP at 59.2'],
		['[% if price < 60 %]cheap[% else %]dear[% endif %]', 'cheap'],
		['{% if price < 60 %}cheap{% endif %}', 'cheap'],
		['[[ labels.desk | upcase ]]', 'TECH'],
		['[[ price | round ]]', '59'],
		['[[facts["rsi(14, 5m)"]]]', '28.4'],
		['[[ facts["rsi(14, 5m)"] ]] and [[facts["rsi(14, 5m)"]]]', '28.4 and 28.4'],
		['no template at all', 'no template at all'],
		['a JSON text {"a":{"b":1}} stays', 'a JSON text {"a":{"b":1}} stays'],
		['[link] and ]]]', '[link] and ]]]'],
		['', ''],
	])('%s → %s', async (template, text) => {
		expect(await renderTemplate(template, scope)).toBe(text);
	});

	it.each([
		['[[nothing]]', '?'],
		['[[peRatio]]', '?'],
		['[[labels.nothing.more]]', '?'],
		['[[ peRatio | default: "n/a" ]]', 'n/a'],
	])('shows what is not known: %s → %s', async (template, text) => {
		expect(await renderTemplate(template, scope)).toBe(text);
	});

	it.each([
		['[[sum]]', '0.3'],
		['[[tiny]]', '0.0000001'],
		['[[huge]]', '123456789013'],
		['[[open]]', 'true'],
		['[[labels]]', '{"desk":"tech"}'],
	])('writes values as people read them: %s → %s', async (template, text) => {
		expect(await renderTemplate(template, scope)).toBe(text);
	});

	it.each<[number, string]>([
		[0, '0'],
		[-0, '0'],
		[-1.5, '-1.5'],
		[1e-7, '0.0000001'],
		[1.23456789012e-8, '0.0000000123456789012'],
		[1e-9, '1e-9'],
		[100_000_000_000_000, '100000000000000'],
		[3_456_789_012_345, '3456789012345'],
		[1e21, '1e+21'],
		[1 / 3, '0.333333333333'],
		[Number.NaN, '?'],
		[Number.POSITIVE_INFINITY, '?'],
	])('writes the number %d as %s', async (value, text) => {
		expect(await renderTemplate('[[value]]', { value })).toBe(text);
	});

	it('does not take values for templates', async () => {
		const text = await renderTemplate('[[symbol]]', { symbol: '[[price]] {{price}}', price: 1 });
		expect(text).toBe('[[price]] {{price}}');
	});

	it.each([
		['a prototype', '[[symbol.constructor]][[labels.__proto__]][[labels.toString]]', '???'],
		['raw, which would go round the text form', '[[ labels | raw ]]', '{"desk":"tech"}'],
	])('gives nothing away through %s', async (_, template, text) => {
		expect(await renderTemplate(template, scope)).toBe(text);
	});

	it.each([
		['a file', '[% include "/etc/passwd" %]'],
		['a partial', '[% render "package.json" %]'],
		['a layout', '[% layout "/etc/passwd" %]'],
		['a filter that is none', '[[ price | shell ]]'],
		['a loop without end', '[% for i in (1..100000000) %]x[% endfor %]'],
		['nested loops', `${'[% for i in (1..9999) %]'.repeat(3)}x${'[% endfor %]'.repeat(3)}`],
		['more text than a template has', 'x'.repeat(20_001)],
	])('refuses %s', async (_, template) => {
		await expect(renderTemplate(template, scope)).rejects.toThrow();
	});

	it('cuts what is longer than 10,000 characters', async () => {
		const text = await renderTemplate('[% for i in (1..3000) %]word [% endfor %]', scope);
		expect(text.length).toBeLessThanOrEqual(10_000);
		expect(text).toMatch(/word…$/);
	});

	it('never splits a character when it cuts', async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(3), async (offset) => {
				const text = await renderTemplate('[[value]]', {
					value: 'x'.repeat(offset) + '😀'.repeat(6_000),
				});
				expect(text.length).toBeLessThanOrEqual(10_000);
				expect(text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
			}),
		);
	});
});

describe('checkTemplate', () => {
	it.each(['[[symbol]]', '', 'plain', '[% if a %]x[% endif %]', '{{ a }}'])(
		'accepts %j',
		async (good) => {
			expect(await checkTemplate(good)).toBeUndefined();
		},
	);

	it.each([
		['[[symbol', /line:1, col:1/],
		['one\ntwo [[ symbol', /line:2, col:5/],
		['[% if a %]x', /line:1, col:1/],
		['[% nosuchtag %]', /nosuchtag/],
	])('says where %j is wrong', async (bad, message) => {
		expect(await checkTemplate(bad)).toMatch(message);
	});

	it('names a filter that does not exist', async () => {
		expect(await checkTemplate('[[ price | rond ]]')).toMatch(/rond/);
	});
});
