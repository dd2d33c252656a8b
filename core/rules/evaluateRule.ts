import {
	Engine,
	Fact,
	Rule,
	type NestedCondition,
	type TopLevelCondition,
} from 'json-rules-engine';

import type { FactReader } from '../facts';
import type { CompiledConditions, CompiledLeaf, ConditionTree } from './compileRule';
import { operators, type Pair } from './operators';
import { readOperands, type Operands } from './readOperands';
import type { BeforeValues, Finding, Verdict } from './verdict';

export type Evaluation = {
	readonly verdict: Verdict;
	/** What edges compare the next event with. */
	readonly before: BeforeValues;
};

/**
 * Asks json-rules-engine whether a rule holds. The only importer of it.
 *
 * The engine gets the conditions in their own shape, with each side already looked up, so it never
 * meets a missing fact. When one is missing, it's asked twice: once as if everything missing were in the
 * rule's favour, once as if against. The same answer both times is the answer (Kleene's logic);
 * two answers make it unknown.
 */
export async function evaluateRule(
	rule: CompiledConditions,
	facts: FactReader,
	before: BeforeValues,
): Promise<Evaluation> {
	const sides = readSides(rule, facts, before);
	return { verdict: await judgeSides(rule, sides), before: rememberSides(sides, before) };
}

/** Both sides of each comparison of a rule, in the order they're written, as they are at one event. */
export type Sides = readonly Operands[];

export const readSides = (
	{ leaves }: CompiledConditions,
	facts: FactReader,
	before: BeforeValues,
): Sides => leaves.map((leaf, index) => readOperands(leaf, index, facts, before));

/** The engine's answer about sides that were read before. */
export async function judgeSides(rule: CompiledConditions, operands: Sides): Promise<Verdict> {
	const judged = await judge(rule, operands);
	const because = findingsOf(rule, operands, (index) => judged.holds.get(index));
	return {
		outcome: judged.outcome,
		because,
		pulse:
			judged.outcome === 'holds' &&
			rule.leaves.some((leaf, index) => leaf.edge && judged.holds.get(index) === true),
	};
}

/** Each comparison that was made. @param holds `undefined` where there's no answer */
export const findingsOf = (
	{ leaves }: CompiledConditions,
	operands: Sides,
	holdsOf: (leaf: number) => boolean | undefined,
): Finding[] =>
	leaves.flatMap((leaf, index): Finding[] => {
		const sides = operands[index];
		if (sides === undefined) return [];
		const holds = holdsOf(index);
		// A priority may let the engine stop before it came here.
		return holds === undefined && !('missing' in sides) ? [] : [toFinding(leaf, sides, holds)];
	});

type Judged = {
	readonly outcome: Verdict['outcome'];
	/** What the engine found, by leaf. */
	readonly holds: ReadonlyMap<number, boolean>;
};

async function judge(rule: CompiledConditions, operands: readonly Operands[]): Promise<Judged> {
	const inFavour = await run(rule, operands, true);
	if (!inFavour.passed) return { outcome: 'fails', holds: inFavour.holds };
	if (!operands.some((sides) => 'missing' in sides)) {
		return { outcome: 'holds', holds: inFavour.holds };
	}
	const against = await run(rule, operands, false);
	const holds = new Map([...inFavour.holds, ...against.holds]);
	return { outcome: against.passed ? 'holds' : 'unknown', holds };
}

/** Engines that aren't running: two runs on one at a time could lose rules. */
const idle: Engine[] = [];

/** An engine that knows our operators, and no rule. */
function takeEngine(): Engine {
	const known = idle.pop();
	if (known !== undefined) return known;
	const engine = new Engine();
	for (const { name, test } of operators) {
		// What each operator gets is in the shape it compares: `readOperands` saw to that.
		if (test !== undefined) engine.addOperator<never, never>(name, test);
	}
	return engine;
}

const MOST_IDLE = 8;

const toFact = (id: string, value: unknown) => new Fact(id, value, { cache: false });
const MISSING = toFact('missing', true);

