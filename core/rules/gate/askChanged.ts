/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import { isPlainField, type FactReader, type FactReading, type FactSheet } from '../../facts';
import type { CompiledConditions, CompiledLeaf } from '../compileRule';
import { readOperands } from '../readOperands';
import type { BeforeValues, EdgeSides } from '../verdict';
import { answerLeaf } from './answerSides';
import { AnswerTrees, type Answer } from './AnswerTrees';
import { lengthen } from './Columns';
import {
	append,
	NOTHING,
	readNumber,
	type InstrumentWatch,
	type NumberReader,
	type Rechecked,
	type Unarmed,
	type WatchedFact,
} from './InstrumentWatch';
import { Ladders } from './Ladders';
import { Shared } from './Shared';
import { toLevels, type Levels } from './toLevels';

/**
 * Keeps the answers of any number of rules, and says at each event whose answer changed: only those have to
 * be put to the judge.
 *
 * A comparison of a number with a literal is a level on the ladder of its fact, one for each instrument and
 * fact; a comparison of two numbers is a level at 0 of their difference. Everything else is made anew when its
 * fact has another value. Groups count their members' answers.
 */
export class ChangeGate {
	/** Owners of trees whose answer has changed, or of which an edge has, once each until `takeChanged`. */
	readonly changed: number[] = [];

	private readonly trees = new AnswerTrees(
		(owner) => this.note(owner),
		(atoms) => {
			this.ladderOf = lengthen(this.ladderOf, atoms);
			this.sum = lengthen(this.sum, atoms);
			this.lastSum = lengthen(this.lastSum, atoms);
			this.traits = lengthen(this.traits, atoms);
		},
	);

	private readonly ladders = new Ladders((atom, adds) => {
		this.sum[atom]! += adds;
		this.touch(atom);
	});

	/** Of atoms: their ladder, or -1. */
	private ladderOf = new Int32Array(0);

	/** Of atoms on a ladder: what they add up to, and what edges added up to at the last event. */
	private sum = new Int32Array(0);

	private lastSum = new Int32Array(0);

	/** Of atoms: RISES, CROSSES, TOUCHED, UNARMED. */
	private traits = new Uint8Array(0);

	/** Atoms to be looked at before the event is through. */
	private touched = new Int32Array(64);

	private touchedCount = 0;

	private readonly readers = new Shared<NumberReader>();

	private readonly leaves = new Shared<CompiledLeaf>();

	/**
	 * Plants conditions on an instrument.
	 *
	 * @param owner who is told of changes
	 * @param before what edges are to be compared with, where something was kept
	 * @returns what names them from now on
	 */
	add(
		watch: InstrumentWatch,
		conditions: CompiledConditions,
		owner: number,
		before: BeforeValues = {},
	): number {
		const top = this.trees.add(conditions.tree, owner);
		const atoms = this.trees.atomsOf(top);
		conditions.leaves.forEach((leaf, index) => {
			const atom = atoms[index]!;
			const levels = toLevels(leaf);
			this.traits[atom] = 0;
			this.ladderOf[atom] = -1;
			if (levels !== undefined) this.addLevels(watch, atom, leaf, levels, before[index]);
			else this.addRechecked(watch, atom, leaf);
		});
		this.settle();
		return top;
	}

	/** @param conditions the same as were planted */
	remove(watch: InstrumentWatch, conditions: CompiledConditions, top: number): void {
		const atoms = this.trees.atomsOf(top);
		conditions.leaves.forEach((leaf, index) => {
			const atom = atoms[index]!;
			const ladder = this.ladderOf[atom]!;
			if (ladder >= 0) this.removeLevels(watch, atom, ladder);
			else this.removeRechecked(watch, atom, leaf);
		});
		if (watch.unarmed.length > 0) {
			watch.unarmed = watch.unarmed.filter(({ atom }) => !atoms.includes(atom));
		}
		if (watch.pulsing.length > 0) {
			watch.pulsing = watch.pulsing.filter((atom) => !atoms.includes(atom));
		}
		watch.justArmed = NOTHING;
		this.trees.remove(top);
	}

