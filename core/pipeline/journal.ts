import type { Cursor, FeedReport, MarketEvent } from '../market';
import type { Change, Clock, Store } from '../ports';

/** What a workflow is given: lists of members, and news of the feed. */
export type Load = { readonly reports: readonly FeedReport[] } & object;

/** The load of a trigger that hands on events, with the facts that were added to them. */
export type EventLoad = {
	readonly events: readonly MarketEvent[];
	readonly reports: readonly FeedReport[];
};

/** A batch as it's written down before n8n gets it. */
export type OpenBatch<Given extends Load = EventLoad> = Given & {
	/** Grows by one with each batch of a trigger. */
	readonly number: number;
	/** Written in so many pieces; one where it isn't there. */
	readonly pieces?: number;
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
 * What one trigger has written down: its open batches and its cursor. A batch, the cursor behind it and
 * whatever belongs to that moment are written together, so that after a crash nothing is missing, and
 * nothing is read or counted twice.
 */
export class Journal<Given extends Load = EventLoad> {
	/** Workflow and node: what all keys of this trigger begin with. */
	readonly key: string;

	constructor(
		readonly store: Store,
		owner: { readonly workflowId: string; readonly nodeId: string },
	) {
		this.key = [owner.workflowId, owner.nodeId].map(encodeURIComponent).join('/');
	}

	async open(): Promise<{
		readonly cursor: CursorRecord | undefined;
		readonly batches: Array<OpenBatch<Given>>;
	}> {
		const found = await this.store.read('cursor', [this.key]);
		const written = await this.store.list('batch', `${this.key}/`);
		const batches = new Map<number, OpenBatch<Given>>();
		for (const { value } of written) {
			const piece = value as OpenBatch<Given>; // only this class writes there
			const before = batches.get(piece.number);
			batches.set(piece.number, before === undefined ? piece : addPiece(before, piece));
		}
		return {
			cursor: found.get(this.key)?.value as CursorRecord | undefined,
			batches: [...batches.values()].filter(({ status }) => status === 'open'),
		};
	}

	/** Moves the cursor, together with what belongs to that moment. */
	async writeCursor(record: CursorRecord, changes: readonly Change[] = []): Promise<void> {
		await this.store.commit([this.cursorChange(record), ...changes]);
	}

	/** Writes a batch down and moves the cursor, in one transaction. */
	async begin(
		load: Given,
		record: CursorRecord,
		changes: readonly Change[] = [],
	): Promise<OpenBatch<Given>> {
		const { whole, change } = this.plan(record.nextBatch - 1, load);
		await this.writeCursor(record, [change, ...changes]);
		return whole;
	}

	/** What writes down what joins a batch that wasn't handed over yet, and the whole of it then. */
	extend(batch: OpenBatch<Given>, load: Given): { whole: OpenBatch<Given>; change: Change } {
		const { number } = batch;
		const piece = { ...load, number, failures: 0, status: 'open' as const };
		return {
			whole: addPiece(batch, piece),
			change: this.batchChange(piece, (batch.pieces ?? 1) + 1),
		};
	}

	/** What writes down a batch of its own. */
	plan(number: number, load: Given): { whole: OpenBatch<Given>; change: Change } {
		const whole = { ...load, number, failures: 0, status: 'open' as const };
		return { whole, change: this.batchChange(whole) };
	}

	async update(batch: OpenBatch<Given>): Promise<void> {
		const { pieces: _, ...whole } = batch;
		const one = whole as OpenBatch<Given>; // what's left out was optional
		await this.store.commit([...this.removePieces(batch), this.batchChange(one)]);
	}

	/** The batch was handed over. */
	async end(batch: OpenBatch<Given>): Promise<void> {
		await this.store.commit(this.removePieces(batch));
	}

	private removePieces({ number, pieces = 1 }: OpenBatch<Given>): Change[] {
		return Array.from({ length: pieces }, (_, index) => ({
			remove: { space: 'batch', key: this.batchKey(number, index + 1) },
		}));
	}

	private batchKey(number: number, piece: number): string {
		const key = `${this.key}/${String(number).padStart(12, '0')}`;
		return piece === 1 ? key : `${key}/${String(piece).padStart(6, '0')}`;
	}

	private batchChange(batch: OpenBatch<Given>, piece = 1): Change {
		return { put: { space: 'batch', key: this.batchKey(batch.number, piece), value: batch } };
	}

	private cursorChange(record: CursorRecord): Change {
		return { put: { space: 'cursor', key: this.key, value: record } };
	}
}

/** Lists are joined; all else is the batch's. */
function addPiece<Given extends Load>(
	batch: OpenBatch<Given>,
	piece: OpenBatch<Given>,
): OpenBatch<Given> {
	const lists = Object.entries(piece).flatMap(([name, more]) => {
		const first: unknown = Reflect.get(batch, name);
		return Array.isArray(first) && Array.isArray(more)
			? [[name, [...(first as unknown[]), ...(more as unknown[])]] as const]
			: [];
	});
	return { ...batch, ...Object.fromEntries(lists), pieces: (batch.pieces ?? 1) + 1 };
}

/** A name for a new play of a source, different from the one before. */
export const namePlay = (clock: Clock): string => clock.now().toString(36);
