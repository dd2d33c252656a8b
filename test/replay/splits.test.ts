import { observe, parseSplits, type Splits } from '../../core/facts';
import { judgeBatch, replay } from '../../core/pipeline';
import { compileRule } from '../../core/rules';
import { createMemoryStore } from '../../core/storage';
import { walk } from '../core/facts/bars';
import { barRows, hasBars, readBars, toCandles, type BarRow } from '../fakes/barTape';
import { FakeClock } from '../fakes/FakeClock';

const DAY_MS = 86_400_000;

type SplitRow = { readonly symbol: string; readonly date: string; readonly ratio: number };

/** NFLX and SBUX as walks of 140 days that were split as the real ones, raw. */
const madeUp = () =>
	[
		{ symbol: 'NFLX', ratio: 7, day: 90 },
		{ symbol: 'SBUX', ratio: 2, day: 40 },
	].flatMap(({ symbol, ratio, day }, seed) =>
		walk(140, seed + 1).map((bar, index): BarRow => {
			const old = index < day ? ratio : 1;
			return {
				symbol,
				start: Date.parse('2015-03-02T05:00Z') + index * DAY_MS,
				open: bar.open * old,
				high: bar.high * old,
				low: bar.low * old,
				close: bar.close * old,
				volume: Math.round((bar.volume ?? 0) / old),
			};
		}),
	);
const madeUpSplits: SplitRow[] = [
	{ symbol: 'NFLX', date: '2015-05-31', ratio: 7 },
	{ symbol: 'SBUX', date: '2015-04-11', ratio: 2 },
];

const splitRows: SplitRow[] = hasBars
	? readBars('splits.csv').map(({ symbol = '', date = '', ratio }) => ({
			symbol,
			date,
			ratio: Number(ratio),
		}))
	: madeUpSplits;
const raw = (hasBars ? barRows('us-daily-2015-2017.csv') : madeUp())
	.filter(({ symbol }) => ['NFLX', 'SBUX', 'GOOG', 'XOM'].includes(symbol))
	.filter(({ start }) => start < Date.parse('2015-12-01'))
	.toSorted((a, b) => a.start - b.start);

const parsed = parseSplits(splitRows);
if ('fault' in parsed) throw new Error(parsed.fault);
const splits: Splits = parsed;

/** What a vendor of adjusted prices would have sent: old prices divided, old volumes multiplied. */
const adjusted = raw.map((row): BarRow => {
	const after = splitRows.filter(
		({ symbol, date }) => symbol === row.symbol && row.start < Date.parse(date),
	);
	const ratio = after.reduce((product, one) => product * one.ratio, 1);
	return {
		...row,
		open: row.open / ratio,
		high: row.high / ratio,
		low: row.low / ratio,
		close: row.close / ratio,
		volume: row.volume * ratio,
	};
});

const rule = (conditions: object, more: object = {}) =>
	compileRule({ version: 1, id: 'r', name: 'r', fire: 'everyMatch', conditions, ...more });
type Rule = ReturnType<typeof rule>;

/** `symbol date state` of each alert; the date is the session's. */
async function replayed(rows: readonly BarRow[], judged: Rule, known: Splits = new Map()) {
	const told: string[] = [];
	const tape = toCandles(rows, '1d').map(observe);
	for await (const { symbol, at, transition } of replay(tape, [judged], { splits: known })) {
		const day = new Date(at - DAY_MS).toISOString().slice(0, 10);
		told.push(`${symbol} ${day} ${transition.state}`);
	}
	return told;
}

/** The same in batches of seven candles, everything kept in a store in between. */
async function batched(rows: readonly BarRow[], judged: Rule, known: Splits = new Map()) {
	const store = createMemoryStore(new FakeClock(0, true));
	const told: string[] = [];
	const candles = toCandles(rows, '1d');
	for (let begin = 0; begin < candles.length; begin += 7) {
		const entries = candles
			.slice(begin, begin + 7)
			.map((event) => ({ observation: observe(event), standInId: '', rules: [judged] }));
		const scope = { workflowId: 'w', nodeId: 'n' };
		for (const { alerts } of await judgeBatch(entries, scope, store, known)) {
			for (const { alert } of alerts) {
				const day = new Date(alert.eventAt - DAY_MS).toISOString().slice(0, 10);
				told.push(`${alert.symbol} ${day} ${alert.state}`);
			}
		}
	}
	return told;
}

const splitDays = splitRows
	.filter(({ ratio }) => ratio >= 2)
	.map(({ symbol, date }) => `${symbol} ${date} firing`)
	.toSorted();
