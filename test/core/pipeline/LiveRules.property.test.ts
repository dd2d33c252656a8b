import * as fc from 'fast-check';

import { FactSheet, type Observation } from '../../../core/facts';
import { composeLiveAlert, LiveRules, type LiveAlert } from '../../../core/pipeline';
import { epochMs } from '../../../core/ports';
import { compileRule, type CompiledRule } from '../../../core/rules';

/** Few values, so that they meet levels, borders and each other often. */
const VALUES = [58, 59, 60, 60, 61, 62, 0, -1, '60', 'x', null] as const;
const SYMBOLS = ['A', 'B', 'SPY'];
const START = 1_767_623_400_000; // Monday 2026-01-05 14:30 UTC, New York opens

const level = fc.constantFrom<unknown>(58, 59, 60, 60.5, 61, '60');
const fact = fc.constantFrom<object>(
	{ fact: 'price' },
	{ fact: 'price' },
	{ fact: 'volume' },
	{ fact: 'changePercent' },
	{ fact: 'own' },
	{ fact: 'nested.own' },
	{ fact: 'price', params: { symbol: 'SPY' } },
	{ fact: 'price', params: { times: 1.01 } },
	{ fact: 'sma', params: { period: 2 } },
	{ fact: 'highest', params: { last: 2 } },
	{ fact: 'movePercent', params: { over: '1m' } },
);
const leaf = fc
	.oneof(
		{
			weight: 6,
			arbitrary: fc.record({
				ref: fact,
				operator: fc.constantFrom(
					'lessThan',
					'lessThanInclusive',
					'greaterThan',
					'greaterThanInclusive',
					'not:lessThan',
					'swap:lessThan',
					'crossesAbove',
					'crossesBelow',
					'crosses',
				),
				value: level,
			}),
		},
		{
			weight: 2,
			arbitrary: fc.record({
				ref: fact,
				operator: fc.constantFrom('equal', 'notEqual', 'not:equal'),
				value: fc.oneof(level, fc.constant('x')),
			}),
		},
		{
			weight: 2,
			arbitrary: fc.record({
				ref: fact,
				operator: fc.constantFrom('between', 'outside', 'entersRange', 'leavesRange'),
				value: fc.constantFrom<unknown>([59, 60], [60, 61], [60, 60]),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				ref: fact,
				operator: fc.constantFrom('in', 'notIn', 'someValue:equal'),
				value: fc.constantFrom<unknown>([59, 60], ['60', 'x'], [60, 60, 61]),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				ref: fact,
				operator: fc.constant('within'),
				value: fc.constantFrom<unknown>(
					{ percent: 1, of: 60 },
					{ percent: 1, of: { fact: 'open' } },
				),
			}),
		},
		{
			weight: 2,
			arbitrary: fc.record({
				ref: fact,
				operator: fc.constantFrom(
					'lessThan',
					'greaterThanInclusive',
					'equal',
					'crossesAbove',
					'crosses',
				),
				value: fact,
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				ref: fc.constantFrom<object>({ fact: 'timeOfDay' }),
				operator: fc.constant('betweenTimes'),
				value: fc.constantFrom<unknown>(['14:30', '14:31'], ['14:31', '14:35']),
			}),
		},
		{
			weight: 1,
			arbitrary: fc.record({
				ref: fc.constantFrom<object>({ fact: 'word' }),
				operator: fc.constantFrom('contains', 'matches', 'equal'),
				value: fc.constantFrom('a', 'ab'),
			}),
		},
	)
	.map(({ ref, operator, value }): Record<string, unknown> => ({ ...ref, operator, value }));
