import type { Clock, EpochMs } from '../../ports';

type Count = { count: number; readonly first: string; readonly symbols: Set<string> };

/** What went wrong with events, how often, and the first of each kind: one sentence at a time, not one per event. */
export class DoubtCounts {
	private readonly counts = new Map<string, Count>();

	private since: EpochMs | undefined;

	constructor(private readonly clock: Clock) {}

	add(kind: string, symbol: string | undefined, example: string): void {
		this.since ??= this.clock.now();
		const found = this.counts.get(kind) ?? { count: 0, first: example, symbols: new Set() };
		found.count += 1;
		if (symbol !== undefined) found.symbols.add(symbol);
		this.counts.set(kind, found);
	}

	/** What there is to tell once the first of it is that old; it begins anew then. */
	take(afterMs: number): Told | undefined {
		if (this.since === undefined || this.clock.now() - this.since < afterMs) return undefined;
		const kinds = [...this.counts];
		const told: Told = {
			since: this.since,
			count: kinds.reduce((sum, [, { count }]) => sum + count, 0),
			symbols: [...new Set(kinds.flatMap(([, { symbols }]) => [...symbols]))],
			words: kinds
				.map(([kind, { count, first }]) => `${kind} ${count} (the first: ${first})`)
				.join('; '),
		};
		this.counts.clear();
		this.since = undefined;
		return told;
	}
}

export type Told = {
	readonly since: EpochMs;
	readonly count: number;
	readonly symbols: readonly string[];
	/** `late 2 (the first: …); stale 1 (…)` */
	readonly words: string;
};
