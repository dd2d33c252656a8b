import fc from 'fast-check';

import {
	checkTemplate,
	namesInTemplate,
	renderJsonTemplate,
	renderTemplate,
} from '../../../core/delivery';

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
		[1e-9, '0.000000001'],
		[-1.2e-9, '-0.0000000012'],
		[59.480000000000004, '59.48'],
		[1e-20, '1e-20'],
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
		['chance', '[[ (1..9) | sample ]]'],
		['a loop without end', '[% for i in (1..100000000) %]x[% endfor %]'],
		['nested loops', `${'[% for i in (1..9999) %]'.repeat(3)}x${'[% endfor %]'.repeat(3)}`],
		[
			'a text that doubles',
			`[% assign x = "aaaaaaaaaa" %]${'[% assign x = x | append: x %]'.repeat(30)}[[x]]`,
		],
		[
			'a list that doubles',
			`[% assign x = "a,b" | split: "," %]${'[% assign x = x | concat: x %]'.repeat(30)}`,
		],
		[
			'a text full of replacements',
			'[[ (1..9999) | join: "aaaaaaaa" | replace: "a", "bbbbbbbbbb" ]]',
		],
		['a year a million digits wide', '[[ 0 | date: "%99999999Y" ]]'],
		['a list without end', '[[ (1..100000000) | join ]]'],
		['more text than a template has', 'x'.repeat(20_001)],
	])('refuses %s, within its time', async (_, template) => {
		const startedAt = performance.now();
		await expect(renderTemplate(template, scope)).rejects.toThrow();
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});

	it.each([
		['markup', '<script'],
		['white space', '          '],
	])('does not hang on filters over a long text of %s', async (_, piece) => {
		const long = `[% assign x = "${piece}" %]${'[% assign x = x | append: x %]'.repeat(12)}`;
		const filters = ['strip_html', 'squish', 'normalize_whitespace', 'rstrip', 'slugify', 'strip'];
		for (const filter of [...filters, 'truncatewords: 3', 'number_of_words', 'newline_to_br']) {
			const startedAt = performance.now();
			await renderTemplate(`${long}[[ x | append: "a" | ${filter} | size ]]`, scope);
			expect(performance.now() - startedAt).toBeLessThan(2_000);
		}
	});

	it('knows no other time than the event', async () => {
		const at = { eventAt: '2023-11-14T22:14:20.000Z' };
		expect(await renderTemplate('[[ "now" | date: "%Y-%m-%d %H:%M" ]]', at)).toBe(
			'2023-11-14 22:14',
		);
		expect(await renderTemplate('[[ "now" | date: "%Y" ]]', {})).toBe('?');
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

describe('the filters of numbers and times', () => {
	const values = {
		price: 59.2,
		text: '59.20',
		noisy: 0.1 + 0.2,
		tiny: 0.00001234,
		large: 1_234_567.891,
		loss: -0.004,
		nothing: null,
		word: 'closed',
		at: 1_700_000_060_000,
		eventAt: '2023-11-14T22:14:20.000Z',
	};
	it.each([
		['number', '59.2'],
		['number: 2', '59.20'],
		['number: 0', '59'],
		['number: 2, locale: "de-DE"', '59,20'],
		['percent', '59.2%'],
		['percent: 2', '59.20%'],
		['percent: 1, locale: "de-DE"', '59,2\u00a0%'],
		['currency', '$59.20'],
		['currency: "EUR"', '€59.20'],
		['currency: "EUR", 3', '€59.200'],
		['currency: "EUR", locale: "de-DE"', '59,20\u00a0€'],
		['currency: "JPY"', '¥59.2'],
		['currency: "JPY", 0', '¥59'],
	])('writes the price by %s as %s', async (filter, text) => {
		expect(await renderTemplate(`[[ price | ${filter} ]]`, values)).toBe(text);
	});

	it.each([
		['text | number', '59.20'],
		['text | currency: "USD"', '$59.20'],
		['noisy | number', '0.3'],
		['tiny | number', '0.00001234'],
		['tiny | currency: "USD"', '$0.00001234'],
		['large | number', '1,234,567.891'],
		['large | number: 1, locale: "de-DE"', '1.234.567,9'],
		['loss | percent', '0%'],
		['loss | number: 2', '0.00'],
		['nothing | number: 2', '?'],
		['unheard | currency: "EUR"', '?'],
		['nothing | number: 2 | default: "n/a"', 'n/a'],
		['word | number: 2', 'closed'],
		['word | percent', 'closed'],
		['word | time', 'closed'],
	])('keeps digits, drops noise, invents nothing: %s → %s', async (expression, text) => {
		expect(await renderTemplate(`[[ ${expression} ]]`, values)).toBe(text);
	});

	it.each([
		['at | time', 'Nov 14, 2023, 10:14 PM UTC'],
		['eventAt | time: "America/New_York"', 'Nov 14, 2023, 5:14 PM EST'],
		['at | time: "America/New_York", style: "clock"', '5:14 PM EST'],
		['at | time: "Asia/Tokyo", style: "date"', 'Nov 15, 2023'],
		['at | time: "Europe/Berlin", locale: "de-DE"', '14. Nov. 2023, 23:14 MEZ'],
		['eventAt | date: "%H:%M", "America/New_York"', '17:14'],
		['eventAt | date: "%H:%M"', '22:14'],
	])('tells the time: %s → %s', async (expression, text) => {
		expect(await renderTemplate(`[[ ${expression} ]]`, values)).toBe(text);
	});

	it('takes locale and time zone for a whole text from the scope, or from the text itself', async () => {
		const text = '[[ price | number: 2 ]], [[ at | time: style: "clock" ]]';
		const german = { locale: 'de-DE', timezone: 'Europe/Berlin' };
		expect(await renderTemplate(text, { ...values, ...german })).toBe('59,20, 23:14 MEZ');
		const own = '[% assign locale = "de-DE" %][% assign timezone = "Asia/Tokyo" %]';
		expect(await renderTemplate(own + text, values)).toBe('59,20, 07:14 GMT+9');
	});

	it.each([
		['price | number: "two"', '"two" is no number of digits; use one from 0 to 20'],
		['price | number: 2, locale: "nowhere-at-all"', '"nowhere-at-all" is no locale'],
		['price | currency: "euro"', '"euro" is no currency; use a code of three letters'],
		['at | time: "New York"', '"New York" is no time zone'],
		['at | time: "UTC", style: "long"', '"long" is no style; use "full", "date" or "clock"'],
	])('says what is wrong with %s', async (expression, message) => {
		await expect(renderTemplate(`[[ ${expression} ]]`, values)).rejects.toThrow(message);
	});

	it('writes every number without exponent and gives it back to twelve digits', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => {
					const size = Math.abs(value);
					return size === 0 || (size > 1e-18 && size < 1e15);
				}),
				async (value) => {
					const text = await renderTemplate('[[value]]', { value });
					expect(text).toMatch(/^-?\d+(?:\.\d+)?$/);
					expect(Number(text)).toBe(
						Number.isSafeInteger(value) ? value + 0 : Number(value.toPrecision(12)),
					);
				},
			),
		);
	});
});

