import {
	createSimulatedMarket,
	type Quote,
	type SimulatedMarketSettings,
} from '../../../../core/market';
import { describeSource } from '../../../contracts/source';
import { CollectingSink } from '../../../fakes/CollectingSink';
import { FakeClock } from '../../../fakes/FakeClock';

const calm: SimulatedMarketSettings = {
	seed: 7,
	symbols: ['SHOP', 'AAPL', 'NEWCO'],
	intervalMs: 1_000,
	scenario: 'calm',
	instruments: [],
	script: [],
};

const open = (
	settings: Partial<SimulatedMarketSettings> = {},
	start = { cursor: undefined as unknown, play: 'p1' },
	clock = new FakeClock(0, true),
) => createSimulatedMarket({ ...calm, ...settings }, { clock, timer: clock }, start);

async function play(settings: Partial<SimulatedMarketSettings>, most: number) {
	const sink = new CollectingSink(most);
	await open(settings).run(sink, sink.signal);
	return { ...sink, reports: sink.reports, quotes: sink.events as Quote[] };
}
const pricesOf = (quotes: readonly Quote[], symbol: string) =>
	quotes.filter((quote) => quote.symbol === symbol).map(({ price }) => price ?? Number.NaN);

describeSource('the simulated market', (start) => open({}, start));

