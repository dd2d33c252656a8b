import type { AlertItem, AlertMember } from '../../../core/alerts';
import { renderFlapping, renderMerged } from '../../../core/delivery';
import { alertItem } from '../../fakes/alertItem';

const member = (symbol: string, more: Partial<AlertItem['alert']> = {}): AlertMember => {
	const { alert, facts, because } = alertItem({ symbol, ...more });
	return {
		alert,
		facts,
		because,
		title: `${symbol}!`,
		text: `${symbol}: price 59.2 is less than 60.`,
	};
};
const merged = (more: Partial<AlertItem['alert']> = {}, stillFiring: string[] = []) =>
	alertItem({ symbol: '', merged: { by: 'group', count: 2, stillFiring }, ...more }).alert;

describe('the words of several alerts as one', () => {
	it('name the symbols in the title, and say of each why', () => {
		expect(renderMerged(merged(), [member('SHOP'), member('AAPL')])).toMatchObject({
			title: 'Shopify Simple Rule: SHOP, AAPL',
			text: 'SHOP: price 59.2 is less than 60.\nAAPL: price 59.2 is less than 60.',
			markdown: [
				'**Shopify Simple Rule: SHOP, AAPL**',
				'',
				'- SHOP: price 59.2 is less than 60.',
				'- AAPL: price 59.2 is less than 60.',
			].join('\n'),
			html: expect.stringContaining('AAPL: price 59.2 is less than 60.'),
		});
	});

	it('add the symbol and the reason to a text of the user that has neither', () => {
		const own = { ...member('SHOP'), text: 'Time  to\nbuy' };
		const { text } = renderMerged(merged(), [own, member('AAPL')]);
		expect(text.split('\n')[0]).toBe('SHOP: Time to buy (price 59.2 is less than 60)');
	});

	it('name the rules where they are several, and count what a member stands for', () => {
		const other = { ...member('AAPL', { ruleId: 'other', ruleName: 'Other' }), count: 3 };
		const { title, text } = renderMerged(merged(), [member('SHOP'), other]);
		expect(title).toBe('2 alerts: SHOP, AAPL');
		expect(text).toContain('AAPL: price 59.2 is less than 60. (rule "Other"; the last of 3)');
	});

	it('count what is too much for a title and a text', () => {
		const many = Array.from({ length: 120 }, (_, index) => member(`S${index}`));
		const { title, text } = renderMerged(merged(), many);
		expect(title).toBe('Shopify Simple Rule: S0, S1, S2, S3, S4 and 115 more');
		expect(text.split('\n')).toHaveLength(101);
		expect(text).toMatch(/… and 20 more$/);
	});

	it.each<[AlertItem['alert']['state'], string[], string]>([
		['resolved', [], 'Resolved: Shopify Simple Rule: SHOP'],
		['reminder', ['AAPL', 'MSFT'], '1 over, 2 still firing: Shopify Simple Rule: SHOP'],
	])('say that it is over (%s, others %j)', (state, stillFiring, title) => {
		const words = renderMerged(merged({ state }, stillFiring), [
			member('SHOP', { state: 'resolved' }),
		]);
		expect(words.title).toBe(title);
		expect(words.text.includes('Still firing: AAPL, MSFT.')).toBe(stillFiring.length > 0);
	});

	it('say that all of them go on', () => {
		const members = [member('SHOP', { state: 'reminder' }), member('AAPL', { state: 'reminder' })];
		expect(renderMerged(merged({ state: 'reminder' }), members).title).toBe(
			'Still firing: Shopify Simple Rule: SHOP, AAPL',
		);
	});

	it.each([
		['quietHours', 'During quiet hours: Shopify Simple Rule: SHOP, AAPL'],
		['budget', 'Held back: Shopify Simple Rule: SHOP, AAPL'],
	] as const)('say why they come together: %s', (by, title) => {
		const alert = merged({ merged: { by, count: 2, stillFiring: [] } });
		expect(renderMerged(alert, [member('SHOP'), member('AAPL')]).title).toBe(title);
	});

	it('are escaped for HTML and Markdown', () => {
		const { html, markdown } = renderMerged(merged(), [member('<A>'), member('B*')]);
		expect(html).toContain('&lt;A&gt;');
		expect(html).not.toContain('<A>');
		expect(markdown).toContain('B\\*');
	});
});

describe('the words of an alert that flaps', () => {
	it('say how often it changed, and when it is told again', () => {
		const flapping = { changes: 5, windowMs: 600_000, calmForMs: 900_000 };
		const item = alertItem({ flapping });
		const words = renderFlapping(item);
		expect(words.title).toBe('Flapping: Time to buy SHOP!');
		expect(words.text).toBe(
			'SHOP: price 59.2 is less than 60.\n\nIt changed 5 times within 10 min, so it is quiet now. When nothing has changed for 15 min, the state it is in then is told.',
		);
		expect(words.html).toContain('Flapping: Time to buy SHOP!');
		expect(words.markdown).toContain('**Flapping: Time to buy SHOP\\!**');
	});

	it('are its own when it does not', () => {
		const item = alertItem();
		expect({ ...item, ...renderFlapping(item) }).toEqual(item);
	});
});
