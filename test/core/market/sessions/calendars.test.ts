import fc from 'fast-check';

import { calendars, findCalendar, NEVER, type Calendar } from '../../../../core/market/sessions';
import * as zonedTime from '../../../../core/market/sessions/zonedTime';
import { epochMs } from '../../../../core/ports';

const at = (iso: string) => epochMs(Date.parse(iso));
const after = (iso: string, ms: number) => epochMs(Date.parse(iso) + ms);

function calendarOf(name: string): Calendar {
	const calendar = findCalendar(name);
	if (calendar === undefined) throw new Error(`no calendar "${name}"`);
	return calendar;
}
const usEquities = calendarOf('us-equities');
const crypto = calendarOf('crypto');
const forex = calendarOf('forex');

const INSTANT = fc
	.date({
		min: new Date('2001-01-01T00:00:00Z'),
		max: new Date('2040-01-01T00:00:00Z'),
		noInvalidDate: true,
	})
	.map((date) => epochMs(date.getTime()));

describe('calendars', () => {
	it('are found by their names, and nothing else is', () => {
		expect(calendars.map(({ name }) => name)).toEqual(['us-equities', 'crypto', 'forex']);
		for (const calendar of calendars) expect(findCalendar(calendar.name)).toBe(calendar);
		expect(findCalendar('mars')).toBeUndefined();
	});

	it.each(calendars.map((calendar) => [calendar.name, calendar] as const))(
		'%s has a label and a real time zone',
		(_, calendar) => {
			expect(calendar.label).not.toBe('');
			expect(zonedTime.isTimeZone(calendar.timeZone)).toBe(true);
		},
	);
});

/** The instants at which a calendar changes between two, with the session that begins. */
function changesOf(calendar: Calendar, fromIso: string, untilIso: string): string[] {
	const changes: string[] = [];
	for (
		let change = calendar.nextChangeAt(at(fromIso));
		change < at(untilIso);
		change = calendar.nextChangeAt(change)
	)
		changes.push(`${new Date(change).toISOString().slice(0, 16)}Z ${calendar.sessionAt(change)}`);
	return changes;
}

describe('US stocks', () => {
	it('change sessions at 04:00, 09:30, 16:00 and 20:00, to the millisecond', () => {
		const sessions = ['09:00', '14:30', '21:00'].map((time) => {
			const edge = `2026-01-14T${time}:00Z`; // New York is five hours behind
			return [usEquities.sessionAt(after(edge, -1)), usEquities.sessionAt(at(edge))];
		});
		expect(sessions).toEqual([
			['closed', 'pre'],
			['pre', 'regular'],
			['regular', 'post'],
		]);
		expect(usEquities.sessionAt(after('2026-01-15T01:00:00Z', -1))).toBe('post');
		expect(usEquities.sessionAt(at('2026-01-15T01:00:00Z'))).toBe('closed');
	});

	it.each([
		[
			'when clocks go forward on 2026-03-08',
			'2026-03-06T05:00Z',
			'2026-03-10T04:00Z',
			[
				'2026-03-06T09:00Z pre',
				'2026-03-06T14:30Z regular',
				'2026-03-06T21:00Z post',
				'2026-03-07T01:00Z closed',
				'2026-03-09T08:00Z pre',
				'2026-03-09T13:30Z regular',
				'2026-03-09T20:00Z post',
				'2026-03-10T00:00Z closed',
			],
		],
		[
			'when clocks go back on 2026-11-01',
			'2026-10-30T04:00Z',
			'2026-11-03T05:00Z',
			[
				'2026-10-30T08:00Z pre',
				'2026-10-30T13:30Z regular',
				'2026-10-30T20:00Z post',
				'2026-10-31T00:00Z closed',
				'2026-11-02T09:00Z pre',
				'2026-11-02T14:30Z regular',
				'2026-11-02T21:00Z post',
				'2026-11-03T01:00Z closed',
			],
		],
		[
			'on the half day after Thanksgiving',
			'2020-11-25T21:00Z',
			'2020-11-30T05:00Z',
			[
				'2020-11-26T01:00Z closed',
				'2020-11-27T09:00Z pre',
				'2020-11-27T14:30Z regular',
				'2020-11-27T18:00Z post',
				'2020-11-27T22:00Z closed',
			],
		],
	])('keep New York hours %s', (_, from, until, changes) => {
		expect(changesOf(usEquities, from, until)).toEqual(changes);
	});

	it.each([
		['2026-01-14T05:00:00Z', '2026-01-14', 'midnight in New York'],
		['2026-01-15T04:59:59.999Z', '2026-01-14', 'the last millisecond before midnight'],
		['2026-07-15T04:00:00Z', '2026-07-15', 'midnight in summer'],
		['2026-01-17T15:00:00Z', undefined, 'Saturday'],
		['2026-01-19T15:00:00Z', undefined, 'Martin Luther King Day'],
		['2026-01-17T03:00:00Z', '2026-01-16', 'Friday night, Saturday in UTC'],
	])('%s counts to %s (%s)', (iso, day, _why) => {
		expect(usEquities.tradingDay(at(iso))).toBe(day);
	});

	it('stay closed over the long break of September 2001', () => {
		expect(usEquities.nextChangeAt(at('2001-09-11T00:00:00Z'))).toBe(at('2001-09-17T08:00:00Z'));
	});
});