	/**
	 * Takes an event in.
	 *
	 * @param facts what the event says by itself; `undefined` when nothing of it may be used
	 * @param look reads any fact as it is at the event
	 */
	move(watch: InstrumentWatch, facts: FactSheet | undefined, look: () => FactReader): void {
		if (watch.pulsing.length > 0) this.endPulses(watch);
		if (watch.justArmed.length > 0) watch.justArmed = NOTHING;
		const { ladders, readers } = watch;
		for (let at = 0; at < ladders.length; at += 1) {
			const ladder = ladders[at]!;
			const reader = readers[at]!;
			const wasKnown = this.isKnown(ladder);
			const value =
				reader.field !== undefined && facts !== undefined
					? facts.number(reader.field)
					: readNumber(reader, look());
			if (!this.ladders.move(ladder, value)) continue;
			if (wasKnown !== this.isKnown(ladder)) this.touchAll(ladder);
		}
		if (watch.facts.length > 0) this.recheckFacts(watch, look());
		if (watch.pairs.length > 0) this.recheckPairs(watch, look());
		if (this.touchedCount > 0) this.settle(watch);
		if (watch.unarmed.length > 0) this.arm(watch, look());
	}

	/** What edges are compared with at the next event isn't what was at the last one. */
	disarm(
		watch: InstrumentWatch,
		conditions: CompiledConditions,
		top: number,
		before: BeforeValues,
	): void {
		const atoms = this.trees.atomsOf(top);
		const isOther = ({ atom }: Unarmed) => !atoms.includes(atom);
		watch.unarmed = watch.unarmed.filter(isOther);
		watch.justArmed = watch.justArmed.filter(isOther);
		watch.pulsing = watch.pulsing.filter((atom) => !atoms.includes(atom));
		conditions.leaves.forEach((leaf, index) => {
			if (leaf.edge) this.disarmAtom(watch, atoms[index]!, leaf, before[index]);
		});
	}

	answerOf(top: number): Answer {
		return this.trees.answerOf(top);
	}

	/** Whether an edge of a tree holds at this event. */
	hasPulse(top: number): boolean {
		let found = false;
		this.trees.eachAtom(top, (atom) => {
			found ||= (this.traits[atom]! & EDGE) !== 0 && this.trees.answerOfAtom(atom) === 1;
		});
		return found;
	}

	/**
	 * What edges of a tree were compared with at this event, or will be at the next one.
	 *
	 * @param unarmed of edges that had nothing to be compared with yet, what was kept
	 */
	sidesOf(
		watch: InstrumentWatch,
		conditions: CompiledConditions,
		top: number,
		which: 'before' | 'last',
	): BeforeValues {
		const atoms = this.trees.atomsOf(top);
		const sides: Record<number, EdgeSides> = {};
		conditions.leaves.forEach((leaf, index) => {
			if (!leaf.edge || !('literal' in leaf.right)) return;
			const atom = atoms[index]!;
			const isUnarmed = (this.traits[atom]! & UNARMED) !== 0;
			const first = (isUnarmed ? watch.unarmed : which === 'before' ? watch.justArmed : []).find(
				(one) => one.atom === atom,
			);
			if (first !== undefined) {
				if (first.before !== undefined) sides[index] = first.before;
				return;
			}
			const left = this.ladders[which](this.ladderOf[atom]!);
			const read = readOperands(leaf, 0, { read: () => ({ value: left }) }, {});
			if (read.now !== undefined) sides[index] = read.now;
		});
		return sides;
	}

	private note(owner: number): void {
		this.changed.push(owner);
	}

	private isKnown(ladder: number): boolean {
		const now = this.ladders.now(ladder);
		return now === now;
	}

