/**
 * When markets trade: sessions, holidays, trading days, and the time zones they're told in.
 * Time comes in as an argument; nothing here looks at a clock.
 */
export { calendarOf } from './calendarOf';
export { calendars, findCalendar } from './calendars';
export { type Calendar, type CalendarName } from './Calendar';
export { crypto, NEVER } from './crypto';
export { forex } from './forex';
export { usEquities } from './usEquities';
export {
	instantOf,
	isTimeZone,
	wallClockAt,
	type WallClock,
	type WallClockTime,
} from './zonedTime';
