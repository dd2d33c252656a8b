import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { getHolidays } from 'nyse-holidays';

import { findCalendar } from '../../../../core/market/sessions';
import { epochMs, type EpochMs } from '../../../../core/ports';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const found = findCalendar('us-equities');
if (found === undefined) throw new Error('no calendar "us-equities"');
const calendar = found;

/** 15:00 UTC is in the middle of the regular session, summer and winter. */
const noonish = (date: string) => epochMs(Date.parse(`${date}T15:00:00Z`));
const isTradingDay = (date: string) => calendar.sessionAt(noonish(date)) === 'regular';
/** 18:30 UTC is 13:30 or 14:30: after the close of a half day, before any other. */
const isHalfDay = (date: string) =>
	calendar.sessionAt(epochMs(Date.parse(`${date}T18:30:00Z`))) === 'post';

/** All dates from one to another, both included. */
function datesBetween(from: string, until: string): string[] {
	const dates: string[] = [];
	for (let at = Date.parse(from); at <= Date.parse(until); at += DAY_MS)
		dates.push(new Date(at).toISOString().slice(0, 10));
	return dates;
}
const isWeekday = (date: string) => ![0, 6].includes(new Date(date).getUTCDay());
const yearDates = (year: number) => datesBetween(`${year}-01-01`, `${year}-12-31`);
const YEARS = Array.from({ length: 16 }, (_, index) => 2015 + index);

/** Closures by order rather than by rule, which nyse-holidays doesn't have. */
const EXCEPTIONS: Record<number, string[]> = { 2018: ['2018-12-05'], 2025: ['2025-01-09'] };

describe('NYSE trading days', () => {
	it.each(YEARS)('are those of nyse-holidays in %d', (year) => {
		const expected = [
			...getHolidays(year).map(({ dateString }) => dateString),
			...(EXCEPTIONS[year] ?? []),
		].sort();
		const closed = yearDates(year).filter((date) => isWeekday(date) && !isTradingDay(date));
		expect(closed).toEqual(expected);
	});

	it('never include a weekend', () => {
		const weekend = YEARS.flatMap(yearDates).filter((date) => !isWeekday(date));
		expect(weekend.filter(isTradingDay)).toEqual([]);
	});

	it.each([
		['2001-09-10', '2001-09-17', '2001-09-11 2001-09-12 2001-09-13 2001-09-14'],
		['2004-06-07', '2004-06-14', '2004-06-11'],
		['2006-12-29', '2007-01-03', '2007-01-01 2007-01-02'],
		['2012-10-26', '2012-10-31', '2012-10-29 2012-10-30'],
		['2018-12-03', '2018-12-07', '2018-12-05'],
		['2025-01-06', '2025-01-10', '2025-01-09'],
	])('between %s and %s leave out %s', (from, until, closed) => {
		const dates = datesBetween(from, until).filter(
			(date) => isWeekday(date) && !isTradingDay(date),
		);
		expect(dates.join(' ')).toBe(closed);
	});

	it.each([
		['2021-06-18', 'Juneteenth was no holiday of the exchange yet'],
		['2021-12-31', "a Saturday's New Year isn't kept"],
		['2010-12-31', "a Saturday's New Year isn't kept"],
		['2026-07-02', 'the holiday is kept on Friday the 3rd'],
	])('include %s: %s', (date) => {
		expect(isTradingDay(date)).toBe(true);
		expect(isHalfDay(date)).toBe(false);
	});
});

describe('NYSE half days', () => {
	// The exchange's yearly announcements of "Holiday and Early Closings", nyse.com/markets/hours-calendars.
	it.each([
		[2002, '2002-07-05 2002-11-29 2002-12-24'],
		[2003, '2003-07-03 2003-11-28 2003-12-24 2003-12-26'],
		[2004, '2004-11-26'],
		[2009, '2009-11-27 2009-12-24'],
		[2012, '2012-07-03 2012-11-23 2012-12-24'],
		[2013, '2013-07-03 2013-11-29 2013-12-24'],
		[2014, '2014-07-03 2014-11-28 2014-12-24'],
		[2015, '2015-11-27 2015-12-24'],
		[2016, '2016-11-25'],
		[2017, '2017-07-03 2017-11-24'],
		[2018, '2018-07-03 2018-11-23 2018-12-24'],
		[2019, '2019-07-03 2019-11-29 2019-12-24'],
		[2020, '2020-11-27 2020-12-24'],
		[2021, '2021-11-26'],
		[2022, '2022-11-25'],
		[2023, '2023-07-03 2023-11-24'],
		[2024, '2024-07-03 2024-11-29 2024-12-24'],
		[2025, '2025-07-03 2025-11-28 2025-12-24'],
		[2026, '2026-11-27 2026-12-24'],
		[2027, '2027-11-26'],
	])('of %d are %s', (year, halfDays) => {
		expect(yearDates(year).filter(isHalfDay).join(' ')).toBe(halfDays);
	});
});