	private touch(atom: number): void {
		const traits = this.traits[atom]!;
		if ((traits & TOUCHED) !== 0) return;
		this.traits[atom] = traits | TOUCHED;
		if (this.touchedCount === this.touched.length) {
			this.touched = lengthen(this.touched, this.touchedCount * 2);
		}
		this.touched[this.touchedCount++] = atom;
	}

	private touchAll(ladder: number): void {
		this.ladders.eachAtom(ladder, (atom) => this.touch(atom));
	}

	/** Looks at what was touched. Each atom once: an edge is about where the whole walk began and ended. */
	private settle(watch?: InstrumentWatch): void {
		for (let at = 0; at < this.touchedCount; at += 1) {
			const atom = this.touched[at]!;
			const traits = (this.traits[atom]! &= ~TOUCHED);
			if ((traits & UNARMED) !== 0) continue;
			if (!this.isKnown(this.ladderOf[atom]!)) this.say(atom, -1);
			else if ((traits & EDGE) === 0) this.say(atom, this.sum[atom]! > 0 ? 1 : 0);
			else this.settleEdge(atom, traits, watch);
		}
		this.touchedCount = 0;
	}

	private settleEdge(atom: number, traits: number, watch: InstrumentWatch | undefined): void {
		const [last, sum] = [this.lastSum[atom]!, this.sum[atom]!];
		this.lastSum[atom] = sum;
		const happened = (traits & RISES) !== 0 ? sum > 0 && last <= 0 : sum !== last && sum !== 1;
		this.say(atom, happened ? 1 : 0);
		if (!happened || watch === undefined) return;
		// It may have happened at the event before as well, and is news again.
		this.note(this.trees.ownerOf(atom));
		this.pulse(watch, atom);
	}

	private pulse(watch: InstrumentWatch, atom: number): void {
		watch.pulsing = append(watch.pulsing, atom);
	}

	/** An edge is over with its event. */
	private endPulses(watch: InstrumentWatch): void {
		for (const atom of watch.pulsing) this.touch(atom);
		watch.pulsing = NOTHING;
	}

	private say(atom: number, answer: Answer): void {
		const isEdge = (this.traits[atom]! & EDGE) !== 0;
		if (isEdge && this.trees.answerOfAtom(atom) !== answer) this.note(this.trees.ownerOf(atom));
		this.trees.set(atom, answer);
	}

	private recheckFacts({ facts }: InstrumentWatch, reader: FactReader): void {
		for (const fact of facts) {
			const reading = reader.read(fact.ref);
			if (fact.reading !== undefined && isSameReading(reading, fact.reading)) continue;
			fact.reading = reading;
			const same = { read: () => reading };
			for (const { atom, leaf } of fact.atoms) this.say(atom, recheck(leaf, same));
		}
	}

	private recheckPairs({ pairs }: InstrumentWatch, reader: FactReader): void {
		for (const { atom, leaf } of pairs) this.say(atom, recheck(leaf, reader));
	}

	/** Edges are compared with what was kept for them, or have their first value now. */
	private arm(watch: InstrumentWatch, reader: FactReader): void {
		const left: Unarmed[] = [];
		for (const one of watch.unarmed) {
			const { atom, leaf, before } = one;
			const sides = readOperands(leaf, 0, reader, before === undefined ? {} : { 0: before });
			const answer = toAnswer(answerLeaf(leaf, sides));
			this.say(atom, answer);
			if (sides.now === undefined) left.push(one);
			else {
				watch.justArmed = append(watch.justArmed, one);
				this.traits[atom]! &= ~UNARMED;
				this.lastSum[atom] = this.sum[atom]!;
				// Unknown or not, at the next event it's another answer.
				this.pulse(watch, atom);
			}
		}
		watch.unarmed = left;
	}