describe('renderJsonTemplate', () => {
	const values = { title: 'He said "buy"\n', price: 59.2, open: true, list: [[1], 2], none: null };
	it.each([
		['{"text": "[[title]]"}', { text: 'He said "buy"\n' }],
		['{"price": [[price]], "open": [[ open ]]}', { price: 59.2, open: true }],
		['{"price": [[none]], "text": "at [[none]], [[unheard]]"}', { price: null, text: 'at ?, ?' }],
		['{"content": "[[ price | currency: "EUR" ]]"}', { content: '€59.20' }],
		['{"close": {{close}}}', { close: null }],
		['{"list": [[list]]}', { list: [[1], 2] }],
		['{"list": [ [1,2], [3] ]}', { list: [[1, 2], [3]] }],
		['[% if price < 60 %]{"a":1}[% else %]{"b":1}[% endif %]', { a: 1 }],
	])('%s → %j', async (template, value) => {
		expect(JSON.parse(await renderJsonTemplate(template, values))).toEqual(value);
	});

	it('lets no value out of its quotation marks', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'binary' }), async (title) => {
				const text = await renderJsonTemplate('{"a": "[[title]]", "b": 1}', { title });
				expect(JSON.parse(text)).toEqual({ a: title === '' ? '?' : title, b: 1 });
			}),
		);
	});

	it('says what is not JSON', async () => {
		await expect(renderJsonTemplate('{"a": [[title]]}', values)).rejects.toThrow(
			/not JSON .*texts stand between quotation marks/,
		);
	});
});

describe('namesInTemplate', () => {
	it.each([
		['[[symbol]] at {{ price }}, [[ high | number: 2 ]]', ['symbol', 'price', 'high']],
		['[% if volume > 3 %][[facts["rsi(14)"]]][% endif %]', ['volume', 'facts']],
		['nothing', []],
		['[[ wrong', []],
	])('%s → %j', async (template, names) => {
		expect([...(await namesInTemplate(template))].sort()).toEqual([...names].sort());
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
