import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { Engine } from 'json-rules-engine';

import { FactSheet } from '../../../core/facts';
import {
	askAlways,
	compileRule,
	evaluateRule,
	operators,
	RuleError,
	type BeforeValues,
} from '../../../core/rules';
import { compile, observation, play } from './judge/play';
import { stream } from './judge/streams';
import { Tally } from './judge/Tally';

/** `JUDGE_SEED=1 JUDGE_STREAMS=100000` looks elsewhere, and longer. A failure names its seed. */
const SEED = Number(process.env['JUDGE_SEED'] ?? 20_261_127);
const STREAMS = Number(process.env['JUDGE_STREAMS'] ?? 20_000);
const DECORATORS = ['not', 'swap', 'someFact', 'everyFact', 'someValue', 'everyValue'];

describe('the judge', () => {
	it('says what json-rules-engine says, but where the docs say otherwise', async () => {
		const tally = new Tally();
		await fc.assert(
			fc.asyncProperty(stream, (drawn) => play(drawn, tally)),
			{ numRuns: STREAMS, seed: SEED },
		);
		console.info(String(tally));
		const { streams, changing, sheets, whole, outcomes, times } = tally;
		expect(streams).toBe(STREAMS);
		expect(sheets).toBeGreaterThanOrEqual(5 * streams);
		expect(changing / streams).toBeGreaterThan(0.3);
		expect(whole / sheets).toBeGreaterThan(0.4);
		expect(outcomes.unknown / sheets).toBeGreaterThan(0.1);
		expect(Math.min(outcomes.holds, outcomes.fails) / sheets).toBeGreaterThan(0.25);
		const rare = [...operators.map(({ name }) => name), ...DECORATORS, ...PARTS].filter(
			(one) => (times[one] ?? 0) < 500,
		);
		expect(rare).toEqual([]);
	}, 600_000);

	it('gives each rule it is asked one verdict, the same side by side as one after the other', async () => {
		let asked = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(stream, { minLength: 12, maxLength: 16 }), async (streams) => {
				const rules = streams.map((drawn, index) => ({
					...compile(drawn, `r${index}`),
					...(index % 3 === 0 ? { symbols: new Set(['SPY']) } : {}),
				}));
				const gate = askAlways(rules);
				const befores = new Map<string, BeforeValues>();
				const cases = [];
				const sequential = [];
				for (const [at, { own }] of streams.flatMap(({ sheets }) => sheets).entries()) {
					const seen = observation('acme', own, at);
					for (const rule of gate.select(seen)) {
						const before = befores.get(rule.document.id) ?? {};
						const evaluation = await evaluateRule(rule, seen.facts, before);
						befores.set(rule.document.id, evaluation.before);
						cases.push({ rule, facts: seen.facts, before });
						sequential.push(evaluation);
					}
				}
				const sideBySide = await Promise.all(
					cases.map(({ rule, facts, before }) => evaluateRule(rule, facts, before)),
				);
				const sheets = streams.reduce((sum, drawn) => sum + drawn.sheets.length, 0);
				const watching = rules.filter((_, index) => index % 3 !== 0).length;
				expect(sideBySide).toHaveLength(watching * sheets);
				expect(isDeepStrictEqual(sideBySide, sequential)).toBe(true);
				asked += cases.length;
			}),
			{ numRuns: 20, seed: SEED },
		);
		expect(asked).toBeGreaterThan(10_000);
	}, 300_000);
});

const PARTS = [
	...['"all"', '"any"', '"not"', '"condition"', '"priority"', '"params"', '"path"'],
	...['fact with fact', 'numeric text', 'null', 'NaN'],
];

type Answer = 'holds' | 'fails' | 'unknown' | 'refuses' | 'breaks off';

/** What a bare json-rules-engine makes of it. */
async function askBare(conditions: object, columns: object, named: object): Promise<Answer> {
	const engine = new Engine();
	try {
		for (const [name, one] of Object.entries(named)) engine.setCondition(name, one);
		engine.addRule({ conditions: conditions as never, event: { type: 'e' } });
	} catch {
		return 'refuses';
	}
	try {
		const { results } = await engine.run({ ...columns });
		return results.length === 1 ? 'holds' : 'fails';
	} catch {
		return 'breaks off';
	}
}

async function askOurs(conditions: object, columns: object, named: object): Promise<Answer> {
	try {
		const document = { version: 1, id: 'r', name: 'r', conditions, namedConditions: named };
		const rule = compileRule(document);
		return (await evaluateRule(rule, new FactSheet({ ...columns }), {})).verdict.outcome;
	} catch (error) {
		if (error instanceof RuleError) return 'refuses';
		throw error;
	}
}

const leaf = (fact: string, operator: string, value: unknown, more: object = {}) => ({
	all: [{ fact, operator, value, ...more }],
});
const deep = (levels: number): object =>
	levels === 0 ? { fact: 'price', operator: 'equal', value: 5 } : { all: [deep(levels - 1)] };
const cheap = { fact: 'price', operator: 'lessThan', value: 60 };

