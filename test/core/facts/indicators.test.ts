import fc from 'fast-check';

import { catalogue, findFact } from '../../../core/facts';
import {
	findKind,
	kinds,
	type Indicator,
	type IndicatorKind,
	type Params,
	type Values,
} from '../../../core/facts/indicators';
import { LiveSeries } from '../../../core/facts/instruments/LiveSeries';
import { planFact } from '../../../core/facts/instruments/plan';
import { signedVolume, type Bar } from '../../../core/market';
import { epochMs } from '../../../core/ports';
import { barAt, hasReference, readReference, referenceBars, walk } from './bars';
import { naive, type Row } from './naiveIndicators';

type Given = Readonly<Record<string, number>>;

const facts = kinds.flatMap((kind) => Object.keys(kind.facts));
const nameOf = (kind: IndicatorKind) => Object.keys(kind.facts)[0] ?? '';
const named = kinds.map((kind): [string, IndicatorKind] => [nameOf(kind), kind]);
const numbersOf = (kind: IndicatorKind) =>
	(findFact(nameOf(kind))?.params ?? []).filter(
		({ name, type }) => (type === 'integer' || type === 'number') && name !== 'times',
	);

const paramsOf =
	(kind: IndicatorKind, given: Given = {}): Params =>
	(name) =>
		given[name] ?? Number(numbersOf(kind).find((param) => param.name === name)?.default);

/** Parameters of a kind: periods from 1 to `longest`, multipliers from 0.5 to 4. */
const givenOf = (kind: IndicatorKind, longest: number): fc.Arbitrary<Given> =>
	fc.record(
		Object.fromEntries(
			numbersOf(kind).map(({ name, type }) => [
				name,
				type === 'integer'
					? fc.integer({ min: 1, max: longest })
					: fc.integer({ min: 1, max: 8 }).map((halves) => halves / 2),
			]),
		),
	);

const feed = (indicator: Indicator, bars: readonly Bar[]): Values[] =>
	bars.map((bar) => indicator.update(bar, false));
const calculate = (kind: IndicatorKind, bars: readonly Bar[], params = paramsOf(kind)) =>
	feed(kind.create(params, 0), bars);
const lastOf = (kind: IndicatorKind, bars: readonly Bar[], params: Params, balance = 0) =>
	feed(kind.create(params, balance), bars).at(-1);

const kindOf = (fact: string): IndicatorKind => {
	const kind = findKind(fact);
	if (kind === undefined) throw new Error(`no kind has the fact ${fact}`);
	return kind;
};
const rowsOf = (fact: string, bars: readonly Bar[], given?: Given): Row[] => {
	const kind = kindOf(fact);
	return calculate(kind, bars, paramsOf(kind, given)).map(
		(values) => values?.[kind.facts[fact] ?? ''],
	);
};

/** 0 for the same, infinite when one isn't there or they are different words. */
function relativeError(one: Row, other: Row): number {
	if (Object.is(one, other) || one === other) return 0;
	if (typeof one !== 'number' || typeof other !== 'number') return Number.POSITIVE_INFINITY;
	if (Number.isNaN(one) || Number.isNaN(other)) return Number.POSITIVE_INFINITY;
	return Math.abs(one - other) / Math.max(Math.abs(one), Math.abs(other));
}

/** The rows where two series differ, in words; `floor` is a difference too small to be one. */
const differences = (actual: readonly Row[], expected: readonly Row[], floor = 0): string[] =>
	expected.flatMap((value, row) => {
		const got = actual[row];
		const isClose =
			relativeError(got, value) < 1e-9 || Math.abs(Number(got) - Number(value)) < floor;
		return isClose ? [] : [`row ${row}: ${got} instead of ${value}`];
	});
const spread = (kind: IndicatorKind, values: Values): Row[] =>
	Object.values(kind.facts).map((part) => values?.[part]);

/** What a rule reads of a fact after hourly candles, the last one closed or running. */
const read = (fact: string, bars: readonly Bar[], candle: 'closed' | 'running', given?: Given) => {
	const plan = planFact({ fact, params: { interval: '1h', candle, ...given } });
	if (plan.kind !== 'indicator') throw new Error(`${fact} is no indicator`);
	const series = new LiveSeries(plan.series, [plan], undefined);
	bars.forEach((bar, at) => {
		const closed = candle === 'closed' || at < bars.length - 1;
		if (!closed) series.add({ intervalMs: 3_600_000, bar, closed: false });
		series.add({ intervalMs: 3_600_000, bar, closed });
	});
	return series.indicator(plan);
};

