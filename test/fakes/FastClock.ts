import { epochMs, type Clock, type EpochMs, type Timer } from '../../core/ports';

/** Real time, sped up: for loopback servers and their waits. Counts its timers. */
export class FastClock implements Clock, Timer {
	private readonly startedAt = performance.now();

	/** Timers that are running. */
	waiting = 0;

	constructor(
		private readonly factor = 50,
		private readonly from = 1_700_000_000_000,
	) {}

	now(): EpochMs {
		return epochMs(Math.floor(this.from + (performance.now() - this.startedAt) * this.factor));
	}

	/** How long that takes really. */
	realMs(durationMs: number): number {
		return durationMs / this.factor;
	}

	async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return;
		this.waiting += 1;
		await new Promise<void>((resolve) => {
			const done = () => {
				clearTimeout(timeout);
				signal?.removeEventListener('abort', done);
				this.waiting -= 1;
				resolve();
			};
			const timeout = setTimeout(done, this.realMs(durationMs));
			signal?.addEventListener('abort', done, { once: true });
		});
	}
}
