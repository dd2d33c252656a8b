import { observe } from '../../../core/facts';
import { epochMs } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { compileSchedule } from '../../../core/rules/schedule';
import type { ScheduleDocument } from '../../../core/rules/schema';
import { replay } from '../../../core/pipeline';
import { barRows, hasBars, toCandles, type BarRow } from '../../fakes/barTape';
import { trade } from '../../fakes/events';

const at = (iso: string) => epochMs(Date.parse(iso));
const MINUTE_MS = 60_000;

type Row = readonly [what: string, schedule: ScheduleDocument, awake: string[], asleep: string[]];

/** Each instant as it should be; the first and the last moment of a window stand beside their neighbours. */
const check = (_: string, document: ScheduleDocument, awake: string[], asleep: string[]) => {
	const schedule = compileSchedule(document);
	const found = (all: string[]) => all.map((iso) => `${iso} ${schedule.isAwake(at(iso))}`);
	expect(found(awake)).toEqual(awake.map((iso) => `${iso} true`));
	expect(found(asleep)).toEqual(asleep.map((iso) => `${iso} false`));
};

const newYork = 'America/New_York';
const berlin = 'Europe/Berlin';
const window = (from: string, to: string) => [{ from, to }];

describe('A schedule of times', () => {
	it.each<Row>([
		[
			'includes its beginning and not its end, in UTC where no zone is named',
			{ times: window('09:30', '16:00') },
			['2026-01-05T09:30:00Z', '2026-01-05T15:59:59.999Z'],
			['2026-01-05T09:29:59.999Z', '2026-01-05T16:00:00Z'],
		],
		[
			'knows seconds',
			{ times: window('09:30:15', '09:30:20') },
			['2026-01-05T09:30:15Z', '2026-01-05T09:30:19.999Z'],
			['2026-01-05T09:30:14.999Z', '2026-01-05T09:30:20Z'],
		],
		[
			'has several windows',
			{ times: [...window('09:00', '12:00'), ...window('13:00', '17:00')] },
			['2026-01-05T11:59:00Z', '2026-01-05T13:00:00Z'],
			['2026-01-05T12:00:00Z', '2026-01-05T12:59:59Z', '2026-01-05T17:00:00Z'],
		],
		[
			'goes over midnight',
			{ times: window('22:00', '06:00') },
			[
				'2026-01-05T22:00:00Z',
				'2026-01-05T23:59:59.999Z',
				'2026-01-06T00:00:00Z',
				'2026-01-06T05:59:59Z',
			],
			['2026-01-05T21:59:59Z', '2026-01-06T06:00:00Z', '2026-01-06T12:00:00Z'],
		],
		[
			'ends with the day at 24:00',
			{ times: window('22:00', '24:00'), days: ['mon'] },
			['2026-01-05T22:00:00Z', '2026-01-05T23:59:59.999Z'],
			['2026-01-05T21:59:59Z', '2026-01-06T00:00:00Z', '2026-01-06T23:00:00Z'],
		],
		[
			'ends with the day at 00:00 as well',
			{ times: window('22:00', '00:00'), days: ['mon'] },
			['2026-01-05T22:00:00Z', '2026-01-05T23:59:59.999Z'],
			['2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z', '2026-01-06T23:00:00Z'],
		],
		...(['24:00', '00:00'] as const).map((end): Row => [
			`is a whole day from 00:00 to ${end}`,
			{ times: window('00:00', end), days: ['mon'] },
			['2026-01-05T00:00:00Z', '2026-01-05T12:00:00Z', '2026-01-05T23:59:59.999Z'],
			['2026-01-04T23:59:59.999Z', '2026-01-06T00:00:00Z'],
		]),
		[
			'is 24 hours where it ends at its beginning',
			{ times: window('09:30', '09:30'), days: ['mon'] },
			['2026-01-05T09:30:00Z', '2026-01-06T09:29:59.999Z'],
			['2026-01-05T09:29:59.999Z', '2026-01-06T09:30:00Z'],
		],
		[
			'of a night belongs to the day it began on',
			{ times: window('22:00', '06:00'), days: ['fri'] },
			['2026-01-09T22:00:00Z', '2026-01-10T03:00:00Z'],
			['2026-01-09T03:00:00Z', '2026-01-10T22:00:00Z', '2026-01-11T03:00:00Z'],
		],
	])('%s', check);
});

