import { DateTime, IANAZone } from 'luxon';

import { epochMs, type EpochMs } from '../../ports';

/** What a clock and a calendar on the wall show. */
export type WallClock = {
	readonly year: number;
	/** 1 to 12. */
	readonly month: number;
	readonly day: number;
	/** Monday is 1, Sunday is 7. */
	readonly weekday: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
	readonly millisecond: number;
};

/** A wall-clock time somebody writes down: what isn't given is 0. */
export type WallClockTime = Pick<WallClock, 'year' | 'month' | 'day'> &
	Partial<Pick<WallClock, 'hour' | 'minute' | 'second' | 'millisecond'>>;

/**
 * Whether a name is a zone of the IANA database, such as `America/New_York` or `UTC`.
 *
 * Offsets (`+02:00`) aren't: they know no daylight saving, and Node takes them only since 22.
 * `local` isn't either: rules must mean the same on every machine.
 */
export const isTimeZone = (name: string): boolean =>
	/^[a-z]/i.test(name) && IANAZone.create(name).isValid;

/**
 * What the clocks of a zone show at an instant.
 * @throws RangeError for an unknown zone, or an instant no calendar has
 */
export function wallClockAt(at: EpochMs, timeZone: string): WallClock {
	const zone = zoneOf(timeZone);
	if (Number.isNaN(new Date(at).getTime())) throw new RangeError(`${at} isn't an instant`);
	const { year, month, day, weekday, hour, minute, second, millisecond } = DateTime.fromMillis(at, {
		zone,
	});
	return { year, month, day, weekday, hour, minute, second, millisecond };
}

/**
 * When the clocks of a zone show a time.
 *
 * A time that's skipped when clocks go forward is read as if they hadn't: 02:30 is 03:30. A time that
 * comes twice when they go back is the first of the two.
 * @throws RangeError for an unknown zone, or a time no calendar has
 */
export function instantOf(time: WallClockTime, timeZone: string): EpochMs {
	const zone = zoneOf(timeZone);
	const local = Object.values(time).every(Number.isInteger) && DateTime.fromObject(time, { zone });
	if (!local || !local.isValid) throw new RangeError(`${JSON.stringify(time)} isn't a time`);
	return epochMs(Math.min(...local.getPossibleOffsets().map((possible) => possible.toMillis())));
}

/** luxon keeps the zones it made, so asking again costs a look into a map. */
function zoneOf(name: string): IANAZone {
	if (isTimeZone(name)) return IANAZone.create(name);
	throw new RangeError(`"${name}" isn't a time zone; use an IANA name such as America/New_York`);
}
