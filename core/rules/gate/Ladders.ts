/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import { lengthen, Rows } from './Columns';

/**
 * Numbers and the levels they are compared with: one ladder for each fact of an instrument, its levels sorted,
 * and how far up it the number stands. A new number walks from where the last one stood, so that it costs what
 * it passes, which is mostly nothing.
 *
 * All ladders share their arrays: a ladder is a piece of them with some room to grow, and moves to a larger one
 * when that is used up. Nothing here is an object per level or per ladder.
 */
export class Ladders {
	/**
	 * CELLS numbers of each ladder, side by side, for most events look at nothing else: the number now, the last
	 * one known, the one before that, and the levels next below and above.
	 */
	private cells = new Float64Array(0);

	/** Where a ladder's levels begin, how many there are, how much room there is, how many are passed. */
	private begin = new Int32Array(0);

	private size = new Int32Array(0);

	private room = new Int32Array(0);

	private passed = new Int32Array(0);

	private levels = new Float64Array(0);

	/** Of each level: the atom × 4, + 2 when it is passed above the level only, + 1 when it adds. */
	private marks = new Int32Array(0);

	private readonly rows = new Rows((room) => {
		this.cells = lengthen(this.cells, room * CELLS);
		this.begin = lengthen(this.begin, room);
		this.size = lengthen(this.size, room);
		this.room = lengthen(this.room, room);
		this.passed = lengthen(this.passed, room);
	});

	/** How much of the arrays is taken, and how much of that is of no use any more. */
	private used = 0;

	private wasted = 0;

	/** @param pass is told of each level that is passed, and what that adds to its atom */
	constructor(private readonly pass: (atom: number, adds: number) => void) {}

	open(): number {
		const ladder = this.rows.take();
		this.cells.fill(Number.NaN, ladder * CELLS, (ladder + 1) * CELLS);
		this.size[ladder] = this.passed[ladder] = 0;
		this.room[ladder] = 0;
		this.begin[ladder] = this.used;
		this.findNeighbours(ladder);
		return ladder;
	}

	close(ladder: number): void {
		this.wasted += this.room[ladder]!;
		this.size[ladder] = this.room[ladder] = 0;
		this.rows.give(ladder);
	}

	isEmpty(ladder: number): boolean {
		return this.size[ladder] === 0;
	}

	/** The number now; NaN while it isn't known. */
	now(ladder: number): number {
		return this.cells[ladder * CELLS]!;
	}

	/** The last one that was known. */
	last(ladder: number): number {
		return this.cells[ladder * CELLS + LAST]!;
	}

	/** The last one that was known before this event. */
	before(ladder: number): number {
		return this.cells[ladder * CELLS + BEFORE]!;
	}

	/** Whether a new number is another than the last; walks to it. */
	move(ladder: number, value: number): boolean {
		const { cells } = this;
		const cell = ladder * CELLS;
		const current = cells[cell]!;
		cells[cell + BEFORE] = cells[cell + LAST]!;
		if (value === current) return false;
		cells[cell] = value;
		if (value !== value) return current === current;
		cells[cell + LAST] = value;
		if (!(value > cells[cell + BELOW]! && value < cells[cell + ABOVE]!)) this.walk(ladder, value);
		return true;
	}

	add(ladder: number, level: number, above: boolean, adds: 1 | -1, atom: number): void {
		if (this.size[ladder] === this.room[ladder]) this.moveToLarger(ladder);
		const { levels, marks } = this;
		const begin = this.begin[ladder]!;
		const end = begin + this.size[ladder]!;
		const at = this.find(begin, end, level, above);
		levels.copyWithin(at + 1, at, end);
		marks.copyWithin(at + 1, at, end);
		levels[at] = level;
		marks[at] = atom * 4 + (above ? 2 : 0) + (adds === 1 ? 1 : 0);
		this.size[ladder]! += 1;
		if (isPassed(level, above, this.last(ladder))) {
			this.passed[ladder]! += 1;
			this.tell(at, 1);
		}
		this.findNeighbours(ladder);
	}