/** What a file says; where there are none, what the formula says of as many made-up bars. */
const referenceOf = (file: string, column: string, fact: string, given: Given) => {
	if (hasReference) return { bars: referenceBars(), expected: readReference(file)[column] ?? [] };
	const bars = walk(502, 7).map((bar, at) => ({ ...bar, startAt: epochMs(at * 60_000) }));
	return { bars, expected: naive[fact]?.(bars, paramsOf(kindOf(fact), given)) ?? [] };
};

describe(`Reference files${hasReference ? '' : ' (../shared/data/indicators is not there: formulas over made-up bars)'}`, () => {
	it.each<[string, string, string, Given]>([
		['sma-20', 'sma', 'sma', { period: 20 }],
		['ema-20', 'ema', 'ema', { period: 20 }],
		['wma-14', 'wma', 'wma', { period: 14 }],
		['rsi-14', 'rsi', 'rsi', { period: 14 }],
		['macd-12-26-9', 'macd', 'macd', { fast: 12, slow: 26, signal: 9 }],
		['macd-12-26-9', 'signal', 'macdSignal', { fast: 12, slow: 26, signal: 9 }],
		['macd-12-26-9', 'histogram', 'macdHistogram', { fast: 12, slow: 26, signal: 9 }],
		['macd-12-26-9', 'fastEma', 'ema', { period: 12 }],
		['macd-12-26-9', 'slowEma', 'ema', { period: 26 }],
		['bollinger-20-2', 'sma', 'bollingerMiddle', { period: 20, multiplier: 2 }],
		['bollinger-20-2', 'upperBand', 'bollingerUpper', { period: 20, multiplier: 2 }],
		['bollinger-20-2', 'lowerBand', 'bollingerLower', { period: 20, multiplier: 2 }],
		['bollinger-20-2', 'percentB', 'bollingerPercentB', { period: 20, multiplier: 2 }],
		['bollinger-20-2', 'width', 'bollingerWidth', { period: 20, multiplier: 2 }],
		['atr-14', 'atr', 'atr', { period: 14 }],
		['stochastic-14-3-3', 'k', 'stochasticK', { period: 14, smoothing: 3, signal: 3 }],
		['stochastic-14-3-3', 'd', 'stochasticD', { period: 14, smoothing: 3, signal: 3 }],
		['adx-14', 'pdi', 'plusDi', { period: 14 }],
		['adx-14', 'mdi', 'minusDi', { period: 14 }],
		['adx-14', 'adx', 'adx', { period: 14 }],
		['obv', 'obv', 'obv', {}],
		['vwap-from-start', 'vwap', 'vwap', {}],
		['roc-14', 'roc', 'roc', { period: 14 }],
	])('%s, column %s: %s gives it, warm-up rows included', (file, column, fact, given) => {
		const { bars, expected } = referenceOf(file, column, fact, given);
		expect(expected).toHaveLength(502);
		expect(differences(rowsOf(fact, bars, given), expected)).toEqual([]);
	});
});

describe('Naive formulas', () => {
	const inputs: Array<[string, Bar[]]> = [
		['a random walk', walk(400, 1)],
		...(hasReference ? [['SPY', referenceBars()] as [string, Bar[]]] : []),
	];

	it.each(facts)('%s equals its formula', (fact) => {
		const formula = naive[fact];
		if (formula === undefined) throw new Error(`${fact} has no formula in naiveIndicators.ts`);
		for (const [, bars] of inputs) {
			const params = paramsOf(kindOf(fact));
			expect(differences(rowsOf(fact, bars), formula(bars, params), 1e-11)).toEqual([]);
		}
	});

	it.each(facts)('%s equals its formula whatever its parameters', (fact) => {
		const kind = kindOf(fact);
		const bars = walk(60, 2);
		fc.assert(
			fc.property(givenOf(kind, 12), (given) => {
				const expected = naive[fact]?.(bars, paramsOf(kind, given)) ?? [];
				expect(differences(rowsOf(fact, bars, given), expected, 1e-11)).toEqual([]);
			}),
			{ numRuns: 30 },
		);
	});
});

