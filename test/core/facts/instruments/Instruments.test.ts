import fc from 'fast-check';

import {
	catalogue,
	FactSheet,
	Instruments,
	type FactReading,
	type FactRef,
	type InstrumentState,
	type Observation,
	type Sight,
} from '../../../../core/facts';
import { planFact } from '../../../../core/facts/instruments/plan';
import { toEventId, toStream, type QualityFlag } from '../../../../core/market';
import { epochMs } from '../../../../core/ports';
import { candleAt, priceAt } from '../../../fakes/observations';

/** What is read of each fact after each event. */
function readings(tape: readonly Observation[], refs: readonly FactRef[]): FactReading[][] {
	const instruments = new Instruments([{ symbols: undefined, facts: refs }]);
	return tape.map((observation) => {
		const sight = instruments.observe(observation);
		return refs.map((ref) => sight.read(ref));
	});
}

/** A reading in short: the value, or why there's none. */
const short = (reading: FactReading | undefined) =>
	reading !== undefined && 'value' in reading ? reading.value : reading?.missing;

/** What one fact reads after each event. */
const valuesOf = (tape: readonly Observation[], fact: string, params: Record<string, unknown>) =>
	readings(tape, [{ fact, params }]).map(([reading]) => short(reading));

/** One price a minute. */
const prices = (...all: readonly number[]) => all.map((price, at) => priceAt(at, price));

const W = 'warmingUp';

describe('Facts of a span of time', () => {
	// Minute           0    1    2    3   4   5    6   7
	const tape = prices(100, 110, 105, 90, 99, 120, 60, 66);

	it.each<[string, Record<string, unknown>, unknown[]]>([
		// Against the price three minutes ago: 90 − 100, 99 − 110, 120 − 105, 60 − 90, 66 − 99.
		['move', { over: '3m' }, [W, W, W, -10, -11, 15, -30, -33]],
		[
			'movePercent',
			{ over: '3m' },
			[W, W, W, -10, -10, 14.2857142857, -33.3333333333, -33.3333333333],
		],
		// Of the price three minutes ago and the two after it; the present one doesn't count.
		['highest', { over: '3m' }, [W, W, W, 110, 110, 105, 120, 120]],
		['lowest', { over: '3m' }, [W, W, W, 100, 90, 90, 90, 60]],
		['highest', { over: '30s' }, [W, 100, 110, 105, 90, 99, 120, 60]],
		['move', { over: '1m' }, [W, 10, -5, -15, 9, 21, -60, 6]],
		['highest', { over: '1h' }, [W, W, W, W, W, W, W, W]],
	])('%s %j', (fact, params, expected) => {
		expect(valuesOf(tape, fact, params)).toEqual(expected);
	});

	it('begin with the last price before the span, however old', () => {
		const thin = [priceAt(0, 100), priceAt(60, 80), priceAt(61, 90)];
		expect(valuesOf(thin, 'move', { over: '15m' })).toEqual([W, -20, -10]);
	});

	it('know the highest and lowest price of a span without an event: the one that stood', () => {
		const thin = [priceAt(0, 100), priceAt(60, 80), priceAt(61, 90), priceAt(120, 70)];
		expect(valuesOf(thin, 'highest', { over: '15m' })).toEqual([W, 100, 100, 90]);
		expect(valuesOf(thin, 'lowest', { over: '15m' })).toEqual([W, 100, 80, 90]);
	});

	it('take highs and lows of closed candles that fit in, and closes of longer ones', () => {
		const candles = [0, 1, 2, 3].map((at) => candleAt(at, [10, 12 + at, 8 - at, 10]));
		expect(valuesOf(candles, 'highest', { over: '2m' })).toEqual([W, W, 13, 14]);
		expect(valuesOf(candles, 'lowest', { over: '2m' })).toEqual([W, W, 7, 6]);
		const hours = [0, 60, 120].map((start) => candleAt(start, [10, 99, 1, 10], { minutes: 60 }));
		// Nobody knows when in its hour it was that high.
		const after = [...hours, priceAt(180.5, 11), priceAt(181, 11)];
		expect(valuesOf(after, 'highest', { over: '15m' })).toEqual([W, 10, 10, 10, 11]);
	});

	it('take of a candle that still runs its price only', () => {
		const running = (seenAt: number, close: number) =>
			candleAt(0, [10, 99, 1, close], { minutes: 60, closed: false, seenAt });
		const candles = [running(10, 20), running(20, 30), running(30, 25), running(40, 21)];
		expect(valuesOf(candles, 'highest', { over: '15m' })).toEqual([W, W, 30, 30]);
		expect(valuesOf(candles, 'move', { over: '10m' })).toEqual([W, 10, -5, -4]);
	});
});

