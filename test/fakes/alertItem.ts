import type { AlertItem } from '../../core/alerts';
import { epochMs } from '../../core/ports';

/** An alert as Market Rule gives it out. */
export const alertItem = (more: Partial<AlertItem['alert']> = {}): AlertItem => ({
	alert: {
		id: 'alert-1',
		episodeId: 'episode-1',
		ruleId: 'shop-cheap',
		ruleName: 'Shopify Simple Rule',
		symbol: 'SHOP',
		state: 'firing',
		severity: 'warning',
		labels: { desk: 'tech' },
		startedAt: epochMs(1_700_000_000_000),
		eventAt: epochMs(1_700_000_060_000),
		eventId: 'replay/tape.csv/p1/7',
		test: false,
		deliver: [],
		...more,
	},
	title: 'Time to buy SHOP!',
	text: 'SHOP: price 59.2 is less than 60.',
	facts: { price: 59.2, peRatio: 55.1, high: 61 },
	because: [{ fact: 'price', operator: 'lessThan', left: 59.2, right: 60, holds: true }],
	html: '<p>SHOP</p>',
	markdown: '**SHOP**',
});
