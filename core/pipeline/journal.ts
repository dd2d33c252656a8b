import type { Cursor, FeedReport, MarketEvent } from '../market';
import type { Change, Clock, Entry, Store } from '../ports';
import type { Batch } from './EventQueue';
import {
	removeHistories,
	toHistories,
	writeHistory,
	type WrittenHistories,
} from './writtenHistories';

/** A batch as it's written down before n8n gets it. */
export type OpenBatch = {
	/** Grows by one with each batch of a trigger. */
	readonly number: number;
	/** With the facts that were added to them. */
	readonly events: readonly MarketEvent[];
	readonly reports: readonly FeedReport[];
	/** Runs that ended in error. */
	readonly failures: number;
	/** `failed`: given up after several; kept for a while to be looked at. */
	readonly status: 'open' | 'failed';
	readonly reason?: string;
};

/** Where a trigger's source stands. */
export type CursorRecord = {
	readonly cursor: Cursor;
	/** What the cursor belongs to; other settings begin anew. */
	readonly settings: string;
	/** Names this play of the source; see `eventId.ts`. */
	readonly play: string;
	readonly ended: boolean;
	/** Closed in an orderly way, not by a crash. */
	readonly closed: boolean;
	readonly nextBatch: number;
};

/**
 * What one trigger has written down: its open batches, its cursor and the histories of its instruments. A
 * batch, the cursor behind it and the histories up to there are written together, so that after a crash no
 * event is missing, and none is read or counted twice.
 */
export class Journal {
	constructor(
		private readonly store: Store,
		/** Workflow and node. */
		private readonly owner: { readonly workflowId: string; readonly nodeId: string },
	) {}

	async open(): Promise<{
		cursor: CursorRecord | undefined;
		batches: OpenBatch[];
		histories: WrittenHistories;
	}> {
		const found = await this.store.read('cursor', [this.key]);
		const batches = await this.store.list('batch', `${this.key}/`);
		const histories = await this.store.list('history', `${this.key}/`);
		return {
			cursor: found.get(this.key)?.value as CursorRecord | undefined,
			batches: batches.map((entry: Entry) => entry.value as OpenBatch).filter(isOpen),
			histories: toHistories(this.key, histories),
		};
	}

	/** A new play: the cursor stands at its beginning, and nothing is known of its instruments. */
	async beginPlay(record: CursorRecord, before: WrittenHistories): Promise<void> {
		await this.store.commit([this.cursorChange(record), ...removeHistories(this.key, before)]);
	}

	async writeCursor(record: CursorRecord): Promise<void> {
		await this.store.commit([this.cursorChange(record)]);
	}

	/** Writes a batch down and moves cursor and histories, in one transaction. */
	async begin(batch: Batch, record: CursorRecord): Promise<OpenBatch> {
		const open: OpenBatch = {
			number: record.nextBatch - 1,
			events: batch.events,
			reports: batch.reports,
			failures: 0,
			status: 'open',
		};
		const histories = batch.histories.flatMap((change) => writeHistory(this.key, change));
		await this.store.commit([this.batchChange(open), this.cursorChange(record), ...histories]);
		return open;
	}

	async update(batch: OpenBatch): Promise<void> {
		await this.store.commit([this.batchChange(batch)]);
	}

	/** The batch was handed over. */
	async end(batch: OpenBatch): Promise<void> {
		await this.store.commit([{ remove: { space: 'batch', key: this.batchKey(batch.number) } }]);
	}

	private get key(): string {
		return [this.owner.workflowId, this.owner.nodeId].map(encodeURIComponent).join('/');
	}

	private batchKey(number: number): string {
		return `${this.key}/${String(number).padStart(12, '0')}`;
	}

	private batchChange(batch: OpenBatch): Change {
		return { put: { space: 'batch', key: this.batchKey(batch.number), value: batch } };
	}

	private cursorChange(record: CursorRecord): Change {
		return { put: { space: 'cursor', key: this.key, value: record } };
	}
}

const isOpen = (batch: OpenBatch): boolean => batch.status === 'open';

/** A name for a new play of a source, different from the one before. */
export const namePlay = (clock: Clock): string => clock.now().toString(36);
