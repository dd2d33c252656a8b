/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import type { ConditionTree } from '../compileRule';
import { lengthen, Rows } from './Columns';

/** 1 for true, 0 for false, -1 for unknown. */
export type Answer = -1 | 0 | 1;

/**
 * The conditions of all rules as counters: each comparison is an *atom* that tells its group when its answer
 * changes, and each group counts its true and unknown members, so that its own answer (by Kleene's logic) takes
 * no look at the others. What doesn't change costs nothing.
 */
export class AnswerTrees {
	/** Of atoms. */
	private answer = new Int8Array(0);

	/** The group an atom is in × 2, + 1 where `not` stands before it. */
	private groupOf = new Int32Array(0);

	/** The next atom of the same tree. */
	private nextAtom = new Int32Array(0);

	private readonly atoms = new Rows((room) => {
		this.answer = lengthen(this.answer, room);
		this.groupOf = lengthen(this.groupOf, room);
		this.nextAtom = lengthen(this.nextAtom, room);
		this.grown(room);
	});

	/** Of groups: the group above, or -1 - owner at the top. */
	private parent = new Int32Array(0);

	private size = new Int32Array(0);

	private trues = new Int32Array(0);

	private unknowns = new Int32Array(0);

	private value = new Int8Array(0);

	/** ANY, NOT. */
	private kind = new Uint8Array(0);

	/** The next group of the same tree; of the top, the first. */
	private nextGroup = new Int32Array(0);

	/** Of the top: the first atom. */
	private firstAtom = new Int32Array(0);

	private readonly groups = new Rows((room) => {
		this.parent = lengthen(this.parent, room);
		this.size = lengthen(this.size, room);
		this.trues = lengthen(this.trues, room);
		this.unknowns = lengthen(this.unknowns, room);
		this.value = lengthen(this.value, room);
		this.kind = lengthen(this.kind, room);
		this.nextGroup = lengthen(this.nextGroup, room);
		this.firstAtom = lengthen(this.firstAtom, room);
	});

	/**
	 * @param changed is told whose tree has another answer now
	 * @param grown is told how many atoms there is room for
	 */
	constructor(
		private readonly changed: (owner: number) => void,
		private readonly grown: (atoms: number) => void,
	) {}

	/** Plants a tree, everything unknown. */
	add(tree: ConditionTree, owner: number): number {
		const top = this.groups.take();
		this.nextGroup[top] = this.firstAtom[top] = NONE;
		const { bare, isNegated } = strip(tree);
		// A single comparison is a group of one.
		const group = bare.kind === 'leaf' ? ({ kind: 'all', members: [tree] } as const) : bare;
		const isNot = bare.kind !== 'leaf' && isNegated;
		this.fill(top, top, group.members, (group.kind === 'any' ? ANY : 0) + (isNot ? NOT : 0));
		this.parent[top] = -1 - owner;
		return top;
	}

	remove(top: number): void {
		for (let atom = this.firstAtom[top]!; atom !== NONE; atom = this.nextAtom[atom]!) {
			this.atoms.give(atom);
		}
		for (let group = this.nextGroup[top]!; group !== NONE; group = this.nextGroup[group]!) {
			this.groups.give(group);
		}
		this.groups.give(top);
	}

	eachAtom(top: number, tell: (atom: number) => void): void {
		for (let atom = this.firstAtom[top]!; atom !== NONE; atom = this.nextAtom[atom]!) tell(atom);
	}

	/** Whose tree an atom is in. */
	ownerOf(atom: number): number {
		let above = this.groupOf[atom]! >> 1;
		while (above >= 0) above = this.parent[above]!;
		return -1 - above;
	}

	/** The atoms of a tree by the index of their leaf. */
	atomsOf(top: number): number[] {
		const atoms: number[] = [];
		this.eachAtom(top, (atom) => atoms.push(atom));
		return atoms.reverse();
	}

	/** What a tree says. */
	answerOf(top: number): Answer {
		return this.value[top] as Answer;
	}

	/** What an atom says, whatever stands before it. */
	answerOfAtom(atom: number): Answer {
		return this.answer[atom] as Answer;
	}

	/** An atom says something else, or the same again. */
	set(atom: number, answer: Answer): void {
		const old = this.answer[atom]!;
		if (old === answer) return;
		this.answer[atom] = answer;
		const group = this.groupOf[atom]!;
		const isNegated = (group & 1) === 1;
		this.count(group >> 1, negate(old, isNegated), negate(answer, isNegated));
	}

	private count(first: number, from: number, to: number): void {
		let [group, old, next] = [first, from, to];
		for (;;) {
			if (old === 1) this.trues[group]! -= 1;
			else if (old === -1) this.unknowns[group]! -= 1;
			if (next === 1) this.trues[group]! += 1;
			else if (next === -1) this.unknowns[group]! += 1;
			old = this.value[group]!;
			next = this.work(group);
			if (old === next) return;
			this.value[group] = next;
			const parent = this.parent[group]!;
			if (parent < 0) {
				this.changed(-1 - parent);
				return;
			}
			group = parent;
		}
	}

	/** A group's answer from its counts. */
	private work(group: number): number {
		const kind = this.kind[group]!;
		const trues = this.trues[group]!;
		const unknowns = this.unknowns[group]!;
		let answer: number;
		if ((kind & ANY) === 0) {
			answer = trues + unknowns < this.size[group]! ? 0 : unknowns > 0 ? -1 : 1;
		} else answer = trues > 0 ? 1 : unknowns > 0 ? -1 : 0;
		return negate(answer, (kind & NOT) !== 0);
	}

	private fill(top: number, group: number, members: readonly ConditionTree[], kind: number): void {
		this.kind[group] = kind;
		this.size[group] = this.unknowns[group] = members.length;
		this.trues[group] = 0;
		this.value[group] = -1;
		for (const member of members) {
			const { bare, isNegated } = strip(member);
			if (bare.kind === 'leaf') {
				const atom = this.atoms.take();
				this.answer[atom] = -1;
				this.groupOf[atom] = group * 2 + (isNegated ? 1 : 0);
				// Leaves are numbered in this order, too: the last one comes first.
				this.nextAtom[atom] = this.firstAtom[top]!;
				this.firstAtom[top] = atom;
				continue;
			}
			const below = this.groups.take();
			this.nextGroup[below] = this.nextGroup[top]!;
			this.nextGroup[top] = below;
			this.parent[below] = group;
			const own = (bare.kind === 'any' ? ANY : 0) + (isNegated ? NOT : 0);
			this.fill(top, below, bare.members, own);
		}
	}
}

const NONE = -1;
const ANY = 1;
const NOT = 2;

/** Unknown stays unknown. */
const negate = (answer: number, isNegated: boolean): number =>
	isNegated && answer >= 0 ? 1 - answer : answer;

type Bare = Exclude<ConditionTree, { kind: 'not' }>;

/** What stands behind any number of `not`. */
function strip(tree: ConditionTree): { readonly bare: Bare; readonly isNegated: boolean } {
	if (tree.kind !== 'not') return { bare: tree, isNegated: false };
	const { bare, isNegated } = strip(tree.member);
	return { bare, isNegated: !isNegated };
}
