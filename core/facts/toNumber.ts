const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A number, or text that is one (feeds send prices as text); `undefined` for anything else. */
export function toNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || !NUMERIC.test(value)) return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

/** Derived values are rounded to 12 digits: (2.3 - 2) / 2 * 100 shall be 15. */
export const toTwelveDigits = (value: number): number => Number(value.toPrecision(12));
