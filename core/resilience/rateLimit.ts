import type { Clock, EpochMs, Timer } from '../ports';

export type RateLimitSettings = {
	/** What may be spent within `perMs`. */
	readonly capacity: number;
	readonly perMs: number;
};

/**
 * A token bucket: full at first, refilled evenly. Whoever spends from it waits until there's enough, in
 * the order of asking. What the other side says about our use corrects it, and its bans close it.
 */
export class RateLimit {
	private level: number;

	private filledAt: EpochMs;

	private closedUntil = 0;

	private line: Promise<void> = Promise.resolve();

	constructor(
		readonly settings: RateLimitSettings,
		private readonly ports: { readonly clock: Clock; readonly timer: Timer },
	) {
		this.level = settings.capacity;
		this.filledAt = ports.clock.now();
	}

	/** Resolves when the cost was spent, or `signal` aborted. A cost above the capacity waits for a full bucket. */
	async spend(cost: number, signal?: AbortSignal): Promise<void> {
		const turn = this.line.then(async () => {
			const due = Math.min(cost, this.settings.capacity);
			for (let wait = this.waitFor(due); wait > 0 && !signal?.aborted; wait = this.waitFor(due)) {
				await this.ports.timer.sleep(wait, signal);
			}
			if (!signal?.aborted) this.level -= cost;
		});
		this.line = turn;
		await turn;
	}

	/** How long a cost would have to wait if it were the next. */
	waitFor(cost: number): number {
		this.refill();
		const closedMs = this.closedUntil - this.ports.clock.now();
		const short = (cost - this.level) * (this.settings.perMs / this.settings.capacity);
		return Math.ceil(Math.max(closedMs, short, 0));
	}

	/** The other side counts this much in its window; ours is corrected downwards only. */
	hasUsed(amount: number): void {
		this.refill();
		this.level = Math.min(this.level, this.settings.capacity - amount);
	}

	/** Nothing is spent for so long. */
	close(forMs: number): void {
		this.closedUntil = Math.max(this.closedUntil, this.ports.clock.now() + forMs);
	}

	private refill(): void {
		const now = this.ports.clock.now();
		const gained = ((now - this.filledAt) * this.settings.capacity) / this.settings.perMs;
		this.level = Math.min(this.settings.capacity, this.level + Math.max(gained, 0));
		this.filledAt = now;
	}
}
