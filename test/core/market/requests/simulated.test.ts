import { createSimulatedRequests, type Candle, type CandlesWanted } from '../../../../core/market';
import { epochMs } from '../../../../core/ports';

const NOW = Date.UTC(2026, 10, 25, 14, 7, 13, 120);
const MINUTE = 60_000;
const open = (seed = 1, now = NOW) =>
	createSimulatedRequests({ seed, market: 'us-equities' }, { clock: { now: () => epochMs(now) } });
const candles = async (
	interval: string,
	range: CandlesWanted['range'],
	more: Partial<CandlesWanted> & { now?: number } = {},
): Promise<Candle[]> => {
	const wanted = { symbol: 'AAPL', running: false, interval, range, ...more };
	const told = await open(1, more.now).candles?.(wanted);
	return told?.candles.map(({ event }) => event) ?? [];
};
/** Without when we got it. */
const said = ({ receivedAt: _, ...candle }: Candle) => candle;

describe('Simulated Market, asked once', () => {
	it('says of the past what it said before, whenever it is asked', async () => {
		const range = { from: epochMs(NOW - 20 * MINUTE), to: epochMs(NOW - 10 * MINUTE) };
		const first = await candles('1m', range);
		const later = await candles('1m', range, { now: NOW + 86_400_000 });
		expect(first).toHaveLength(10);
		expect(later.map(said)).toEqual(first.map(said));
	});

	it('has another market for another seed', async () => {
		const [one, other] = await Promise.all(
			[1, 2].map(async (seed) => await open(seed).quotes?.(['SHOP'])),
		);
		expect(one?.get('SHOP')).not.toEqual(other?.get('SHOP'));
	});

	it('makes long candles of the same prices as short ones', async () => {
		const [hour] = await candles('1h', { last: 1 });
		const range = { from: hour?.startAt ?? epochMs(0), to: hour?.endAt ?? epochMs(0) };
		const minutes = await candles('1m', range);
		expect(minutes).toHaveLength(60);
		expect(hour).toMatchObject({
			open: minutes[0]?.open,
			high: Math.max(...minutes.map(({ high }) => high)),
			low: Math.min(...minutes.map(({ low }) => low)),
			close: minutes.at(-1)?.close,
			volume: minutes.reduce((sum, { volume }) => sum + (volume ?? 0), 0),
		});
	});

	it('opens each candle where the one before closed, within its high and low', async () => {
		const all = await candles('5m', { last: 300 });
		all.slice(1).forEach(({ open: first }, index) => expect(first).toBe(all[index]?.close));
		for (const { open: first, high, low, close } of all) {
			expect(high).toBeGreaterThanOrEqual(Math.max(first, close));
			expect(low).toBeLessThanOrEqual(Math.min(first, close));
		}
	});

	it('moves about as much as an instrument of its kind: 1.6 % a day', async () => {
		const all = await candles('1h', { last: 24 * 60 });
		const moves = all.map(({ open: first, close }) => Math.log(close / first));
		const perDay = Math.sqrt((moves.reduce((sum, move) => sum + move ** 2, 0) / moves.length) * 24);
		expect(perDay * 100).toBeGreaterThan(1.4);
		expect(perDay * 100).toBeLessThan(1.8);
	});

	it('quotes what its running candle has come to', async () => {
		const told = await open().quotes?.(['aapl', 'no symbol']);
		const [day] = await candles('1d', { last: 1 }, { running: true });
		expect(told?.get('aapl')).toMatchObject({
			event: { symbol: 'AAPL', price: day?.close, open: day?.open, high: day?.high, low: day?.low },
		});
		expect(told?.get('no symbol')).toMatchObject({
			message: expect.stringMatching(/^Symbol "no symbol" can't be one/),
		});
		expect(day).toMatchObject({ closed: false });
	});

	it('keeps the hours of the market it is told', async () => {
		// Wednesday, 09:07 in New York: before the opening, a day before Thanksgiving.
		expect(await open().status?.()).toEqual({
			market: 'us-equities',
			isOpen: false,
			session: 'pre',
			asOf: NOW,
			nextOpenAt: Date.parse('2026-11-25T14:30:00Z'),
			nextCloseAt: Date.parse('2026-11-25T21:00:00Z'),
			toldBy: 'calendar',
		});
	});

	it('finds what has figures of its own, and takes any other symbol', async () => {
		expect((await open().search?.('usd'))?.map(({ symbol }) => symbol)).toEqual([
			'BTC/USD',
			'ETH/USD',
			'EUR/USD',
		]);
		expect((await open().quotes?.(['ZZZ']))?.get('ZZZ')).toMatchObject({
			event: { symbol: 'ZZZ' },
		});
	});

	it('refuses a range that holds more candles than there is room for', async () => {
		const range = { from: epochMs(NOW - 60 * 86_400_000), to: epochMs(NOW) };
		await expect(candles('1m', range)).rejects.toThrow(
			/^There are more than 50000 candles from 2026-09-26T14:07:13\.120Z to 2026-11-25T14:07:13\.120Z; ask for a shorter range/,
		);
	});

	it('refuses more than it works out in time', async () => {
		await expect(candles('1d', { last: 5_000 })).rejects.toThrow(
			/^5000 candles of 1d are more than the Simulated Market works out; ask for fewer than 1527\./,
		);
	});
});