const BARS = resolve(__dirname, '../../../../../shared/data/bars');
const hasBars = existsSync(BARS);
if (!hasBars)
	console.warn(`The recorded bars (${BARS}) are not there: sessions aren't held against them.`);

describe(`Recorded bars${hasBars ? '' : ' (skipped: ../shared/data/bars is not there)'}`, () => {
	const ifBars = hasBars ? it : it.skip;

	ifBars('of MSFT in November 2020 lie in open sessions, on trading days only', () => {
		const bars = startsOf('us-minute-2020-11-msft.csv');
		expect(bars).toHaveLength(11_190);
		expect(bars.filter((bar) => calendar.sessionAt(bar) === 'closed')).toEqual([]);
		expect(daysOf(bars)).toEqual(datesBetween('2020-11-23', '2020-12-18').filter(isTradingDay));
	});

	ifBars('of MSFT fill every minute of the regular session, on the half day until 13:00', () => {
		const bars = new Set<number>(startsOf('us-minute-2020-11-msft.csv'));
		const regular = minutesOf('2020-11-23', '2020-12-18').filter(
			(minute) => calendar.sessionAt(minute) === 'regular',
		);
		expect(regular.filter((minute) => !bars.has(minute))).toEqual([]);
		// After 13:00 on the 27th trade is sparse, and at 17:00 it ends.
		const halfDay = [...bars].filter((bar) => calendar.tradingDay(epochMs(bar)) === '2020-11-27');
		const sessions = halfDay.map((bar) => calendar.sessionAt(epochMs(bar)));
		expect(sessions.filter((session) => session === 'regular')).toHaveLength(210);
		expect(sessions.filter((session) => session === 'post').length).toBeLessThan(30);
		expect(Math.max(...halfDay)).toBeLessThan(Date.parse('2020-11-27T22:00:00Z'));
	});

	ifBars('of MSFT are missing on Thanksgiving', () => {
		const thanksgiving = startsOf('us-minute-2020-11-msft.csv').filter(
			(bar) => bar >= Date.parse('2020-11-26T05:00Z') && bar < Date.parse('2020-11-27T05:00Z'),
		);
		expect(thanksgiving).toEqual([]);
		expect(calendar.tradingDay(noonish('2020-11-26'))).toBeUndefined();
		expect(isTradingDay('2020-11-26')).toBe(false);
	});

	ifBars('of SPY in January 2011 lie in open sessions, on trading days only', () => {
		const bars = startsOf('spy-minute-2011-01.csv');
		expect(bars.filter((bar) => calendar.sessionAt(bar) === 'closed')).toEqual([]);
		expect(daysOf(bars)).toEqual(datesBetween('2011-01-01', '2011-01-31').filter(isTradingDay));
	});

	ifBars('of two years are those of the trading days', () => {
		expect(daysOf(startsOf('us-daily-2015-2017.csv'))).toEqual(
			datesBetween('2015-03-20', '2017-03-31').filter(isTradingDay),
		);
	});
});

const startsOf = (file: string): EpochMs[] =>
	readFileSync(resolve(BARS, file), 'utf8')
		.trim()
		.split('\n')
		.slice(1)
		.map((line) => epochMs(Number(line.split(',', 1)[0])));

const daysOf = (bars: readonly EpochMs[]) =>
	[...new Set(bars.map((bar) => calendar.tradingDay(bar)))].sort();

function minutesOf(from: string, until: string): EpochMs[] {
	const minutes: EpochMs[] = [];
	for (let at = Date.parse(from); at < Date.parse(until) + DAY_MS; at += MINUTE_MS)
		minutes.push(epochMs(at));
	return minutes;
}
