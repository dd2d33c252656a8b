import fc from 'fast-check';

import { observe } from '../../core/facts';
import type { Candle } from '../../core/market';
import { judgeBatch, replay } from '../../core/pipeline';
import type { Space, Store } from '../../core/ports';
import { compileRule, type CompiledRule } from '../../core/rules';
import { createMemoryStore } from '../../core/storage';
import { barRows, hasBars, toCandles, type BarRow } from '../fakes/barTape';
import { CrashingMachine, lineOf } from '../fakes/CrashingMachine';
import { FakeClock } from '../fakes/FakeClock';
import { walk } from '../core/facts/bars';

const scope = { workflowId: 'w', nodeId: 'n' };

type Scale = {
	/** Of the candles facts are worked out from. */
	readonly interval: string;
	readonly over: string;
	/** A move over that time that is a large one. */
	readonly percent: number;
	/** An instrument the others' rules look at. */
	readonly leader: string;
};
type Tape = Scale & { readonly name: string; readonly candles: readonly Candle[] };

/** One rule of each kind, none of which is ever told by the passing of time. */
const timelessRules = ({ interval, over, percent, leader }: Scale) => [
	{
		id: 'moving averages cross, with a cooldown',
		conditions: {
			all: [
				{
					fact: 'ema',
					params: { period: 5, interval },
					operator: 'crossesAbove',
					value: { fact: 'ema', params: { period: 12, interval } },
				},
			],
		},
		cooldown: '90m',
	},
	{
		id: 'large move',
		conditions: {
			any: [
				{
					fact: 'movePercent',
					params: { over },
					operator: 'outside',
					value: [-percent, percent],
				},
			],
		},
		notifyResolved: true,
	},
	{
		id: 'closed candle',
		conditions: {
			all: [{ fact: 'rsi', params: { period: 9 }, operator: 'greaterThan', value: 65 }],
		},
		interval,
		fire: 'onCandleClose',
	},
	{
		id: 'hysteresis',
		conditions: {
			all: [{ fact: 'rsi', params: { period: 9, interval }, operator: 'greaterThan', value: 65 }],
		},
		resetWhen: {
			all: [{ fact: 'rsi', params: { period: 9, interval }, operator: 'lessThan', value: 45 }],
		},
		notifyResolved: true,
	},
	{
		id: 'new high, once per candle',
		conditions: {
			all: [
				{
					fact: 'price',
					operator: 'greaterThan',
					value: { fact: 'highest', params: { last: 12, interval } },
				},
			],
		},
		interval: '1h',
		fire: 'oncePerCandle',
	},
	{
		id: 'behind another instrument',
		conditions: {
			all: [
				{
					fact: 'movePercent',
					params: { over },
					operator: 'lessThan',
					value: { fact: 'movePercent', params: { over, symbol: leader } },
				},
				{ fact: 'price', params: { symbol: leader }, operator: 'greaterThan', value: 0 },
			],
		},
	},
];

/** Rules that the clock may tell where there's one; batches have none. */
const timedRules = ({ interval }: Scale) => [
	{
		id: 'level, with a cooldown',
		conditions: {
			all: [
				{
					fact: 'price',
					operator: 'lessThan',
					value: { fact: 'sma', params: { period: 10, interval } },
				},
			],
		},
		cooldown: '2h',
		notifyResolved: true,
	},
	{
		id: 'held, kept and reminded of',
		conditions: {
			all: [{ fact: 'rsi', params: { period: 9, interval }, operator: 'lessThan', value: 40 }],
		},
		holdFor: '3m',
		keepFiringFor: '10m',
		remindEvery: '30m',
		maxPerDay: 4,
		notifyResolved: true,
	},
	{
		id: 'in the morning',
		conditions: {
			all: [{ fact: 'fallingCount', params: { interval }, operator: 'greaterThan', value: 2 }],
		},
		schedule: { times: [{ from: '08:00', to: '12:00' }], timezone: 'America/New_York' },
	},
];

const compile = (documents: readonly object[]): CompiledRule[] =>
	documents.map((document) => compileRule({ version: 1, name: 'n', ...document }));

const at = (iso: string) => Date.parse(iso);
const between = (from: string, until: string) => (row: BarRow) =>
	row.start >= at(from) && row.start < at(until);
const minutes = (name: string, rows: readonly BarRow[], percent: number, leader: string): Tape => ({
	name,
	candles: toCandles(rows, '1m'),
	interval: '5m',
	over: '15m',
	percent,
	leader,
});

/** Pieces of the tapes, each with what is odd about it. */
const realTapes = (): Tape[] => [
	minutes(
		'two coins over the outage of April 4, 2018',
		barRows('coinbase-minute-2018-04.csv').filter(
			between('2018-04-04T13:00Z', '2018-04-05T02:00Z'),
		),
		0.5,
		'BTCUSD',
	),
	minutes(
		'SPY from its thin early hours to its late ones',
		barRows('spy-minute-2011-01.csv').filter(between('2011-01-03T09:00Z', '2011-01-04T02:00Z')),
		0.15,
		'SPY',
	),
	minutes(
		'MSFT over Thanksgiving and the half day',
		barRows('us-minute-2020-11-msft.csv').filter(between('2020-11-25T16:00Z', '2020-11-28T02:00Z')),
		0.3,
		'MSFT',
	),
	{
		name: 'days of five companies',
		candles: toCandles(
			barRows('us-daily-2015-2017.csv').filter(
				(row) =>
					['NFLX', 'SBUX', 'SHOP', 'TSLA', 'XOM'].includes(row.symbol) &&
					between('2015-03-20', '2015-11-15')(row),
			),
			'1d',
		),
		interval: '1d',
		over: '3d',
		percent: 5,
		leader: 'XOM',
	},
];

