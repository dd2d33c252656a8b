import type { Clock, Timer } from '../ports';
import type { SlidingLimit } from '../resilience';

/** What one turn did: who of those waiting was served, and how that ended for them. */
export type Turn<Job, Result> = {
	readonly served: readonly Job[];
	readonly result: Result;
	/** The other side asked to be left alone this long. */
	readonly restMs?: number;
};

/** Serves the first of those who wait, and whoever goes with it. */
export type Serve<Job, Result> = (waiting: readonly Job[]) => Promise<Turn<Job, Result>>;

type Place<Job, Result> = {
	readonly job: Job;
	readonly serve: Serve<Job, Result>;
	readonly until: number;
	readonly signal: AbortSignal | undefined;
	leave(result: Result | 'stopped' | 'tooLate'): void;
	fail(error: Error): void;
};

export type LanePorts = { readonly clock: Clock; readonly timer: Timer };

/**
 * The way to one destination: one request at a time, no more often than its limits allow, first come first
 * served. Who waits may be served together with the first, so that a crowd becomes few messages.
 */
export class Lane<Job, Result> {
	private readonly places: Place<Job, Result>[] = [];

	private running = false;

	/** Who was shown to the turn that is under way: they may be part of it, so they can't leave. */
	private inTurn: ReadonlySet<Place<Job, Result>> = new Set();

	private pause = new AbortController();

	/** Its own limit comes first, then those it shares with others. */
	constructor(
		private readonly limits: readonly SlidingLimit[],
		private readonly ports: LanePorts,
	) {}

	/** Whether it can be forgotten; the limits it shares are kept elsewhere. */
	get isIdle(): boolean {
		const now = this.ports.clock.now();
		return !this.running && (this.limits[0]?.isFresh(now) ?? true);
	}

	/**
	 * Waits for a turn. `stopped` when the signal came first, `tooLate` when the turn would come after
	 * `patienceMs`. The signal ends the wait, never a turn that has begun.
	 */
	async join(
		job: Job,
		serve: Serve<Job, Result>,
		options: { readonly patienceMs: number; readonly signal?: AbortSignal | undefined },
	): Promise<Result | 'stopped' | 'tooLate'> {
		const { patienceMs, signal } = options;
		if (signal?.aborted) return 'stopped';
		if (this.waitMs() > patienceMs) return 'tooLate';
		return await new Promise((resolve, reject) => {
			const onStop = () => {
				if (!this.inTurn.has(place)) place.leave('stopped');
			};
			const settle = (end: () => void) => {
				signal?.removeEventListener('abort', onStop);
				this.remove(place);
				end();
			};
			const place: Place<Job, Result> = {
				job,
				serve,
				signal,
				until: this.ports.clock.now() + patienceMs,
				leave: (result) => settle(() => resolve(result)),
				fail: (error) => settle(() => reject(error)),
			};
			signal?.addEventListener('abort', onStop, { once: true });
			this.places.push(place);
			if (!this.running) void this.run();
		});
	}

	private async run(): Promise<void> {
		this.running = true;
		while (this.places.length > 0) {
			// Whoever is about to join may do so first; they will go together.
			await this.ports.timer.sleep(0);
			const waitMs = this.waitMs();
			const turnAt = this.ports.clock.now() + waitMs;
			if (waitMs > 0) {
				for (const place of this.places.filter(({ until }) => until < turnAt)) {
					place.leave('tooLate');
				}
				if (this.places.length > 0) await this.ports.timer.sleep(waitMs, this.pause.signal);
			} else if (this.places.length > 0) await this.turn();
		}
		this.running = false;
	}

	private async turn(): Promise<void> {
		const [first] = this.places;
		if (first === undefined) return;
		const shown = [...this.places];
		const { clock } = this.ports;
		const asked = this.limits.map((limit) => limit.ask(clock.now()));
		this.inTurn = new Set(shown);
		try {
			const { served, result, restMs } = await first.serve(shown.map(({ job }) => job));
			if (restMs !== undefined) this.limits[0]?.rest(restMs, clock.now());
			for (const place of shown) if (served.includes(place.job)) place.leave(result);
			// One who serves without being served would be served for ever.
			if (!served.includes(first.job)) first.fail(new Error('A turn has to serve its first.'));
		} catch (error) {
			first.fail(error as Error); // nobody throws anything else
		} finally {
			for (const answered of asked) answered(clock.now());
			this.inTurn = new Set();
			for (const place of [...this.places]) if (place.signal?.aborted) place.leave('stopped');
		}
	}

	private remove(place: Place<Job, Result>): void {
		const index = this.places.indexOf(place);
		if (index >= 0) this.places.splice(index, 1);
		if (this.places.length > 0) return;
		this.pause.abort();
		this.pause = new AbortController();
	}

	private waitMs(): number {
		const now = this.ports.clock.now();
		return Math.max(0, ...this.limits.map((limit) => limit.waitMs(now)));
	}
}
