import type { Cursor, FeedReport, MarketEvent, SourceSink } from '../market';
import type { Clock } from '../ports';
import { FactColumns } from './FactColumns';
import type { HistoryChange } from './writtenHistories';

/** What one execution gets: events in order, news of the feed, and where the source stands after them. */
export type Batch = {
	readonly events: readonly MarketEvent[];
	readonly reports: readonly FeedReport[];
	/** `undefined` when no event moved it. */
	readonly cursor: Cursor;
	/** What brings the written histories to where the cursor stands. */
	readonly histories: readonly HistoryChange[];
};

export type QueueSettings = {
	/** Most events one batch holds, give or take a chunk of the source. */
	readonly maxBatchSize: number;
	/**
	 * While nobody takes: keep every event, or only the latest of each symbol; `conflateWhenFull` keeps every
	 * one until there are too many, and all candles even then. It never makes a source wait.
	 */
	readonly whileBusy: 'gather' | 'conflate' | 'conflateWhenFull';
	readonly source: string;
};

/** Batches that may wait before a source that can wait is held. */
const WAITING_BATCHES = 4;

/**
 * Events between a source and the executions. Its memory is bounded: a source that can wait is held when
 * it's full; with `conflate` the latest event of each symbol replaces the one before, and that's counted.
 *
 * Facts are added to events once it's settled that the next batch takes them in: when they're taken, or,
 * with `conflate`, where a batch takes in all that has come, when they come. So every event counts in what
 * is worked out, and the histories of a batch end exactly where its cursor stands. See docs/adr/0007.
 */
export class EventQueue implements SourceSink {
	private chunks: Chunk[] = [];

	private waiting = 0;

	private conflated = 0;

	/** What there was after it was conflated last. */
	private leftOver = 0;

	private closed = false;

	private wakeTaker: () => void = () => {};

	private wakeGivers: Array<() => void> = [];

	constructor(
		private readonly settings: QueueSettings,
		private readonly clock: Clock,
		private readonly columns: FactColumns = new FactColumns([]),
	) {}

	async accept(events: readonly MarketEvent[], cursor: Cursor): Promise<void> {
		if (this.closed) return;
		const whole = this.conflates ? this.columns.addTo(events) : events;
		this.chunks.push({ events: whole, reports: [], cursor });
		this.waiting += events.length;
		if (this.conflates && this.chunks.length > 1) this.conflate(cursor);
		if (this.settings.whileBusy === 'conflateWhenFull') {
			// Of many symbols much is left; not every chunk shall go through it again.
			if (this.waiting >= Math.max(this.full, this.leftOver * 2)) this.conflate(cursor);
			this.wakeTaker();
			return;
		}
		this.wakeTaker();
		const { full } = this;
		while (this.waiting >= full && !this.closed) {
			await new Promise<void>((resolve) => this.wakeGivers.push(resolve));
		}
	}

	report(report: FeedReport): void {
		if (this.closed) return;
		// In line with the events: a tape hasn't ended before its last event was taken.
		this.chunks.push({ events: [], reports: [report], cursor: undefined });
		this.wakeTaker();
	}

	/** The next batch as soon as there's something; `undefined` when the queue was closed. */
	async take(): Promise<Batch | undefined> {
		while (this.chunks.length === 0 && !this.closed) {
			await new Promise<void>((resolve) => (this.wakeTaker = resolve));
		}
		return this.closed ? undefined : this.drain();
	}

	/** Ends every wait; what hasn't been taken is given up (no cursor was ever stored behind it). */
	close(): void {
		this.closed = true;
		this.wakeTaker();
		this.releaseGivers();
	}

	/** Whole chunks only, so that the cursor stands exactly behind the last event. */
	private drain(): Batch {
		const events: MarketEvent[] = [];
		const reports: FeedReport[] = [];
		let cursor: Cursor;
		while (this.chunks.length > 0 && events.length < this.settings.maxBatchSize) {
			const chunk = this.chunks.shift();
			if (chunk === undefined) break;
			for (const event of chunk.events) events.push(event);
			reports.push(...chunk.reports);
			cursor = chunk.cursor ?? cursor;
		}
		this.waiting -= events.length;
		this.releaseGivers();
		const whole = this.conflates ? events : this.columns.addTo(events);
		return {
			events: whole,
			reports: [...reports, ...this.reportConflated()],
			cursor,
			histories: this.columns.takeChanges(),
		};
	}

	private get full(): number {
		return this.settings.maxBatchSize * WAITING_BATCHES;
	}

	private get conflates(): boolean {
		return this.settings.whileBusy === 'conflate';
	}

	private reportConflated(): FeedReport[] {
		const count = this.conflated;
		if (count === 0) return [];
		this.conflated = 0;
		const now = this.clock.now();
		const slow = this.conflates ? 'The workflow was' : 'Judging was';
		const reason = `${slow} slower than the feed; ${count} events were replaced by newer ones of the same symbol.`;
		return [
			{ kind: 'conflated', source: this.settings.source, at: now, since: now, reason, count },
		];
	}

	private conflate(cursor: Cursor): void {
		const latest = new Map<string, MarketEvent>();
		for (const { events } of this.chunks) {
			for (const event of events) {
				const key = event.type === 'candle' && !this.conflates ? event.eventId : event.symbol;
				latest.delete(key); // so that the order is that of the latest events
				latest.set(key, event);
			}
		}
		this.conflated += this.waiting - latest.size;
		this.waiting = latest.size;
		this.leftOver = latest.size;
		const reports = this.chunks.flatMap((chunk) => chunk.reports);
		this.chunks = [{ events: [...latest.values()], reports, cursor }];
	}

	private releaseGivers(): void {
		for (const wake of this.wakeGivers.splice(0)) wake();
	}
}

/** A piece of what the source said: events and the cursor behind them, or news. */
type Chunk = {
	readonly events: readonly MarketEvent[];
	readonly reports: readonly FeedReport[];
	readonly cursor: Cursor;
};