describe('Facts of a number of candles', () => {
	const tape = [
		candleAt(0, [10, 15, 9, 12]),
		candleAt(1, [12, 13, 11, 11]),
		candleAt(2, [11, 20, 10, 18]),
		candleAt(3, [18, 18, 5, 6]),
		candleAt(4, [6, 8, 6, 8]),
	];

	it.each<[string, Record<string, unknown>, unknown[]]>([
		// The close against the one a candle, and two candles, ago.
		['move', { last: 1 }, [W, -1, 7, -12, 2]],
		['move', { last: 2 }, [W, W, 6, -5, -10]],
		['movePercent', { last: 1 }, [W, -8.33333333333, 63.6363636364, -66.6666666667, 33.3333333333]],
		// Of the two candles before the present one.
		['highest', { last: 2 }, [W, W, 15, 20, 20]],
		['lowest', { last: 2 }, [W, W, 9, 10, 5]],
		['highest', { last: 4, interval: '1m' }, [W, W, W, W, 20]],
		// Closes 12, 11, 18, 6, 8.
		['risingCount', {}, [W, 0, 1, 0, 1]],
		['fallingCount', {}, [W, 1, 0, 1, 0]],
	])('%s %j of closed candles', (fact, params, expected) => {
		expect(valuesOf(tape, fact, params)).toEqual(expected);
	});

	it('an equal close ends a streak either way', () => {
		const closes = prices(1, 2, 3, 3, 2, 1, 1);
		expect(valuesOf(closes, 'risingCount', {})).toEqual([W, 1, 2, 0, 0, 0, 0]);
		expect(valuesOf(closes, 'fallingCount', {})).toEqual([W, 0, 0, 0, 1, 2, 0]);
	});

	it('a streak is counted up to 100, whatever else is kept', () => {
		const rise = prices(...Array.from({ length: 700 }, (_, at) => 100 + at));
		const alone = valuesOf(rise, 'risingCount', {});
		const beside = readings(rise, [
			{ fact: 'risingCount', params: {} },
			{ fact: 'sma', params: { period: 400 } },
		]).map(([streak]) => short(streak));
		expect(beside).toEqual(alone);
		expect(alone.slice(99, 102)).toEqual([99, 100, 100]);
		expect(alone.at(-1)).toBe(100);
	});

	it('prices are gathered into candles, of which the running one is the present', () => {
		const ticks = [
			priceAt(0, 10),
			priceAt(4, 12),
			priceAt(5, 15),
			priceAt(9, 14),
			priceAt(10, 13),
			priceAt(11, 16),
		];
		const by5m = (fact: string, more = {}) => valuesOf(ticks, fact, { interval: '5m', ...more });
		expect(by5m('close')).toEqual([W, W, 12, 12, 14, 14]);
		expect(by5m('close', { candle: 'running' })).toEqual([10, 12, 15, 14, 13, 16]);
		expect(by5m('open', { candle: 'running' })).toEqual([10, 10, 15, 15, 13, 13]);
		expect(by5m('high')).toEqual([W, W, 12, 12, 15, 15]);
		expect(by5m('volume')).toEqual([W, W, 2, 2, 2, 2]);
		expect(by5m('volume', { candle: 'running' })).toEqual([1, 2, 1, 2, 1, 2]);
		expect(by5m('move', { last: 1 })).toEqual([W, W, 3, 2, -1, 2]);
		expect(by5m('highest', { last: 2 })).toEqual([W, W, W, W, 15, 15]);
		expect(by5m('risingCount')).toEqual([W, W, W, W, 1, 1]);
		expect(by5m('sma', { period: 2 })).toEqual([W, W, W, W, 13, 13]);
		expect(by5m('sma', { period: 2, candle: 'running' })).toEqual([W, W, 13.5, 13, 13.5, 15]);
	});
});