describe('Crypto', () => {
	it('always trades, and nothing changes', () => {
		fc.assert(
			fc.property(INSTANT, (instant) => {
				expect(crypto.sessionAt(instant)).toBe('regular');
				expect(crypto.nextChangeAt(instant)).toBe(NEVER);
				expect(crypto.tradingDay(instant)).toBe(new Date(instant).toISOString().slice(0, 10));
			}),
		);
	});
});

describe('Forex', () => {
	it.each([
		['in a winter week', '2026-01-16', '2026-01-16T22:00Z closed', '2026-01-18T22:00Z regular'],
		['in a summer week', '2026-07-17', '2026-07-17T21:00Z closed', '2026-07-19T21:00Z regular'],
		['as clocks go forward', '2026-03-06', '2026-03-06T22:00Z closed', '2026-03-08T21:00Z regular'],
		['as clocks go back', '2026-10-30', '2026-10-30T21:00Z closed', '2026-11-01T22:00Z regular'],
	])('closes on Friday and opens on Sunday at 17:00 New York %s', (_, friday, close, opening) => {
		const nextThursday = new Date(Date.parse(friday) + 6 * 86_400_000).toISOString();
		expect(changesOf(forex, `${friday}T00:00Z`, nextThursday)).toEqual([close, opening]);
	});

	it('trades on through the night between two days', () => {
		for (const iso of ['2026-01-13T04:59:59.999Z', '2026-01-13T05:00:00Z', '2026-01-13T22:00:00Z'])
			expect(forex.sessionAt(at(iso))).toBe('regular');
	});

	it.each([
		['2026-01-18T21:59:59.999Z', undefined, 'Sunday before the opening'],
		['2026-01-18T22:00:00Z', '2026-01-19', 'Sunday evening is Monday'],
		['2026-01-19T21:59:59.999Z', '2026-01-19', 'Monday until 17:00'],
		['2026-01-19T22:00:00Z', '2026-01-20', 'Monday evening is Tuesday'],
		['2026-01-23T21:59:59.999Z', '2026-01-23', 'the last millisecond of the week'],
		['2026-01-23T22:00:00Z', undefined, 'Friday evening'],
		['2026-01-24T12:00:00Z', undefined, 'Saturday'],
	])('%s counts to %s (%s)', (iso, day, _why) => {
		expect(forex.tradingDay(at(iso))).toBe(day);
	});
});

describe.each([usEquities, forex].map((calendar) => [calendar.name, calendar] as const))(
	'%s',
	(_, calendar) => {
		it('keeps its session until the next change, and has another one at it', () => {
			fc.assert(
				fc.property(INSTANT, fc.double({ min: 0, max: 1, noNaN: true }), (instant, part) => {
					const change = calendar.nextChangeAt(instant);
					const session = calendar.sessionAt(instant);
					expect(change).toBeGreaterThan(instant);
					expect(calendar.sessionAt(change)).not.toBe(session);
					expect(calendar.sessionAt(epochMs(change - 1))).toBe(session);
					const between = epochMs(Math.floor(instant + part * (change - 1 - instant)));
					expect(calendar.sessionAt(between)).toBe(session);
					expect(calendar.nextChangeAt(between)).toBe(change);
				}),
				{ numRuns: 500 },
			);
		});

		it.each([Number.NaN, Number.POSITIVE_INFINITY])(
			'refuses %d, which is no instant',
			(instant) => {
				expect(() => calendar.sessionAt(epochMs(instant))).toThrow(`${instant} isn't an instant`);
				expect(() => calendar.tradingDay(epochMs(instant))).toThrow(`${instant} isn't an instant`);
				expect(() => calendar.nextChangeAt(epochMs(instant))).toThrow(
					`${instant} isn't an instant`,
				);
			},
		);

		it('answers the same whatever was asked before', () => {
			const asked = fc.sample(INSTANT, { numRuns: 3_000, seed: 7 }); // more days than are kept
			const once = asked.map((instant) => calendar.sessionAt(instant));
			expect(asked.toReversed().map((instant) => calendar.sessionAt(instant))).toEqual(
				once.toReversed(),
			);
		});

		it('asks the time zone once per day', () => {
			const asked = jest.spyOn(zonedTime, 'instantOf');
			try {
				calendar.sessionAt(at('1999-06-16T16:00:00Z'));
				expect(asked).toHaveBeenCalled();
				asked.mockClear();
				for (let minute = 0; minute < 16 * 60; minute += 1) {
					const instant = after('1999-06-16T04:00:00Z', minute * 60_000);
					calendar.sessionAt(instant);
					calendar.tradingDay(instant);
				}
				expect(asked).not.toHaveBeenCalled();
			} finally {
				asked.mockRestore();
			}
		});
	},
);