	/** Takes all levels of an atom out. */
	remove(ladder: number, atom: number): void {
		const { levels, marks } = this;
		const begin = this.begin[ladder]!;
		let end = begin + this.size[ladder]!;
		for (let at = end - 1; at >= begin; at -= 1) {
			if (marks[at]! >> 2 !== atom) continue;
			levels.copyWithin(at, at + 1, end);
			marks.copyWithin(at, at + 1, end);
			end -= 1;
			if (at < begin + this.passed[ladder]!) this.passed[ladder]! -= 1;
		}
		this.size[ladder] = end - begin;
		this.findNeighbours(ladder);
	}

	eachAtom(ladder: number, tell: (atom: number) => void): void {
		const begin = this.begin[ladder]!;
		const end = begin + this.size[ladder]!;
		for (let at = begin; at < end; at += 1) tell(this.marks[at]! >> 2);
	}

	private walk(ladder: number, value: number): void {
		const { levels, marks } = this;
		const begin = this.begin[ladder]!;
		const end = begin + this.size[ladder]!;
		const from = begin + this.passed[ladder]!;
		let at = from;
		while (at < end && isPassed(levels[at]!, (marks[at]! & 2) !== 0, value)) this.tell(at++, 1);
		if (at === from) {
			while (at > begin && !isPassed(levels[at - 1]!, (marks[at - 1]! & 2) !== 0, value)) {
				this.tell(--at, -1);
			}
		}
		if (at === from) return;
		this.passed[ladder] = at - begin;
		this.findNeighbours(ladder);
	}

	private findNeighbours(ladder: number): void {
		const begin = this.begin[ladder]!;
		const passed = this.passed[ladder]!;
		const cell = ladder * CELLS;
		this.cells[cell + BELOW] =
			passed > 0 ? this.levels[begin + passed - 1]! : Number.NEGATIVE_INFINITY;
		this.cells[cell + ABOVE] =
			passed < this.size[ladder]! ? this.levels[begin + passed]! : Number.POSITIVE_INFINITY;
	}

	private tell(at: number, way: 1 | -1): void {
		const mark = this.marks[at]!;
		this.pass(mark >> 2, (mark & 1) === 1 ? way : -way);
	}

	/** The first place at or after which a level belongs. */
	private find(begin: number, end: number, level: number, above: boolean): number {
		let [low, high] = [begin, end];
		while (low < high) {
			const middle = (low + high) >> 1;
			const other = this.levels[middle]!;
			const isEarlier =
				other < level || (other === level && (this.marks[middle]! & 2) === 0 && above);
			if (isEarlier) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	private moveToLarger(ladder: number): void {
		const size = this.size[ladder]!;
		const room = Math.max(SMALLEST, size + (size >> 1));
		this.makeRoom(room);
		const begin = this.begin[ladder]!;
		this.levels.copyWithin(this.used, begin, begin + size);
		this.marks.copyWithin(this.used, begin, begin + size);
		this.wasted += this.room[ladder]!;
		this.begin[ladder] = this.used;
		this.room[ladder] = room;
		this.used += room;
	}

	/** Makes the arrays longer, or packs them anew when much of them is wasted. */
	private makeRoom(room: number): void {
		if (this.used + room <= this.levels.length) return;
		if (this.wasted * 4 > this.used) this.pack();
		const needed = this.used + room;
		if (needed <= this.levels.length) return;
		const length = Math.ceil(Math.max(needed, this.levels.length * 1.25));
		this.levels = lengthen(this.levels, length);
		this.marks = lengthen(this.marks, length);
	}

	private pack(): void {
		const [levels, marks] = [this.levels.slice(), this.marks.slice()];
		this.used = this.wasted = 0;
		for (let ladder = 0; ladder < this.rows.count; ladder += 1) {
			const [begin, room] = [this.begin[ladder]!, this.room[ladder]!];
			this.levels.set(levels.subarray(begin, begin + room), this.used);
			this.marks.set(marks.subarray(begin, begin + room), this.used);
			this.begin[ladder] = this.used;
			this.used += room;
		}
	}
}

const CELLS = 5;
const LAST = 1;
const BEFORE = 2;
const BELOW = 3;
const ABOVE = 4;

const SMALLEST = 2;

/** Nothing is passed while nothing was known. */
const isPassed = (level: number, above: boolean, value: number): boolean =>
	above ? value > level : value >= level;
