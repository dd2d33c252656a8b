import { epochMs, parseDuration, type Clock, type EpochMs } from '../ports';
import type { MarketEvent, Session } from './model';
import type { FeedReport, Source, SourceSink } from './Source';
import { calendarOf, findCalendar, type CalendarName } from './sessions';

export type SessionFilter = {
	/** The source's name, for the news. */
	readonly source: string;
	readonly sessions: readonly Session[];
	/** Of all instruments; without one, each keeps the hours of its kind. */
	readonly calendar?: CalendarName;
};

const DAY_MS = 86_400_000;
/** How often it's told how much was left out. */
const TOLD_EVERY_MS = 3_600_000;

/**
 * A source without what happens outside some sessions. What's left out is counted, and told on Feed: now and
 * then, and when the source ends. The cursor stays behind the last event that was let through; what comes
 * again after a restart is left out again.
 */
export const onlyDuring = (source: Source, filter: SessionFilter, clock: Clock): Source => ({
	run: async (sink, signal) => {
		const leftOut = new LeftOut(filter.source, clock);
		const filtering: SourceSink = {
			accept: async (events, cursor) => {
				const inside = events.filter((event) => isDuring(event, filter));
				leftOut.count(events.length - inside.length);
				if (leftOut.isDue) sink.report(leftOut.tell());
				if (inside.length > 0) await sink.accept(inside, cursor);
			},
			report: (report) => {
				if (report.kind === 'ended' && leftOut.some) sink.report(leftOut.tell());
				sink.report(report);
			},
		};
		await source.run(filtering, signal);
		if (leftOut.some) sink.report(leftOut.tell());
	},
});

/** A day is longer than any session, so candles of one are always let through. */
export function isDuring(event: MarketEvent, { sessions, calendar }: SessionFilter): boolean {
	if (event.type === 'candle' && (parseDuration(event.interval) ?? 0) >= DAY_MS) return true;
	// The end of a candle doesn't belong to it.
	const at = event.type === 'candle' ? epochMs(event.endAt - 1) : event.eventAt;
	const of = (calendar && findCalendar(calendar)) ?? calendarOf(event.symbol);
	return sessions.includes(of.sessionAt(at));
}

class LeftOut {
	private events = 0;

	private since: EpochMs | undefined;

	constructor(
		private readonly source: string,
		private readonly clock: Clock,
	) {}

	get some(): boolean {
		return this.events > 0;
	}

	get isDue(): boolean {
		return this.since !== undefined && this.clock.now() - this.since >= TOLD_EVERY_MS;
	}

	count(events: number): void {
		if (events === 0) return;
		this.events += events;
		this.since ??= this.clock.now();
	}

	tell(): FeedReport {
		const at = this.clock.now();
		const { source, events: count, since = at } = this;
		this.events = 0;
		this.since = undefined;
		const reason = `${count} ${count === 1 ? 'event' : 'events'} outside the chosen sessions ${count === 1 ? 'was' : 'were'} left out.`;
		return { kind: 'outsideSession', source, at, since, reason, count };
	}
}