describe('A schedule of days', () => {
	it.each<Row>([
		[
			'has days of its zone',
			{ days: ['mon', 'sun'], timezone: newYork },
			['2026-01-04T05:00:00Z', '2026-01-06T04:59:59.999Z'],
			['2026-01-04T04:59:59.999Z', '2026-01-06T05:00:00Z'],
		],
		[
			'and times wants both',
			{ days: ['mon'], times: window('09:00', '10:00'), timezone: berlin },
			['2026-01-05T08:00:00Z'],
			['2026-01-05T09:00:00Z', '2026-01-06T08:00:00Z'],
		],
	])('%s', check);
});

describe('A schedule from one instant until another', () => {
	it.each<Row>([
		[
			'includes the first and not the last',
			{ from: '2026-01-05T09:00:00-05:00', until: '2026-01-06T00:00:00+01:00' },
			['2026-01-05T14:00:00Z', '2026-01-05T22:59:59.999Z'],
			['2026-01-05T13:59:59.999Z', '2026-01-05T23:00:00Z'],
		],
		[
			'stands beside times',
			{ from: '2026-01-05T12:00:00Z', times: window('09:00', '17:00') },
			['2026-01-05T12:00:00Z', '2026-01-06T09:00:00Z'],
			['2026-01-05T11:00:00Z', '2026-01-05T17:00:00Z'],
		],
	])('%s', check);
});

describe('When clocks are moved', () => {
	it.each<Row>([
		[
			'New York opens an hour earlier by UTC after the weekend of March 8, 2026',
			{ times: window('09:30', '16:00'), timezone: newYork, days: ['mon', 'fri'] },
			[
				'2026-03-06T14:30:00Z',
				'2026-03-06T20:59:59Z',
				'2026-03-09T13:30:00Z',
				'2026-03-09T19:59:59Z',
			],
			[
				'2026-03-06T14:29:59Z',
				'2026-03-06T21:00:00Z',
				'2026-03-09T13:29:59Z',
				'2026-03-09T20:00:00Z',
			],
		],
		[
			'and an hour later after the weekend of November 1, 2026',
			{ times: window('09:30', '16:00'), timezone: newYork, days: ['mon', 'fri'] },
			[
				'2026-10-30T13:30:00Z',
				'2026-10-30T19:59:59Z',
				'2026-11-02T14:30:00Z',
				'2026-11-02T20:59:59Z',
			],
			[
				'2026-10-30T13:29:59Z',
				'2026-10-30T20:00:00Z',
				'2026-11-02T14:29:59Z',
				'2026-11-02T21:00:00Z',
			],
		],
		...(['regular', undefined] as const).map((session): Row => [
			session === undefined
				? 'so does the calendar, from pre-market to after hours'
				: 'so does its regular session',
			session === undefined ? { calendar: 'us-equities' } : { session },
			session === undefined
				? [
						'2026-03-06T09:00:00Z',
						'2026-03-07T00:59:59Z',
						'2026-03-09T08:00:00Z',
						'2026-03-09T23:59:59Z',
					]
				: [
						'2026-03-06T14:30:00Z',
						'2026-03-06T20:59:59Z',
						'2026-03-09T13:30:00Z',
						'2026-03-09T19:59:59Z',
					],
			session === undefined
				? [
						'2026-03-06T08:59:59Z',
						'2026-03-07T01:00:00Z',
						'2026-03-09T07:59:59Z',
						'2026-03-10T00:00:00Z',
					]
				: [
						'2026-03-06T14:29:59Z',
						'2026-03-06T21:00:00Z',
						'2026-03-09T13:29:59Z',
						'2026-03-09T20:00:00Z',
					],
		]),
		[
			'a window over the hour that is skipped is an hour shorter: 01:30 EST to 03:30 EDT',
			{ times: window('01:30', '03:30'), timezone: newYork, days: ['sun'] },
			[
				'2026-03-08T06:30:00Z',
				'2026-03-08T06:59:59Z',
				'2026-03-08T07:00:00Z',
				'2026-03-08T07:29:59Z',
			],
			['2026-03-08T06:29:59Z', '2026-03-08T07:30:00Z'],
		],
		[
			'a window within that hour is left out, and there the next day',
			{ times: window('02:15', '02:45'), timezone: newYork },
			['2026-03-07T07:15:00Z', '2026-03-09T06:15:00Z'],
			[
				'2026-03-08T06:59:59Z',
				'2026-03-08T07:00:00Z',
				'2026-03-08T07:15:00Z',
				'2026-03-08T07:30:00Z',
			],
		],
		[
			'a window of the hour that comes twice is there twice: 01:00 EDT and 01:00 EST',
			{ times: window('01:00', '02:00'), timezone: newYork, days: ['sun'] },
			[
				'2026-11-01T05:00:00Z',
				'2026-11-01T05:59:59Z',
				'2026-11-01T06:00:00Z',
				'2026-11-01T06:59:59Z',
			],
			['2026-11-01T04:59:59Z', '2026-11-01T07:00:00Z'],
		],
		[
			'a night in Berlin has seven hours in spring: 22:00 CET to 06:00 CEST',
			{ times: window('22:00', '06:00'), timezone: berlin, days: ['sat'] },
			[
				'2026-03-28T21:00:00Z',
				'2026-03-29T00:59:59Z',
				'2026-03-29T01:00:00Z',
				'2026-03-29T03:59:59Z',
			],
			['2026-03-28T20:59:59Z', '2026-03-29T04:00:00Z'],
		],
		[
			'and nine in autumn: 22:00 CEST to 06:00 CET',
			{ times: window('22:00', '06:00'), timezone: berlin, days: ['sat'] },
			[
				'2026-10-24T20:00:00Z',
				'2026-10-25T00:59:59Z',
				'2026-10-25T01:00:00Z',
				'2026-10-25T04:59:59Z',
			],
			['2026-10-24T19:59:59Z', '2026-10-25T05:00:00Z'],
		],
		[
			'a Sunday in Berlin has 25 hours in autumn',
			{ days: ['sun'], timezone: berlin },
			['2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z'],
			['2026-10-24T21:59:59Z', '2026-10-25T23:00:00Z'],
		],
		[
			'New York opens at 14:30 in Berlin for the three weeks that only America has moved',
			{ session: 'regular', times: window('14:30', '15:30'), timezone: berlin },
			['2026-03-10T13:30:00Z', '2026-03-27T13:30:00Z', '2026-10-28T13:30:00Z'],
			['2026-03-06T14:29:59Z', '2026-03-30T13:29:59Z', '2026-11-02T14:29:59Z'],
		],
		[
			'currencies rest from Friday to Sunday, 17:00 New York, be it EST or EDT',
			{ calendar: 'forex' },
			[
				'2026-03-06T21:59:59Z',
				'2026-03-08T21:00:00Z',
				'2026-10-30T20:59:59Z',
				'2026-11-01T22:00:00Z',
			],
			[
				'2026-03-06T22:00:00Z',
				'2026-03-08T20:59:59Z',
				'2026-10-30T21:00:00Z',
				'2026-11-01T21:59:59Z',
			],
		],
	])('%s', check);
});

