import type { Bar } from '../../market';

/**
 * The values an indicator has after a candle, by part; `undefined` while warming up. One that comes to 0 / 0,
 * as flat prices do to many, isn't a number, and is read as `invalid`.
 */
export type Values = Readonly<Record<string, number | string>> | undefined;

/** Fed candle by candle; O(1) for the recursive ones, O(period) at most. */
export interface Indicator {
	/** @param replace the candle takes the place of the one before: it is still running */
	update(bar: Bar, replace: boolean): Values;
}

/** A family of facts that one calculation gives. */
export type IndicatorKind = {
	/** The facts, and the part of the values each is. */
	readonly facts: Readonly<Record<string, string>>;
	/** @param balance on-balance volume before the first candle it will be fed */
	create(params: Params, balance: number): Indicator;
	/** Candles until the first value of its slowest part. */
	warmUp(params: Params): number;
	/** Candles after which what lay before them changes a value by less than 1e-9 of it. */
	depth(params: Params, intervalMs: number | undefined): number;
	/** Candles without a volume give no value. */
	readonly needsVolume?: true;
};

/** Parameters with their defaults filled in; missing ones are 0. */
export type Params = (name: string) => number;

/** Periods of a smoothing by 1/period until (1 − 1/period)^n is under 1e-9. */
export const WILDER_DEPTH = 21;
/** The same for a smoothing by 2/(period + 1). */
export const EMA_DEPTH = 11;
