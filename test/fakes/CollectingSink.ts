import type { Cursor, FeedReport, MarketEvent, SourceSink } from '../../core/market';

/** A sink that keeps what it gets, and stops the source after a number of events. */
export class CollectingSink implements SourceSink {
	readonly events: MarketEvent[] = [];

	/** The cursor behind each chunk, and how many events came up to it. */
	readonly cursors: Array<{ readonly cursor: Cursor; readonly after: number }> = [];

	readonly reports: FeedReport[] = [];

	private readonly stop = new AbortController();

	constructor(private readonly most = Number.POSITIVE_INFINITY) {}

	get signal(): AbortSignal {
		return this.stop.signal;
	}

	async accept(events: readonly MarketEvent[], cursor: Cursor): Promise<void> {
		for (const event of events) this.events.push(event);
		this.cursors.push({
			cursor: JSON.parse(JSON.stringify(cursor)) as Cursor,
			after: this.events.length,
		});
		if (this.events.length >= this.most) this.stop.abort();
	}

	report(report: FeedReport): void {
		this.reports.push(report);
	}

	reportsOf(kind: FeedReport['kind']): FeedReport[] {
		return this.reports.filter((report) => report.kind === kind);
	}
}