describe('A running candle', () => {
	/** Few different prices, so that equal, flat and unchanged candles turn up. */
	const price = fc.integer({ min: 90, max: 110 });
	const versions = fc.array(
		fc.record({
			prices: fc.tuple(price, price, price, price),
			volume: fc.integer({ min: 0, max: 50 }),
		}),
		{ minLength: 1, maxLength: 4 },
	);
	/** Of each candle all versions it had; the last one is the closed one. */
	const candles = fc.array(versions, { minLength: 1, maxLength: 24 }).map((all) =>
		all.map((of, index) =>
			of.map(({ prices: [open, high, low, close], volume }) => {
				const top = Math.max(open, high, low, close);
				const bottom = Math.min(open, high, low, close);
				return barAt(index, [open, top, bottom, close], volume, 3 * 3_600_000);
			}),
		),
	);

	it.each(named)('%s: replaced any number of times, it leaves no trace', (_, kind) => {
		fc.assert(
			fc.property(candles, givenOf(kind, 4), fc.boolean(), (all, given, replacesFirst) => {
				const params = paramsOf(kind, given);
				const indicator = kind.create(params, 7);
				const closed: Bar[] = [];
				all.forEach((of, index) => {
					of.forEach((bar, version) => {
						const replace = version > 0 || (index === 0 && replacesFirst);
						const values = spread(kind, indicator.update(bar, replace));
						const fresh = spread(kind, lastOf(kind, [...closed, bar], params, 7));
						expect(differences(values, fresh)).toEqual([]);
					});
					closed.push(...of.slice(-1));
				});
			}),
			{ numRuns: 60 },
		);
	});
});

describe('Warm-up', () => {
	it.each(named)('%s: its slowest part begins with the candle it says', (_, kind) => {
		const bars = walk(80, 3);
		fc.assert(
			fc.property(givenOf(kind, 12), (given) => {
				const params = paramsOf(kind, given);
				const warmUp = kind.warmUp(params);
				const isWhole = calculate(kind, bars, params).map(
					(values) => !spread(kind, values).includes(undefined),
				);
				expect(isWhole.indexOf(true)).toBe(warmUp - 1);
				expect(isWhole.slice(warmUp - 1)).not.toContain(false);
			}),
			{ numRuns: 40 },
		);
	});
});

describe('Depth', () => {
	const balanceOf = (bars: readonly Bar[]) =>
		bars.reduce((sum, bar, at) => sum + signedVolume(bars[at - 1], bar), 0);

	const long = { period: 40, fast: 30, slow: 60, signal: 20, smoothing: 5, atrPeriod: 30 };
	const short = { period: 2, fast: 1, slow: 2, signal: 2, smoothing: 1, atrPeriod: 1 };

	it.each(named)('%s: three times as many candles change nothing', (_, kind) => {
		for (const given of [{}, long, short]) {
			const params = paramsOf(kind, given);
			const depth = kind.depth(params, 3_600_000);
			for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
				// Ends at every third hour of the day.
				const bars = walk(3 * depth + 3 * seed, seed);
				const balance = balanceOf(bars.slice(0, bars.length - depth + 1));
				const whole = spread(kind, lastOf(kind, bars, params));
				const end = spread(kind, lastOf(kind, bars.slice(-depth), params, balance));
				expect(differences(end, whole)).toEqual([]);
			}
		}
	});

	it('superTrend: of 300 beginnings none is still another than the long run', () => {
		const kind = kindOf('superTrend');
		const params = paramsOf(kind, { period: 2, multiplier: 3 });
		const depth = kind.depth(params, undefined);
		const bars = walk(depth + 3_000, 9);
		const long = calculate(kind, bars, params).map((values) => spread(kind, values));
		for (let start = 0; start < 3_000; start += 10) {
			const end = lastOf(kind, bars.slice(start, start + depth), params);
			expect(differences(spread(kind, end), long[start + depth - 1] ?? [])).toEqual([]);
		}
	});

	it.each(named)('%s: is enough for its warm-up', (_, kind) => {
		fc.assert(
			fc.property(givenOf(kind, 100), (given) => {
				const params = paramsOf(kind, given);
				expect(kind.depth(params, 60_000)).toBeGreaterThanOrEqual(kind.warmUp(params));
			}),
		);
	});
});

