import type { FeedReport, Source } from '../market';
import { StoreError, type Clock, type Log, type Store, type Timer } from '../ports';
import { EventQueue, type Batch, type QueueSettings } from './EventQueue';
import { FactColumns, type FactColumn } from './FactColumns';
import { inOrder } from './inOrder';
import { Journal, namePlay, type CursorRecord, type OpenBatch } from './journal';
import { pruneStore } from './pruneStore';
import type { WrittenHistories } from './writtenHistories';

/** How a run of the workflow ended, as far as it decides what becomes of its batch. */
export type RunEnd =
	/** Handed over, whatever its nodes did with it. */
	| { readonly kind: 'settled' }
	/** Ended in error or timed out; `again` when another run may end better. */
	| { readonly kind: 'failed'; readonly reason: string; readonly again: boolean };

export type FeedSettings = QueueSettings & {
	readonly owner: { readonly workflowId: string; readonly nodeId: string };
	/** Facts that are added to each event. */
	readonly columns: readonly FactColumn[];
	/** What the source's cursor depends on; other settings begin a new play. */
	readonly fingerprint: string;
	/** The user (re)started it; what ended in an orderly way begins anew then. */
	readonly startedByUser: boolean;
};

export type FeedPorts = {
	readonly store: () => Promise<Store>;
	readonly clock: Clock;
	readonly timer: Timer;
	readonly log: Log;
	/** Makes the source go on from a cursor. */
	readonly openSource: (start: { cursor: unknown; play: string }) => Source;
	/** Starts the workflow with a batch and resolves when the run has ended. */
	readonly run: (batch: OpenBatch) => Promise<RunEnd>;
	/** Shows the user a failure that isn't a run's; once per outage. */
	readonly showFailure: (error: Error) => void;
};

/** Waits before a batch whose run failed is given to the workflow again. */
const RUN_AGAIN_AFTER_MS = [2_000, 10_000, 30_000] as const;
const STORE_AGAIN_AFTER_MS = 5_000;

/**
 * From a source to executions: each batch is written down, handed over, and crossed out when its run has
 * ended. One run at a time; events gather meanwhile. What never ended (a crash) is handed over again at
 * the next start, same members, same ids.
 *
 * Resolves when `signal` aborts; a run that's still on is crossed out when it ends.
 * @throws SourceError what the user must fix
 */
export async function runFeed(
	settings: FeedSettings,
	ports: FeedPorts,
	signal: AbortSignal,
): Promise<void> {
	const { workflowId, nodeId } = settings.owner;
	// A trigger that was published anew waits for the last run of its predecessor.
	await inOrder(`feed ${workflowId}/${nodeId}`, async () => {
		if (signal.aborted) return;
		const play = await withStore(ports, signal, async (store) =>
			openPlay(new Journal(store, settings.owner), settings, ports.clock),
		);
		if (play !== undefined) await new Feed(settings, ports, signal, play).run(play.batches);
	});
}

/** What is written down of a trigger, and where it goes on from. */
type Play = {
	readonly journal: Journal;
	readonly record: CursorRecord;
	/** What never ended. */
	readonly batches: readonly OpenBatch[];
	readonly histories: WrittenHistories;
};

/** Goes on with the play there is, or begins a new one. */
async function openPlay(journal: Journal, settings: FeedSettings, clock: Clock): Promise<Play> {
	const { cursor: found, batches, histories } = await journal.open();
	const playedOut = found !== undefined && (found.closed || found.ended);
	if (found?.settings === settings.fingerprint && !(settings.startedByUser && playedOut)) {
		return { journal, record: { ...found, closed: false }, batches, histories };
	}
	const record: CursorRecord = {
		cursor: undefined,
		settings: settings.fingerprint,
		play: namePlay(clock),
		ended: false,
		closed: false,
		nextBatch: found?.nextBatch ?? 1,
	};
	await journal.beginPlay(record, histories);
	return { journal, record, batches, histories: new Map() };
}

class Feed {
	private readonly journal: Journal;

	private readonly queue: EventQueue;

	private record: CursorRecord;

	constructor(
		private readonly settings: FeedSettings,
		private readonly ports: FeedPorts,
		private readonly signal: AbortSignal,
		{ journal, record, histories }: Play,
	) {
		const columns = new FactColumns(settings.columns, histories);
		this.queue = new EventQueue(settings, ports.clock, columns);
		this.journal = journal;
		this.record = record;
	}

