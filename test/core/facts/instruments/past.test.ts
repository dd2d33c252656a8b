import fc from 'fast-check';

import {
	Instruments,
	observe,
	type FactReading,
	type FactRef,
	type PastCandles,
} from '../../../../core/facts';
import { CandleSeries, type Trade } from '../../../../core/market';
import { epochMs } from '../../../../core/ports';
import { trade } from '../../../fakes/events';

const LENGTH_MS = 10_000;
const interval = '10s';
const ofCandles = (fact: string, more: object = {}): FactRef => ({
	fact,
	params: { interval, ...more },
});
const refs: readonly FactRef[] = [
	ofCandles('rsi', { period: 3 }),
	ofCandles('rsi', { period: 3, candle: 'running' }),
	ofCandles('ema', { period: 4 }),
	ofCandles('sma', { period: 3 }),
	ofCandles('macd', { fast: 2, slow: 3, signal: 2 }),
	ofCandles('obv'),
	ofCandles('averageVolume', { period: 3 }),
	ofCandles('highest', { last: 4 }),
	ofCandles('movePercent', { last: 3 }),
	ofCandles('risingCount'),
	ofCandles('open', { candle: 'running' }),
	ofCandles('high', { candle: 'running' }),
	ofCandles('low', { candle: 'running' }),
	ofCandles('volume', { candle: 'running' }),
	ofCandles('close'),
	ofCandles('volume'),
];
const asked = [{ symbols: undefined, facts: refs }];

/** What a venue's history says of all trades so far: closed candles, and the one that runs. */
function historyOf(trades: readonly Trade[], at: number): PastCandles {
	const series = new CandleSeries(LENGTH_MS, trades.length + 1);
	for (const { eventAt, price, size } of trades) series.add({ at: eventAt, price, size });
	const { bars, running } = series;
	const isOver = running !== undefined && running.startAt + LENGTH_MS <= at;
	return {
		intervalMs: LENGTH_MS,
		lengthMs: LENGTH_MS,
		bars: isOver ? [...bars, running] : bars,
		...(running !== undefined && !isOver ? { running: { bar: running, at: epochMs(at) } } : {}),
	};
}

/** All facts after each event from one on. */
function play(instruments: Instruments, trades: readonly Trade[]): FactReading[][] {
	return trades.map((one) => {
		const sight = instruments.observe(observe(one));
		return refs.map((ref) => sight.read(ref));
	});
}

type Row = readonly [price: number, afterMs: number, size: number];
const rows = fc.array(
	fc.tuple(
		fc.integer({ min: 50, max: 60 }),
		fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 5_000, max: 25_000 })),
		fc.integer({ min: 1, max: 9 }),
	),
	{ minLength: 4, maxLength: 60, size: 'max' },
);

function tapeOf(given: readonly Row[]): Trade[] {
	let at = 1_700_000_000_000;
	return given.map(([price, afterMs, size], index) => {
		at += afterMs;
		return trade(index, price, { eventAt: epochMs(at), receivedAt: epochMs(at), size });
	});
}

