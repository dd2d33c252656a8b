import type { Bar } from '../../market';
import type { Indicator, Params } from './Indicator';
import { getAverage, pushUpdate } from './tradingSignals';

/**
 * The last values as distances from their mean, the newest last.
 *
 * They're measured from the oldest one: the mean of twenty times 0.1 isn't quite 0.1, and a z-score would
 * make a whole −1 of that. Equal values are exactly 0 away here.
 */
class Distances {
	private readonly values: number[] = [];

	constructor(private readonly period: number) {}

	update(value: number, replace: boolean): { mean: number; distances: number[] } | undefined {
		const { values } = this;
		pushUpdate({ array: values, item: value, maxLength: this.period, replace });
		const [oldest] = values;
		if (oldest === undefined || values.length < this.period) return undefined;
		const fromOldest = values.map((item) => item - oldest);
		const mean = getAverage(fromOldest);
		return { mean: oldest + mean, distances: fromOldest.map((item) => item - mean) };
	}
}

const deviationOf = (distances: readonly number[]): number =>
	Math.sqrt(getAverage(distances.map((distance) => distance * distance)));

/** Mean, population standard deviation and distance from the mean of a value of each candle. */
export function createSpread(params: Params, of: (bar: Bar) => number): Indicator {
	const window = new Distances(params('period'));
	return {
		update(bar, replace) {
			const result = window.update(of(bar), replace);
			if (result === undefined) return undefined;
			const deviation = deviationOf(result.distances);
			return {
				mean: result.mean,
				deviation,
				zScore: (result.distances.at(-1) ?? 0) / deviation,
			};
		},
	};
}

export function createBollinger(params: Params): Indicator {
	const window = new Distances(params('period'));
	return {
		update({ close }, replace) {
			const result = window.update(close, replace);
			if (result === undefined) return undefined;
			const { mean, distances } = result;
			const away = params('multiplier') * deviationOf(distances);
			return {
				upper: mean + away,
				middle: mean,
				lower: mean - away,
				width: (2 * away) / mean,
				percentB: ((distances.at(-1) ?? 0) + away) / (2 * away),
			};
		},
	};
}

/** @see Lambert, Commodity Channel Index, Commodities (1980): 0.015 leaves most values within ±100 */
export function createCci(params: Params): Indicator {
	const window = new Distances(params('period'));
	return {
		update({ high, low, close }, replace) {
			const result = window.update((high + low + close) / 3, replace);
			if (result === undefined) return undefined;
			const { distances } = result;
			const meanDeviation = getAverage(distances.map(Math.abs));
			return { value: (distances.at(-1) ?? 0) / (0.015 * meanDeviation) };
		},
	};
}
