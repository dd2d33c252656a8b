import { isDeepStrictEqual } from 'node:util';

import { FactSheet, Instruments, type Observation } from '../../../../core/facts';
import type { EpochMs } from '../../../../core/ports';
import {
	compileRule,
	evaluateRule,
	explainSides,
	readSides as readRuleSides,
	type BeforeValues,
	type CompiledRule,
	type Verdict,
} from '../../../../core/rules';
import { BareEngine, bareFacts, bareReader, type Comparison } from './bare';
import {
	answer,
	answerEdge,
	answerLeaf,
	asFact,
	isDifferent,
	isEdge,
	sidesOf,
	splitOperator,
	type Answer,
	type Sides,
} from './naive';
import type { Columns, Condition, Conditions, FactValue, Leaf, Stream } from './streams';
import type { Tally } from './Tally';

export const compile = ({ conditions, namedConditions }: Conditions, id = 'r'): CompiledRule =>
	compileRule({ version: 1, id, name: id, conditions, namedConditions });

export const observation = (symbol: string, columns: Columns, at: number): Observation => ({
	symbol,
	eventAt: at as EpochMs,
	eventId: undefined,
	quality: [],
	facts: new FactSheet(columns),
});

/**
 * Plays a stream to the judge, and looks at each sheet whether it says what it should.
 * @throws Error saying at which sheet it doesn't
 */
export async function play(stream: Stream, tally: Tally): Promise<void> {
	const rule = compile(stream);
	const instruments = new Instruments([rule]);
	const expected = new Expected(stream);
	let before: BeforeValues = {};
	let other: Columns = {};
	const outcomes: string[] = [];
	for (const [at, sheet] of stream.sheets.entries()) {
		if (sheet.other !== undefined) {
			other = sheet.other;
			instruments.observe(observation('SPY', other, at));
		}
		const sight = instruments.observe(observation('ACME', sheet.own, at));
		const evaluation = await evaluateRule(rule, sight, before);
		// What the gate says without asking has to be the same, word for word.
		const said = explainSides(rule, readRuleSides(rule, sight, before));
		if (!isDeepStrictEqual(said, evaluation.verdict)) {
			throw new Error(`sheet ${at}: the gate says ${JSON.stringify(said)}`);
		}
		before = evaluation.before;
		const fault = await expected.faultOf(evaluation.verdict, sheet.own, other, tally);
		if (fault !== undefined) throw new Error(`sheet ${at}: ${fault}`);
		outcomes.push(evaluation.verdict.outcome);
	}
	tally.countStream(outcomes, stream);
}

/** What a rule should say, event by event, from json-rules-engine and from naive answers. */
class Expected {
	/** In the order they're written, named conditions in their places. */
	private readonly leaves: readonly Leaf[];
	private readonly distinct: readonly Leaf[];
	/** Both sides of each edge, when they were last known. */
	private readonly before = new Map<Leaf, Sides>();
	private readonly bare: BareEngine;

	constructor(private readonly document: Conditions) {
		this.leaves = leavesOf(document.conditions, document.namedConditions);
		this.distinct = [...new Set(this.leaves)];
		const edges = this.distinct.filter(({ operator }) => isEdge(operator));
		this.bare = new BareEngine(document, edges, this.before);
	}

	/** What is wrong with a verdict; `undefined` when nothing is. */
	async faultOf({ outcome, because, pulse }: Verdict, own: Columns, other: Columns, tally: Tally) {
		const facts = bareFacts(own, other);
		const { answers, alike, now } = await this.answerLeaves(bareReader(facts));
		const said = because.map(({ left, operator, holds }): Comparison => [
			left.fact,
			operator,
			holds,
		]);
		const isWhole = alike.length === this.distinct.length;
		let expected: Answer;
		if (isWhole) {
			// Nothing in this sheet is compared otherwise than json-rules-engine does: its word is the last.
			const judged = await this.bare.judge(facts);
			expected = judged.holds;
			if (JSON.stringify(judged.comparisons) !== JSON.stringify(said)) {
				return `compared ${JSON.stringify(said)}; json-rules-engine ${JSON.stringify(judged.comparisons)}`;
			}
		} else {
			const each = await this.bare.judgeEach(alike, facts);
			for (const [index, leaf] of alike.entries()) answers.set(leaf, each[index]);
			expected = answer(this.document.conditions, this.document.namedConditions, answers);
		}
		for (const [leaf, sides] of now) this.before.set(leaf, sides);
		tally.countSheet(outcome, said, isWhole);
		if (outcome !== wordOf(expected)) return `${outcome}; expected ${wordOf(expected)}`;
		const happened = said.some(([, operator, holds]) => holds === true && isEdge(operator));
		if (pulse !== (expected === true && happened)) return `pulse is ${pulse}`;
		return this.faultOfReasons(said, answers);
	}