describe('where we differ from json-rules-engine', () => {
	it.each<
		[
			what: string,
			conditions: object,
			columns: object,
			bare: Answer,
			ours: Answer,
			named?: Record<string, object>,
		]
	>([
		['a missing fact', { all: [cheap] }, {}, 'breaks off', 'unknown'],
		[
			'a missing fact beside one that decides',
			{ any: [cheap, { fact: 'peRatio', operator: 'lessThan', value: 20 }] },
			{ price: 50 },
			'breaks off',
			'holds',
		],
		['not of null', { not: cheap }, { price: null }, 'holds', 'unknown'],
		['notEqual to NaN', leaf('a', 'notEqual', 5), { a: Number.NaN }, 'holds', 'unknown'],
		['notIn of null', leaf('a', 'notIn', [5]), { a: null }, 'holds', 'unknown'],
		['an infinite number', leaf('a', 'greaterThan', 60), { a: Infinity }, 'holds', 'unknown'],

		[
			'text compared with text as numbers',
			leaf('a', 'greaterThan', { fact: 'b' }),
			{ a: '9', b: '10' },
			'holds',
			'fails',
		],
		['a number that equals text', leaf('a', 'equal', 5), { a: '5.00' }, 'fails', 'holds'],
		['a number among numbers, as text', leaf('a', 'in', [4, 5]), { a: '5' }, 'fails', 'holds'],
		['a price among texts', leaf('price', 'in', ['5.0']), { price: '5' }, 'fails', 'holds'],
		['a list of numbers as text', leaf('a', 'contains', 5), { a: ['5'] }, 'fails', 'holds'],
		[
			'numbers as text in a list',
			leaf('a', 'everyFact:lessThan', '10'),
			{ a: ['9', '8'] },
			'fails',
			'holds',
		],
		['swapped sides of text', leaf('a', 'swap:lessThan', '10'), { a: '9' }, 'holds', 'fails'],

		['text for a number', { not: cheap }, { price: 'n/a' }, 'holds', 'unknown'],
		['text that begins like one', leaf('a', 'not:lessThan', 9), { a: '5%' }, 'holds', 'unknown'],
		['true for a number', leaf('a', 'not:lessThan', 9), { a: true }, 'holds', 'unknown'],
		['a list for a number', leaf('a', 'lessThan', 9), { a: [5] }, 'holds', 'unknown'],
		['a price of text', leaf('price', 'notEqual', 5), { price: 'n/a' }, 'holds', 'unknown'],

		['in what is no list', leaf('a', 'in', { fact: 'b' }), { a: 5, b: 5 }, 'breaks off', 'unknown'],
		['in a text', leaf('a', 'in', { fact: 'b' }), { a: 'AAP', b: 'AAPL,MSFT' }, 'holds', 'unknown'],
		[
			'not of every member of no list',
			leaf('a', 'not:everyFact:lessThan', 9),
			{ a: 5 },
			'holds',
			'unknown',
		],
		[
			'some value of no list',
			leaf('a', 'someValue:equal', { fact: 'b' }),
			{ a: 5, b: 5 },
			'breaks off',
			'unknown',
		],

		['text in a text', leaf('a', 'contains', 'split'), { a: 'A Split' }, 'fails', 'holds'],
		['text not in a text', leaf('a', 'doesNotContain', 'x'), { a: 'A Split' }, 'fails', 'holds'],

		[
			'a path that breaks off',
			leaf('a', 'contains', 5, { path: '$[?(@.limit.max > 1)].qty' }),
			{ a: [{ qty: 5 }] },
			'breaks off',
			'unknown',
		],
		['a dotted name', leaf('a.b', 'equal', 5), { a: { b: 5 } }, 'breaks off', 'holds'],
		[
			'a fact that follows from others',
			leaf('change', 'equal', 1),
			{ price: 6, previousClose: 5 },
			'breaks off',
			'holds',
		],
		[
			'a named condition that is one comparison',
			{ condition: 'cheap' },
			{ price: 5 },
			'refuses',
			'holds',
			{ cheap },
		],

		['an empty any', { any: [] }, {}, 'holds', 'refuses'],
		['an empty all', { all: [cheap, { all: [] }] }, { price: 5 }, 'holds', 'refuses'],
		[
			'all and any at once',
			{ all: [{ not: cheap }], any: [cheap] },
			{ price: 5 },
			'holds',
			'refuses',
		],
		['an unknown operator', leaf('price', 'lesThan', 9), { price: 5 }, 'breaks off', 'refuses'],
		[
			'an unknown decorator',
			leaf('price', 'nott:lessThan', 9),
			{ price: 5 },
			'breaks off',
			'refuses',
		],
		['an unknown named condition', { condition: 'cheep' }, {}, 'breaks off', 'refuses'],
		['text to compare with', leaf('a', 'lessThan', 'seventy'), { a: 5 }, 'fails', 'refuses'],
		[
			'text to compare with, swapped',
			leaf('a', 'swap:lessThan', 'seventy'),
			{ a: 5 },
			'fails',
			'refuses',
		],
		['no list to look in', leaf('a', 'in', 5), { a: 5 }, 'breaks off', 'refuses'],
		['no list of values', leaf('a', 'everyValue:equal', 5), { a: 5 }, 'breaks off', 'refuses'],
		[
			'a parameter the fact does not take',
			leaf('price', 'equal', 5, { params: { period: 14 } }),
			{ price: 5 },
			'holds',
			'refuses',
		],
		[
			'a priority of 0',
			leaf('price', 'equal', 5, { priority: 0 }),
			{ price: 5 },
			'holds',
			'refuses',
		],
		['21 levels', deep(21), { price: 5 }, 'holds', 'refuses'],
		['501 conditions', { all: Array(501).fill(cheap) }, { price: 5 }, 'holds', 'refuses'],
	])('%s', async (_, conditions, columns, bare, ours, named = {}) => {
		expect({
			bare: await askBare(conditions, columns, named),
			ours: await askOurs(conditions, columns, named),
		}).toEqual({ bare, ours });
	});
});