describe('A schedule of sessions', () => {
	it.each<Row>([
		[
			'has times in the zone of its calendar',
			{ session: 'regular', times: window('10:00', '11:00') },
			['2026-01-05T15:00:00Z'],
			['2026-01-05T10:00:00Z', '2026-01-05T16:00:00Z'],
		],
		[
			'may name several',
			{ session: ['pre', 'post'] },
			[
				'2026-01-05T09:00:00Z',
				'2026-01-05T14:29:59Z',
				'2026-01-05T21:00:00Z',
				'2026-01-06T00:59:59Z',
			],
			[
				'2026-01-05T08:59:59Z',
				'2026-01-05T14:30:00Z',
				'2026-01-05T20:59:59Z',
				'2026-01-06T01:00:00Z',
			],
		],
		[
			'may be of when nothing is traded',
			{ session: 'closed' },
			['2020-11-26T15:00:00Z', '2026-01-04T15:00:00Z'],
			['2026-01-05T15:00:00Z'],
		],
		[
			'is closed on Thanksgiving, and until 13:00 New York on the day after',
			{ session: 'regular' },
			[
				'2020-11-25T14:30:00Z',
				'2020-11-25T20:59:59Z',
				'2020-11-27T14:30:00Z',
				'2020-11-27T17:59:59.999Z',
			],
			[
				'2020-11-26T14:30:00Z',
				'2020-11-26T17:00:00Z',
				'2020-11-27T14:29:59Z',
				'2020-11-27T18:00:00Z',
			],
		],
	])('%s', check);
});