describe('A factor', () => {
	const observe = (columns: object) =>
		[10, 11].map((price, at) =>
			priceAt(at, price, { facts: new FactSheet({ price, ...columns }) }),
		);

	it.each<[string, string, object, object, unknown[]]>([
		['multiplies a field of the event', 'price', { times: 3 }, {}, [30, 33]],
		['rounds to 12 digits', 'price', { times: 1.1 }, {}, [11, 12.1]],
		['multiplies what is worked out', 'sma', { period: 2, times: 2 }, {}, [W, 21]],
		['multiplies what is over a span', 'highest', { last: 1, times: 0.5 }, {}, [W, 5]],
		['leaves a column a column', 'sma', { times: 2 }, { sma: '7.5' }, [15, 15]],
		[
			'multiplies a field of the item',
			'order.total',
			{ times: 2 },
			{ order: { total: 4 } },
			[8, 8],
		],
		['leaves missing what is missing', 'high', { times: 2 }, {}, ['notOffered', 'notOffered']],
		['makes no number of a text', 'order', { times: 2 }, { order: 'big' }, ['invalid', 'invalid']],
		['goes no farther than numbers do', 'x', { times: 10 }, { x: 1e308 }, ['invalid', 'invalid']],
	])('%s: %s %j', (_, fact, params, facts, expected) => {
		expect(valuesOf(observe(facts), fact, { ...params })).toEqual(expected);
	});

	it('comes after the path', () => {
		const ref = { fact: 'order', path: '$.total', params: { times: 2 } };
		const [[reading] = []] = readings(observe({ order: { total: '4' } }), [ref]);
		expect(reading).toEqual({ value: 8 });
	});

	it('multiplies a fact of another instrument', () => {
		const tape = [priceAt(0, 400, { symbol: 'SPY' }), priceAt(1, 10)];
		expect(valuesOf(tape, 'price', { symbol: 'SPY', times: 0.1 })).toEqual([40, 40]);
	});

	it('costs no calculation of its own', () => {
		const params = { interval: '5m', period: 9 };
		const plans = [
			planFact({ fact: 'superTrend', params }),
			planFact({ fact: 'superTrend', params: { ...params, times: 3 } }),
			planFact({ fact: 'superTrendDirection', params }),
		];
		expect(new Set(plans.map((plan) => 'key' in plan && plan.key)).size).toBe(1);
	});
});

describe('Facts of another instrument', () => {
	it('are as it was last seen, and unknown before', () => {
		const tape = [
			priceAt(0, 10),
			priceAt(1, 400, { symbol: 'spy' }),
			priceAt(2, 11),
			priceAt(3, 404, { symbol: 'SPY' }),
			priceAt(4, 12),
		];
		expect(valuesOf(tape, 'price', { symbol: 'SPY' })).toEqual([W, 400, 400, 404, 404]);
		expect(valuesOf(tape, 'movePercent', { last: 1, symbol: 'SPY' })).toEqual([W, W, W, 1, 1]);
		expect(valuesOf(tape, 'move', { over: '2m', symbol: 'SPY' })).toEqual([W, W, W, 4, 4]);
	});

	it("are an instrument's own where a rule for all names it", () => {
		expect(valuesOf([priceAt(0, 10), priceAt(1, 11)], 'price', { symbol: 'a' })).toEqual([10, 11]);
	});

	it.each<[QualityFlag, string]>([
		['implausible', 'invalid'],
		['stale', 'stale'],
	])('are not taken from an event that is %s', (flag, reason) => {
		const tape = [
			priceAt(0, 400, { symbol: 'SPY' }),
			priceAt(1, 1, { symbol: 'SPY', quality: [flag] }),
			priceAt(2, 10),
			priceAt(3, 401, { symbol: 'SPY' }),
			priceAt(4, 11),
		];
		expect(valuesOf(tape, 'price', { symbol: 'SPY' })).toEqual([400, reason, reason, 401, 401]);
		expect(valuesOf(tape, 'highest', { last: 1, symbol: 'SPY' })).toEqual([W, reason, W, 400, 400]);
	});

	it('are not taken from an event that comes late', () => {
		const tape = [
			priceAt(5, 400, { symbol: 'SPY' }),
			priceAt(3, 390, { symbol: 'SPY' }),
			priceAt(6, 10),
		];
		expect(valuesOf(tape, 'price', { symbol: 'SPY' }).at(-1)).toBe(400);
	});
});

