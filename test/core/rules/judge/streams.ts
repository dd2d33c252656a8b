import fc from 'fast-check';

/** A fact as documents name it. */
export type FactValue = {
	readonly fact: string;
	readonly params?: Readonly<Record<string, unknown>>;
	readonly path?: string;
};
/** A comparison as documents write it. */
export type Leaf = FactValue & {
	readonly operator: string;
	readonly value: unknown;
	readonly priority?: number;
};
export type Condition =
	| Leaf
	| { readonly all: readonly Condition[]; readonly priority?: number }
	| { readonly any: readonly Condition[]; readonly priority?: number }
	| { readonly not: Condition; readonly priority?: number }
	| { readonly condition: string; readonly priority?: number };
export type Conditions = {
	readonly conditions: Condition;
	readonly namedConditions: Readonly<Record<string, Condition>>;
};

export type Columns = Readonly<Record<string, unknown>>;
/** What ACME says at one event, and what SPY said just before it, if it did. */
export type Sheet = { readonly own: Columns; readonly other: Columns | undefined };
/** A rule, and what it is judged by, event by event. */
export type Stream = Conditions & { readonly sheets: readonly Sheet[] };

export const oneOf = <T>(...weighted: ReadonlyArray<readonly [number, fc.Arbitrary<T>]>) =>
	fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
export const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const listOf = <T>(member: fc.Arbitrary<T>, most = 3) => fc.array(member, { maxLength: most });

// Few values, so that most comparisons are between equals or neighbours.
export const level = one<number>(0, 1, 2, 2, 3, 4, 1.1, 3.3);
const numeric = one<unknown>('0', '1', '2', '2.00', ' 3 ', '4', '1e0', '10', '9');
const junk = one<unknown>('n/a', '', '5%', '0x2', true, false, Infinity);
const nothing = one<unknown>(undefined, null, Number.NaN);
const word = one<unknown>('a', 'A', 'b', 'Split 7-for-1', 'split', 'halt', 'Form 8-K');
const clock = one<unknown>(
	'09:29:59',
	'09:30',
	'09:30:00',
	'12:00',
	'16:00:00',
	'23:59:59',
	'01:00',
);
const day = one<unknown>('2026-01-01', '2026-11-27', '2026-12-31T23:00:00Z', '2027-01-01');
const range = one<unknown>([1, 2], [2, 3], [0, 4], [2, 2], [1.1, 3.3]);

/** What a column holds when it's as it should be, and what else it may hold. */
const columns: ReadonlyArray<
	readonly [name: string, clean: fc.Arbitrary<unknown>, dirty: fc.Arbitrary<unknown>]
> = [
	...['price', 'previousClose', 'peRatio', 'score'].map(
		(name) => [name, level, fc.oneof(numeric, numeric, junk, nothing, one([2]))] as const,
	),
	['mark', oneOf([3, level], [2, word], [1, fc.boolean()]), fc.oneof(numeric, nothing, junk)],
	['headline', word, fc.oneof(nothing, level)],
	[
		'clock',
		clock,
		fc.oneof(nothing, one<unknown>('noon', '', '9:30', '12:00:00.5Z', '25:00', '09:30:99', 930)),
	],
	['day', day, fc.oneof(nothing, one<unknown>('today', '', '20261127', 20261127))],
	['fills', listOf(level), listOf(fc.oneof(level, numeric, nothing, junk))],
	[
		'tags',
		listOf(word),
		fc.oneof<fc.Arbitrary<unknown>[]>(nothing, one<unknown>('a,b', 7), listOf(numeric)),
	],
	['grid', listOf(listOf(level, 2), 2), listOf(fc.oneof(listOf(numeric, 2), level), 2)],
	[
		'band',
		range,
		fc.oneof(nothing, one<unknown>([3, 1], ['1', '2'], [1], [1, 'n/a'], 2, { from: 1 })),
	],
	['hours', one<unknown>(['09:30', '16:00'], ['22:00', '02:00']), one<unknown>(['9', '10'], 'day')],
	[
		'order',
		fc.record({
			total: level,
			state: word,
			lines: fc.array(fc.record({ price: level, qty: level, limit: fc.record({ max: level }) }), {
				minLength: 1,
				maxLength: 2,
			}),
		}),
		fc.oneof<fc.Arbitrary<unknown>[]>(
			nothing,
			one<unknown>('none', 3, { total: null }, [1]),
			fc.record({ total: fc.oneof(numeric, junk), lines: fc.constant([{ qty: 1 }, 'gone']) }),
		),
	],
];

const sheetOf = (dirt: number): fc.Arbitrary<Columns> =>
	fc
		.tuple(
			...columns.map(([, clean, dirty]) =>
				dirt === 0 ? clean : oneOf([100 - dirt, clean], [dirt, dirty]),
			),
		)
		.map((values) =>
			Object.fromEntries(
				columns
					.map(([name], index) => [name, values[index]])
					.filter((entry) => entry[1] !== undefined),
			),
		);