describe('createSimulatedMarket', () => {
	it('gives a quote of each symbol at each interval', async () => {
		const { quotes } = await play({}, 6);
		expect(quotes.map(({ symbol, eventAt }) => [symbol, eventAt])).toEqual([
			['SHOP', 0],
			['AAPL', 0],
			['NEWCO', 0],
			['SHOP', 1_000],
			['AAPL', 1_000],
			['NEWCO', 1_000],
		]);
	});

	it('gives other prices for another seed, and the same for the same', async () => {
		const prices = async (seed: number) => pricesOf((await play({ seed }, 300)).quotes, 'SHOP');
		expect(await prices(1)).toEqual(await prices(1));
		expect(await prices(2)).not.toEqual(await prices(1));
	});

	it('keeps each quote consistent within itself', async () => {
		const { quotes } = await play(
			{
				instruments: [{ symbol: 'SHOP', startPrice: 62, driftPercent: 0, volatilityPercent: 400 }],
			},
			3_000,
		);
		for (const {
			price,
			bid,
			ask,
			open: opened,
			high,
			low,
			previousClose,
			change,
			changePercent,
			session,
		} of quotes) {
			expect(Number(low)).toBeLessThanOrEqual(Math.min(Number(price), Number(opened)));
			expect(Number(high)).toBeGreaterThanOrEqual(Math.max(Number(price), Number(opened)));
			expect(Number(bid)).toBeLessThan(Number(ask));
			expect(Number(change)).toBeCloseTo(Number(price) - Number(previousClose), 6);
			expect(Number(changePercent)).toBeCloseTo((Number(change) / Number(previousClose)) * 100, 3);
			expect(session).toBe('regular');
		}
		expect(new Set(pricesOf(quotes, 'SHOP')).size).toBeGreaterThan(100);
	});

	it('moves as much as its volatility says', async () => {
		const day = 86_400;
		const { quotes } = await play(
			{
				symbols: ['X'],
				intervalMs: 60_000,
				instruments: [{ symbol: 'X', startPrice: 10_000, driftPercent: 0, volatilityPercent: 2 }],
			},
			20_000,
		);
		const returns = pricesOf(quotes, 'X').map((price, index, all) =>
			Math.log(price / (all[index - 1] ?? price)),
		);
		const deviation = Math.sqrt(returns.reduce((sum, one) => sum + one ** 2, 0) / returns.length);
		expect(deviation * Math.sqrt(day / 60)).toBeCloseTo(0.02, 3);
	});

	it('drifts by its percentage a day', async () => {
		const { quotes } = await play(
			{
				symbols: ['X'],
				intervalMs: 60_000,
				instruments: [{ symbol: 'X', startPrice: 10_000, driftPercent: 10, volatilityPercent: 0 }],
			},
			1_441,
		);
		expect(pricesOf(quotes, 'X').at(-1)).toBeCloseTo(11_000, -1);
	});

	it('crashes when the script says so, by as much, and goes on from there', async () => {
		const quiet = [{ symbol: 'X', startPrice: 100, driftPercent: 0, volatilityPercent: 0 }];
		const { quotes } = await play(
			{
				symbols: ['X'],
				instruments: quiet,
				script: [{ kind: 'crash', atMs: 2_000, symbol: 'X', percent: 10, forMs: 2_000 }],
			},
			7,
		);
		expect(pricesOf(quotes, 'X')).toEqual([100, 100, 100, 94.87, 90, 90, 90]);
	});

	it('spikes, and jumps over a gap that it marks', async () => {
		const quiet = [{ symbol: 'X', startPrice: 100, driftPercent: 0, volatilityPercent: 0 }];
		const { quotes } = await play(
			{
				symbols: ['X'],
				instruments: quiet,
				script: [
					{ kind: 'spike', atMs: 1_000, symbol: 'X', percent: 10, forMs: 1_000 },
					{ kind: 'gap', atMs: 4_000, symbol: 'X', percent: -20 },
				],
			},
			6,
		);
		expect(pricesOf(quotes, 'X')).toEqual([100, 100, 110, 110, 88, 88]);
		expect(quotes.map(({ quality }) => quality.join())).toEqual(['', '', '', '', 'gapBefore', '']);
	});

	it('falls silent and says so, and says when it is back', async () => {
		const { quotes, reports } = await play(
			{
				symbols: ['A', 'B'],
				script: [{ kind: 'silence', atMs: 2_000, symbol: 'A', forMs: 3_000 }],
			},
			12,
		);
		expect(
			quotes.filter(({ symbol }) => symbol === 'A').map(({ eventAt }) => eventAt / 1_000),
		).toEqual([0, 1, 5, 6, 7]);
		expect(
			quotes
				.filter(({ symbol }) => symbol === 'B')
				.slice(0, 5)
				.map(({ eventAt }) => eventAt / 1_000),
		).toEqual([0, 1, 2, 3, 4]);
		expect(reports).toMatchObject([
			{
				kind: 'silent',
				at: 2_000,
				symbols: ['A'],
				reason: 'No quotes of A come, as the script has it.',
			},
			{ kind: 'back', at: 5_000, since: 2_000, reason: 'Quotes of A come again.' },
		]);
	});

	it('brings SHOP under 60 within 15 seconds in the demo, and above again, over and over', async () => {
		const { quotes } = await play({ seed: 1, symbols: ['SHOP'], scenario: 'demo' }, 600);
		const prices = pricesOf(quotes, 'SHOP');
		const crossings = prices
			.map((price, index) => (price < 60 && (prices[index - 1] ?? 0) >= 60 ? index : -1))
			.filter((index) => index >= 0);
		expect(crossings[0]).toBeLessThanOrEqual(15);
		expect(crossings.length).toBeGreaterThanOrEqual(3);
	});

	it('keeps its pace on a timer that is always a little late', async () => {
		const clock = new FakeClock(0, true);
		const timer = { sleep: async (ms: number) => await clock.sleep(ms + 3) };
		const sink = new CollectingSink(1_500);
		const settings = { ...calm, intervalMs: 20 };
		const start = { cursor: undefined, play: 'p1' };
		await createSimulatedMarket(settings, { clock, timer }, start).run(sink, sink.signal);
		expect(sink.events.at(-1)?.eventAt).toBe(499 * 20);
		expect(clock.now()).toBeLessThan(500 * 20 + 20);
	});

	it('goes on with times of now after a while away, never backwards', async () => {
		const before = new CollectingSink(6);
		await open().run(before, before.signal);
		const later = new FakeClock(3_600_000, true);
		const after = new CollectingSink(3);
		await open({}, { cursor: before.cursors.at(-1)?.cursor, play: 'p2' }, later).run(
			after,
			after.signal,
		);
		expect(after.events[0]).toMatchObject({ eventAt: 3_600_000, eventId: 'simulated:7~p1#7' });
	});
});
