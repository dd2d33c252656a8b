import type { FeedReport, Source } from '../market';
import type { Clock } from '../ports';
import { EventQueue, type Batch, type QueueSettings } from './EventQueue';
import { FactColumns, type FactColumn } from './FactColumns';
import { givenUp, HandOver, inNews, type HandOverPorts } from './HandOver';
import { inOrder } from './inOrder';
import { Journal, type CursorRecord, type EventLoad, type OpenBatch } from './journal';
import { openPlay, type Play, type PlaySettings } from './play';
import { pruneStore } from './pruneStore';
import { readSource } from './readSource';
import { WarmUp, type Past } from './WarmUp';
import { withStore } from './withStore';
import {
	noHistories,
	readHistories,
	removeHistories,
	writeHistory,
	type WrittenHistories,
} from './writtenHistories';

export type FeedSettings = QueueSettings &
	PlaySettings & {
		readonly owner: { readonly workflowId: string; readonly nodeId: string };
		/** Facts that are added to each event. */
		readonly columns: readonly FactColumn[];
		/** Where candles of before the first event come from. */
		readonly past?: Past;
	};

export type FeedPorts = HandOverPorts<EventLoad> & {
	readonly clock: Clock;
	/** Makes the source go on from a cursor. */
	readonly openSource: (start: { cursor: unknown; play: string }) => Source;
};

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
		const opened = await withStore(ports, signal, async (store) => {
			const journal = new Journal<EventLoad>(store, settings.owner);
			const histories = await readHistories(journal.key, store);
			const forget = async () => removeHistories(journal.key, histories);
			const play = await openPlay(journal, settings, ports.clock, forget);
			return { play, histories: play.isNew ? noHistories() : histories };
		});
		if (opened === undefined) return;
		await new Feed(settings, ports, signal, opened.play, opened.histories).run();
	});
}

class Feed {
	private readonly journal: Journal;

	private readonly queue: EventQueue;

	private readonly handOver: HandOver<EventLoad>;

	private readonly warmUp: WarmUp | undefined;

	private record: CursorRecord;

	constructor(
		private readonly settings: FeedSettings,
		private readonly ports: FeedPorts,
		private readonly signal: AbortSignal,
		private readonly play: Play<EventLoad>,
		histories: WrittenHistories,
	) {
		const columns = new FactColumns(settings.columns, histories);
		this.queue = new EventQueue(settings, ports.clock, columns);
		const { past, source } = settings;
		this.warmUp =
			past && new WarmUp(source, past, columns, ports, (report) => this.queue.report(report));
		this.journal = play.journal;
		this.record = play.record;
		this.handOver = new HandOver(this.journal, ports, (batch) => this.giveUp(batch), signal);
	}

	async run(): Promise<void> {
		const { cursor, ended, play } = this.record;
		const opened = this.ports.openSource({ cursor, play });
		const source = this.warmUp?.hold(opened) ?? opened;
		const over = new AbortController();
		await readSource(ended ? undefined : source, this.queue, this.signal, async () => {
			await Promise.all([
				this.giveAll().finally(() => over.abort()),
				this.warmUp?.run(over.signal),
			]);
		});
		await this.withStore(async () => {
			await this.journal.writeCursor({ ...this.record, closed: true });
		});
	}

	private async giveAll(): Promise<void> {
		for (const batch of this.play.batches) await this.handOver.give(batch);
		await this.handOverAll();
	}

	private async handOverAll(): Promise<void> {
		for (;;) {
			const batch = await this.queue.take();
			if (batch === undefined) return;
			const record = moveOn(this.record, batch);
			const { events, reports } = batch;
			const histories = batch.histories.flatMap((one) => writeHistory(this.journal.key, one));
			const open = await this.withStore(() =>
				this.journal.begin({ events, reports }, record, histories),
			);
			if (open === undefined) return;
			this.record = record;
			await this.handOver.give(open);
			await this.withStore(() => pruneStore(this.journal.store, this.ports.clock));
		}
	}

	private giveUp(batch: OpenBatch): void {
		const { events } = batch;
		if (events.length === 0) {
			// News about news that isn't taken would go round for ever.
			this.ports.log.error(givenUp(inNews(batch.reports.length), batch));
			return;
		}
		const now = this.ports.clock.now();
		const report: FeedReport = {
			kind: 'undelivered',
			source: this.settings.source,
			at: now,
			since: events[0]?.receivedAt ?? now,
			reason: givenUp(`${events.length} events`, batch),
			symbols: [...new Set(events.map((event) => event.symbol))].slice(0, 100),
			count: events.length,
		};
		this.ports.log.error(report.reason);
		this.queue.report(report);
	}

	private async withStore<T>(work: () => Promise<T>): Promise<T | undefined> {
		return await withStore(this.ports, this.signal, work);
	}
}

/** Where the source stands behind a batch that's about to be written down. */
export const moveOn = (
	record: CursorRecord,
	{ cursor, reports }: Pick<Batch, 'cursor' | 'reports'>,
): CursorRecord => ({
	...record,
	cursor: cursor ?? record.cursor,
	ended: record.ended || reports.some(({ kind }) => kind === 'ended'),
	nextBatch: record.nextBatch + 1,
});
