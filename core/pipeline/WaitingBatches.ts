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

	/** @param sizeOf how much of a batch counts; the next one begins when the last has reached `most` */
	constructor(
		private readonly journal: Journal<Given>,
		open: ReadonlyArray<OpenBatch<Given>>,
		private readonly most: number,
		private readonly sizeOf: (load: Given) => number,
	) {
		this.waiting = [...open];
	}

	/**
	 * Writes a load down, with the cursor behind it and what else changed; once it's written, it waits.
	 * @returns the record with the number of the next batch
	 * @throws StoreError nothing was written then
	 */
	async write(
		load: Given,
		record: CursorRecord,
		changes: readonly Change[],
	): Promise<CursorRecord> {
		this.isWriting = true;
		try {
			const last = this.waiting.at(-1);
			if (last !== undefined && last.failures === 0 && this.sizeOf(last) < this.most) {
				const whole = await this.journal.extend(last, load, record, changes);
				this.waiting[this.waiting.length - 1] = whole;
				return record;
			}
			const next = { ...record, nextBatch: record.nextBatch + 1 };
			this.waiting.push(await this.journal.begin(load, next, changes));
			return next;
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
