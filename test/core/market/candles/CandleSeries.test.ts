import fc from 'fast-check';

import { CandleSeries, type Bar, type SeriesState, type Tick } from '../../../../core/market';
import { epochMs } from '../../../../core/ports';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** 2026-01-05 00:00 UTC, a Monday. */
const MIDNIGHT = 1_767_571_200_000;
const minute = (count: number) => epochMs(MIDNIGHT + count * MINUTE_MS);

const price = (at: number, value: number, size: number | null = 1): Tick => ({
	at: minute(at),
	price: value,
	size,
});
type Four = readonly [open: number, high: number, low: number, close: number];
const candle = (
	start: number,
	[open, high, low, close]: Four,
	{ minutes = 1, volume = 10, closed = true, named = true }: CandleOptions = {},
): Tick => ({
	intervalMs: named ? minutes * MINUTE_MS : undefined,
	closed,
	bar: { startAt: minute(start), open, high, low, close, volume },
});
type CandleOptions = {
	minutes?: number;
	volume?: number | null;
	closed?: boolean;
	named?: boolean;
};

/** `start: open high low close ×volume`, the start in minutes after midnight. */
const short = ({ startAt, open, high, low, close, volume }: Bar) =>
	`${(startAt - MIDNIGHT) / MINUTE_MS}: ${open} ${high} ${low} ${close} ×${volume}`;

/** What a series of five-minute candles became, and what its follower was told, tick by tick. */
function play(ticks: readonly Tick[], interval: number | 'event' = 5 * MINUTE_MS, depth = 50) {
	const series = new CandleSeries(interval === 'event' ? undefined : interval, depth);
	const told: string[][] = [];
	series.follow({
		onClosed: (bar) => told.at(-1)?.push(`closed ${short(bar)}`),
		onRunning: (bar) => told.at(-1)?.push(`running ${short(bar)}`),
		onTrimmed: (bars) => told.at(-1)?.push(`trimmed to ${bars.length}`),
	});
	for (const tick of ticks) {
		told.push([]);
		series.add(tick);
	}
	const { running } = series;
	return {
		series,
		told,
		closed: series.bars.map(short),
		running: running === undefined ? undefined : short(running),
	};
}

const flat: Four = [1, 1, 1, 1];