describe('the past of an instrument', () => {
	it('makes every fact what it is for who has seen the candles live', () => {
		fc.assert(
			fc.property(rows, fc.nat(), fc.integer({ min: 0, max: 3_000 }), (given, cut, laterMs) => {
				const tape = tapeOf(given);
				const first = 1 + (cut % (tape.length - 1));
				const seen = tape.slice(0, first);
				const rest = tape.slice(first);
				// It's asked some time after the last trade that's in it, and before the next one.
				const at = Math.min((seen.at(-1)?.eventAt ?? 0) + laterMs, rest[0]?.eventAt ?? 0);
				const warmed = new Instruments(asked);
				warmed.find('SHOP').fill(historyOf(seen, at));
				const live = new Instruments(asked);
				expect(play(warmed, rest)).toEqual(play(live, tape).slice(first));
			}),
			{ numRuns: 500 },
		);
	});

	it('closes the gap of a restart, and counts no candle twice', () => {
		fc.assert(
			fc.property(rows, fc.nat(), fc.nat(), fc.boolean(), (given, one, other, isLate) => {
				const tape = tapeOf(given);
				const [down, up] = [one, other].map((at) => at % tape.length).sort((a, b) => a - b) as [
					number,
					number,
				];
				const before = new Instruments(asked);
				play(before, tape.slice(0, down));
				const kept = JSON.parse(JSON.stringify(before.snapshot('SHOP'))) as ReturnType<
					Instruments['snapshot']
				>;
				const after = new Instruments(asked, undefined, () => kept);
				// The history may come a few events late; it's as of the moment it was asked then.
				const filledAt = isLate ? Math.min(up + 2, tape.length - 1) : up;
				play(after, tape.slice(up, filledAt));
				const known = tape.slice(0, filledAt);
				const moment = known.at(-1)?.eventAt ?? 0;
				if (known.length > 0) after.find('SHOP').fill(historyOf(known, moment));
				const live = new Instruments(asked);
				// On-balance volume counts from the first candle that was seen, and doesn't jump.
				const counts = (readings: FactReading[][]) =>
					readings.map((each) => each.filter((_, at) => !isLate || refs[at]?.fact !== 'obv'));
				const [seen, expected] = [
					play(after, tape.slice(filledAt)),
					play(live, tape).slice(filledAt),
				];
				expect(counts(seen)).toEqual(counts(expected));
			}),
			{ numRuns: 500 },
		);
	});

	it('knows nothing before its time while older events are still coming', () => {
		fc.assert(
			fc.property(rows, fc.nat(), (given, cut) => {
				const tape = tapeOf(given);
				const down = cut % tape.length;
				const before = new Instruments(asked);
				play(before, tape.slice(0, down));
				const kept = before.snapshot('SHOP');
				const after = new Instruments(asked, undefined, () => kept);
				// The source fetches what was missed; by then the history knows how it ended.
				const end = tape.at(-1)?.eventAt ?? 0;
				after.find('SHOP').fill(historyOf(tape, end));
				const live = new Instruments(asked);
				const [seen, expected] = [play(after, tape.slice(down)), play(live, tape).slice(down)];
				// The last moment is one the history knows as well as we do.
				expect(seen.slice(0, -1)).toEqual(expected.slice(0, -1));
			}),
			{ numRuns: 500 },
		);
	});

	it('changes nothing between two events', () => {
		const instruments = new Instruments(asked);
		const [first, second] = [trade(1, 50), trade(2, 51)];
		const sight = instruments.observe(observe(first));
		const before = refs.map((ref) => sight.read(ref));
		const bars = Array.from({ length: 9 }, (_, index) => ({
			startAt: epochMs(1_699_999_900_000 + index * LENGTH_MS),
			...{ open: 50, high: 52, low: 49, close: 50 + (index % 3), volume: 5 },
		}));
		instruments.find('SHOP').fill({ intervalMs: LENGTH_MS, lengthMs: LENGTH_MS, bars });
		expect(refs.map((ref) => sight.read(ref))).toEqual(before);
		const [rsi] = play(instruments, [second])[0] ?? [];
		expect(rsi).toEqual({ value: expect.any(Number) as number });
	});

	it('tells the close of a candle that was watched, and of no other', () => {
		const at = 1_700_000_000_000;
		const closesAt = (instruments: Instruments, one: Trade) =>
			instruments.observe(observe(one)).candleOf(LENGTH_MS)?.lastMoment;
		const price = (seconds: number) =>
			trade(seconds, 50, { eventAt: epochMs(at + seconds * 1_000) });
		const bars = [0, 1, 2, 3].map((index) => ({
			startAt: epochMs(at + index * LENGTH_MS),
			...{ open: 50, high: 50, low: 50, close: 50, volume: 1 },
		}));
		const past = { intervalMs: LENGTH_MS, lengthMs: LENGTH_MS };
		const watched = new Instruments(asked);
		closesAt(watched, price(5));
		watched.find('SHOP').fill({ ...past, bars: bars.slice(0, 1) });
		expect(closesAt(watched, price(11))).toBe(at + 9_999);
		const missed = new Instruments(asked);
		closesAt(missed, price(5));
		missed.find('SHOP').fill({ ...past, bars });
		expect(closesAt(missed, price(41))).toBeUndefined();
	});

	it('has the prices of before a split in the shares of today', () => {
		const at = 1_700_000_000_000;
		const bars = [0, 1, 2].map((index) => ({
			startAt: epochMs(at + index * LENGTH_MS),
			...{ open: 100, high: 100, low: 100, close: 100, volume: 1 },
		}));
		const split = { at: epochMs(at + 2 * LENGTH_MS), ratio: 4 };
		const instruments = new Instruments(asked, new Map([['SHOP', [split]]]));
		// The history is as it was traded: the first two in old shares, the last in new ones.
		const traded = bars.map((bar, index) => (index < 2 ? bar : { ...bar, close: 25, low: 25 }));
		instruments.find('SHOP').fill({ intervalMs: LENGTH_MS, lengthMs: LENGTH_MS, bars: traded });
		const sight = instruments.observe(observe(trade(1, 25, { eventAt: epochMs(at + 31_000) })));
		expect(sight.read(ofCandles('sma', { period: 3 }))).toEqual({ value: 25 });
	});
});