const priority = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 8 });
const { condition } = fc.letrec<{
	condition: Record<string, unknown>;
	group: Record<string, unknown>;
}>((tie) => ({
	condition: fc.oneof(
		{ maxDepth: 2, withCrossShrink: true },
		{ weight: 4, arbitrary: leaf },
		{ weight: 2, arbitrary: tie('group') },
	),
	group: fc.oneof(
		fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
		fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
		fc.record({ not: tie('condition') }),
	),
}));
const group = fc.oneof(
	fc
		.record({ all: fc.array(fc.tuple(condition, priority), { minLength: 1, maxLength: 3 }) })
		.map(({ all }) => ({ all: all.map(withPriority) })),
	fc
		.record({ any: fc.array(fc.tuple(condition, priority), { minLength: 1, maxLength: 3 }) })
		.map(({ any }) => ({ any: any.map(withPriority) })),
	fc.record({ not: condition }),
);
function withPriority([one, own]: [Record<string, unknown>, number | undefined]) {
	return own === undefined ? one : { ...one, priority: own };
}
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) =>
	fc.option(arbitrary, { nil: undefined, freq: 2 });
const document = fc.record({
	conditions: group,
	symbols: fc.constantFrom(undefined, ['A'], ['A', 'B']),
	fire: fc.constantFrom(
		'onChange',
		'onChange',
		'everyMatch',
		'once',
		'oncePerCandle',
		'onCandleClose',
	),
	interval: fc.constantFrom(undefined, '1m'),
	cooldown: maybe(fc.constantFrom('20s', '3m')),
	holdFor: maybe(fc.constantFrom('15s', '45s', '2 candles')),
	keepFiringFor: maybe(fc.constantFrom('15s', '45s')),
	remindEvery: maybe(fc.constantFrom('25s', '1m')),
	notifyResolved: fc.boolean(),
	maxPerDay: maybe(fc.constantFrom(1, 2)),
	maxAlerts: maybe(fc.constantFrom(2)),
	resetWhen: maybe(group),
	schedule: maybe(
		fc.constantFrom<unknown>(
			{ times: [{ from: '14:30', to: '14:32' }] },
			{ calendar: 'us-equities', session: 'regular' },
			{ times: [{ from: '14:31:30', to: '14:40' }], days: ['mon'] },
		),
	),
	include: fc.constantFrom<unknown>([], ['volume', { fact: 'sma', params: { period: 3 } }]),
});

/** What compiles of a document: settings that can't be kept together are left out. */
function compile(id: number, given: Record<string, unknown>): CompiledRule | undefined {
	const whole = Object.fromEntries(
		Object.entries(given).filter(([, value]) => value !== undefined),
	);
	const attempts = [
		whole,
		without(whole, ['holdFor', 'keepFiringFor', 'remindEvery', 'notifyResolved']),
		without(whole, ['holdFor', 'keepFiringFor', 'remindEvery', 'notifyResolved', 'resetWhen']),
	];
	for (const attempt of attempts) {
		try {
			return compileRule({ version: 1, id: `r${id}`, name: `r${id}`, ...attempt });
		} catch {
			continue;
		}
	}
	return undefined;
}
const without = (from: Record<string, unknown>, keys: readonly string[]) =>
	Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));

type Step =
	| {
			readonly kind: 'event';
			readonly symbol: string;
			readonly afterMs: number;
			readonly price: unknown;
			readonly volume: unknown;
			readonly own: unknown;
			readonly word: string;
			readonly quality: readonly string[];
			readonly closed: boolean;
			readonly repeats: boolean;
	  }
	| { readonly kind: 'put'; readonly id: number; readonly document: Record<string, unknown> }
	| { readonly kind: 'retime'; readonly id: number; readonly cooldown: string }
	| { readonly kind: 'remove'; readonly id: number }
	| { readonly kind: 'wait'; readonly ms: number };
const id = fc.integer({ min: 0, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 30,
		arbitrary: fc.record({
			kind: fc.constant('event' as const),
			symbol: fc.constantFrom(...SYMBOLS),
			afterMs: fc.constantFrom(0, 1_000, 5_000, 15_000, 20_000, 60_000, -5_000),
			price: fc.constantFrom<unknown>(...VALUES),
			volume: fc.constantFrom<unknown>(59, 60, 61, undefined),
			own: fc.constantFrom<unknown>(59, 60, '60', 'x', true, undefined),
			word: fc.constantFrom('a', 'ab', 'b'),
			quality: fc.constantFrom<readonly string[]>(
				[],
				[],
				[],
				[],
				['stale'],
				['gapBefore'],
				['late'],
			),
			closed: fc.boolean(),
			repeats: fc.boolean().map((one) => one),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('put' as const), id, document }) },
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('retime' as const),
			id,
			cooldown: fc.constantFrom('10s', '1m'),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), id }) },
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('wait' as const),
			ms: fc.constantFrom(10_000, 90_000),
		}),
	},
);