export const sheet: fc.Arbitrary<Sheet> = fc.record({
	own: oneOf([5, sheetOf(0)], [3, sheetOf(15)], [1, sheetOf(60)]),
	other: oneOf<Columns | undefined>([2, sheetOf(0)], [1, sheetOf(30)], [2, fc.constant(undefined)]),
});

/** Numbers of an event, or of the other instrument's last one. */
export const number = oneOf<FactValue>(
	[6, one('price', 'price', 'previousClose', 'peRatio', 'score').map((fact) => ({ fact }))],
	[1, fc.constant({ fact: 'mark' })],
	[
		2,
		one(
			{ fact: 'price', params: { symbol: 'SPY' } },
			{ fact: 'score', params: { symbol: 'SPY' } },
			{ fact: 'price', params: { symbol: 'ACME' } },
			{ fact: 'score', params: { symbol: 'SPY', times: 2 } },
			{ fact: 'price', params: { times: 0.5 } },
		),
	],
	[
		2,
		one(
			{ fact: 'order', path: '$.total' },
			{ fact: 'order', path: '$.lines[0].price' },
			{ fact: 'order', path: '$.lines[(@.length-1)].qty' },
			{ fact: 'order', path: '$.lines[?(@.limit.max>2)][0]' },
			{ fact: 'price', path: '$.last' },
			{ fact: 'score', path: '' },
		),
	],
);
const text = one<FactValue>(
	{ fact: 'headline' },
	{ fact: 'headline', params: { symbol: 'SPY' } },
	{ fact: 'mark' },
	{ fact: 'order', path: '$.state' },
);
const list = one<FactValue>(
	{ fact: 'fills' },
	{ fact: 'fills' },
	{ fact: 'tags' },
	{ fact: 'order', path: '$.lines[*].price' },
	{ fact: 'order', path: '$..qty' },
	{ fact: 'order', path: '$.lines[?(@.limit.max>1)].qty' },
);

const levelOrText = oneOf<unknown>([5, level], [1, one('2', '2.00', '10')]);
const anything = oneOf<unknown>([4, level], [3, word], [1, numeric], [1, one<unknown>(true, null)]);
const values = listOf(anything, 4);
const against = (literal: fc.Arbitrary<unknown>, fact: fc.Arbitrary<unknown>) =>
	oneOf<unknown>([3, literal], [1, fact]);
const rangeOrFact = against(range, one<FactValue>({ fact: 'band' }));

type Sides = {
	readonly left: fc.Arbitrary<FactValue>;
	readonly right: fc.Arbitrary<unknown>;
	readonly decorated?: readonly Decorated[];
};
type Decorated = readonly [
	decorators: string,
	left: fc.Arbitrary<FactValue>,
	right: fc.Arbitrary<unknown>,
];
const grid = one<FactValue>({ fact: 'grid' });
const lists = one<FactValue>({ fact: 'fills' }, { fact: 'tags' }, { fact: 'band' });
const levels = listOf(levelOrText, 3);

const negatable = (left: fc.Arbitrary<FactValue>, right: fc.Arbitrary<unknown>): Sides => ({
	left,
	right,
	decorated: [['not:', left, right]],
});

export const priority = oneOf<{ priority?: number }>(
	[3, fc.constant({})],
	[1, one({ priority: 1 }, { priority: 2 }, { priority: 3 })],
);

/**
 * Documents with every operator, decorator and kind of group.
 *
 * @param number what is compared as a number
 * @param usual comparisons that come more often than all others together; none when it isn't there
 */