describe('Closing a candle', () => {
	const closing = (tape: readonly Observation[], intervalMs: number | undefined) => {
		const facts = [{ fact: 'close', params: { interval: '5m' } }];
		const instruments = new Instruments([{ symbols: undefined, facts }]);
		return tape.map((observation) => {
			const candle = instruments.observe(observation).candleOf(intervalMs);
			return candle?.lastMoment !== undefined;
		});
	};
	const FIVE_MINUTES_MS = 300_000;

	it('is said of the event that closed one, and of none after it', () => {
		const tape = [
			priceAt(1, 10),
			priceAt(5, 11),
			priceAt(5.5, null),
			priceAt(5, 11),
			priceAt(10, 11),
			priceAt(10, 11, { quality: ['stale'] }),
			priceAt(9, 12),
			priceAt(15, 11),
		];
		expect(closing(tape, FIVE_MINUTES_MS)).toEqual([
			false,
			true,
			false,
			false,
			true,
			false,
			false,
			true,
		]);
	});

	it('is done by the last small candle that fits in, or by a later one where that is missing', () => {
		const tape = [3, 4, 5, 8, 11, 14].map((start) => candleAt(start, [1, 1, 1, 1]));
		expect(closing(tape, FIVE_MINUTES_MS)).toEqual([false, true, false, false, true, true]);
	});

	it('is done by each event without an interval, unless it is a candle still running', () => {
		const running = candleAt(0, [1, 1, 1, 1], { closed: false, seenAt: 0.5 });
		const tape = [running, candleAt(0, [1, 1, 1, 1]), priceAt(2, 1)];
		expect(closing(tape, undefined)).toEqual([false, true, true]);
	});
});

describe('A tape', () => {
	const play = (name: string, row: number, at: number, price: number) =>
		priceAt(at, price, { eventId: toEventId(toStream('replay', 'tape', name), row) });

	it('that is played anew and begins earlier is another history', () => {
		const tape = [
			play('one', 1, 0, 10),
			play('one', 2, 1, 11),
			play('two', 1, 0, 20),
			play('two', 2, 1, 22),
		];
		expect(valuesOf(tape, 'move', { last: 1 })).toEqual([W, 1, W, 2]);
	});

	it('changes nothing by an event that was seen', () => {
		const tape = [play('one', 1, 0, 10), play('one', 2, 1, 11), play('one', 1, 0, 10)];
		expect(valuesOf(tape, 'highest', { last: 1 })).toEqual([W, 10, 10]);
	});
});

describe('Memory', () => {
	it('of an instrument is bounded, however long it is watched', () => {
		const facts: FactRef[] = [
			{ fact: 'highest', params: { over: '1h' } },
			{ fact: 'rsi', params: { period: 2, interval: '1m' } },
			{ fact: 'move', params: { last: 9 } },
		];
		const instruments = new Instruments([{ symbols: undefined, facts }]);
		const largest = { pieces: 0, minutes: 0, events: 0, ids: 0 };
		for (let event = 0; event < 8_000; event += 1) {
			instruments.observe(priceAt(event / 10, 100 + (event % 7), { eventId: `row ${event}` }));
			if (event % 7 !== 0) continue;
			for (const [, { windows, series, seen }] of instruments.snapshots()) {
				largest.pieces = Math.max(largest.pieces, windows['3600000']?.buckets.length ?? 0);
				largest.minutes = Math.max(largest.minutes, series['60000']?.closed.length ?? 0);
				largest.events = Math.max(largest.events, series['event']?.closed.length ?? 0);
				largest.ids = Math.max(largest.ids, seen.others.length);
			}
		}
		// 500 pieces of 7.2 s and the price before; rsi(2) wants 45 candles and keeps less than twice as many.
		expect(largest).toEqual({ pieces: 501, minutes: 89, events: 19, ids: 1_000 });
	});
});

/** What the store keeps: JSON, by instrument. */
class Kept {
	private readonly texts = new Map<string, string>();

	write(instruments: Instruments): void {
		for (const [symbol, state] of instruments.snapshots()) {
			this.texts.set(symbol, JSON.stringify(state));
		}
	}

	readonly read = (symbol: string): InstrumentState | undefined => {
		const text = this.texts.get(symbol);
		return text === undefined ? undefined : (JSON.parse(text) as InstrumentState);
	};
}

