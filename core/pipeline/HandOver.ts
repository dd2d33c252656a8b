import type { Log } from '../ports';
import type { Journal, Load, OpenBatch } from './journal';
import { withStore, type StorePorts } from './withStore';

/** How a run of the workflow ended, as far as it decides what becomes of its batch. */
export type RunEnd =
	/** Handed over, whatever its nodes did with it. */
	| { readonly kind: 'settled' }
	/** Ended in error or timed out; `again` when another run may end better. */
	| { readonly kind: 'failed'; readonly reason: string; readonly again: boolean };

export type HandOverPorts<Given extends Load> = StorePorts & {
	readonly log: Log;
	/** Starts the workflow with a batch and resolves when the run has ended. */
	readonly run: (batch: OpenBatch<Given>) => Promise<RunEnd>;
};

/** Waits before a batch whose run failed is given to the workflow again. */
const RUN_AGAIN_AFTER_MS = [2_000, 10_000, 30_000] as const;

/** Gives batches to the workflow, one after the other, each until a run of it settles, a few times at most. */
export class HandOver<Given extends Load> {
	constructor(
		private readonly journal: Journal<Given>,
		private readonly ports: HandOverPorts<Given>,
		private readonly onGivenUp: (batch: OpenBatch<Given>) => void,
		private readonly signal: AbortSignal,
	) {}

	async give(batch: OpenBatch<Given>): Promise<void> {
		let current = batch;
		while (!this.signal.aborted) {
			const end = await this.ports.run(current);
			if (end.kind === 'settled') {
				await this.withStore(() => this.journal.end(current));
				return;
			}
			const wait = end.again ? RUN_AGAIN_AFTER_MS[current.failures] : undefined;
			const failed: OpenBatch<Given> = {
				...current,
				failures: current.failures + 1,
				status: wait === undefined ? 'failed' : 'open',
				reason: end.reason,
			};
			await this.withStore(() => this.journal.update(failed));
			if (wait === undefined) {
				this.onGivenUp(failed);
				return;
			}
			const { pieces: _, ...whole } = failed;
			current = whole as OpenBatch<Given>; // it was written as one; what's left out was optional
			this.ports.log.warn(
				`The run of batch ${current.number} failed (${end.reason}); trying it again in ${wait / 1_000} s.`,
			);
			await this.ports.timer.sleep(wait, this.signal);
		}
	}

	private async withStore(work: () => Promise<void>): Promise<void> {
		await withStore(this.ports, this.signal, work);
	}
}

/** News of the feed that was given up without any event or alert. */
export const inNews = (count: number): string =>
	`${count} ${count === 1 ? 'piece' : 'pieces'} of news of the feed`;

/** In words, what became of a batch that was given up. */
export const givenUp = (
	what: string,
	{ number, failures, reason }: Pick<OpenBatch, 'number' | 'failures' | 'reason'>,
): string =>
	`${what} (batch ${number}) were given to the workflow ${failures} ${failures === 1 ? 'time' : 'times'}; its runs ended in error: ${reason ?? 'unknown'}`;
