import fc from 'fast-check';

import {
	conditionsOver,
	level,
	number,
	one,
	oneOf,
	priority,
	type Condition,
	type Conditions,
	type FactValue,
	type Leaf,
} from '../../rules/judge/streams';
import { isEdge } from '../../rules/judge/naive';

/** A rule document; conditions are as random as those of the judge's streams. */
export type Document = Readonly<Record<string, unknown>> & { readonly id: string };

/** Facts that need history, of this instrument or the other one. */
const history = one<FactValue>(
	{ fact: 'sma', params: { period: 2 } },
	{ fact: 'ema', params: { period: 2, interval: '10s' } },
	{ fact: 'rsi', params: { period: 2 } },
	{ fact: 'sma', params: { period: 2, symbol: 'SPY' } },
	{ fact: 'movePercent', params: { over: '30s' } },
	{ fact: 'move', params: { last: 2 } },
	{ fact: 'move', params: { over: '10s', symbol: 'SPY' } },
	{ fact: 'highest', params: { over: '30s' } },
	{ fact: 'lowest', params: { last: 2 } },
	{ fact: 'risingCount' },
	{ fact: 'fallingCount', params: { interval: '10s' } },
	{ fact: 'close', params: { interval: '10s' } },
	{ fact: 'high', params: { interval: '30s', candle: 'running' } },
);
const derived = one<FactValue>({ fact: 'changePercent' }, { fact: 'change' }, { fact: 'volume' });

const column = one('price', 'price', 'price', 'score', 'peRatio', 'changePercent').map((fact) => ({
	fact,
}));
const plainLevel = oneOf<unknown>([8, level], [1, one(-1, 1_000, 2.000000001, 50, 100)]);
const side = oneOf<FactValue>([6, column], [2, history], [1, derived]);
const plain = (operators: readonly string[], value: fc.Arbitrary<unknown>) =>
	fc
		.tuple(side, one(...operators), value, priority)
		.map(([left, operator, right, ranked]): Leaf => ({
			...left,
			operator,
			value: right,
			...ranked,
		}));
/** What most rules are made of: levels, ranges and crossings; many share a fact, and some a level. */
const usual = oneOf<Leaf>(
	[
		8,
		plain(
			['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'],
			oneOf<unknown>([6, plainLevel], [1, side]),
		),
	],
	[2, plain(['equal', 'notEqual', 'not:lessThan', 'not:equal'], plainLevel)],
	[1, plain(['crossesAbove', 'crossesBelow', 'crosses'], plainLevel)],
	[
		2,
		plain(
			['between', 'outside', 'entersRange', 'leavesRange'],
			one<unknown>([1, 2], [2, 2], [0, 3]),
		),
	],
	[1, plain(['in', 'notIn'], one<unknown>([1, 2], [2, '3'], [0]))],
	[
		1,
		one<Leaf>(
			{ fact: 'timeOfDay', operator: 'betweenTimes', value: ['14:29:40', '14:30'] },
			{ fact: 'weekday', operator: 'equal', value: 'mon' },
			{
				fact: 'session',
				params: { calendar: 'us-equities' },
				operator: 'equal',
				value: 'regular',
			},
			{ fact: 'timeOfDay', operator: 'equal', value: '14:30:00' },
		),
	],
);

const conditions = conditionsOver(oneOf([3, number], [2, history], [1, derived]), usual);
/** Rules as people write them: two comparisons or one. */
const short = fc
	.tuple(fc.array(usual, { minLength: 1, maxLength: 2 }), one('all', 'any'))
	.map(([members, kind]): Conditions => ({
		conditions: kind === 'all' ? { all: members } : { any: members },
		namedConditions: {},
	}));

const maybe = <T>(weight: number, ...values: readonly T[]) =>
	oneOf<T | undefined>([weight, fc.constant(undefined)], [1, one(...values)]);

const schedule = maybe<object>(
	7,
	{ times: [{ from: '14:29:40', to: '14:30' }] },
	{ session: 'regular' },
	{ from: '2026-01-05T14:29:50Z' },
	{ until: '2026-01-05T14:30:00Z' },
	{ days: ['mon'], times: [{ from: '14:30:00', to: '14:29:40' }] },
);

const settings = fc.record({
	symbols: one<string[] | undefined>(
		undefined,
		undefined,
		['*'],
		['ACME'],
		['SPY', 'acme'],
		['spy'],
	),
	fire: one(
		'onChange',
		'onChange',
		'onChange',
		'everyMatch',
		'once',
		'oncePerCandle',
		'onCandleClose',
	),
	cooldown: maybe(1, '10s', '20s', '1m'),
	holdFor: maybe(2, '10s', '20s', '30s', '2 candles'),
	keepFiringFor: maybe(2, '10s', '30s'),
	remindEvery: maybe(3, '30s', '1m'),
	notifyResolved: maybe(1, true),
	maxPerDay: maybe(5, 1, 2),
	maxAlerts: maybe(8, 1, 2),
	interval: maybe(1, '10s', '30s', '1m'),
	schedule,
	include: maybe<unknown[]>(5, ['peRatio', { fact: 'sma', params: { period: 2 } }]),
	title: maybe(2, '[[symbol]] at [[price]]'),
});

const LASTING = ['holdFor', 'keepFiringFor', 'remindEvery', 'notifyResolved'] as const;

/** Any rule that the compiler takes: settings that don't go together are left out, or the edges are. */
export const documentOf = (id: string): fc.Arbitrary<Document> =>
	fc
		.record({
			written: oneOf([2, short], [1, conditions]),
			reset: maybe<null>(3, null).chain((none) => (none === null ? short : fc.constant(none))),
			chosen: settings,
			lasts: fc.boolean(),
		})
		.map(({ written, reset, chosen, lasts }) => {
			const eachForItself = !['onChange', 'once'].includes(chosen.fire);
			const flat = lasts && !eachForItself;
			const document: Record<string, unknown> = {
				version: 1,
				id,
				name: id,
				...chosen,
				conditions: flat ? withoutEdges(written.conditions) : written.conditions,
				namedConditions: flat
					? Object.fromEntries(
							Object.entries(written.namedConditions).map(([name, one]) => [
								name,
								withoutEdges(one),
							]),
						)
					: written.namedConditions,
				resetWhen:
					reset === undefined || eachForItself ? undefined : withoutEdges(reset.conditions),
			};
			if (!flat) for (const name of LASTING) document[name] = undefined;
			const given = Object.entries(document).filter(([, value]) => value !== undefined);
			return { id, ...Object.fromEntries(given) };
		});

const LEVELS: Readonly<Record<string, string>> = {
	crossesAbove: 'greaterThan',
	crossesBelow: 'lessThan',
	crosses: 'greaterThanInclusive',
	entersRange: 'between',
	leavesRange: 'outside',
};

function withoutEdges(condition: Condition): Condition {
	if ('fact' in condition) {
		const { operator } = condition;
		return isEdge(operator) ? { ...condition, operator: LEVELS[operator] ?? operator } : condition;
	}
	if ('not' in condition) return { ...condition, not: withoutEdges(condition.not) };
	if ('all' in condition) return { ...condition, all: condition.all.map(withoutEdges) };
	return 'any' in condition ? { ...condition, any: condition.any.map(withoutEdges) } : condition;
}
