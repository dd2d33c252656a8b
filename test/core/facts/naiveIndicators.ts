import type { Params } from '../../../core/facts/indicators';
import type { Bar } from '../../../core/market';

/*
 * Every indicator as its definition reads, over all bars at once and without regard for speed. Written
 * apart from core/facts/indicators, and compared with it.
 */

export type Row = number | string | undefined;
type Series = ReadonlyArray<number | undefined>;
type Formula = (bars: readonly Bar[], params: Params) => readonly Row[];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const deviation = (values: readonly number[]) =>
	Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const zScore = (values: readonly number[]) =>
	((values.at(-1) ?? 0) - mean(values)) / deviation(values);

/** A value of each full window; the first ones have none. */
const over = <T>(items: readonly T[], count: number, of: (window: T[]) => number) =>
	items.map((_, at) => (at + 1 < count ? undefined : of(items.slice(at + 1 - count, at + 1))));

/** The same over a series that begins late. */
const overKnown = (series: Series, count: number, of: (window: number[]) => number): Series => {
	const late = series.findIndex((value) => value !== undefined);
	if (late < 0) return series;
	const known = series.slice(late).map((value) => value ?? 0);
	return [...series.slice(0, late), ...over(known, count, of)];
};

/** The mean of the first `count` known values, then (1 − weight) × previous + weight × new. */
function smooth(series: Series, count: number, weight: number): Series {
	const late = series.findIndex((value) => value !== undefined);
	const seedAt = late < 0 ? series.length : late + count - 1;
	let last = mean(series.slice(Math.max(late, 0), seedAt + 1).map((value) => value ?? 0));
	return series.map((value, at) => {
		if (at < seedAt || value === undefined) return undefined;
		if (at > seedAt) last = (1 - weight) * last + weight * value;
		return last;
	});
}
const ema = (series: Series, count: number) => smooth(series, count, 2 / (count + 1));
const wilder = (series: Series, count: number) => smooth(series, count, 1 / count);

/** Row by row; `undefined` where any of the values is. */
const each = (of: (...values: number[]) => number, ...series: readonly Series[]): Series =>
	(series[0] ?? []).map((_, at) => {
		const values = series.flatMap((one) => one[at] ?? []);
		return values.length === series.length ? of(...values) : undefined;
	});

const closes = (bars: readonly Bar[]) => bars.map(({ close }) => close);
const volumes = (bars: readonly Bar[]) => bars.map(({ volume }) => volume ?? Number.NaN);
const typical = (bars: readonly Bar[]) =>
	bars.map(({ high, low, close }) => (high + low + close) / 3);
const highest = (bars: readonly Bar[]) => Math.max(...bars.map(({ high }) => high));
const lowest = (bars: readonly Bar[]) => Math.min(...bars.map(({ low }) => low));
const closeOf = (bars: readonly Bar[]) => bars.at(-1)?.close ?? Number.NaN;

/** Something of each bar and the one before it; the first bar has none. */
const pairwise = (bars: readonly Bar[], of: (before: Bar, bar: Bar) => number): Series =>
	bars.map((bar, at) => {
		const before = bars[at - 1];
		return before === undefined ? undefined : of(before, bar);
	});

const trueRanges = (bars: readonly Bar[]) =>
	pairwise(bars, (before, { high, low }) =>
		Math.max(high - low, Math.abs(high - before.close), Math.abs(low - before.close)),
	);
const atr = (bars: readonly Bar[], count: number) => wilder(trueRanges(bars), count);

const macd: Formula = (bars, p) =>
	each((a, b) => a - b, ema(closes(bars), p('fast')), ema(closes(bars), p('slow')));
const macdSignal = (bars: readonly Bar[], p: Params) => ema(macd(bars, p) as Series, p('signal'));

const band =
	(sign: number): Formula =>
	(bars, p) =>
		over(
			closes(bars),
			p('period'),
			(window) => mean(window) + sign * p('multiplier') * deviation(window),
		);

const stochasticK = (bars: readonly Bar[], p: Params) =>
	overKnown(
		over(bars, p('period'), (window) => {
			const range = highest(window) - lowest(window);
			return (100 * (closeOf(window) - lowest(window))) / range;
		}),
		p('smoothing'),
		mean,
	);