const without = (all: readonly string[], some: readonly string[]) =>
	all.filter((one) => !some.includes(one));

const day = { interval: '1d' };
const fallsBy = (percent: number) =>
	rule({
		all: [
			{ fact: 'movePercent', params: { last: 1, ...day }, operator: 'lessThan', value: -percent },
		],
	});
const source = hasBars
	? 'Real daily candles over the splits of NFLX and SBUX'
	: 'Made-up daily candles, as ../shared/data/bars is not there, over splits';

describe(source, () => {
	it.each([
		['in a replay', replayed],
		['in batches', batched],
	])(
		'do not fire a rule for a drop in percent, %s, unless nobody says they were split',
		async (_, run) => {
			const known = await run(raw, fallsBy(5), splits);
			const unknown = await run(raw, fallsBy(5));
			expect(without(unknown, known).toSorted()).toEqual(splitDays);
			expect(without(known, unknown)).toEqual([]);
		},
	);

	it.each<[string, Rule]>([
		['a drop in percent of a day', fallsBy(1.5)],
		[
			'a drop in percent over five days',
			rule({
				all: [{ fact: 'movePercent', params: { over: '5d' }, operator: 'lessThan', value: -4 }],
			}),
		],
		[
			'a close under the mean of twenty',
			rule(
				{
					all: [
						{
							fact: 'price',
							operator: 'lessThan',
							value: { fact: 'sma', params: { period: 20, ...day } },
						},
					],
				},
				{ fire: 'onChange', notifyResolved: true },
			),
		],
		[
			'averages that cross',
			rule({
				all: [
					{
						fact: 'sma',
						params: { period: 5, ...day },
						operator: 'crosses',
						value: { fact: 'sma', params: { period: 20, ...day } },
					},
				],
			}),
		],
		[
			'a new high of twenty days',
			rule({
				all: [
					{
						fact: 'price',
						operator: 'greaterThan',
						value: { fact: 'highest', params: { last: 20, ...day } },
					},
				],
			}),
		],
		[
			'a new low of a month',
			rule({
				all: [
					{
						fact: 'price',
						operator: 'lessThan',
						value: { fact: 'lowest', params: { over: '30d' } },
					},
				],
			}),
		],
		[
			'RSI with a reset',
			rule(
				{ all: [{ fact: 'rsi', params: { period: 14, ...day }, operator: 'lessThan', value: 40 }] },
				{
					fire: 'onChange',
					notifyResolved: true,
					resetWhen: {
						all: [
							{ fact: 'rsi', params: { period: 14, ...day }, operator: 'greaterThan', value: 55 },
						],
					},
				},
			),
		],
		[
			'an unusual volume',
			rule({
				all: [
					{
						fact: 'volumeZScore',
						params: { period: 20, ...day },
						operator: 'greaterThan',
						value: 1.5,
					},
				],
			}),
		],
		[
			'falling days in a row',
			rule({ all: [{ fact: 'fallingCount', params: day, operator: 'greaterThan', value: 2 }] }),
		],
	])('%s: told on the days it is told of adjusted prices', async (_, judged) => {
		const expected = await replayed(adjusted, judged);
		expect(expected.length).toBeGreaterThan(2);
		expect(await replayed(raw, judged, splits)).toEqual(expected);
		expect(await batched(raw, judged, splits)).toEqual(expected);
	});

	it('a price crosses a level when it falls below it, and not when it is divided', async () => {
		const below = rule(
			{ all: [{ fact: 'price', operator: 'crossesBelow', value: 100 }] },
			{ symbols: ['NFLX'] },
		);
		const byHand = [700, 702.6, 98.13, 103, 96].map((close, index): BarRow => ({
			symbol: 'NFLX',
			start: Date.parse('2015-05-29T04:00Z') + index * DAY_MS,
			...{ open: close, high: close, low: close, close, volume: 1 },
		}));
		const tape = hasBars ? raw : byHand;
		// From the closes: 702.60 to 98.13 on the day of the split; after it 103.96 to 96.88, 101.06 to 98.79 …
		const [splitDay, ...falls] = hasBars
			? [
					'2015-07-15',
					...['2015-08-24', '2015-09-04', '2015-09-22', '2015-09-28', '2015-10-16', '2015-10-20'],
				]
			: ['2015-05-31', '2015-06-02'];
		const dates = (told: readonly string[]) => told.map((line) => line.split(' ')[1]);
		expect(dates(await replayed(tape, below))).toEqual([splitDay, ...falls]);
		expect(dates(await replayed(tape, below, splits))).toEqual(falls);
		expect(dates(await batched(tape, below, splits))).toEqual(falls);
	});
});
