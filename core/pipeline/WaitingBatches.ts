import type { Change } from '../ports';
import type { CursorRecord, Journal, Load, OpenBatch } from './journal';

/**
 * Batches that are written down and wait for the run before them to end. What comes meanwhile joins the
 * last one, so that a storm makes few, large executions; once it's handed out, nothing joins it any more.
 */
export class WaitingBatches<Given extends Load> {
	private waiting: Array<OpenBatch<Given>>;

	private isWriting = false;

	private closed = false;

	private wake: () => void = () => {};

	/** @param sizeOf how much of a batch counts; the next one begins when the last would have more than `most` */
	constructor(
		private readonly journal: Journal<Given>,
		open: ReadonlyArray<OpenBatch<Given>>,
		private readonly most: number,
		private readonly sizeOf: (load: Given) => number,
	) {
		this.waiting = [...open];
	}

	/**
	 * Writes loads down, with the cursor behind them and what else changed, all or nothing; once they're
	 * written, they wait.
	 *
	 * @param loads in pieces that are small enough for a batch
	 * @returns the record with the number of the next batch
	 * @throws StoreError nothing was written then
	 */
	async write(
		loads: readonly Given[],
		record: CursorRecord,
		changes: readonly Change[],
	): Promise<CursorRecord> {
		this.isWriting = true;
		try {
			const waiting = [...this.waiting];
			const written = [...changes];
			let { nextBatch } = record;
			for (const load of loads) {
				const last = waiting.at(-1);
				const joins = last !== undefined && last.failures === 0;
				if (joins && this.sizeOf(last) + this.sizeOf(load) <= this.most) {
					const { whole, change } = this.journal.extend(last, load);
					waiting[waiting.length - 1] = whole;
					written.push(change);
				} else {
					const { whole, change } = this.journal.plan(nextBatch, load);
					nextBatch += 1;
					waiting.push(whole);
					written.push(change);
				}
			}
			const moved = { ...record, nextBatch };
			await this.journal.writeCursor(moved, written);
			this.waiting = waiting;
			return moved;
		} finally {
			this.isWriting = false;
			this.wake();
		}
	}

	/** The first one, as soon as there is one; `undefined` when there's none and nothing comes any more. */
	async take(): Promise<OpenBatch<Given> | undefined> {
		for (;;) {
			if (!this.isWriting && (this.waiting.length > 0 || this.closed)) return this.waiting.shift();
			await new Promise<void>((resolve) => (this.wake = resolve));
		}
	}

	/** Nothing will be written any more. */
	close(): void {
		this.closed = true;
		this.wake();
	}
}
