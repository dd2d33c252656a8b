import fc from 'fast-check';

import { renderAlert } from '../../../core/delivery';
import { alertItem } from '../../fakes/alertItem';

const { alert, facts, because } = alertItem();
const bare = { alert, facts, because };

/** Tags our own layout has, and nothing else may have brought in. */
const OURS = /^\/?(?:div|h1|h2|p|table|tr|th|td|br)$/;

function tagsOf(html: string): string[] {
	return [...html.matchAll(/<([^>]*)>/g)].map(([, inside]) => (inside ?? '').split(/\s/)[0] ?? '');
}

describe('renderAlert', () => {
	it('fills the templates of the rule', async () => {
		const words = await renderAlert(bare, {
			title: 'Time to buy [[symbol]]!',
			message:
				'[[ruleName]] ([[severity]], [[state]], [[labels.desk]]): [[price]], P/E [[peRatio]], [[why]], [[eventAt]]',
		});
		expect(words.title).toBe('Time to buy SHOP!');
		expect(words.text).toBe(
			'Shopify Simple Rule (warning, firing, tech): 59.2, P/E 55.1, price 59.2 is less than 60, 2023-11-14T22:14:20.000Z',
		);
	});

	it("knows TradingView's names", async () => {
		const reasons = [{ ...because[0]!, fact: 'rsi', params: { period: 14, interval: '5m' } }];
		const named =
			'{{ticker}} {{close}} {{high}} {{interval}} {{time}} {{timenow}} {{exchange}} {{volume}}';
		const { text } = await renderAlert({ ...bare, because: reasons }, { message: named });
		expect(text).toBe('SHOP 59.2 61 5m 2023-11-14T22:14:20.000Z 2023-11-14T22:14:20.000Z ? ?');
	});

	it('lets a fact of the item go before a name of TradingView', async () => {
		const own = { ...facts, close: 58, interval: 'mine', exchange: 'NYSE' };
		const { text } = await renderAlert(
			{ ...bare, facts: own },
			{ message: '[[close]] [[interval]] [[exchange]]' },
		);
		expect(text).toBe('58 mine NYSE');
	});

	it('says why when the rule has no words of its own', async () => {
		const words = await renderAlert(bare, {});
		expect(words.title).toBe('SHOP: Shopify Simple Rule');
		expect(words.text).toBe('SHOP: price 59.2 is less than 60.');
	});

	it('says that an alert is over, for how long it was on, and what is now', async () => {
		const over = {
			...bare,
			alert: {
				...alert,
				state: 'resolved' as const,
				startedAt: alert.eventAt - 310_000,
			},
			because: because.map((reason) => ({ ...reason, left: 61, holds: false })),
		};
		const words = await renderAlert(over, { title: 'Time to buy [[symbol]]!', message: 'Buy!' });
		expect(words.title).toBe('Resolved: Time to buy SHOP!');
		expect(words.text).toBe(
			'SHOP: "Shopify Simple Rule" no longer holds; it did for 5 min 10 s. Now price is 61.',
		);
	});

	it.each([
		[0, '0 s'],
		[59_400, '59 s'],
		[3_600_000, '1 h'],
		[3_661_000, '1 h 1 min'],
		[2 * 86_400_000 + 61_000, '2 d'],
	])('writes a span of %d ms as %s', async (span, words) => {
		const over = {
			...bare,
			alert: { ...alert, state: 'resolved' as const, startedAt: alert.eventAt - span },
		};
		expect((await renderAlert(over, {})).text).toContain(`it did for ${words}.`);
	});

	it('names the reasons that hold, not the branch that does not', async () => {
		const two = [
			...because,
			{ fact: 'volume', operator: 'greaterThan', left: 3, right: 9, holds: false },
		];
		expect((await renderAlert({ ...bare, because: two }, {})).text).not.toContain('volume');
	});

	it.each([
		[1, 'Since the last alert it happened 1 more time and was kept quiet.'],
		[3, 'Since the last alert it happened 3 more times and was kept quiet.'],
	])('says that %d were kept quiet, whatever did it', async (heldBack, sentence) => {
		const { text } = await renderAlert({ ...bare, alert: { ...alert, heldBack } }, {});
		expect(text.endsWith(`. ${sentence}`)).toBe(true);
	});

	it('keeps the title to one line of bounded length', async () => {
		const { title } = await renderAlert(bare, {
			title: `a\r\nBcc: x@example.com ${'y'.repeat(500)}`,
		});
		expect(title).not.toMatch(/[\r\n]/);
		expect(title.length).toBeLessThanOrEqual(200);
	});

	it.each([
		['[[order.total]] of [[order.buyer.name]]', '9.5 of Ada'],
		['[[size.unit]], [[size]]', '?, 7'],
		['[[facts["order.total"]]]', '9.5'],
		['[[constructor.name]]', '?'],
	])('fills %j with fields of objects', async (message, text) => {
		const known = { 'order.total': 9.5, 'order.buyer.name': 'Ada', size: 7, 'size.unit': 'kg' };
		const odd = { '__proto__.polluted': 1, 'constructor.prototype.polluted': 1 };
		const words = await renderAlert({ ...bare, facts: { ...known, ...odd } }, { message });
		expect(words.text).toBe(text);
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
	});

	it('does not lose an alert to a template that fails, and says so in it', async () => {
		const { title, text } = await renderAlert(bare, {
			title: '[[ price | nosuchfilter ]]',
			message: 'fine: [[price]]',
		});
		expect(title).toBe('SHOP: Shopify Simple Rule');
		expect(text).toMatch(
			/^fine: 59\.2\n\nThe template of its title could not be filled: .*nosuchfilter/,
		);
	});

	it('shows reasons and facts in HTML and Markdown', async () => {
		const { html, markdown } = await renderAlert(bare, {});
		for (const shown of ['Why', 'Facts', 'peRatio', '55.1', 'is less than 60', 'yes']) {
			expect(html).toContain(shown);
		}
		expect(markdown).toContain('**SHOP: Shopify Simple Rule**');
		expect(markdown).toContain('- price 59.2 is less than 60');
		expect(markdown).toContain('- peRatio: 55.1');
	});

	it('does not show more rows or longer cells than anyone reads', async () => {
		const many = Object.fromEntries(
			Array.from({ length: 60 }, (_, index) => [`fact${index}`, index]),
		);
		const { html } = await renderAlert(
			{ ...bare, facts: { ...many, long: 'x'.repeat(9_000) } },
			{},
		);
		expect(html).toContain('… and 11 more');
		expect(html).not.toContain('fact50<');
		const cell = await renderAlert({ ...bare, facts: { long: 'x'.repeat(9_000) } }, {});
		expect(cell.html.length).toBeLessThan(5_000);
	});

	it('lets nothing into the HTML but its own tags, whatever an alert says', async () => {
		const nasty = fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.constantFrom(
				'<script>alert(1)</script>',
				'"><img src=x onerror=1>',
				"' style='x",
				'<!--',
				'&lt;',
				'</td>',
			),
			fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '/', 'a', '=', ' ', '\n') }),
		);
		await fc.assert(
			fc.asyncProperty(nasty, nasty, nasty, nasty, async (symbol, name, value, title) => {
				const { html } = await renderAlert(
					{
						alert: { ...alert, symbol, ruleName: name },
						facts: { [name]: value },
						because: [{ fact: name, operator: value, left: symbol, right: value, holds: true }],
					},
					{
						title: '[[given]]',
						message: `[[symbol]] [[ruleName]] ${title.replace(/[[\]{}%]/g, '')}`,
					},
				);
				expect(tagsOf(html).filter((tag) => !OURS.test(tag))).toEqual([]);
				// Attributes are ours alone: quotation marks of values are escaped.
				for (const [, attributes] of html.matchAll(/<\w+((?:\s[^<>]*)?)>/g)) {
					expect(attributes).toMatch(/^(?:\s(?:class|style|cellpadding|cellspacing)="[^"]*")*$/);
				}
			}),
		);
	});

	it('escapes what Markdown would read as its own', async () => {
		const { markdown } = await renderAlert(
			{ ...bare, facts: { note: '[click](http://evil.example) *bold* `code`' } },
			{},
		);
		expect(markdown).toContain('\\[click\\]\\(http://evil.example\\) \\*bold\\* \\`code\\`');
	});
});
