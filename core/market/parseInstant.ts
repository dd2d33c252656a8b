import { epochMs, type EpochMs } from '../ports';

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2}))$/i;
/** Of the days a `Date` knows. */
const LAST_NANOSECOND = 8.64e21;
const DIGITS = /^-?\d{1,19}(?:\.\d+)?$/;

/**
 * An instant as data has it: epoch seconds, milliseconds, microseconds or nanoseconds (told apart by their
 * magnitude, right for the years 1973 to 5138), or ISO 8601 with a time zone.
 *
 * `undefined` for anything else; a time without a zone could be any of 24.
 */
export function parseInstant(value: unknown): EpochMs | undefined {
	if (typeof value === 'string') {
		const text = value.trim();
		if (DIGITS.test(text)) return fromNumber(Number(text));
		const parsed = ISO.test(text)
			? Date.parse(text.replace(' ', 'T').replace(' ', ''))
			: Number.NaN;
		return Number.isNaN(parsed) ? undefined : epochMs(parsed);
	}
	return typeof value === 'number' ? fromNumber(value) : undefined;
}

function fromNumber(value: number): EpochMs | undefined {
	const size = Math.abs(value);
	if (!(size <= LAST_NANOSECOND)) return undefined;
	if (size < 1e11) return epochMs(Math.round(value * 1e3));
	if (size < 1e14) return epochMs(Math.round(value));
	if (size < 1e17) return epochMs(Math.round(value / 1e3));
	return epochMs(Math.round(value / 1e6));
}
