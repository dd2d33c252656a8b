import {
	civilDay,
	fromIsoDate,
	MONDAY,
	SATURDAY,
	SUNDAY,
	THURSDAY,
	WEDNESDAY,
	weekdayFrom,
	weekdayOf,
	yearOf,
	type CivilDay,
} from './civilDay';

/**
 * What kind of day the New York Stock Exchange (and with it Nasdaq) has, by its rules.
 *
 * Right from 2001 to 2025: closures by order are in a table below, and a new one has to be added to it.
 * Late openings (at noon on 2002-09-11) and halts within a day aren't known.
 * @see https://www.nyse.com/markets/hours-calendars and NYSE Rule 7.2
 */
export function nyseDay(day: CivilDay): 'full' | 'half' | 'closed' {
	if (weekdayOf(day) >= SATURDAY || EXCEPTIONAL_CLOSURES.has(day)) return 'closed';
	const year = yearOf(day);
	if (holidaysOf(year).includes(day)) return 'closed';
	return EXCEPTIONAL_HALF_DAYS.has(day) || halfDaysOf(year).includes(day) ? 'half' : 'full';
}

/** The days closed by rule; weekends may be among them. */
function holidaysOf(year: number): CivilDay[] {
	const days = [
		newYear(year),
		weekdayFrom(civilDay(year, 1, 15), MONDAY), // Martin Luther King
		weekdayFrom(civilDay(year, 2, 15), MONDAY), // Presidents
		easterSunday(year) - 2, // Good Friday
		weekdayFrom(civilDay(year, 5, 25), MONDAY), // Memorial
		observed(civilDay(year, 7, 4)), // Independence
		weekdayFrom(civilDay(year, 9, 1), MONDAY), // Labor
		thanksgiving(year),
		observed(civilDay(year, 12, 25)), // Christmas
	];
	return year >= JUNETEENTH_SINCE ? [...days, observed(civilDay(year, 6, 19))] : days;
}

/**
 * The days that end at 13:00 by rule. Weekends and observed holidays may be among them, such as July 3rd
 * and Christmas Eve on a Friday.
 */
function halfDaysOf(year: number): CivilDay[] {
	const july3 = civilDay(year, 7, 3);
	return [
		// Until 2012 a Thursday's Independence Day had its half day on the Friday after.
		weekdayOf(july3) === WEDNESDAY && year < 2013 ? july3 + 2 : july3,
		thanksgiving(year) + 1,
		civilDay(year, 12, 24),
	];
}

const JUNETEENTH_SINCE = 2022;

const EXCEPTIONAL_CLOSURES: ReadonlySet<CivilDay> = new Set(
	[
		...['2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14'], // attacks of September 11
		'2004-06-11', // mourning for Ronald Reagan
		'2007-01-02', // mourning for Gerald Ford
		...['2012-10-29', '2012-10-30'], // Hurricane Sandy
		'2018-12-05', // mourning for George H. W. Bush
		'2025-01-09', // mourning for Jimmy Carter
	].map(fromIsoDate),
);

const EXCEPTIONAL_HALF_DAYS: ReadonlySet<CivilDay> = new Set(
	['2003-12-26'].map(fromIsoDate), // the Friday after Christmas
);

/** A Sunday's holiday is kept on Monday; a Saturday's isn't kept, as the books of the year close on the Friday. */
function newYear(year: number): CivilDay {
	const day = civilDay(year, 1, 1);
	return weekdayOf(day) === SUNDAY ? day + 1 : day;
}

/** A Saturday's holiday is kept on Friday, a Sunday's on Monday. */
function observed(day: CivilDay): CivilDay {
	if (weekdayOf(day) === SATURDAY) return day - 1;
	return weekdayOf(day) === SUNDAY ? day + 1 : day;
}

const thanksgiving = (year: number): CivilDay => weekdayFrom(civilDay(year, 11, 22), THURSDAY);

/**
 * Easter Sunday of the Gregorian calendar.
 * @see Meeus, Astronomical Algorithms (1991), chapter 8: the letters are his
 */
function easterSunday(year: number): CivilDay {
	const a = year % 19;
	const b = Math.floor(year / 100);
	const c = year % 100;
	const f = Math.floor((b + 8) / 25);
	const g = Math.floor((b - f + 1) / 3);
	const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
	const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
	const m = Math.floor((a + 11 * h + 22 * l) / 451);
	return civilDay(year, 3, h + l - 7 * m + 22);
}