async function play(
	gate: 'askAlways' | 'askChanged',
	first: ReadonlyArray<Record<string, unknown>>,
	steps: readonly Step[],
	drainEvery: number,
) {
	const live = new LiveRules({ scope: { workflowId: 'w', nodeId: 'n' }, gate });
	const documents = new Map<number, Record<string, unknown>>();
	const put = (number: number, given: Record<string, unknown>) => {
		const rule = compile(number, given);
		if (rule === undefined) return;
		documents.set(number, given);
		live.put(rule);
	};
	first.forEach((given, index) => put(index, given));
	const lines: string[] = [];
	const take = async () => {
		for (const alert of await live.drain()) lines.push(await describeAlert(alert));
	};
	let at = START;
	let row = 0;
	for (const one of steps) {
		row += 1;
		switch (one.kind) {
			case 'event':
				at += one.afterMs;
				live.observe(toObservation(one, at, one.repeats && row % 5 === 0 ? row - 1 : row));
				break;
			case 'put':
				put(one.id, one.document);
				break;
			case 'retime': {
				const known = documents.get(one.id);
				if (known !== undefined) put(one.id, { ...known, cooldown: one.cooldown });
				break;
			}
			case 'remove':
				live.remove(`r${one.id}`);
				documents.delete(one.id);
				break;
			case 'wait':
				at += one.ms;
				live.passTime(epochMs(at));
		}
		if (row % drainEvery === 0 || one.kind !== 'event') await take();
	}
	await take();
	return { lines, counts: live.counts };
}

function toObservation(
	step: Extract<Step, { kind: 'event' }>,
	at: number,
	row: number,
): Observation {
	const { symbol, price, volume, own, word, quality, closed } = step;
	return {
		symbol,
		eventAt: epochMs(at),
		eventId: `replay:t~p#${row}`,
		quality: quality as Observation['quality'],
		facts: new FactSheet({
			symbol,
			price,
			volume,
			own,
			word,
			nested: { own },
			open: 60,
			previousClose: 60,
			...(closed ? {} : { closed: false }),
		}),
	};
}

async function describeAlert(alert: LiveAlert): Promise<string> {
	const item = await composeLiveAlert(alert);
	return JSON.stringify([alert.byClock, item.alert, item.facts, item.because]);
}

describe('LiveRules', () => {
	it('tells the same alerts whether every rule is asked or only those whose answer changed', async () => {
		const seen = { alerts: 0, byClock: 0, resolved: 0, saved: 0, asked: 0 };
		await fc.assert(
			fc.asyncProperty(
				fc.array(document, { minLength: 1, maxLength: 4 }),
				fc.array(step, { minLength: 20, maxLength: 60 }),
				fc.integer({ min: 1, max: 10 }),
				async (documents, steps, drainEvery) => {
					const always = await play('askAlways', documents, steps, 1);
					const changed = await play('askChanged', documents, steps, drainEvery);
					expect(changed.lines).toEqual(always.lines);
					expect(changed.counts.disagreements).toBe(0);
					seen.alerts += always.lines.length;
					seen.byClock += always.lines.filter((line) => line.startsWith('[true')).length;
					seen.resolved += always.lines.filter((line) => line.includes('"resolved"')).length;
					seen.saved += always.counts.judgeCalls - changed.counts.judgeCalls;
					seen.asked += always.counts.judgeCalls;
				},
			),
			{ numRuns: Number(process.env['GATE_RUNS'] ?? 400) },
		);
		console.info(JSON.stringify(seen));
		expect(seen.alerts).toBeGreaterThan(200);
		expect(seen.byClock).toBeGreaterThan(10);
		expect(seen.resolved).toBeGreaterThan(5);
		expect(seen.saved).toBeGreaterThan(seen.asked / 2);
	}, 600_000);
});
