import type { FeedReport, Source, SourceSink } from '../../core/market';
import type { Timer } from '../../core/ports';

/** An outage that's over sooner is on the Feed output only. */
const SHOWN_AFTER_MS = 10_000;

/** A source whose outages are shown as a failed execution, too: one for each that lasts, however often it's retried. */
export const showOutages = (
	source: Source,
	timer: Timer,
	show: (outage: FeedReport) => void,
): Source => ({
	run: async (sink, signal) => {
		const ends = new Map<number, AbortController>();
		const watch = async (outage: FeedReport): Promise<void> => {
			const end = new AbortController();
			ends.set(outage.since, end);
			await timer.sleep(SHOWN_AFTER_MS, AbortSignal.any([end.signal, signal]));
			if (!end.signal.aborted && !signal.aborted) show(outage);
		};
		const watching: SourceSink = {
			accept: async (events, cursor) => await sink.accept(events, cursor),
			report: (report) => {
				sink.report(report);
				if (report.kind === 'down') void watch(report);
				if (report.kind === 'back') ends.get(report.since)?.abort();
			},
		};
		await source.run(watching, signal);
	},
});
