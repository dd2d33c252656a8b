import type { EpochMs } from '../ports';

/** So many in a span of time: 20 in 60 s. */
export type Allowance = { readonly count: number; readonly perMs: number };

/**
 * How often somebody may be asked, over sliding spans, and when they were asked last.
 *
 * A question counts from the moment it was answered: when it arrived isn't known, only that it was before
 * that. So two never arrive closer to each other than allowed, however slow the first was on its way.
 */
export class SlidingLimit {
	/** Of the last questions, oldest first; as many as the widest allowance looks back on. */
	private readonly asked: number[] = [];

	private restUntil = 0;

	constructor(private readonly allowances: readonly Allowance[]) {}

	/** How long to wait before asking; 0 for now. */
	waitMs(now: EpochMs): number {
		const waits = this.allowances.map(({ count, perMs }) => {
			const before = this.asked.at(-count);
			return before === undefined ? 0 : before + perMs - now;
		});
		return Math.max(0, this.restUntil - now, ...waits);
	}

	/** Notes a question; what it returns notes the answer. */
	ask(now: EpochMs): (answeredAt: EpochMs) => void {
		this.asked.push(now);
		const most = Math.max(...this.allowances.map(({ count }) => count));
		if (this.asked.length > most) this.asked.splice(0, this.asked.length - most);
		return (answeredAt) => {
			const index = this.asked.indexOf(now);
			if (index >= 0) this.asked.splice(index, 1);
			this.asked.push(answeredAt);
		};
	}

	/** The other side wants to be left alone for a while. */
	rest(durationMs: number, now: EpochMs): void {
		this.restUntil = Math.max(this.restUntil, now + durationMs);
	}

	/** Whether nothing of the past matters any more. */
	isFresh(now: EpochMs): boolean {
		const span = Math.max(...this.allowances.map(({ perMs }) => perMs));
		return now >= this.restUntil && now - (this.asked.at(-1) ?? -Infinity) >= span;
	}
}
