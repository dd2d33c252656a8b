import fc from 'fast-check';
import { Engine } from 'json-rules-engine';

import { FactSheet } from '../../../core/facts';
import { compileRule, evaluateRule, type BeforeValues } from '../../../core/rules';

const compile = (conditions: object, namedConditions?: object) =>
	compileRule({
		version: 1,
		id: 'r',
		name: 'r',
		conditions,
		...(namedConditions === undefined ? {} : { namedConditions }),
	});
const evaluate = async (
	conditions: object,
	columns: Record<string, unknown>,
	before: BeforeValues = {},
) => await evaluateRule(compile(conditions), new FactSheet(columns), before);
const outcome = async (conditions: object, columns: Record<string, unknown>) =>
	(await evaluate(conditions, columns)).verdict.outcome;

const under60 = { fact: 'price', operator: 'lessThan', value: 60 };
const cheap = { fact: 'peRatio', operator: 'lessThan', value: 20 };
const always = { fact: 'price', operator: 'greaterThan', value: 0 };

describe('evaluateRule', () => {
	it('gives each comparison with both values', async () => {
		const { verdict } = await evaluate({ all: [under60, cheap] }, { price: 59.5, peRatio: 25 });
		expect(verdict).toMatchObject({
			outcome: 'fails',
			because: [
				{
					left: { fact: 'price' },
					operator: 'lessThan',
					leftValue: 59.5,
					rightValue: 60,
					holds: true,
				},
				{ left: { fact: 'peRatio' }, leftValue: 25, rightValue: 20, holds: false },
			],
		});
	});

	it.each<[string, object, Record<string, unknown>, string]>([
		[
			'all with a missing one that would decide',
			{ all: [under60, cheap] },
			{ price: 50 },
			'unknown',
		],
		['all with one that fails anyway', { all: [under60, cheap] }, { price: 70 }, 'fails'],
		['any with one that holds anyway', { any: [under60, cheap] }, { price: 50 }, 'holds'],
		[
			'any with a missing one that would decide',
			{ any: [under60, cheap] },
			{ price: 70 },
			'unknown',
		],
		['not of a missing one', { not: cheap }, {}, 'unknown'],
		[
			'notEqual to a missing one',
			{ all: [{ fact: 'peRatio', operator: 'notEqual', value: 20 }] },
			{},
			'unknown',
		],
		[
			'notIn of a missing one',
			{ all: [{ fact: 'desk', operator: 'notIn', value: ['tech'] }] },
			{},
			'unknown',
		],
		['not of NaN', { not: cheap }, { peRatio: Number.NaN }, 'unknown'],
		['not of text where a number belongs', { not: cheap }, { peRatio: 'n/a' }, 'unknown'],
		[
			'a missing one deep inside that cannot decide',
			{ any: [always, { all: [{ not: cheap }, under60] }] },
			{ price: 50 },
			'holds',
		],
		['a missing one twice, once negated', { any: [cheap, { not: cheap }] }, {}, 'unknown'],
		[
			'a missing right side',
			{ all: [{ fact: 'price', operator: 'lessThan', value: { fact: 'previousClose' } }] },
			{ price: 1 },
			'unknown',
		],
	])('answers %s', async (_, conditions, columns, answer) => {
		expect(await outcome(conditions, columns)).toBe(answer);
	});

	it('says which fact is missing, and why', async () => {
		const { verdict } = await evaluate({ all: [under60, cheap] }, { price: 50, peRatio: 'n/a' });
		expect(verdict.because[1]).toMatchObject({
			holds: undefined,
			missing: { fact: { fact: 'peRatio' }, reason: 'invalid' },
		});
	});

	it.each<[string, object, Record<string, unknown>, string]>([
		[
			'compares numeric text as numbers',
			{ all: [{ fact: 'total', operator: 'greaterThan', value: 10 }] },
			{ total: '9' },
			'fails',
		],
		[
			'compares two numeric texts as numbers',
			{ all: [{ fact: 'a', operator: 'greaterThan', value: { fact: 'b' } }] },
			{ a: '9', b: '10' },
			'fails',
		],
		[
			'takes a number for the text that is it',
			{ all: [{ fact: 'total', operator: 'equal', value: 5 }] },
			{ total: '5.00' },
			'holds',
		],
		[
			'compares text with text as text',
			{ all: [{ fact: 'desk', operator: 'equal', value: '5.00' }] },
			{ desk: '5' },
			'fails',
		],
		[
			'compares with another fact',
			{ all: [{ fact: 'price', operator: 'lessThan', value: { fact: 'previousClose' } }] },
			{ price: 1, previousClose: 2 },
			'holds',
		],
		[
			'follows a path',
			{ all: [{ fact: 'order', path: '$.total', operator: 'equal', value: 5 }] },
			{ order: { total: 5 } },
			'holds',
		],
		[
			'takes both ends for part of a range',
			{ all: [{ fact: 'price', operator: 'between', value: [59, '60'] }] },
			{ price: '60' },
			'holds',
		],
		[
			'knows what is outside of a range',
			{ all: [{ fact: 'price', operator: 'outside', value: [50, 60] }] },
			{ price: 60.01 },
			'holds',
		],
		[
			'does not know about a range where the number is missing',
			{ not: { fact: 'price', operator: 'between', value: [50, 60] } },
			{ price: 'n/a' },
			'unknown',
		],
		[
			'finds members of lists',
			{ all: [{ fact: 'tags', operator: 'contains', value: 'halt' }] },
			{ tags: ['halt'] },
			'holds',
		],
		[
			'understands decorators',
			{ all: [{ fact: 'fills', operator: 'everyFact:greaterThan', value: 3 }] },
			{ fills: [4, 5] },
			'holds',
		],
		[
			'understands values that are objects',
			{ all: [{ fact: 'a', operator: 'equal', value: { fact: 'a' } }] },
			{ a: { fact: 'b' } },
			'holds',
		],
		[
			'takes a list for the same as itself',
			{ all: [{ fact: 'tags', operator: 'equal', value: { fact: 'tags' } }] },
			{ tags: ['halt'] },
			'holds',
		],
		[
			'takes an empty path for none',
			{ all: [{ fact: 'total', path: '', operator: 'equal', value: 5 }] },
			{ total: 5 },
			'holds',
		],
		[
			'finds a number in a list of texts',
			{ all: [{ fact: 'price', operator: 'in', value: ['5.00', '6.00'] }] },
			{ price: '5' },
			'holds',
		],
		[
			'finds no text in a list that is written otherwise',
			{ all: [{ fact: 'code', operator: 'in', value: ['5.00'] }] },
			{ code: '5' },
			'fails',
		],
	])('%s', async (_, conditions, columns, answer) => {
		expect(await outcome(conditions, columns)).toBe(answer);
	});

	it('puts named conditions in their place', async () => {
		const rule = compile({ any: [{ condition: 'cheap' }] }, { cheap: { all: [under60] } });
		expect((await evaluateRule(rule, new FactSheet({ price: 59 }), {})).verdict.outcome).toBe(
			'holds',
		);
	});

	it('takes a named condition that is a single comparison', async () => {
		const rule = compile({ condition: 'cheap' }, { cheap: under60 });
		expect((await evaluateRule(rule, new FactSheet({ price: 59 }), {})).verdict.outcome).toBe(
			'holds',
		);
	});

	it('compares with null as with any other value', async () => {
		const not = { all: [{ fact: 'price', operator: 'notEqual', value: null }] };
		expect(await outcome(not, { price: 1 })).toBe('holds');
	});

	it('lets a priority stop the engine early, and leaves out what it did not look at', async () => {
		const { verdict } = await evaluate(
			{
				all: [
					{ ...under60, priority: 10 },
					{ ...cheap, priority: 1 },
				],
			},
			{ price: 70, peRatio: 10 },
		);
		expect(verdict.outcome).toBe('fails');
		expect(verdict.because.map(({ left }) => left.fact)).toEqual(['price']);
	});

	it('looks at a named condition when the reference to it says so', async () => {
		const named = { cheap: { all: [cheap], priority: 1 }, low: { all: [under60], priority: 9 } };
		const rule = compile(
			{ all: [{ condition: 'low' }, { condition: 'cheap', priority: 5 }] },
			named,
		);
		const { verdict } = await evaluateRule(rule, new FactSheet({ price: 70, peRatio: 30 }), {});
		expect(verdict.because.map(({ left }) => left.fact)).toEqual(['peRatio']);
	});

	it.each<[string, object, Record<string, unknown>, string]>([
		[
			'the fact compared with',
			{ all: [{ fact: 'desk', operator: 'in', value: { fact: 'desks' } }] },
			{ desk: 'tech', desks: 'tech, energy' },
			'desks',
		],
		[
			'the fact looked into',
			{ all: [{ fact: 'fills', operator: 'not:someFact:equal', value: { fact: 'desk' } }] },
			{ fills: 5, desk: 'tech' },
			'fills',
		],
		[
			'a member that is no list either',
			{ all: [{ fact: 'desk', operator: 'someValue:in', value: { fact: 'desks' } }] },
			{ desk: 'tech', desks: [['tech'], 'energy'] },
			'desks',
		],
		[
			'the side that was swapped',
			{ all: [{ fact: 'desks', operator: 'swap:in', value: { fact: 'desk' } }] },
			{ desk: 'tech', desks: 'tech' },
			'desks',
		],
	])('names %s where a list is missing', async (_, conditions, columns, fact) => {
		const { verdict } = await evaluate(conditions, columns);
		expect(verdict).toMatchObject({
			outcome: 'unknown',
			because: [{ missing: { fact: { fact }, reason: 'invalid' } }],
		});
	});

	describe('of crossings', () => {
		const play = async (
			operator: string,
			prices: ReadonlyArray<number | null>,
			value: unknown = 60,
		) => {
			const rule = compile({ all: [{ fact: 'price', operator, value }] });
			const outcomes: string[] = [];
			let before: BeforeValues = {};
			for (const price of prices) {
				const step = await evaluateRule(rule, new FactSheet({ price, previousClose: 60 }), before);
				before = step.before;
				outcomes.push(step.verdict.outcome);
			}
			return outcomes.join(' ');
		};

		it.each<[string, ReadonlyArray<number | null>, string]>([
			['crossesBelow', [61, 60, 59, 58], 'unknown fails holds fails'],
			['crossesBelow', [60, 59, 60, 59], 'unknown holds fails holds'],
			['crossesBelow', [59, 58], 'unknown fails'],
			['crossesAbove', [59, 60, 61], 'unknown fails holds'],
			['crossesAbove', [60, 60.01], 'unknown holds'],
			['crosses', [59, 61, 59, 59], 'unknown holds holds fails'],
			['crossesBelow', [61, null, 59], 'unknown unknown holds'],
			['crossesBelow', [null, 59, 61], 'unknown unknown fails'],
		])('%s 60 over %j: %s', async (operator, prices, outcomes) => {
			expect(await play(operator, prices)).toBe(outcomes);
		});

		it.each<[string, number[], string]>([
			['entersRange', [49, 50, 55, 61, 60], 'unknown holds fails fails holds'],
			['leavesRange', [55, 60, 60.01, 55, 49], 'unknown fails holds fails holds'],
			['entersRange', [40, 70], 'unknown fails'],
		])('%s [50, 60] over %j: %s', async (operator, prices, outcomes) => {
			expect(await play(operator, prices, [50, 60])).toBe(outcomes);
		});

		it.each<[string, Array<[price: number | null, level: number | null]>, string]>([
			// Above by itself, from a touch, and because the level fell under it.
			[
				'crossesAbove',
				[
					[10, 11],
					[12, 11],
					[12, 12],
					[13, 12],
					[13, 14],
					[13, 12.5],
				],
				'unknown holds fails holds fails holds',
			],
			// The level rises over a price that stands still.
			[
				'crossesBelow',
				[
					[10, 9],
					[10, 10],
					[10, 11],
					[10, 12],
				],
				'unknown fails holds fails',
			],
			// A side that is missing for a while: the next pair is compared with the last whole one.
			[
				'crosses',
				[
					[10, 9],
					[null, 9],
					[8, null],
					[8, 9],
					[10, 9],
				],
				'unknown unknown unknown holds holds',
			],
		])('%s a level that moves over %j: %s', async (operator, pairs, outcomes) => {
			const rule = compile({
				all: [{ fact: 'price', operator, value: { fact: 'previousClose' } }],
			});
			const found: string[] = [];
			let before: BeforeValues = {};
			for (const [price, previousClose] of pairs) {
				const step = await evaluateRule(rule, new FactSheet({ price, previousClose }), before);
				before = step.before;
				found.push(step.verdict.outcome);
			}
			expect(found.join(' ')).toBe(outcomes);
		});

		it('stands beside the plain price in one rule', async () => {
			const conditions = { all: [{ fact: 'price', operator: 'crossesBelow', value: 60 }, under60] };
			const { verdict } = await evaluate(conditions, { price: 59 }, { 0: { left: 61, right: 60 } });
			expect(verdict).toMatchObject({
				outcome: 'holds',
				pulse: true,
				because: [{ leftValue: 59, before: { left: 61, right: 60 } }, { leftValue: 59 }],
			});
		});
	});

	it('agrees with a bare json-rules-engine on any conditions over known numbers', async () => {
		const names = ['price', 'high', 'low', 'open'];
		const number = fc.integer({ min: 0, max: 4 });
		const leaf = fc.record({
			fact: fc.constantFrom(...names),
			operator: fc.constantFrom(
				'lessThan',
				'lessThanInclusive',
				'greaterThan',
				'greaterThanInclusive',
				'equal',
				'notEqual',
			),
			value: fc.oneof<fc.Arbitrary<unknown>[]>(
				number,
				fc.record({ fact: fc.constantFrom(...names) }),
			),
		});
		const { tree } = fc.letrec<{ tree: object; node: object }>((tie) => ({
			tree: fc.oneof(
				fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
				fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
				fc.record({ not: tie('node') }),
			),
			node: fc.oneof({ maxDepth: 3 }, leaf, tie('tree')),
		}));
		const facts = fc.record({ price: number, high: number, low: number, open: number });
		const seen = { holds: 0, fails: 0 };
		await fc.assert(
			fc.asyncProperty(tree, facts, async (conditions, columns) => {
				const bare = new Engine([{ conditions: conditions as never, event: { type: 'e' } }]);
				const expected = (await bare.run(columns)).results.length === 1 ? 'holds' : 'fails';
				seen[expected] += 1;
				expect(await outcome(conditions, columns)).toBe(expected);
			}),
			{ numRuns: 500 },
		);
		expect(Math.min(seen.holds, seen.fails)).toBeGreaterThan(50);
	});

	it('is unknown exactly when a missing fact could tip it', async () => {
		const leaf = fc.record({
			fact: fc.constantFrom('a', 'b', 'c'),
			operator: fc.constant('equal'),
			value: fc.constant(1),
		});
		const { tree } = fc.letrec<{ tree: object; node: object }>((tie) => ({
			tree: fc.oneof(
				fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
				fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
				fc.record({ not: tie('node') }),
			),
			node: fc.oneof({ maxDepth: 3 }, leaf, tie('tree')),
		}));
		const value = fc.constantFrom(0, 1, undefined);
		const facts = fc.record({ a: value, b: value, c: value });
		const seen: Record<string, number> = { holds: 0, fails: 0, unknown: 0 };
		await fc.assert(
			fc.asyncProperty(tree, facts, async (conditions, columns) => {
				const answer = kleene(conditions, columns);
				seen[answer] = (seen[answer] ?? 0) + 1;
				expect(await outcome(conditions, columns)).toBe(answer);
			}),
			{ numRuns: 500 },
		);
		expect(seen['unknown']).toBeGreaterThan(50);
	});
});

/** Kleene's three values, written out. */
function kleene(condition: any, facts: Record<string, number | undefined>): string {
	if ('not' in condition) {
		const inner = kleene(condition.not, facts);
		return inner === 'unknown' ? inner : inner === 'holds' ? 'fails' : 'holds';
	}
	if ('fact' in condition) {
		const value = facts[condition.fact];
		return value === undefined ? 'unknown' : value === 1 ? 'holds' : 'fails';
	}
	const answers: string[] = (condition.all ?? condition.any).map((one: unknown) =>
		kleene(one, facts),
	);
	const [deciding, other] = 'all' in condition ? ['fails', 'holds'] : ['holds', 'fails'];
	if (answers.includes(deciding)) return deciding;
	return answers.includes('unknown') ? 'unknown' : other;
}