describe('CandleSeries', () => {
	it('gathers prices into candles that begin with the clock, not with the first price', () => {
		const ticks = [price(3, 10), price(4.9, 12), price(5, 15, 3), price(7, 9), price(9.99, 11)];
		expect(play(ticks).told).toEqual([
			['running 0: 10 10 10 10 ×1'],
			['running 0: 10 12 10 12 ×2'],
			['closed 0: 10 12 10 12 ×2', 'running 5: 15 15 15 15 ×3'],
			['running 5: 15 15 9 9 ×4'],
			['running 5: 15 15 9 11 ×5'],
		]);
	});

	it.each<[string, number, number, number]>([
		['a minute', MINUTE_MS, 61.5, 61],
		['four hours', 4 * HOUR_MS, 7 * 60, 4 * 60],
		['a day', 24 * HOUR_MS, 23 * 60 + 59, 0],
		['a week, to its Monday', 7 * 24 * HOUR_MS, 6 * 24 * 60 + 5, 0],
		['seven minutes, counted from 1970', 7 * MINUTE_MS, 6, 6 - ((MIDNIGHT / MINUTE_MS + 6) % 7)],
	])('aligns candles of %s to UTC', (_, intervalMs, at, start) => {
		expect(play([price(at, 1)], intervalMs).running).toBe(`${start}: 1 1 1 1 ×1`);
	});

	it('closes a candle by the first price at its end, however late that comes', () => {
		const ticks = [price(1, 10), price(4.999, 11), price(62, 12)];
		expect(play(ticks)).toMatchObject({
			closed: ['0: 10 11 10 11 ×2'],
			running: '60: 12 12 12 12 ×1',
		});
	});

	it('makes no candle where nothing was traded', () => {
		const ticks = [price(0, 10), price(20, 11), price(40, 12)];
		expect(play(ticks).closed).toEqual(['0: 10 10 10 10 ×1', '20: 11 11 11 11 ×1']);
	});

	it('leaves out what belongs to a candle that is closed', () => {
		const ticks = [price(4, 10), price(5, 11), price(3, 99), price(6, 12)];
		expect(play(ticks)).toMatchObject({
			closed: ['0: 10 10 10 10 ×1'],
			running: '5: 11 12 11 12 ×2',
		});
	});

	it('does not know the volume of a candle when that of a part is missing', () => {
		const ticks = [price(0, 10), price(1, 10, null), price(2, 10)];
		expect(play(ticks).running).toBe('0: 10 10 10 10 ×null');
	});

	it('makes larger candles of small ones, closed by the last that fits in', () => {
		const ticks = [
			candle(0, [10, 14, 9, 12]),
			candle(3, [12, 13, 5, 6]),
			candle(4, [6, 8, 6, 7]),
			candle(5, [7, 7, 7, 7]),
		];
		expect(play(ticks).told).toEqual([
			['running 0: 10 14 9 12 ×10'],
			['running 0: 10 14 5 6 ×20'],
			['running 0: 10 14 5 7 ×30', 'closed 0: 10 14 5 7 ×30'],
			['running 5: 7 7 7 7 ×10'],
		]);
	});

	it('closes a candle whose last small one is missing by the next small one', () => {
		expect(play([candle(3, [10, 14, 9, 12]), candle(6, flat)]).told.at(-1)).toEqual([
			'closed 0: 10 14 9 12 ×10',
			'running 5: 1 1 1 1 ×10',
		]);
	});

	it('takes a candle of unknown length for a small one, which closes none by itself', () => {
		const ticks = [candle(0, [10, 14, 9, 12], { named: false }), candle(4, flat, { named: false })];
		expect(play(ticks)).toMatchObject({ closed: [], running: '0: 10 14 1 1 ×20' });
	});

	it.each<[string, CandleOptions]>([
		['longer than its own', { minutes: 15 }],
		['small and still running, which would be counted many times', { closed: false }],
	])('leaves out a candle that is %s', (_, options) => {
		expect(play([candle(0, flat, options)])).toMatchObject({ closed: [], running: undefined });
	});

	it('takes candles of its own length as they are, wherever they begin', () => {
		const own = { minutes: 5 };
		const ticks = [
			candle(2, [10, 14, 9, 12], own),
			candle(7, [12, 13, 5, 6], { ...own, closed: false }),
			candle(7, [12, 15, 5, 14], { ...own, closed: false }),
			candle(7, [12, 16, 4, 5], own),
			candle(12, [5, 5, 5, 5], { ...own, closed: false }),
		];
		expect(play(ticks).told).toEqual([
			['closed 2: 10 14 9 12 ×10'],
			['running 7: 12 13 5 6 ×10'],
			['running 7: 12 15 5 14 ×10'],
			['closed 7: 12 16 4 5 ×10'],
			['running 12: 5 5 5 5 ×10'],
		]);
	});

	it('closes a running candle of its own length when the next begins', () => {
		const running = { minutes: 5, closed: false };
		expect(play([candle(0, flat, running), candle(5, [2, 2, 2, 2], running)])).toMatchObject({
			closed: ['0: 1 1 1 1 ×10'],
			running: '5: 2 2 2 2 ×10',
		});
	});

	it('lets the candle itself correct what prices made of it', () => {
		const ticks = [price(1, 10), price(2, 11), candle(0, [9, 12, 8, 11], { minutes: 5 })];
		expect(play(ticks)).toMatchObject({ closed: ['0: 9 12 8 11 ×10'], running: undefined });
	});

	it('takes no candle twice', () => {
		const own = { minutes: 5 };
		const ticks = [candle(0, flat, own), candle(5, flat, own), candle(0, [9, 9, 9, 9], own)];
		expect(play(ticks).closed).toEqual(['0: 1 1 1 1 ×10', '5: 1 1 1 1 ×10']);
	});

	it('without an interval makes a candle of each event, save of running ones', () => {
		const ticks = [
			price(1.5, 10, null),
			candle(2, flat, { closed: false }),
			candle(2, [1, 3, 1, 2]),
		];
		expect(play(ticks, 'event')).toMatchObject({
			closed: ['1.5: 10 10 10 10 ×null', '2: 1 3 1 2 ×10'],
			running: undefined,
		});
	});

	it.each<[string, Tick[], number, string[]]>([
		['the closed ones while one runs', [price(0, 1), price(5, 2), price(10, 3)], 2, ['0', '5']],
		['fewer where there are fewer', [price(0, 1), price(5, 2)], 3, ['0']],
		[
			'all but the one that was just closed',
			[candle(0, flat, { minutes: 5 }), candle(5, flat, { minutes: 5 })],
			2,
			['0'],
		],
		['none before the first', [price(0, 1)], 1, []],
	])('before the present event it has %s', (_, ticks, count, starts) => {
		const bars = play(ticks).series.before(count);
		expect(bars.map(({ startAt }) => String((startAt - MIDNIGHT) / MINUTE_MS))).toEqual(starts);
	});

	it('brings candles to the units after a split, and tells its follower the whole again', () => {
		const { series, told } = play([price(0, 70, 2), price(1, 140), price(5, 77, null)]);
		told.push([]);
		series.split(7);
		expect(series.bars.map(short)).toEqual(['0: 10 20 10 20 ×21']);
		expect(series.running).toMatchObject({ open: 11, volume: null });
		expect(told.at(-1)).toEqual(['trimmed to 1', 'running 5: 11 11 11 11 ×null']);
	});

	it('keeps as many as it must, and drops the older half when there are twice as many', () => {
		const ticks = Array.from({ length: 7 }, (_, at) => candle(at, flat));
		const { told, closed } = play(ticks, MINUTE_MS, 3);
		expect(told.flatMap((all, at) => (all.includes('trimmed to 3') ? [at] : []))).toEqual([5]);
		expect(closed.map((one) => one.split(':')[0])).toEqual(['3', '4', '5', '6']);
	});

	it('keeps the on-balance volume of what it dropped', () => {
		// Volumes 1, 2, 4, 8 of closes 10, 11, 10, 12: of the first pair +2, of the second −4.
		const series = new CandleSeries(MINUTE_MS, 2);
		const balances: number[] = [];
		series.follow({
			onClosed: () => {},
			onRunning: () => {},
			onTrimmed: (_, balance) => balances.push(balance),
		});
		[10, 11, 10, 12].forEach((close, at) =>
			series.add(candle(at, [close, close, close, close], { volume: 2 ** at })),
		);
		expect(balances).toEqual([0, 2 - 4]);
		expect(series.snapshot()).toMatchObject({ balance: -2 });
	});

	const ticks = fc.array(
		fc.record({
			kind: fc.constantFrom('price', 'small', 'own', 'running'),
			after: fc.constantFrom(0, 0.5, 1, 2, 9),
			value: fc.integer({ min: 1, max: 99 }),
			volume: fc.option(fc.integer({ min: 0, max: 9 })),
		}),
		{ maxLength: 60, size: 'max' },
	);
	const tapes = ticks.map((all) => {
		let at = 0;
		return all.map(({ kind, after, value, volume }): Tick => {
			at += after;
			if (kind === 'price') return price(at, value, volume);
			const minutes = kind === 'small' ? 1 : 5;
			const start = Math.floor(at / minutes) * minutes;
			const four: Four = [value, value + 1, value - 1, value];
			return candle(start, four, { minutes, volume, closed: kind !== 'running' });
		});
	});

	it('has candles in order, each once and none after the running one, and goes on from JSON', () => {
		fc.assert(
			fc.property(tapes, fc.infiniteStream(fc.boolean()), (tape, cuts) => {
				const whole = new CandleSeries(5 * MINUTE_MS, 3);
				let cut = new CandleSeries(5 * MINUTE_MS, 3);
				for (const tick of tape) {
					whole.add(tick);
					cut.add(tick);
					expect(cut.snapshot()).toEqual(whole.snapshot());
					const all = [...whole.bars, ...(whole.running === undefined ? [] : [whole.running])];
					const starts = all.map(({ startAt }) => startAt);
					expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
					expect(whole.bars.length).toBeLessThan(6);
					if (cuts.next().value !== true) continue;
					const state = JSON.parse(JSON.stringify(cut.snapshot())) as SeriesState;
					cut = new CandleSeries(5 * MINUTE_MS, 3, state);
				}
			}),
			{ numRuns: 100 },
		);
	});
});