/** Wilder's running sums: the first of `count`, then sum − sum / count + new. */
function runningSum(series: Series, count: number): Series {
	let total: number | undefined;
	return series.map((value, at) => {
		if (at < count) return undefined;
		total =
			total === undefined
				? sum(series.slice(1, count + 1).map((item) => item ?? 0))
				: total - total / count + (value ?? 0);
		return total;
	});
}
const directional =
	(sign: 1 | -1) =>
	(bars: readonly Bar[], p: Params): Series => {
		const moves = pairwise(bars, (before, bar) => {
			const up = bar.high - before.high;
			const down = before.low - bar.low;
			const [own, other] = sign === 1 ? [up, down] : [down, up];
			return own > other && own > 0 ? own : 0;
		});
		return each(
			(move, range) => (range === 0 ? 0 : (100 * move) / range),
			runningSum(moves, p('period')),
			runningSum(trueRanges(bars), p('period')),
		);
	};
const plusDi = directional(1);
const minusDi = directional(-1);

const keltner =
	(sign: number): Formula =>
	(bars, p) =>
		each(
			(middle, range) => middle + sign * p('multiplier') * range,
			ema(closes(bars), p('period')),
			atr(bars, p('atrPeriod')),
		);

/** TradingView's: the first bar's true range is high − low, and the first trend is down. */
function superTrend(
	bars: readonly Bar[],
	p: Params,
): Array<{ band: number; up: boolean } | undefined> {
	const [first] = bars;
	const ranges = trueRanges(bars).map((range) => range ?? (first?.high ?? 0) - (first?.low ?? 0));
	const average = wilder(ranges, p('period'));
	let upper = Number.POSITIVE_INFINITY;
	let lower = Number.NEGATIVE_INFINITY;
	let up = false;
	let lastClose = Number.NaN;
	return bars.map(({ high, low, close }, at) => {
		const range = average[at];
		if (range === undefined) return undefined;
		const middle = (high + low) / 2;
		const newUpper = middle + p('multiplier') * range;
		const newLower = middle - p('multiplier') * range;
		// A band only comes nearer to the price, unless the price has broken through it.
		upper = lastClose > upper ? newUpper : Math.min(newUpper, upper);
		lower = lastClose < lower ? newLower : Math.max(newLower, lower);
		if (close > upper) up = true;
		else if (close < lower) up = false;
		lastClose = close;
		return { band: up ? lower : upper, up };
	});
}

/** 100 × (period − bars since) / period, over period + 1 bars; the later of two equals counts. */
const aroon = (
	bars: readonly Bar[],
	count: number,
	isExtreme: (bar: Bar, window: Bar[]) => boolean,
) =>
	over(bars, count + 1, (window) => {
		const since = window.toReversed().findIndex((bar) => isExtreme(bar, window));
		return (100 * (count - since)) / count;
	});

const triple = (bars: readonly Bar[], count: number) =>
	ema(ema(ema(closes(bars), count), count), count);

const DAY_MS = 86_400_000;
const dayOf = ({ startAt }: Bar) => Math.floor(startAt / DAY_MS);