	private addLevels(
		watch: InstrumentWatch,
		atom: number,
		leaf: CompiledLeaf,
		{ left, right, base, levels, edge }: Levels,
		before: EdgeSides | undefined,
	): void {
		const key = JSON.stringify([left, right]);
		let at = watch.readers.findIndex((reader) => reader.key === key);
		if (at < 0) {
			if (watch.readers === NOTHING) [watch.readers, watch.ladders] = [[], []];
			at = watch.readers.length;
			watch.readers.push(
				this.readers.take(key, () => ({
					key,
					field: right === undefined && isPlainField(left) ? left.fact : undefined,
					left,
					right,
				})),
			);
			watch.ladders.push(this.ladders.open());
		}
		const ladder = watch.ladders[at]!;
		this.ladderOf[atom] = ladder;
		this.sum[atom] = base;
		this.traits[atom] = edge === undefined ? 0 : edge === 'rises' ? RISES : CROSSES;
		if (edge !== undefined) this.disarmAtom(watch, atom, leaf, before);
		for (const { level, above, adds } of levels) {
			this.ladders.add(ladder, level, above, adds, atom);
		}
		this.touch(atom);
	}

	private disarmAtom(
		watch: InstrumentWatch,
		atom: number,
		leaf: CompiledLeaf,
		before: EdgeSides | undefined,
	): void {
		this.traits[atom]! |= UNARMED;
		this.say(atom, -1);
		watch.unarmed = append(watch.unarmed, { atom, leaf, before });
	}

	private removeLevels(watch: InstrumentWatch, atom: number, ladder: number): void {
		this.ladders.remove(ladder, atom);
		if (!this.ladders.isEmpty(ladder)) return;
		const at = watch.ladders.indexOf(ladder);
		const [reader] = watch.readers.splice(at, 1);
		watch.ladders.splice(at, 1);
		this.ladders.close(ladder);
		if (reader !== undefined) this.readers.give(reader.key);
	}

	private addRechecked(watch: InstrumentWatch, atom: number, given: CompiledLeaf): void {
		const key = JSON.stringify(given);
		const leaf = this.leaves.take(key, () => given);
		const one = { atom, leaf, key };
		if ('fact' in leaf.right) {
			watch.pairs = append(watch.pairs, one);
			return;
		}
		const factKey = JSON.stringify(leaf.left);
		const known = watch.facts.find((fact) => fact.key === factKey);
		if (known === undefined) {
			const fact = { key: factKey, ref: leaf.left, reading: undefined, atoms: [one] };
			watch.facts = append<WatchedFact>(watch.facts, fact);
		} else {
			known.atoms.push(one);
			// Looked at anew at the next event.
			known.reading = undefined;
		}
	}

	private removeRechecked(watch: InstrumentWatch, atom: number, leaf: CompiledLeaf): void {
		const without = (list: readonly Rechecked[]) => list.filter((one) => one.atom !== atom);
		this.leaves.give(JSON.stringify(leaf));
		if ('fact' in leaf.right) {
			watch.pairs = without(watch.pairs);
			return;
		}
		const factKey = JSON.stringify(leaf.left);
		const known = watch.facts.find((fact) => fact.key === factKey);
		if (known === undefined) return;
		known.atoms = without(known.atoms);
		if (known.atoms.length === 0) watch.facts = watch.facts.filter((fact) => fact !== known);
	}
}

const RISES = 1;
const CROSSES = 2;
const EDGE = RISES | CROSSES;
const TOUCHED = 4;
const UNARMED = 8;

const recheck = (leaf: CompiledLeaf, reader: FactReader): Answer =>
	toAnswer(answerLeaf(leaf, readOperands(leaf, 0, reader, {})));

const toAnswer = (holds: boolean | undefined): Answer => (holds === undefined ? -1 : holds ? 1 : 0);

/** Lists and objects may have changed inside. */
const isSameReading = (one: FactReading, other: FactReading): boolean =>
	'value' in one && 'value' in other
		? one.value === other.value && typeof one.value !== 'object'
		: 'missing' in one && 'missing' in other;
