import { toApperate } from '../../../../../core/delivery';
import { alertItem } from '../../../../fakes/alertItem';

describe('toApperate', () => {
	it('has the shape that receivers of Apperate read', () => {
		// shared/apperate.md 3.1, rebuilt from two receivers
		expect(toApperate(alertItem())).toEqual({
			data: {
				name: 'Shopify Simple Rule',
				set: 'CORE:STOCK:SHOP',
				timestamp: 1_700_000_060_000,
				data: {
					'CORE:STOCK:SHOP:latestPrice': 59.2,
					'CORE:STOCK:SHOP:peRatio': 55.1,
					'CORE:STOCK:SHOP:high': 61,
				},
			},
		});
	});

	it('has the facts of all members of several alerts in one', () => {
		const of = (symbol: string, price: number) => {
			const { html: _, markdown: __, ...member } = alertItem({ symbol });
			return { ...member, facts: { price } };
		};
		const merged = {
			...alertItem({ symbol: '', ruleName: '2 alerts' }),
			facts: {},
			members: [of('SHOP', 59.2), of('AAPL', 148)],
		};
		expect(toApperate(merged).data).toEqual({
			name: '2 alerts',
			set: 'CORE:STOCK',
			timestamp: 1_700_000_060_000,
			data: { 'CORE:STOCK:SHOP:latestPrice': 59.2, 'CORE:STOCK:AAPL:latestPrice': 148 },
		});
	});

	it.each([
		['price(MSFT)', 'CORE:STOCK:MSFT:latestPrice'],
		['high(BRK.B)', 'CORE:STOCK:BRK.B:high'],
		['week52High', 'CORE:STOCK:SHOP:week52high'],
		['sma(200, 1d)', 'CORE:STOCK:SHOP:day200MovingAvg'],
		['rsi(14, 5m)', 'CORE:STOCK:SHOP:rsi(14, 5m)'],
		['rsi(14)', 'CORE:STOCK:SHOP:rsi(14)'],
		['myColumn', 'CORE:STOCK:SHOP:myColumn'],
	])('names %s %s', (fact, name) => {
		const { data } = toApperate({ ...alertItem(), facts: { [fact]: 1 } });
		expect(data.data).toEqual({ [name]: 1 });
	});
});
