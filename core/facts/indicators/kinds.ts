import type { Bar } from '../../market';
import {
	EMA_DEPTH,
	WILDER_DEPTH,
	type Indicator,
	type IndicatorKind,
	type Params,
	type Values,
} from './Indicator';
import { Previous } from './Previous';
import { SeededEma } from './SeededEma';
import { createBollinger, createCci, createSpread } from './spread';
import { Aroon, DonchianChannels, ROC, SMA, SuperTrend, WMA, WSMA } from './tradingSignals';
import { candlesOfDay, createMfi, createObv, createVwap, volumeOf } from './volume';

const one = (value: number | null | undefined): Values =>
	value === null || value === undefined ? undefined : { value };
const period = (params: Params): number => params('period');

const trueRange = (before: Bar, { high, low }: Bar): number =>
	Math.max(high, before.close) - Math.min(low, before.close);

/** Wilder's ATR whose first candle has no true range, as TA-Lib has it. */
function averageTrueRange(candles: number): (bar: Bar, replace: boolean) => number | null {
	const previous = new Previous();
	const average = new WSMA(candles);
	return (bar, replace) => {
		const before = previous.update(bar, replace);
		return before === undefined ? null : average.update(trueRange(before, bar), replace);
	};
}

/** Not a number while nothing moves, rather than the most overbought there is. */
function createRsi(params: Params): Indicator {
	const previous = new Previous();
	const gains = new WSMA(period(params));
	const losses = new WSMA(period(params));
	return {
		update(bar, replace) {
			const before = previous.update(bar, replace);
			if (before === undefined) return undefined;
			const change = bar.close - before.close;
			const gain = gains.update(Math.max(change, 0), replace);
			const loss = losses.update(Math.max(-change, 0), replace);
			return gain === null || loss === null ? undefined : { value: (100 * gain) / (gain + loss) };
		},
	};
}

function createMacd(params: Params): Indicator {
	const fast = new SeededEma(params('fast'));
	const slow = new SeededEma(params('slow'));
	const average = new SeededEma(params('signal'));
	return {
		update({ close }, replace) {
			const quick = fast.update(close, replace);
			const steady = slow.update(close, replace);
			if (quick === undefined || steady === undefined) return undefined;
			const macd = quick - steady;
			const signal = average.update(macd, replace);
			return signal === undefined ? { macd } : { macd, signal, histogram: macd - signal };
		},
	};
}

/** Not a number while the range is flat, rather than the most oversold there is. */
function createStochastic(params: Params): Indicator {
	const range = new DonchianChannels(period(params));
	const smooth = new SMA(params('smoothing'));
	const average = new SMA(params('signal'));
	return {
		update(bar, replace) {
			const bounds = range.update(bar, replace);
			if (bounds === null) return undefined;
			const { upper, lower } = bounds;
			const k = smooth.update((100 * (bar.close - lower)) / (upper - lower), replace);
			if (k === null) return undefined;
			const d = average.update(k, replace);
			return d === null ? { k } : { k, d };
		},
	};
}

/** Not a number while the range is flat, as the stochastic. */
function createWilliamsR(params: Params): Indicator {
	const range = new DonchianChannels(period(params));
	return {
		update(bar, replace) {
			const bounds = range.update(bar, replace);
			if (bounds === null) return undefined;
			return { value: (100 * (bar.close - bounds.upper)) / (bounds.upper - bounds.lower) };
		},
	};
}

function createAdx(params: Params): Indicator {
	const previous = new Previous();
	const [range, plus, minus, average] = Array.from({ length: 4 }, () => new WSMA(period(params)));
	return {
		update(bar, replace) {
			const before = previous.update(bar, replace);
			if (before === undefined) return undefined;
			const up = bar.high - before.high;
			const down = before.low - bar.low;
			const tr = range?.update(trueRange(before, bar), replace) ?? null;
			const rise = plus?.update(up > down && up > 0 ? up : 0, replace) ?? null;
			const fall = minus?.update(down > up && down > 0 ? down : 0, replace) ?? null;
			if (tr === null || rise === null || fall === null) return undefined;
			const plusDi = tr === 0 ? 0 : (100 * rise) / tr;
			const minusDi = tr === 0 ? 0 : (100 * fall) / tr;
			const sum = plusDi + minusDi;
			const dx = sum === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / sum;
			const adx = average?.update(dx, replace) ?? null;
			return adx === null ? { plusDi, minusDi } : { plusDi, minusDi, adx };
		},
	};
}