describe('Candles with nothing in them', () => {
	const flat = (price: number, volume: number | null, count: number) =>
		Array.from({ length: count }, (_, at) => barAt(at, [price, price, price, price], volume));

	const PRICES = [0, 0.1, 1.1, 3.3e-7, 61_837.63];

	it.each(facts)('%s: a number or a reason, whatever the candles', (fact) => {
		const isKnown = (reading: object) =>
			'value' in reading
				? typeof reading.value === 'string' || Number.isFinite(reading.value)
				: JSON.stringify(reading).match(/warmingUp|invalid|notOffered/) !== null;
		const ones = Object.fromEntries(numbersOf(kindOf(fact)).map(({ name }) => [name, 1]));
		for (const price of PRICES) {
			for (const volume of [null, 0, 5]) {
				for (const count of [1, 2, 90]) {
					for (const candle of ['closed', 'running'] as const) {
						for (const given of [undefined, ones]) {
							const reading = read(fact, flat(price, volume, count), candle, given);
							expect([reading, isKnown(reading)]).toEqual([reading, true]);
						}
					}
				}
			}
		}
	});

	it.each<[string, (price: number) => object]>([
		['sma', (price) => ({ value: price })],
		['ema', (price) => ({ value: price })],
		['wma', (price) => ({ value: price })],
		['rsi', () => ({ missing: 'invalid' })],
		['macd', () => ({ value: 0 })],
		['macdSignal', () => ({ value: 0 })],
		['macdHistogram', () => ({ value: 0 })],
		['bollingerUpper', (price) => ({ value: price })],
		['bollingerMiddle', (price) => ({ value: price })],
		['bollingerLower', (price) => ({ value: price })],
		['bollingerWidth', () => ({ value: 0 })],
		['bollingerPercentB', () => ({ missing: 'invalid' })],
		['atr', () => ({ value: 0 })],
		['stochasticK', () => ({ missing: 'invalid' })],
		['stochasticD', () => ({ missing: 'invalid' })],
		['adx', () => ({ value: 0 })],
		['plusDi', () => ({ value: 0 })],
		['minusDi', () => ({ value: 0 })],
		['cci', () => ({ missing: 'invalid' })],
		['mfi', () => ({ missing: 'invalid' })],
		['obv', () => ({ value: 0 })],
		['vwap', (price) => ({ value: price })],
		['roc', () => ({ value: 0 })],
		['superTrend', (price) => ({ value: price })],
		['superTrendDirection', () => ({ value: 'down' })],
		['donchianUpper', (price) => ({ value: price })],
		['donchianMiddle', (price) => ({ value: price })],
		['donchianLower', (price) => ({ value: price })],
		['keltnerUpper', (price) => ({ value: price })],
		['keltnerMiddle', (price) => ({ value: price })],
		['keltnerLower', (price) => ({ value: price })],
		['aroonUp', () => ({ value: 100 })],
		['aroonDown', () => ({ value: 100 })],
		['williamsR', () => ({ missing: 'invalid' })],
		['trix', () => ({ value: 0 })],
		['standardDeviation', () => ({ value: 0 })],
		['zScore', () => ({ missing: 'invalid' })],
		['averageVolume', () => ({ value: 0.3 })],
		['volumeZScore', () => ({ missing: 'invalid' })],
	])(
		'%s of flat prices and an even volume is exact, without a trace of rounding',
		(fact, expected) => {
			for (const price of PRICES.slice(1)) {
				for (const candle of ['closed', 'running'] as const) {
					expect(read(fact, flat(price, 0.3, 90), candle)).toEqual(expected(price));
				}
			}
		},
	);
});

