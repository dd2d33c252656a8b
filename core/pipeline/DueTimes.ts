import type { EpochMs } from '../ports';

type Entry<Key> = { readonly key: Key; readonly dueAt: EpochMs; readonly number: number };

/**
 * Who wants the clock, and when: the earliest first, of those due at the same moment the one that has been
 * waiting longest. A binary heap; entries that no longer count stay in it until they come up.
 */
export class DueTimes<Key> {
	private readonly waiting = new Map<Key, Entry<Key>>();

	private heap: Array<Entry<Key>> = [];

	private count = 0;

	/** When somebody is due next; asked at every event. */
	firstAt: EpochMs | undefined;

	at(key: Key): EpochMs | undefined {
		return this.waiting.get(key)?.dueAt;
	}

	/** Its place among those due at the same moment. */
	placeOf(key: Key): number | undefined {
		return this.waiting.get(key)?.number;
	}

	/**
	 * `undefined` for not waiting any more. Who was waiting already keeps the place among equals.
	 * @param place of somebody whose turn it takes
	 */
	set(key: Key, dueAt: EpochMs | undefined, place?: number): void {
		const known = this.waiting.get(key);
		if (known?.dueAt === dueAt) return;
		this.waiting.delete(key);
		if (dueAt !== undefined) this.add(key, dueAt, place ?? known?.number ?? (this.count += 1));
		this.firstAt = this.top()?.dueAt;
	}

	private add(key: Key, dueAt: EpochMs, number: number): void {
		const entry = { key, dueAt, number };
		this.waiting.set(key, entry);
		this.push(entry);
		// What no longer counts shall not outweigh the rest.
		if (this.heap.length > 64 && this.heap.length > this.waiting.size * 4) this.rebuild();
	}

	/** Takes the first out if it is due before an instant. */
	take(before: EpochMs): { readonly key: Key; readonly dueAt: EpochMs } | undefined {
		const first = this.top();
		if (first === undefined || first.dueAt >= before) return undefined;
		this.waiting.delete(first.key);
		this.firstAt = this.top()?.dueAt;
		return first;
	}

	private top(): Entry<Key> | undefined {
		for (;;) {
			const [first] = this.heap;
			if (first === undefined || this.waiting.get(first.key) === first) return first;
			this.pop();
		}
	}

	private push(entry: Entry<Key>): void {
		const { heap } = this;
		let at = heap.length;
		heap.push(entry);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const above = heap[parent];
			if (above === undefined || !isBefore(entry, above)) break;
			heap[at] = above;
			at = parent;
		}
		heap[at] = entry;
	}

	private pop(): void {
		const { heap } = this;
		const last = heap.pop();
		if (last === undefined || heap.length === 0) return;
		let at = 0;
		for (;;) {
			const child = firstChild(heap, at);
			const below = heap[child];
			if (below === undefined || !isBefore(below, last)) break;
			heap[at] = below;
			at = child;
		}
		heap[at] = last;
	}

	private rebuild(): void {
		this.heap = [];
		for (const entry of this.waiting.values()) this.push(entry);
	}
}

const isBefore = <Key>(one: Entry<Key>, other: Entry<Key>): boolean =>
	one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.number < other.number);

function firstChild<Key>(heap: ReadonlyArray<Entry<Key>>, parent: number): number {
	const [left, right] = [heap[parent * 2 + 1], heap[parent * 2 + 2]];
	const rightFirst = left !== undefined && right !== undefined && isBefore(right, left);
	return parent * 2 + (rightFirst ? 2 : 1);
}
