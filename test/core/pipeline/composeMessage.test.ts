import { alertItemSchema, type AlertItem, type NoiseMessage } from '../../../core/alerts';
import { composeMessage } from '../../../core/pipeline/composeMessage';
import { epochMs } from '../../../core/ports';
import { alertItem } from '../../fakes/alertItem';

const message = (
	members: ReadonlyArray<Partial<AlertItem['alert']>>,
	more: Partial<NoiseMessage> = {},
): NoiseMessage => ({
	id: 'message-1',
	episodeId: 'wave-1',
	by: 'group',
	state: 'firing',
	members: members.map((one) => ({ alert: alertItem(one), count: 1 })),
	stillFiring: [],
	closes: [],
	startedAt: epochMs(1),
	eventAt: epochMs(9),
	...more,
});

describe('a message as an item', () => {
	it('is the alert itself when it is one as it came', () => {
		const alert = alertItem();
		const one = { ...message([]), by: 'alert' as const, members: [{ alert, count: 1 }] };
		expect(composeMessage(one)).toEqual(alert);
	});

	it('has what its members share, the highest severity, and each of them', () => {
		const item = composeMessage(
			message([
				{ symbol: 'SHOP', labels: { desk: 'tech', country: 'ca' }, severity: 'info' },
				{ symbol: 'AAPL', labels: { desk: 'tech', country: 'us' }, severity: 'critical' },
			]),
		);
		expect(alertItemSchema.parse(item)).toEqual(item);
		expect(item).toMatchObject({
			alert: {
				id: 'message-1',
				episodeId: 'wave-1',
				ruleId: 'shop-cheap',
				ruleName: 'Shopify Simple Rule',
				symbol: '',
				severity: 'critical',
				labels: { desk: 'tech' },
				startedAt: 1,
				eventAt: 9,
				test: false,
				merged: { by: 'group', count: 2, stillFiring: [] },
			},
			title: 'Shopify Simple Rule: SHOP, AAPL',
			facts: {},
			because: [],
			members: [{ alert: { symbol: 'SHOP' } }, { alert: { symbol: 'AAPL' } }],
		});
		expect(item.members?.[0]).not.toHaveProperty('html');
	});

	it('has a symbol where there is but one, and no rule where there are several', () => {
		const { alert } = composeMessage(
			message([
				{ symbol: 'SHOP', ruleId: 'a', ruleName: 'A' },
				{ symbol: 'SHOP', ruleId: 'b', ruleName: 'B' },
			]),
		);
		expect([alert.symbol, alert.ruleId, alert.ruleName]).toEqual(['SHOP', '', '2 alerts']);
	});

	it('goes to whom its members go', () => {
		const deliver = [{ channel: 'email', to: 'me@example.com' }];
		expect(composeMessage(message([{ deliver }, { deliver }])).alert.deliver).toEqual(deliver);
	});
});