	/**
	 * Each comparison by itself, and those among them json-rules-engine is asked about.
	 */
	private async answerLeaves(read: ReturnType<typeof bareReader>) {
		const answers = new Map<Leaf, Answer>();
		const alike: Leaf[] = [];
		const now = new Map<Leaf, Sides>();
		for (const leaf of this.distinct) {
			const { left, right, asTheyCome } = await readSides(leaf, read);
			if (isEdge(leaf.operator)) {
				const sides = sidesOf(leaf, left, right);
				const last = this.before.get(leaf);
				if (sides !== undefined) now.set(leaf, sides);
				answers.set(leaf, sides && last && answerEdge(leaf, last, sides));
			} else {
				answers.set(leaf, answerLeaf(leaf, left, right));
			}
			const isKnown = answers.get(leaf) !== undefined;
			if (isKnown && asTheyCome && !isDifferent(leaf, left, right)) alike.push(leaf);
		}
		return { answers, alike, now };
	}

	/** A priority may leave comparisons out, but never one that is unknown. */
	private faultOfReasons(said: readonly Comparison[], answers: ReadonlyMap<Leaf, Answer>) {
		const left = [...this.leaves];
		for (const [fact, operator, holds] of said) {
			const isIt = (leaf: Leaf) =>
				leaf.fact === fact && leaf.operator === operator && answers.get(leaf) === holds;
			while (left[0] !== undefined && !isIt(left[0])) {
				if (answers.get(left[0]) === undefined) return `says nothing of ${JSON.stringify(left[0])}`;
				left.shift();
			}
			if (left.shift() === undefined) {
				return `says ${fact} ${operator} … is ${holds}; expected ${JSON.stringify(this.leaves.map((leaf) => [leaf.fact, leaf.operator, answers.get(leaf)]))}`;
			}
		}
		const forgotten = left.find((leaf) => answers.get(leaf) === undefined);
		return forgotten === undefined ? undefined : `says nothing of ${JSON.stringify(forgotten)}`;
	}
}

function leavesOf(condition: Condition, named: Conditions['namedConditions']): Leaf[] {
	if ('fact' in condition) return [condition];
	if ('condition' in condition) return leavesOf(named[condition.condition]!, named);
	if ('not' in condition) return leavesOf(condition.not, named);
	const members = 'all' in condition ? condition.all : condition.any;
	return members.flatMap((one) => leavesOf(one, named));
}

/** Both sides as json-rules-engine reads them, but for the catalogue's facts, which are numbers. */
async function readSides(leaf: Leaf, read: ReturnType<typeof bareReader>) {
	let asTheyCome = true;
	const look = async (ref: FactValue) => {
		const raw = await read(ref);
		const value = asFact(ref.fact, raw);
		asTheyCome &&= value === raw;
		return value;
	};
	const left = await look(leaf);
	const { value } = leaf;
	if (isFactValue(value)) return { left, right: await look(value), asTheyCome };
	if (splitOperator(leaf.operator)[1] !== 'within') return { left, right: value, asTheyCome };
	const near = value as { percent: number; of: unknown };
	// json-rules-engine doesn't look a fact up that stands inside of a value.
	if (!isFactValue(near.of)) return { left, right: near, asTheyCome };
	return { left, right: { ...near, of: await look(near.of) }, asTheyCome: false };
}

const isFactValue = (value: unknown): value is FactValue =>
	typeof value === 'object' && value !== null && 'fact' in value;

const wordOf = (expected: Answer): Verdict['outcome'] =>
	expected === undefined ? 'unknown' : expected ? 'holds' : 'fails';