describe('A snapshot', () => {
	const symbols = ['A', 'B'];
	const numberOf = (name: string, type: string) =>
		type === 'integer'
			? fc.integer({ min: 1, max: name === 'last' ? 6 : 4 })
			: fc.constantFrom(0.5, 1, 2);
	/** Any fact with any parameters the checks let through, of small periods so that candles are dropped soon. */
	const refs: fc.Arbitrary<FactRef> = fc
		.constantFrom(...catalogue.filter(({ kind }) => kind !== 'time'))
		.chain(({ name, kind, params }) =>
			fc
				.record({
					numbers: fc.tuple(
						...params
							.filter(({ type }) => type === 'integer' || type === 'number')
							.map((param) =>
								numberOf(param.name, param.type).map((value) => [param.name, value] as const),
							),
					),
					interval: fc.constantFrom('1m', '5m', ...(name === 'vwap' ? [] : [undefined])),
					candle: fc.constantFrom('closed', 'running'),
					symbol: fc.constantFrom(undefined, ...symbols),
					over: fc.constantFrom('90s', '5m', '15m', undefined),
				})
				.map(({ numbers, over, ...given }): FactRef => {
					const isSpan = over !== undefined && params.some((param) => param.name === 'over');
					const isPlain = kind === 'column' && given.candle === 'closed';
					const chosen = Object.entries({
						...(isSpan ? { over } : { ...Object.fromEntries(numbers), ...given }),
						symbol: given.symbol,
						...(isPlain ? { interval: undefined, candle: undefined } : {}),
					}).filter(
						([key, value]) => value !== undefined && params.some((param) => param.name === key),
					);
					return { fact: name, params: Object.fromEntries(chosen) };
				}),
		);
	const askers = fc.array(
		fc.record({
			symbols: fc.constantFrom(undefined, new Set(['A']), new Set(['B'])),
			facts: fc.array(refs, { minLength: 1, maxLength: 6 }),
		}),
		{ minLength: 1, maxLength: 3 },
	);

	const price = fc.integer({ min: 90, max: 110 });
	const qualities = fc.constantFrom<QualityFlag[]>(
		...Array.from({ length: 12 }, () => []),
		['stale'],
		['implausible'],
		['late'],
		['gapBefore'],
	);
	const events = fc.array(
		fc.record({
			kind: fc.constantFrom('trade', 'trade', 'candle', 'running', 'nothing', 'text'),
			symbol: fc.constantFrom(...symbols),
			/** Minutes since the event before. */
			after: fc.constantFrom(0, 0.1, 0.5, 1, 1, 2, 7, 30),
			prices: fc.tuple(price, price, price, price),
			minutes: fc.constantFrom(1, 1, 5),
			volume: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 8 }),
			quality: qualities,
			numbered: fc.boolean(),
		}),
		{ minLength: 1, maxLength: 60, size: 'max' },
	);
	const tapes = events.map((all) => {
		let at = 0;
		return all.map((event, index): Observation => {
			at += event.after;
			const { symbol, quality, minutes, prices, volume } = event;
			const eventId = event.numbered ? `row ${index}` : undefined;
			const more = { symbol, quality, eventId };
			const [open, one, other, close] = prices;
			const sorted = [open, one, other, close].toSorted((a, b) => a - b);
			const four = [open, sorted[3] ?? open, sorted[0] ?? open, close] as const;
			const start = Math.floor(at / minutes) * minutes;
			switch (event.kind) {
				case 'candle':
					return candleAt(start - minutes, four, { ...more, minutes, volume, seenAt: at });
				case 'running':
					return candleAt(start, four, { ...more, minutes, volume, closed: false, seenAt: at });
				case 'nothing':
					return priceAt(at, null, more);
				case 'text':
					return priceAt(at, 'n/a', more);
				default:
					return priceAt(at, close, { ...more, size: volume });
			}
		});
	});
	const splits = new Map([['A', [{ at: epochMs(priceAt(40, 1).eventAt), ratio: 2 }]]]);

	const coverage = { known: 0, warmingUp: 0, unknown: 0 };

	it('restored at any event is as if it had never been taken', () => {
		fc.assert(
			fc.property(askers, tapes, fc.infiniteStream(fc.boolean()), (asking, tape, cuts) => {
				const whole = new Instruments(asking, splits);
				const kept = new Kept();
				let cut = new Instruments(asking, splits);
				const look = (sight: Sight) => [
					...asking.flatMap(({ facts }) =>
						facts.map((ref) => JSON.stringify([ref, sight.read(ref)])),
					),
					...[undefined, 60_000, 300_000].map((ms) => JSON.stringify(sight.candleOf(ms))),
				];
				for (const observation of tape) {
					const expected = look(whole.observe(observation));
					expect(look(cut.observe(observation))).toEqual(expected);
					for (const text of expected) {
						if (text === undefined) continue;
						const kind = text.includes('value') ? 'known' : 'unknown';
						coverage[text.includes('warmingUp') ? 'warmingUp' : kind] += 1;
					}
					if (cuts.next().value !== true) continue;
					kept.write(cut);
					cut = new Instruments(asking, splits, kept.read);
				}
			}),
			{ numRuns: 120 },
		);
		expect(Math.min(...Object.values(coverage))).toBeGreaterThan(3_000);
	}, 60_000);
});
