import type { EpochMs } from '../../ports';

/**
 * A date without a time zone, as a number: days since 1970-01-01. Tomorrow is `day + 1`, wherever the
 * clocks are moved.
 */
export type CivilDay = number;

export const DAY_MS = 86_400_000;

/** ISO weekdays, as in `weekdayOf`. */
export const [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY] = [
	1, 2, 3, 4, 5, 6, 7,
] as const;

/** Months count from 1; a day past the end of its month is in the next. */
export const civilDay = (year: number, month: number, day: number): CivilDay =>
	Date.UTC(year, month - 1, day) / DAY_MS;

/**
 * The date in UTC.
 * @throws RangeError for what isn't an instant, such as NaN
 */
export function utcDayOf(at: EpochMs): CivilDay {
	if (Number.isNaN(new Date(at).getTime())) throw new RangeError(`${at} isn't an instant`);
	return Math.floor(at / DAY_MS);
}

/** Monday is 1, Sunday is 7. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: CivilDay): number => ((((day + 3) % 7) + 7) % 7) + 1;

export const yearOf = (day: CivilDay): number => new Date(day * DAY_MS).getUTCFullYear();

/** YYYY-MM-DD. */
export const toIsoDate = (day: CivilDay): string =>
	new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Reads YYYY-MM-DD. */
export const fromIsoDate = (date: string): CivilDay => Date.parse(date) / DAY_MS;

/** The first such weekday on or after a day. */
export const weekdayFrom = (day: CivilDay, weekday: number): CivilDay =>
	day + ((weekday - weekdayOf(day) + 7) % 7);