function createTrix(params: Params): Indicator {
	const emas = Array.from({ length: 3 }, () => new SeededEma(period(params)));
	let before: number | undefined;
	let present: number | undefined;
	return {
		update({ close }, replace) {
			let value: number | undefined = close;
			for (const ema of emas) {
				if (value === undefined) break;
				value = ema.update(value, replace);
			}
			if (!replace) before = present;
			present = value;
			if (value === undefined || before === undefined) return undefined;
			return { value: (100 * (value - before)) / before };
		},
	};
}

function createSuperTrend(params: Params): Indicator {
	const trend = new SuperTrend({ interval: period(params), multiplier: params('multiplier') });
	return {
		update(bar, replace) {
			const result = trend.update(bar, replace);
			if (result === null) return undefined;
			return { band: result.supertrend, direction: result.trend === 'BULLISH' ? 'up' : 'down' };
		},
	};
}

function createKeltner(params: Params): Indicator {
	const average = new SeededEma(period(params));
	const range = averageTrueRange(params('atrPeriod'));
	return {
		update(bar, replace) {
			const middle = average.update(bar.close, replace);
			const atr = range(bar, replace);
			if (middle === undefined || atr === null) return undefined;
			const away = atr * params('multiplier');
			return { upper: middle + away, middle, lower: middle - away };
		},
	};
}

const smoothed = (
	facts: Readonly<Record<string, string>>,
	create: (params: Params) => Indicator['update'],
	warmUp: (params: Params) => number,
	periods = 0,
): IndicatorKind => ({
	facts,
	create: (params) => ({ update: create(params) }),
	warmUp,
	depth: (params) => warmUp(params) + Math.ceil(periods * period(params)),
});