/** One rule for one run. What fails in the middle leaves its engine to nobody. */
async function run(rule: CompiledConditions, operands: readonly Operands[], missingHolds: boolean) {
	const facts: Record<string, Fact> = { missing: MISSING };
	const known = operands.map((sides, index) => {
		if ('missing' in sides) return undefined;
		facts[`left${index}`] = toFact(`left${index}`, sides.left);
		// An object on the right could pass for a reference to a fact, and the engine would copy a list, which
		// then isn't the same any more: so both are facts.
		if (typeof sides.right !== 'object' || sides.right === null) return sides.right;
		facts[`right${index}`] = toFact(`right${index}`, sides.right);
		return { fact: `right${index}` };
	});
	const write = (tree: ConditionTree, favour: boolean): NestedCondition => {
		const priority = tree.priority === undefined ? {} : { priority: tree.priority };
		if (tree.kind === 'not') return { not: write(tree.member, !favour), ...priority };
		if (tree.kind !== 'leaf') {
			const members = tree.members.map((one) => write(one, favour));
			return tree.kind === 'all' ? { all: members, ...priority } : { any: members, ...priority };
		}
		const sides = operands[tree.leaf];
		// A missing side becomes a constant for or against the rule.
		return sides === undefined || 'missing' in sides
			? { fact: 'missing', operator: 'equal', value: favour, ...priority }
			: {
					fact: `left${tree.leaf}`,
					operator: rule.leaves[tree.leaf]?.operator ?? '',
					value: known[tree.leaf],
					...priority,
				};
	};
	const asked = new Rule({
		conditions: write(rule.tree, missingHolds) as TopLevelCondition, // the checks saw to it that a group is at the top
		event: { type: 'verdict' },
	});
	const engine = takeEngine();
	engine.addRule(asked);
	const { results, failureResults } = await engine.run(facts);
	engine.removeRule(asked);
	if (idle.length < MOST_IDLE) idle.push(engine);
	const [result] = [...results, ...failureResults];
	if (result === undefined || results.length + failureResults.length !== 1) {
		throw new Error('json-rules-engine was asked one rule and gave another number of verdicts');
	}
	const holds = new Map<number, boolean>();
	collect(result.conditions as unknown as EngineResult, holds);
	return { passed: result.result === true, holds };
}

/** The engine's account of a run, as far as we read it. */
type EngineResult = {
	readonly all?: readonly EngineResult[];
	readonly any?: readonly EngineResult[];
	readonly not?: EngineResult;
	readonly fact?: string;
	readonly result?: boolean;
};

function collect(result: EngineResult, holds: Map<number, boolean>): void {
	for (const member of result.all ?? result.any ?? []) collect(member, holds);
	if (result.not !== undefined) collect(result.not, holds);
	const [, leaf] = /^left(\d+)$/.exec(result.fact ?? '') ?? [];
	if (leaf !== undefined && result.result !== undefined) holds.set(Number(leaf), result.result);
}

function toFinding(leaf: CompiledLeaf, sides: Operands, holds: boolean | undefined): Finding {
	const { left, operator, right } = leaf;
	const last = isPair(sides.left) && isPair(sides.right) && leaf.edge;
	const value = (side: unknown) => (leaf.edge && isPair(side) ? side.now : side);
	return {
		left,
		operator,
		right,
		holds,
		leftValue: value(sides.left),
		rightValue: leaf.percent === undefined ? value(sides.right) : firstOf(sides.right),
		...(leaf.percent === undefined ? {} : { percent: leaf.percent }),
		...(last ? { before: { left: sides.left.before, right: sides.right.before } } : {}),
		...('missing' in sides ? { missing: sides.missing } : {}),
	};
}

/** Of `[of, percent]`. */
const firstOf = (side: unknown): unknown => (Array.isArray(side) ? (side[0] as unknown) : side);

const isPair = (side: unknown): side is Pair =>
	typeof side === 'object' && side !== null && 'before' in side && 'now' in side;

/** A side that is missing now keeps its last value: after a gap the next event is compared with it. */
export function rememberSides(operands: Sides, before: BeforeValues): BeforeValues {
	const remembered = { ...before };
	operands.forEach((sides, index) => {
		if (sides.now !== undefined) remembered[index] = sides.now;
	});
	return remembered;
}