export const naive: Readonly<Record<string, Formula>> = {
	sma: (bars, p) => over(closes(bars), p('period'), mean),
	ema: (bars, p) => ema(closes(bars), p('period')),
	wma: (bars, p) =>
		over(
			closes(bars),
			p('period'),
			(window) =>
				sum(window.map((close, at) => close * (at + 1))) / sum(window.map((_, at) => at + 1)),
		),
	rsi: (bars, p) => {
		const change = (of: (change: number) => number) =>
			wilder(
				pairwise(bars, (before, bar) => Math.max(0, of(bar.close - before.close))),
				p('period'),
			);
		return each(
			(gain, loss) => 100 - 100 / (1 + gain / loss),
			change((value) => value),
			change((value) => -value),
		);
	},
	macd,
	macdSignal,
	macdHistogram: (bars, p) => each((a, b) => a - b, macd(bars, p) as Series, macdSignal(bars, p)),
	bollingerUpper: band(1),
	bollingerMiddle: band(0),
	bollingerLower: band(-1),
	bollingerWidth: (bars, p) =>
		over(
			closes(bars),
			p('period'),
			(window) => (2 * p('multiplier') * deviation(window)) / mean(window),
		),
	bollingerPercentB: (bars, p) =>
		over(closes(bars), p('period'), (window) => zScore(window) / (2 * p('multiplier')) + 0.5),
	atr: (bars, p) => atr(bars, p('period')),
	stochasticK,
	stochasticD: (bars, p) => overKnown(stochasticK(bars, p), p('signal'), mean),
	plusDi,
	minusDi,
	adx: (bars, p) =>
		wilder(
			each(
				(plus, minus) => (plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus)),
				plusDi(bars, p),
				minusDi(bars, p),
			),
			p('period'),
		),
	cci: (bars, p) =>
		over(typical(bars), p('period'), (window) => {
			const away = mean(window.map((price) => Math.abs(price - mean(window))));
			return ((window.at(-1) ?? 0) - mean(window)) / (0.015 * away);
		}),
	mfi: (bars, p) =>
		over(bars, p('period') + 1, (window) => {
			const prices = typical(window);
			const flow = (sign: number) =>
				sum(
					window.map(({ volume }, at) => {
						const change = (prices[at] ?? 0) - (prices[at - 1] ?? prices[at] ?? 0);
						return Math.sign(change) === sign ? (prices[at] ?? 0) * (volume ?? Number.NaN) : 0;
					}),
				);
			return 100 - 100 / (1 + flow(1) / flow(-1));
		}),
	obv: (bars) =>
		bars.map((_, at) =>
			sum(
				pairwise(
					bars.slice(0, at + 1),
					(before, bar) => Math.sign(bar.close - before.close) * (bar.volume ?? 0),
				).map((value) => value ?? 0),
			),
		),
	vwap: (bars) =>
		bars.map((bar, at) => {
			const today = bars.slice(0, at + 1).filter((other) => dayOf(other) === dayOf(bar));
			const weights = today.map(({ volume }) => volume ?? 0);
			const total = sum(weights);
			if (total === 0) return undefined;
			return sum(typical(today).map((price, index) => (price * (weights[index] ?? 0)) / total));
		}),
	roc: (bars, p) =>
		over(closes(bars), p('period') + 1, (window) => {
			const [first = Number.NaN] = window;
			return (100 * ((window.at(-1) ?? 0) - first)) / first;
		}),
	superTrend: (bars, p) => superTrend(bars, p).map((trend) => trend?.band),
	superTrendDirection: (bars, p) =>
		superTrend(bars, p).map((trend) => trend && (trend.up ? 'up' : 'down')),
	donchianUpper: (bars, p) => over(bars, p('period'), highest),
	donchianMiddle: (bars, p) =>
		over(bars, p('period'), (window) => (highest(window) + lowest(window)) / 2),
	donchianLower: (bars, p) => over(bars, p('period'), lowest),
	keltnerUpper: keltner(1),
	keltnerMiddle: keltner(0),
	keltnerLower: keltner(-1),
	aroonUp: (bars, p) => aroon(bars, p('period'), ({ high }, window) => high === highest(window)),
	aroonDown: (bars, p) => aroon(bars, p('period'), ({ low }, window) => low === lowest(window)),
	williamsR: (bars, p) =>
		over(bars, p('period'), (window) => {
			const range = highest(window) - lowest(window);
			return (-100 * (highest(window) - closeOf(window))) / range;
		}),
	trix: (bars, p) => {
		const series = triple(bars, p('period'));
		return series.map((value, at) => {
			const before = series[at - 1];
			return value === undefined || before === undefined
				? undefined
				: (100 * (value - before)) / before;
		});
	},
	standardDeviation: (bars, p) => over(closes(bars), p('period'), deviation),
	zScore: (bars, p) => over(closes(bars), p('period'), zScore),
	averageVolume: (bars, p) => over(volumes(bars), p('period'), mean),
	volumeZScore: (bars, p) => over(volumes(bars), p('period'), zScore),
};
