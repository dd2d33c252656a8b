import type { CompiledConditions, CompiledLeaf, ConditionTree } from '../compileRule';
import { findingsOf, type Sides } from '../evaluateRule';
import { findOperator } from '../operators';
import type { Operands } from '../readOperands';
import type { Verdict } from '../verdict';

/** Whether a comparison holds; `undefined` when a side of it is missing. */
export type Answer = boolean | undefined;

export type Outcome = Pick<Verdict, 'outcome' | 'pulse'>;

/**
 * What json-rules-engine would say of sides that were read, without asking it: the gate's own answer for what
 * it can't index. It gives no reasons, and the judge's word stands.
 */
export function answerSides(rule: CompiledConditions, sides: Sides): Outcome {
	return new Consideration(rule, sides).outcome;
}

/** The same with its reasons, for where the judge isn't asked, or can't be waited for. */
export function explainSides(rule: CompiledConditions, sides: Sides): Verdict {
	const { outcome, answers, wasMet } = new Consideration(rule, sides);
	const because = findingsOf(rule, sides, (index) => (wasMet(index) ? answers[index] : undefined));
	return { ...outcome, because };
}

/** A rule's sides, run through its tree once or twice, as the judge does. */
class Consideration {
	readonly answers: readonly Answer[];

	readonly outcome: Outcome;

	private readonly inFavour: Run;

	private readonly against: Run | undefined;

	constructor(rule: CompiledConditions, sides: Sides) {
		const answers = rule.leaves.map((leaf, index) => answerLeaf(leaf, sides[index]));
		this.answers = answers;
		this.inFavour = new Run(answers, true);
		const mayHold = this.inFavour.holds(rule.tree);
		this.against = mayHold && answers.includes(undefined) ? new Run(answers, false) : undefined;
		if (!mayHold) this.outcome = FAILS;
		else if (this.against?.holds(rule.tree) === false) this.outcome = UNKNOWN;
		else {
			const happened = ({ edge }: CompiledLeaf, index: number) =>
				edge && answers[index] === true && this.wasMet(index);
			this.outcome = rule.leaves.some(happened) ? PULSE : HOLDS;
		}
	}

	/** Whether the engine would have come to a comparison. */
	readonly wasMet = (leaf: number): boolean =>
		this.inFavour.met.has(leaf) || this.against?.met.has(leaf) === true;
}

const FAILS: Outcome = { outcome: 'fails', pulse: false };
const UNKNOWN: Outcome = { outcome: 'unknown', pulse: false };
const HOLDS: Outcome = { outcome: 'holds', pulse: false };
const PULSE: Outcome = { outcome: 'holds', pulse: true };

/** One run with everything missing in the rule's favour, or against it; it stops where the engine does. */
class Run {
	/** The comparisons it came to. */
	readonly met = new Set<number>();

	constructor(
		private readonly answers: readonly Answer[],
		private readonly favour: boolean,
	) {}

	holds(tree: ConditionTree, favour = this.favour): boolean {
		switch (tree.kind) {
			case 'not':
				return !this.holds(tree.member, !favour);
			case 'leaf':
				this.met.add(tree.leaf);
				return this.answers[tree.leaf] ?? favour;
			default: {
				const deciding = tree.kind === 'any';
				for (const members of byPriority(tree.members)) {
					// Of the same priority all are looked at, whatever the first of them says.
					const found = members.map((one) => this.holds(one, favour));
					if (found.includes(deciding)) return deciding;
				}
				return !deciding;
			}
		}
	}
}

const byPriority = (members: readonly ConditionTree[]): ReadonlyArray<readonly ConditionTree[]> => {
	if (members.every(({ priority = 1 }) => priority === (members[0]?.priority ?? 1)))
		return [members];
	const priorities = [...new Set(members.map(({ priority = 1 }) => priority))].sort(
		(a, b) => b - a,
	);
	return priorities.map((own) => members.filter(({ priority = 1 }) => priority === own));
};

type Test = (left: never, right: never) => boolean;

const tests = new WeakMap<CompiledLeaf, Test>();

/** One comparison, as the engine would make it. */
export function answerLeaf(leaf: CompiledLeaf, sides: Operands | undefined): Answer {
	if (sides === undefined || 'missing' in sides) return undefined;
	let test = tests.get(leaf);
	if (test === undefined) tests.set(leaf, (test = testOf(leaf.operator)));
	// `readOperands` brought both sides into the shape the operator compares.
	return test(sides.left as never, sides.right as never);
}

function testOf(operator: string): Test {
	const parts = operator.split(':');
	const name = parts.pop() ?? '';
	const test = findOperator(name)?.test ?? COMPARED[name];
	if (test === undefined) throw new Error(`no operator ${name}`);
	return parts.reduceRight(decorate, test);
}

/** json-rules-engine's own: it says no to a left side that is no number. */
const ofNumbers =
	(test: (left: number, right: number) => boolean): Test =>
	(left, right) =>
		!Number.isNaN(Number.parseFloat(left)) && test(left, right);

const COMPARED: Readonly<Record<string, Test>> = {
	lessThan: ofNumbers((left, right) => left < right),
	lessThanInclusive: ofNumbers((left, right) => left <= right),
	greaterThan: ofNumbers((left, right) => left > right),
	greaterThanInclusive: ofNumbers((left, right) => left >= right),
};

/** Where a decorator looks into a list there is one: `missingList` saw to that. */
function decorate(next: Test, decorator: string): Test {
	switch (decorator) {
		case 'not':
			return (left, right) => !next(left, right);
		case 'swap':
			return (left, right) => next(right, left);
		case 'someFact':
			return (left: readonly never[], right) => left.some((member) => next(member, right));
		case 'everyFact':
			return (left: readonly never[], right) => left.every((member) => next(member, right));
		case 'someValue':
			return (left, right: readonly never[]) => right.some((member) => next(left, member));
		default:
			return (left, right: readonly never[]) => right.every((member) => next(left, member));
	}
}
