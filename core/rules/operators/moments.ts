/** Two moments as documents write them: `["09:30", "16:00"]`, `["2026-01-01", "2026-12-31"]`. */
export type Moments = readonly [from: string, to: string];

const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

const pairOf = (value: unknown, pattern: RegExp): Moments | undefined => {
	if (!Array.isArray(value) || value.length !== 2) return undefined;
	const [from, to] = value as readonly unknown[];
	if (typeof from !== 'string' || typeof to !== 'string') return undefined;
	return pattern.test(from) && pattern.test(to) ? [from, to] : undefined;
};

/** A time of day as data has it; the hour may have one digit, and a zone after it doesn't matter. */
const TIME_OF_DAY = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?(?![\d:])/;

export const isTime = (text: string): boolean => TIME_OF_DAY.test(text);
export const isDate = (text: string): boolean => DATE.test(text.slice(0, 10));

export const toTimes = (value: unknown): Moments | undefined => pairOf(value, TIME);
export const toDates = (value: unknown): Moments | undefined => {
	const dates = pairOf(value, DATE);
	return dates === undefined || dates[0] > dates[1] ? undefined : dates;
};

/** From the first time until before the second; over midnight when the second is the earlier one. */
export function isBetweenTimes(time: string, [from, to]: Moments): boolean {
	const now = seconds(time);
	return seconds(from) <= seconds(to)
		? now >= seconds(from) && now < seconds(to)
		: now >= seconds(from) || now < seconds(to);
}

/** From the first day to the last, both belonging to it; a time after the date doesn't matter. */
export function isBetweenDates(date: string, [from, to]: Moments): boolean {
	const day = date.slice(0, 10);
	return day >= from && day <= to;
}

function seconds(time: string): number {
	const [, hours, minutes, rest = 0] = TIME_OF_DAY.exec(time) ?? [];
	return Number(hours) * 3_600 + Number(minutes) * 60 + Number(rest);
}
