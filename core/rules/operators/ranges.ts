// Past the folder's index on purpose: node files load the operators, and the index brings JSONPath along.
import { toNumber, toTwelveDigits } from '../../facts/toNumber';

/** What range operators compare with: the lower and the upper end, both belonging to it. */
export type Range = readonly [lower: number, upper: number];

/** A range as documents write it, `[50, 60]`; `undefined` for anything else, or ends the wrong way round. */
export function toRange(value: unknown): Range | undefined {
	if (!Array.isArray(value) || value.length !== 2) return undefined;
	const [lower, upper] = value.map(toNumber);
	return lower === undefined || upper === undefined || lower > upper ? undefined : [lower, upper];
}

export const isWithin = (value: number, [lower, upper]: Range): boolean =>
	value >= lower && value <= upper;

/** What `within` compares with: a value, and how far away from it in percent of it. */
export type Near = readonly [of: number, percent: number];

export const isNear = (value: number, [of, percent]: Near): boolean =>
	toTwelveDigits(Math.abs(value - of)) <= toTwelveDigits((Math.abs(of) * percent) / 100);