describe('On a tape of candles', () => {
	const judgedOf = async (rows: readonly BarRow[], more: object) => {
		const everyCandle = compileRule({
			version: 1,
			id: 'r',
			name: 'r',
			conditions: { all: [{ fact: 'close', operator: 'greaterThan', value: 0 }] },
			fire: 'everyMatch',
			...more,
		});
		const starts: number[] = [];
		for await (const { at: told } of replay(toCandles(rows, '1m').map(observe), [everyCandle])) {
			starts.push(told - MINUTE_MS);
		}
		return starts;
	};

	/** Without ../shared: a minute candle every minute of the same five days, Thanksgiving left out. */
	const madeUp = (): BarRow[] =>
		['23', '24', '25', '27'].flatMap((day) =>
			Array.from({ length: 16 * 60 }, (_, minute) => ({
				start: at(`2020-11-${day}T09:00:00Z`) + minute * MINUTE_MS,
				symbol: 'MSFT',
				...{ open: 1, high: 1, low: 1, close: 1, volume: 1 },
			})),
		);
	const week = (hasBars ? barRows('us-minute-2020-11-msft.csv') : madeUp()).filter(
		({ start }) => start < at('2020-11-28T09:00:00Z'),
	);
	const source = hasBars ? 'of MSFT' : 'made up, as ../shared/data/bars is not there';

	it(`${source}: the regular session has the candles that lie in it, on the half day until 13:00`, async () => {
		const sessions = [
			['2020-11-23T14:30:00Z', '2020-11-23T21:00:00Z'],
			['2020-11-24T14:30:00Z', '2020-11-24T21:00:00Z'],
			['2020-11-25T14:30:00Z', '2020-11-25T21:00:00Z'],
			['2020-11-27T14:30:00Z', '2020-11-27T18:00:00Z'],
		].map(([from = '', until = '']) => [at(from), at(until)] as const);
		const inside = week
			.map(({ start }) => start)
			.filter((start) => sessions.some(([from, until]) => start >= from && start < until));
		expect(inside.length).toBeGreaterThan(3 * 380 + 200);
		expect(inside.at(-1)).toBe(at('2020-11-27T17:59:00Z'));
		expect(await judgedOf(week, { schedule: { session: 'regular' } })).toEqual(inside);
	});

	it(`${source}: five-minute candles are judged by when they were, not by what closed them`, async () => {
		const halfDay = week.filter(({ start }) => start >= at('2020-11-27T09:00:00Z'));
		// The last minute of each is missing, so that the first of the next one closes it.
		const gappy = halfDay.filter(({ start }) => (start / MINUTE_MS) % 5 !== 4);
		const closedBy = await judgedOf(gappy, {
			fire: 'onCandleClose',
			interval: '5m',
			schedule: { session: 'regular' },
		});
		expect(closedBy[0]).toBe(at('2020-11-27T14:35:00Z'));
		expect(closedBy.at(-1)).toBe(at('2020-11-27T18:00:00Z'));
		expect(closedBy).toHaveLength((3.5 * 60) / 5);
	});

	it('of trades, a trade counts for when it is', async () => {
		const rule = compileRule({
			version: 1,
			id: 'r',
			name: 'r',
			conditions: { all: [{ fact: 'price', operator: 'greaterThan', value: 0 }] },
			fire: 'everyMatch',
			schedule: { session: 'regular' },
		});
		const times = ['14:29:59.999', '14:30:00.000', '17:59:59.999', '18:00:00.000'];
		const tape = times.map((time, row) =>
			observe(trade(row, 1, { eventAt: at(`2020-11-27T${time}Z`) })),
		);
		const told: string[] = [];
		for await (const alert of replay(tape, [rule])) {
			told.push(new Date(alert.at).toISOString().slice(11, 23));
		}
		expect(told).toEqual(['14:30:00.000', '17:59:59.999']);
	});

	it('a daily candle is of the day it was', async () => {
		const friday: BarRow = {
			start: at('2026-01-09T00:00:00Z'),
			symbol: 'BTC/USD',
			...{ open: 1, high: 1, low: 1, close: 1, volume: 1 },
		};
		const told: string[] = [];
		const rule = compileRule({
			version: 1,
			id: 'r',
			name: 'r',
			conditions: { any: [{ fact: 'weekday', operator: 'equal', value: 'fri' }] },
			include: ['date', 'timeOfDay'],
		});
		for await (const alert of replay(toCandles([friday], '1d').map(observe), [rule])) {
			told.push(String(alert.verdict.because[0]?.leftValue));
		}
		expect(told).toEqual(['fri']);
	});
});