export function conditionsOver(
	number: fc.Arbitrary<FactValue>,
	usual?: fc.Arbitrary<Leaf>,
): fc.Arbitrary<Conditions> {
	const scalar = oneOf<FactValue>([1, number], [1, text]);
	const levelOrFact = against(levelOrText, number);
	const compared: Sides = {
		left: number,
		right: levelOrFact,
		decorated: [
			['not:', number, levelOrFact],
			['swap:', number, levelOrFact],
			['not:swap:', number, levelOrFact],
			['someFact:', list, levelOrFact],
			['everyFact:', list, levelOrFact],
			['not:everyFact:', list, levelOrFact],
			['someValue:', number, against(levels, lists)],
			['everyValue:', number, against(levels, lists)],
			['everyFact:someValue:', list, against(levels, lists)],
			['someFact:everyFact:', grid, levelOrFact],
			['swap:someFact:', number, against(levels, lists)],
			['someFact:swap:', list, levelOrFact],
		],
	};
	const equalled: Sides = {
		left: scalar,
		right: against(anything, scalar),
		decorated: [
			['not:', scalar, against(anything, scalar)],
			['swap:', scalar, against(anything, scalar)],
			['someFact:', list, against(anything, scalar)],
			['everyFact:', list, against(anything, scalar)],
			['someValue:', scalar, against(values, lists)],
			['not:everyValue:', scalar, against(values, lists)],
			['everyFact:someValue:', list, against(values, lists)],
			['someFact:someFact:', grid, against(anything, scalar)],
			['', lists, lists],
		],
	};
	const oneOfMany: Sides = {
		left: scalar,
		right: against(values, oneOf<FactValue>([6, list], [1, scalar])),
		decorated: [
			['not:', scalar, against(values, list)],
			['someFact:', list, against(values, list)],
			['everyFact:', list, against(values, list)],
			['swap:', list, against(anything, scalar)],
			['someValue:', scalar, oneOf<unknown>([1, listOf(values, 2)], [1, grid])],
		],
	};
	const holding: Sides = {
		left: oneOf<FactValue>([3, list], [2, text], [1, number]),
		right: against(anything, scalar),
		decorated: [
			['not:', oneOf<FactValue>([2, list], [1, text]), against(anything, scalar)],
			['someFact:', grid, against(anything, scalar)],
			['everyFact:', oneOf<FactValue>([1, grid], [1, list]), against(anything, scalar)],
			['someValue:', list, against(values, lists)],
			['swap:', scalar, against(values, lists)],
		],
	};
	/** Every operator, with sides it makes sense of most of the time. */
	const sides: Readonly<Record<string, Sides>> = {
		lessThan: compared,
		lessThanInclusive: compared,
		greaterThan: compared,
		greaterThanInclusive: compared,
		equal: equalled,
		notEqual: equalled,
		in: oneOfMany,
		notIn: oneOfMany,
		contains: holding,
		doesNotContain: holding,
		matches: negatable(text, against(one('*split*', 'a', 'form ?-K', '?', '*'), text)),
		crossesAbove: { left: number, right: levelOrFact },
		crossesBelow: { left: number, right: levelOrFact },
		crosses: { left: number, right: levelOrFact },
		between: negatable(number, rangeOrFact),
		outside: negatable(number, rangeOrFact),
		within: negatable(number, fc.record({ percent: one(1, 10, 50, 100), of: levelOrFact })),
		betweenTimes: negatable(
			one<FactValue>({ fact: 'clock' }),
			against(
				one(['09:30', '16:00'], ['22:00', '02:00'], ['12:00:00', '12:00:01'], ['12:00', '12:00']),
				one<FactValue>({ fact: 'hours' }),
			),
		),
		betweenDates: negatable(
			one<FactValue>({ fact: 'day' }),
			one<unknown>(['2026-01-01', '2026-12-31'], ['2026-11-27', '2026-11-27']),
		),
		entersRange: { left: number, right: rangeOrFact },
		leavesRange: { left: number, right: rangeOrFact },
	};

	const any: fc.Arbitrary<Leaf> = oneOf(
		...Object.entries(sides).map(([operator, { left, right, decorated = [] }]) => {
			const plain = fc.record({ operator: fc.constant(operator), left, value: right, priority });
			const others = decorated.map(([decorators, itsLeft, itsRight]) =>
				fc.record({
					operator: fc.constant(`${decorators}${operator}`),
					left: itsLeft,
					value: itsRight,
					priority,
				}),
			);
			return [
				1,
				others.length === 0 ? plain : oneOf([3, plain], [2, fc.oneof(...others)]),
			] as const;
		}),
	).map(({ operator, left, value, priority: ranked }) => ({ ...left, operator, value, ...ranked }));

	const leaf = usual === undefined ? any : oneOf([3, usual], [2, any]);

	/** Groups in groups, with references to these named conditions. */
	function groupsOf(names: readonly string[]): fc.Arbitrary<Condition> {
		const references = names.map((condition) =>
			priority.map((ranked): Condition => ({ condition, ...ranked })),
		);
		return fc.letrec<{ group: Condition; member: Condition }>((tie) => {
			const members = fc.array(tie('member'), { minLength: 1, maxLength: 3 });
			return {
				group: fc.oneof(
					{ maxDepth: 3 },
					fc.tuple(members, priority).map(([all, ranked]) => ({ all, ...ranked })),
					fc.tuple(members, priority).map(([any, ranked]) => ({ any, ...ranked })),
					fc.tuple(tie('member'), priority).map(([not, ranked]) => ({ not, ...ranked })),
				),
				member: fc.oneof(
					{ maxDepth: 3 },
					{ weight: 5, arbitrary: leaf },
					...references.map((arbitrary) => ({ weight: 1, arbitrary })),
					{ weight: 2, arbitrary: tie('group') },
				),
			};
		}).group;
	}

	const small = groupsOf([]);
	const withOne = groupsOf(['a']);
	const withTwo = groupsOf(['a', 'b']);
	return oneOf<Conditions>(
		[2, small.map((only) => ({ conditions: only, namedConditions: {} }))],
		[
			1,
			fc.record({
				conditions: oneOf<Condition>(
					[5, withTwo],
					[1, one({ condition: 'a' }, { condition: 'b' })],
				),
				namedConditions: fc.record({ a: small, b: withOne }),
			}),
		],
	);
}

export const stream: fc.Arbitrary<Stream> = fc
	.tuple(conditionsOver(number), fc.array(sheet, { minLength: 5, maxLength: 6 }))
	.map(([rule, sheets]) => ({ ...rule, sheets }));
