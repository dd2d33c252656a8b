import fc from 'fast-check';

import { instantOf, isTimeZone, wallClockAt } from '../../../../core/market/sessions';
import { epochMs } from '../../../../core/ports';

const NEW_YORK = 'America/New_York';
const iso = (instant: number) => new Date(instant).toISOString();

describe('isTimeZone', () => {
	it.each(['America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'UTC', 'Etc/GMT+5'])(
		'takes %s',
		(name) => {
			expect(isTimeZone(name)).toBe(true);
		},
	);

	it.each([
		'',
		'local',
		'system',
		'default',
		'New York',
		'America/Atlantis',
		'+02:00',
		'UTC+2',
		' ',
	])('refuses "%s"', (name) => {
		expect(isTimeZone(name)).toBe(false);
	});
});

describe('wallClockAt', () => {
	it.each([
		['2026-01-14T14:30:15.250Z', NEW_YORK, [2026, 1, 14, 3, 9, 30, 15, 250]],
		['2026-07-15T13:30:00Z', NEW_YORK, [2026, 7, 15, 3, 9, 30, 0, 0]],
		['2026-01-18T03:00:00Z', NEW_YORK, [2026, 1, 17, 6, 22, 0, 0, 0]],
		['2026-01-17T18:30:00Z', 'Asia/Kolkata', [2026, 1, 18, 7, 0, 0, 0, 0]],
		['2026-02-28T23:59:59Z', 'UTC', [2026, 2, 28, 6, 23, 59, 59, 0]],
	])('%s in %s', (at, timeZone, shown) => {
		const wall = wallClockAt(epochMs(Date.parse(at)), timeZone);
		const { year, month, day, weekday, hour, minute, second, millisecond } = wall;
		expect([year, month, day, weekday, hour, minute, second, millisecond]).toEqual(shown);
	});

	it.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])('refuses %d', (instant) => {
		expect(() => wallClockAt(epochMs(instant), NEW_YORK)).toThrow(RangeError);
	});

	it('refuses an unknown zone, and says what would do', () => {
		expect(() => wallClockAt(epochMs(0), 'local')).toThrow(
			`"local" isn't a time zone; use an IANA name such as America/New_York`,
		);
	});
});

describe('instantOf', () => {
	it.each([
		[{ month: 1, day: 14, hour: 9, minute: 30 }, '2026-01-14T14:30:00.000Z', 'in winter'],
		[{ month: 7, day: 15, hour: 9, minute: 30 }, '2026-07-15T13:30:00.000Z', 'in summer'],
		[{ month: 7, day: 15 }, '2026-07-15T04:00:00.000Z', 'at midnight'],
		[{ month: 3, day: 8, hour: 2, minute: 30 }, '2026-03-08T07:30:00.000Z', 'skipped: 03:30 it is'],
		[{ month: 11, day: 1, hour: 1, minute: 30 }, '2026-11-01T05:30:00.000Z', 'twice: the first'],
	])('%j in New York is %s (%s)', (time, instant, _why) => {
		expect(iso(instantOf({ year: 2026, ...time }, NEW_YORK))).toBe(instant);
	});

	it.each([
		{ year: 2026, month: 2, day: 30 },
		{ year: 2026, month: 13, day: 1 },
		{ year: 2026, month: 1, day: 1, hour: 25 },
		{ year: Number.NaN, month: 1, day: 1 },
	])('refuses %j', (time) => {
		expect(() => instantOf(time, NEW_YORK)).toThrow(RangeError);
	});

	it.each(['2026-01-14T12:00:00Z', '2026-07-15T12:00:00Z'])(
		'answers the same when the clock of the machine stands at %s',
		(now) => {
			jest.useFakeTimers({ now: new Date(now) }); // luxon's first guess is the offset of today
			try {
				const skipped = { year: 2026, month: 3, day: 8, hour: 2, minute: 30 };
				expect(iso(instantOf(skipped, NEW_YORK))).toBe('2026-03-08T07:30:00.000Z');
				const twice = { year: 2026, month: 11, day: 1, hour: 1, minute: 30 };
				expect(iso(instantOf(twice, NEW_YORK))).toBe('2026-11-01T05:30:00.000Z');
			} finally {
				jest.useRealTimers();
			}
		},
	);

	it.each([NEW_YORK, 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'])(
		'undoes wallClockAt in %s, but for the second time of an hour that comes twice',
		(timeZone) => {
			const instants = fc.integer({ min: 978_307_200_000, max: 2_208_988_800_000 });
			fc.assert(
				fc.property(instants, (instant) => {
					const { weekday: _, ...shown } = wallClockAt(epochMs(instant), timeZone);
					const back = instantOf(shown, timeZone);
					expect([0, 30 * 60_000, 60 * 60_000]).toContain(instant - back);
					expect(wallClockAt(back, timeZone)).toMatchObject(shown);
				}),
			);
		},
	);
});