	async run(batches: readonly OpenBatch[]): Promise<void> {
		const { cursor, ended, play } = this.record;
		const source = this.ports.openSource({ cursor, play });
		const stopSource = new AbortController();
		const stop = () => {
			this.queue.close();
			stopSource.abort();
		};
		this.signal.addEventListener('abort', stop, { once: true });
		if (this.signal.aborted) stop();
		const reading = ended ? Promise.resolve() : source.run(this.queue, stopSource.signal);
		const failed = reading.then(
			() => undefined,
			(error: unknown) => (error instanceof Error ? error : new Error(String(error))),
		);
		void failed.then((error) => {
			if (error !== undefined) this.queue.close();
		});
		try {
			for (const batch of batches) await this.handOver(batch);
			await this.handOverAll();
		} finally {
			stop();
			await failed;
			this.signal.removeEventListener('abort', stop);
		}
		const error = await failed;
		if (error !== undefined) throw error;
		await this.withStore(async () => {
			await this.journal.writeCursor({ ...this.record, closed: true });
		});
	}

	private async handOverAll(): Promise<void> {
		for (;;) {
			const batch = await this.queue.take();
			if (batch === undefined) return;
			const record = this.moveOn(this.record, batch);
			const open = await this.withStore(() => this.journal.begin(batch, record));
			if (open === undefined) return;
			this.record = record;
			await this.handOver(open);
			await this.withStore((store) => pruneStore(store, this.ports.clock));
		}
	}

	/** Gives a batch to the workflow until a run of it settles, a few times at most. */
	private async handOver(batch: OpenBatch): Promise<void> {
		let current = batch;
		while (!this.signal.aborted) {
			const end = await this.ports.run(current);
			if (end.kind === 'settled') {
				await this.withStore(() => this.journal.end(current));
				return;
			}
			const wait = end.again ? RUN_AGAIN_AFTER_MS[current.failures] : undefined;
			current = {
				...current,
				failures: current.failures + 1,
				status: wait === undefined ? 'failed' : 'open',
				reason: end.reason,
			};
			const failed = current;
			await this.withStore(() => this.journal.update(failed));
			if (wait === undefined) {
				this.giveUp(failed);
				return;
			}
			this.ports.log.warn(
				`The run of batch ${current.number} failed (${end.reason}); trying it again in ${wait / 1_000} s.`,
			);
			await this.ports.timer.sleep(wait, this.signal);
		}
	}

	private giveUp(batch: OpenBatch): void {
		const { events, number, failures, reason } = batch;
		// News of a failed batch that held nothing but news would go round for ever.
		if (events.length === 0) return;
		const now = this.ports.clock.now();
		const report: FeedReport = {
			kind: 'undelivered',
			source: this.settings.source,
			at: now,
			since: events[0]?.receivedAt ?? now,
			reason: `${events.length} events (batch ${number}) were given to the workflow ${failures} ${failures === 1 ? 'time' : 'times'}; its runs ended in error: ${reason ?? 'unknown'}`,
			symbols: [...new Set(events.map((event) => event.symbol))].slice(0, 100),
			count: events.length,
		};
		this.ports.log.error(report.reason);
		this.queue.report(report);
	}

	private moveOn(record: CursorRecord, batch: Batch): CursorRecord {
		return {
			...record,
			cursor: batch.cursor ?? record.cursor,
			ended: record.ended || batch.reports.some(({ kind }) => kind === 'ended'),
			nextBatch: record.nextBatch + 1,
		};
	}

	private async withStore<T>(work: (store: Store) => Promise<T>): Promise<T | undefined> {
		return await withStore(this.ports, this.signal, work);
	}
}

/** Store work that is tried again until it succeeds or the trigger is closed; shown once per outage. */
async function withStore<T>(
	ports: FeedPorts,
	signal: AbortSignal,
	work: (store: Store) => Promise<T>,
): Promise<T | undefined> {
	for (let shown = false; ;) {
		try {
			return await work(await ports.store());
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			if (!shown) ports.showFailure(error);
			shown = true;
			if (signal.aborted) return undefined;
		}
		await ports.timer.sleep(STORE_AGAIN_AFTER_MS, signal);
	}
}
