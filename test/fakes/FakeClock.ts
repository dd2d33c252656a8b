import { epochMs, type Clock, type EpochMs, type Timer } from '../../core/ports';

/**
 * A clock and timer that stand still until told. `sleep` resolves when the clock is moved past its end,
 * earliest first; with `autoAdvance` every sleep moves the clock itself and resolves at once.
 */
export class FakeClock implements Clock, Timer {
	private readonly sleepers: Array<{ readonly until: number; readonly wake: () => void }> = [];

	readonly slept: number[] = [];

	constructor(
		private time = 1_700_000_000_000,
		private readonly autoAdvance = false,
	) {}

	now(): EpochMs {
		return epochMs(this.time);
	}

	async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		this.slept.push(durationMs);
		if (signal?.aborted) return;
		if (this.autoAdvance) {
			this.time += durationMs;
			await new Promise((resolve) => setImmediate(resolve));
			return;
		}
		await new Promise<void>((resolve) => {
			const wake = () => {
				signal?.removeEventListener('abort', stop);
				resolve();
			};
			const sleeper = { until: this.time + durationMs, wake };
			const stop = () => {
				const index = this.sleepers.indexOf(sleeper);
				if (index >= 0) this.sleepers.splice(index, 1);
				resolve();
			};
			this.sleepers.push(sleeper);
			signal?.addEventListener('abort', stop, { once: true });
		});
	}

	/** How many wait for the time to pass. */
	get waiting(): number {
		return this.sleepers.length;
	}

	/** Moves the time on, waking who is due, in order, and lets what they start run. */
	async advance(durationMs: number): Promise<void> {
		const end = this.time + durationMs;
		for (;;) {
			this.sleepers.sort((a, b) => a.until - b.until);
			const next = this.sleepers[0];
			if (next === undefined || next.until > end) break;
			this.sleepers.shift();
			this.time = next.until;
			next.wake();
			await new Promise((resolve) => setImmediate(resolve));
		}
		this.time = end;
		await new Promise((resolve) => setImmediate(resolve));
	}
}
