import { toNumber, toTwelveDigits } from '../facts';
import { isWithin, toRange, type Range } from './operators';
import type { Finding } from './verdict';

/** How far the left side of a comparison is from where its answer changes. */
export type Distance = {
	/** In the unit of the left side, never negative. */
	readonly distance: number;
	/** The same in percent of the level; missing where the level is 0. */
	readonly distancePercent?: number;
};

/**
 * How far a comparison of numbers is from the other answer: price 60.6 is 0.6 (1 %) away from being less
 * than 60. `undefined` for comparisons of anything else, and where a side is missing.
 */
export function distanceOf(finding: Finding): Distance | undefined {
	const left = toNumber(finding.leftValue);
	if (left === undefined || typeof finding.leftValue === 'boolean') return undefined;
	const level = nearestLevel(finding, left);
	if (level === undefined) return undefined;
	const distance = toTwelveDigits(Math.abs(left - level));
	return level === 0
		? { distance }
		: { distance, distancePercent: toTwelveDigits((distance / Math.abs(level)) * 100) };
}

/** The level the left side has to come to. */
function nearestLevel({ rightValue, percent }: Finding, left: number): number | undefined {
	const range = toRange(rightValue);
	if (range !== undefined) return nearestEnd(left, range);
	const right = toNumber(rightValue);
	if (right === undefined || percent === undefined) return right;
	const away = (Math.abs(right) * percent) / 100;
	return nearestEnd(left, [right - away, right + away]);
}

function nearestEnd(left: number, range: Range): number {
	const [lower, upper] = range;
	if (!isWithin(left, range)) return left < lower ? lower : upper;
	return left - lower < upper - left ? lower : upper;
}