/** Two walks a minute each, with a hole in them. */
function madeUpTape(): Tape {
	const rows = [1, 2].flatMap((seed) =>
		walk(500, seed).map((bar, minute): BarRow => ({
			...bar,
			volume: bar.volume ?? 0,
			symbol: `WALK${seed}`,
			start: at('2026-01-05T13:00Z') + (minute < 300 ? minute : minute + 300) * 60_000,
		})),
	);
	return minutes(
		'made up, as ../shared/data/bars is not there',
		rows.toSorted((a, b) => a.start - b.start),
		3,
		'WALK1',
	);
}

const tapes = hasBars ? realTapes() : [madeUpTape()];
const clock = () => new FakeClock(0, true);

/** Judges a tape in batches of the given sizes, over and over. */
async function inBatches(
	tape: readonly Candle[],
	documents: readonly object[],
	sizes: readonly number[],
	between: (store: Store) => Promise<Store> = async (store) => store,
): Promise<string[]> {
	let store: Store = createMemoryStore(clock());
	const lines: string[] = [];
	let begin = 0;
	for (let batch = 0; begin < tape.length; batch += 1) {
		const size = sizes[batch % sizes.length] ?? tape.length;
		const rules = compile(documents);
		const entries = tape
			.slice(begin, begin + size)
			.map((event) => ({ observation: observe(event), standInId: '', rules }));
		const judged = await judgeBatch(entries, scope, store);
		lines.push(...judged.flatMap(({ alerts }) => alerts.map(({ alert }) => lineOf(alert))));
		begin += size;
		store = await between(store);
	}
	return lines;
}

/** Everything there is as one JSON text, and a store made from that. */
async function throughJson(store: Store): Promise<Store> {
	const spaces: Space[] = ['state', 'history', 'alert'];
	const text = JSON.stringify(
		await Promise.all(spaces.map(async (space) => [space, await store.list(space, '')])),
	);
	const fresh = createMemoryStore(clock());
	const kept = JSON.parse(text) as Array<[Space, Array<{ key: string; value: unknown }>]>;
	await fresh.commit(
		kept.flatMap(([space, entries]) =>
			entries.map(({ key, value }) => ({ put: { space, key, value } })),
		),
	);
	return fresh;
}

describe.each(tapes.map((tape) => [tape.name, tape] as const))('A tape: %s', (_, tape) => {
	const { candles } = tape;
	const timeless = timelessRules(tape);
	const all = [...timeless, ...timedRules(tape)];
	let inOnePiece: string[] = [];

	beforeAll(async () => {
		inOnePiece = await inBatches(candles, all, [candles.length]);
	}, 60_000);

	it('is told by each rule that can be, alerts and ends', () => {
		const rulesTold = new Set(all.filter(({ id }) => inOnePiece.some((line) => line.includes(id))));
		expect(candles.length).toBeGreaterThan(600);
		expect(inOnePiece.length).toBeGreaterThan(40);
		expect(inOnePiece.some((line) => line.includes('resolved'))).toBe(true);
		// An instrument is never behind itself; a day is over at midnight.
		expect(rulesTold.size).toBeGreaterThanOrEqual(all.length - 2);
	});

	it('gives each alert an id of its own', () => {
		expect(new Set(inOnePiece.map((line) => line.split(' ')[0])).size).toBe(inOnePiece.length);
	});

	it('gives the same alerts in a replay', async () => {
		const lines: string[] = [];
		for await (const told of replay(candles.map(observe), compile(timeless), { scope })) {
			const { id, rule, symbol, transition, at: eventAt, byClock } = told;
			lines.push([id, rule.document.id, symbol, transition.state, eventAt].join(' '));
			expect(byClock).toBe(false);
		}
		const known = new Set(timeless.map(({ id }) => id));
		const expected = inOnePiece.filter((line) => [...known].some((id) => line.includes(id)));
		expect(lines).toEqual(expected);
	}, 60_000);

	it('gives the same alerts in batches of any size', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }),
				async (sizes) => {
					expect(await inBatches(candles, all, sizes)).toEqual(inOnePiece);
				},
			),
			{ numRuns: 2, endOnFailure: true },
		);
	}, 60_000);

	it('gives the same alerts restored from JSON at any event', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(fc.integer({ min: 1, max: candles.length - 1 }), {
					minLength: 5,
					maxLength: 25,
				}),
				async (cuts) => {
					const ends = [...cuts.toSorted((a, b) => a - b), candles.length];
					const sizes = ends.map((end, index) => end - (ends[index - 1] ?? 0));
					expect(await inBatches(candles, all, sizes, throughJson)).toEqual(inOnePiece);
				},
			),
			{ numRuns: 2, endOnFailure: true },
		);
	}, 60_000);

	it('gives the same alerts wherever the process dies', async () => {
		let crashes = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 20, max: 120 }),
				fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 5, maxLength: 25 }),
				async (batchSize, deadlySteps) => {
					const machine = new CrashingMachine(candles, batchSize, new Set(deadlySteps), {
						rules: compile(all),
					});
					crashes += await machine.live();
					// Whatever was under way when it died may come twice, under the same id.
					expect([...new Set(machine.received)].toSorted()).toEqual(inOnePiece.toSorted());
				},
			),
			{ numRuns: 2, endOnFailure: true },
		);
		expect(crashes).toBeGreaterThan(3);
	}, 60_000);
});