/** Every indicator we have: on trading-signals where its convention is the usual one, else ours. */
export const kinds: readonly IndicatorKind[] = [
	smoothed(
		{ sma: 'value' },
		(params) => {
			const sma = new SMA(period(params));
			return ({ close }, replace) => one(sma.update(close, replace));
		},
		period,
	),
	smoothed(
		{ ema: 'value' },
		(params) => {
			const ema = new SeededEma(period(params));
			return ({ close }, replace) => one(ema.update(close, replace));
		},
		period,
		EMA_DEPTH,
	),
	smoothed(
		{ wma: 'value' },
		(params) => {
			const wma = new WMA(period(params));
			return ({ close }, replace) => one(wma.update(close, replace));
		},
		period,
	),
	{
		facts: { rsi: 'value' },
		create: createRsi,
		warmUp: (params) => period(params) + 1,
		depth: (params) => period(params) * (WILDER_DEPTH + 1) + 1,
	},
	{
		facts: { macd: 'macd', macdSignal: 'signal', macdHistogram: 'histogram' },
		create: createMacd,
		warmUp: (params) => Math.max(params('slow'), params('fast')) + params('signal') - 1,
		// 1e-9 of a small difference between averages is far less of the averages themselves.
		depth: (params) =>
			(Math.max(params('slow'), params('fast')) + params('signal')) * (EMA_DEPTH + 3),
	},
	{
		facts: {
			bollingerUpper: 'upper',
			bollingerMiddle: 'middle',
			bollingerLower: 'lower',
			bollingerWidth: 'width',
			bollingerPercentB: 'percentB',
		},
		create: createBollinger,
		warmUp: period,
		depth: period,
	},
	smoothed(
		{ atr: 'value' },
		(params) => {
			const atr = averageTrueRange(period(params));
			return (bar, replace) => one(atr(bar, replace));
		},
		(params) => period(params) + 1,
		WILDER_DEPTH,
	),
	{
		facts: { stochasticK: 'k', stochasticD: 'd' },
		create: createStochastic,
		warmUp: (params) => period(params) + params('smoothing') + params('signal') - 2,
		depth: (params) => period(params) + params('smoothing') + params('signal') - 2,
	},
	{
		facts: { adx: 'adx', plusDi: 'plusDi', minusDi: 'minusDi' },
		create: createAdx,
		warmUp: (params) => 2 * period(params),
		// Smoothed twice, which takes five periods more than smoothing once, and two to begin with.
		depth: (params) => period(params) * (WILDER_DEPTH + 7),
	},
	{
		facts: { cci: 'value' },
		create: createCci,
		warmUp: period,
		depth: period,
	},
	{
		facts: { mfi: 'value' },
		create: createMfi,
		warmUp: (params) => period(params) + 1,
		depth: (params) => period(params) + 1,
		needsVolume: true,
	},
	{
		facts: { obv: 'value' },
		create: (_, balance) => createObv(balance),
		warmUp: () => 1,
		depth: () => 1,
		needsVolume: true,
	},
	{
		facts: { vwap: 'value' },
		create: createVwap,
		warmUp: () => 1,
		depth: (_, intervalMs) => candlesOfDay(intervalMs ?? 60_000) + 1,
		needsVolume: true,
	},
	smoothed(
		{ roc: 'value' },
		(params) => {
			const roc = new ROC(period(params));
			return ({ close }, replace) => {
				const change = roc.update(close, replace);
				return change === null ? undefined : { value: change * 100 };
			};
		},
		(params) => period(params) + 1,
	),
	{
		facts: { superTrend: 'band', superTrendDirection: 'direction' },
		create: createSuperTrend,
		warmUp: period,
		// A band stays until the price has come to it, however long that takes, so what lay before may matter
		// for good. A random walk comes that far in about multiplier² candles: of 200,000 starts none was still
		// another than the long run after this many, and one in 4,000 where wicks were thrice the moves. Beyond
		// a multiplier of 12 fewer candles are kept than this (instruments/plan.ts).
		depth: (params) =>
			period(params) * (WILDER_DEPTH + 1) + Math.ceil(30 * params('multiplier') ** 2),
	},
	smoothed(
		{ donchianUpper: 'upper', donchianMiddle: 'middle', donchianLower: 'lower' },
		(params) => {
			const channels = new DonchianChannels(period(params));
			return (bar, replace) => channels.update(bar, replace) ?? undefined;
		},
		period,
	),
	{
		facts: { keltnerUpper: 'upper', keltnerMiddle: 'middle', keltnerLower: 'lower' },
		create: createKeltner,
		warmUp: (params) => Math.max(period(params), params('atrPeriod') + 1),
		depth: (params) =>
			Math.max(period(params) * (EMA_DEPTH + 1), params('atrPeriod') * (WILDER_DEPTH + 1) + 1),
	},
	smoothed(
		{ aroonUp: 'aroonUp', aroonDown: 'aroonDown' },
		(params) => {
			const aroon = new Aroon(period(params));
			return (bar, replace) => aroon.update(bar, replace) ?? undefined;
		},
		(params) => period(params) + 1,
	),
	{
		facts: { williamsR: 'value' },
		create: createWilliamsR,
		warmUp: period,
		depth: period,
	},
	{
		facts: { trix: 'value' },
		create: createTrix,
		warmUp: (params) => 3 * period(params) - 1,
		// Three to begin with, and a change is far less than the averages it is between.
		depth: (params) => period(params) * (EMA_DEPTH + 9),
	},
	{
		facts: { standardDeviation: 'deviation', zScore: 'zScore' },
		create: (params) => createSpread(params, ({ close }) => close),
		warmUp: period,
		depth: period,
	},
	{
		facts: { averageVolume: 'mean', volumeZScore: 'zScore' },
		create: (params) => createSpread(params, volumeOf),
		warmUp: period,
		depth: period,
		needsVolume: true,
	},
];

const byFact = new Map(
	kinds.flatMap((kind) => Object.keys(kind.facts).map((fact) => [fact, kind])),
);

export const findKind = (fact: string): IndicatorKind | undefined => byFact.get(fact);
