import { MarketAlertTrigger } from '../../../nodes/MarketAlertTrigger/MarketAlertTrigger.node';
import { closeSharedStore } from '../../../nodes/host/store';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { BinanceServer, type Kline } from '../../fakes/BinanceServer';
import { openTrigger } from '../../fakes/openTrigger';

const HOUR_MS = 3_600_000;
let server: BinanceServer;
beforeEach(async () => (server = await BinanceServer.open()));
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

const binance = (more: object) =>
	({
		source: 'binance',
		symbols: 'BTC/USDT',
		...more,
		options: { restBaseUrl: `http://${server.host}`, streamBaseUrl: `ws://${server.host}` },
	}) as never;
const trade = (a: number, p: string) => ({
	e: 'aggTrade',
	E: Date.now(),
	s: 'BTCUSDT',
	a,
	p,
	q: '0.5',
	f: a,
	l: a,
	T: Date.now(),
	m: true,
	M: true,
});
/** Hours that fall by one each, up to the one that is running. */
function fill(count: number): void {
	const present = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
	const rows = Array.from({ length: count }, (_, index): Kline => {
		const startAt = present - (count - 1 - index) * HOUR_MS;
		const [open, close] = [`${1_000 - index}`, `${999 - index}`];
		return [startAt, open, open, close, close, '10', startAt + HOUR_MS - 1, '9', 5, '1', '1', '0'];
	});
	server.klines.set('BTCUSDT 1h', rows);
}
const oversold = {
	ruleName: 'BTC oversold',
	conditions: {
		condition: [
			{
				fact: 'rsi',
				period: 14,
				interval: '1h',
				operator: 'lessThan',
				compareWith: 'value',
				value: '30',
			},
		],
	},
};

describe('a trigger with the history of Binance', () => {
	it('fires an alert on hours of candles at its first trade, and not before', async () => {
		fill(400);
		const trigger = openTrigger(new MarketAlertTrigger(), binance(oversold));
		const { closeFunction } = await trigger.start();
		await server.until(() => server.isListenedTo('btcusdt@aggTrade'));
		await server.until(() => server.requests.some((one) => one.startsWith('/api/v3/klines')));
		expect(trigger.events).toEqual([]);
		server.emit('btcusdt@aggTrade', trade(1, '600.0'));
		await trigger.until(() => trigger.events.length > 0);
		await closeFunction?.();
		expect(trigger.events).toMatchObject([
			{
				alert: { symbol: 'BTC/USDT', state: 'firing' },
				because: [{ fact: 'rsi', left: 0, right: 30, holds: true }],
			},
		]);
		expect(server.requests.filter((one) => one.includes('klines'))).toEqual([
			'/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=310',
		]);
	});

	it('adds the indicator to the first trade of Market Data Trigger', async () => {
		fill(400);
		const trigger = openTrigger(
			new MarketDataTrigger(),
			binance({
				receive: 'trades',
				addFacts: { fact: [{ fact: 'rsi', period: 14, interval: '1h' }] },
			}),
		);
		const { closeFunction } = await trigger.start();
		await server.until(() => server.isListenedTo('btcusdt@aggTrade'));
		server.emit('btcusdt@aggTrade', trade(1, '600.0'));
		await trigger.until(() => trigger.events.length > 0);
		await closeFunction?.();
		expect(trigger.events).toMatchObject([{ price: 600, rsi_14_1h: 0 }]);
	});

	it('fires and says so where the history is refused', async () => {
		const price = { fact: 'price', operator: 'lessThan', compareWith: 'value', value: '700' };
		const { condition } = oversold.conditions;
		const trigger = openTrigger(
			new MarketAlertTrigger(),
			binance({ ...oversold, match: 'any', conditions: { condition: [...condition, price] } }),
		);
		server.instead.set('klines', [{ status: 403, body: 'Forbidden' }]);
		const { closeFunction } = await trigger.start();
		await server.until(() => server.isListenedTo('btcusdt@aggTrade'));
		server.emit('btcusdt@aggTrade', trade(1, '600.0'));
		await trigger.until(() => trigger.events.length > 0);
		await trigger.until(() => trigger.feed.some(({ kind }) => kind === 'noHistory'));
		await closeFunction?.();
		expect(trigger.feed.filter(({ kind }) => kind === 'noHistory')).toMatchObject([
			{
				symbols: ['BTC/USDT'],
				reason: expect.stringMatching(/^Past candles of BTC\/USDT/) as string,
			},
		]);
		expect(trigger.failures).toEqual([]);
	});

	it('has candles at once in the simulated market, which end where its prices begin', async () => {
		const trigger = openTrigger(new MarketDataTrigger(), {
			source: 'simulated',
			symbols: 'SHOP',
			scenario: 'calm',
			addFacts: {
				fact: [
					{ fact: 'rsi', period: 14, interval: '1h', name: 'hourly' },
					{ fact: 'movePercent', span: 'last', last: 1, interval: '1m', name: 'lately' },
				],
			},
		});
		const { closeFunction } = await trigger.start();
		await trigger.until(() => trigger.events.length > 0);
		await closeFunction?.();
		expect(trigger.events[0]?.['hourly']).toBeGreaterThan(0);
		expect(trigger.events[0]?.['hourly']).toBeLessThan(100);
		// A minute's deviation is 0.07 %; an hour's, more than half of one.
		expect(Math.abs(Number(trigger.events[0]?.['lately']))).toBeLessThan(0.45);
	});
});