describe('Candles without a volume', () => {
	const given = { period: 5 };
	const bars = walk(30, 4);
	const holed = bars.map((bar, at) => (at === 20 ? { ...bar, volume: null } : bar));
	const after = (count: number) => holed.slice(0, count);

	it.each(['averageVolume', 'volumeZScore', 'mfi'])(
		'%s is unknown while one lies in its window, rather than too low',
		(fact) => {
			expect(read(fact, after(21), 'closed', given)).toEqual({ missing: 'notOffered' });
			expect(read(fact, after(25), 'closed', given)).toEqual({ missing: 'invalid' });
			expect(read(fact, after(26), 'closed', given)).toEqual(
				read(fact, bars.slice(0, 26), 'closed', given),
			);
		},
	);

	it.each(['vwap', 'obv'])('%s leaves them out', (fact) => {
		const zero = holed.map((bar) => ({ ...bar, volume: bar.volume ?? 0 }));
		expect(read(fact, holed, 'closed')).toEqual(read(fact, zero, 'closed'));
	});
});

describe('A long series', () => {
	it.each(['obv', 'vwap'])(
		'%s stays what its formula says when old candles are dropped',
		(fact) => {
			const bars = walk(300, 5);
			for (const count of [25, 49, 50, 51, 99, 100, 299, 300]) {
				const expected = naive[fact]?.(bars.slice(0, count), paramsOf(kindOf(fact))).at(-1);
				expect(read(fact, bars.slice(0, count), 'closed')).toEqual({
					value: Number(Number(expected).toPrecision(12)),
				});
			}
		},
	);

	it('vwap begins anew at 00:00 UTC, and is unknown until something was traded', () => {
		const day = walk(24, 6);
		const midnight = (volume: number) => barAt(24, [50, 53, 47, 50], volume);
		expect(read('vwap', [...day, midnight(0)], 'closed')).toEqual({ missing: 'warmingUp' });
		expect(read('vwap', [...day, midnight(3)], 'closed')).toEqual({ value: 50 });
	});

	it('a market that falls and then stands still is never overbought', () => {
		const still = (at: number) => barAt(at, [80, 80, 80, 80], 0);
		const fall = Array.from({ length: 20 }, (_, at) => {
			const price = 100 - at;
			return barAt(at, [price, price, price, price], 1);
		});
		const plan = planFact({ fact: 'rsi', params: { period: 2, interval: '1h' } });
		if (plan.kind !== 'indicator') throw new Error('rsi is no indicator');
		const series = new LiveSeries(plan.series, [plan], undefined);
		const readings = [...fall, ...Array.from({ length: 200 }, (_, at) => still(20 + at))].map(
			(bar) => {
				series.add({ intervalMs: 3_600_000, bar, closed: true });
				return series.indicator(plan);
			},
		);
		expect(new Set(readings.slice(2).map((reading) => JSON.stringify(reading)))).toEqual(
			new Set(['{"value":0}', '{"missing":"invalid"}']),
		);
	});
});

describe('The catalogue', () => {
	const definitions = catalogue.filter(({ kind }) => kind === 'indicator');

	it('names the facts of the kinds, each once, and no others', () => {
		expect(definitions.map(({ name }) => name).toSorted()).toEqual(facts.toSorted());
		expect(new Set(facts).size).toBe(facts.length);
	});

	it.each(named)('%s: facts of one calculation have the same parameters', (_, kind) => {
		// LiveSeries shares a calculation between them by the values of their parameters.
		const params = Object.keys(kind.facts).map((fact) =>
			findFact(fact)?.params.filter(({ name }) => name !== 'times'),
		);
		for (const own of params) expect(own).toEqual(params[0]);
	});

	it.each(named)(
		'%s: asks for the parameters the catalogue has, and for all of them',
		(_, kind) => {
			const asked = new Set<string>();
			const params: Params = (name) => {
				asked.add(name);
				return paramsOf(kind)(name);
			};
			kind.warmUp(params);
			kind.depth(params, 60_000);
			calculate(kind, walk(kind.depth(params, 60_000), 1), params);
			expect([...asked].toSorted()).toEqual(
				numbersOf(kind)
					.map(({ name }) => name)
					.toSorted(),
			);
		},
	);

	it.each(named)('%s: gives the parts its facts are read from, of the type it says', (_, kind) => {
		const values = lastOf(kind, walk(200, 1), paramsOf(kind));
		for (const [fact, part] of Object.entries(kind.facts)) {
			expect([fact, typeof values?.[part]]).toEqual([
				fact,
				findFact(fact)?.type === 'text' ? 'string' : 'number',
			]);
		}
	});
});
