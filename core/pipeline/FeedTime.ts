import { epochMs, type EpochMs } from '../ports';

/** Events reach us a little late: the clock waits for those that happened before it. */
const GRACE_MS = 1_000;
/** The youngest event of so long says how far behind the feed is; after a break as long, the next one does. */
const SPAN_MS = 10_000;

/**
 * What time it is where events come from, while none comes. A delayed feed lives in the past, and so does
 * one that is catching up after a break: the clock is as far behind as the youngest events were when they
 * came lately.
 */
export class FeedTime {
	private lag: number | undefined;

	/** The least since a moment; what counts once that is long enough ago. */
	private least = 0;

	private leastSince = 0;

	private heardAt = 0;

	hear(eventAt: EpochMs, now: EpochMs): void {
		const lag = Math.max(0, now - eventAt);
		const isFirst = this.lag === undefined || now - this.heardAt >= SPAN_MS;
		const isOver = now - this.leastSince >= SPAN_MS;
		if (isFirst) this.lag = lag;
		else if (isOver) this.lag = Math.min(this.least, lag);
		else this.lag = Math.min(this.lag ?? lag, lag);
		this.least = isFirst || isOver ? lag : Math.min(this.least, lag);
		if (isFirst || isOver) this.leastSince = now;
		this.heardAt = now;
	}

	/** Up to when everything has been heard; `undefined` before the first event. */
	at(now: EpochMs): EpochMs | undefined {
		return this.lag === undefined ? undefined : epochMs(now - this.lag - GRACE_MS);
	}

	/** When it will be a moment there. */
	reaches(at: EpochMs): EpochMs | undefined {
		return this.lag === undefined ? undefined : epochMs(at + this.lag + GRACE_MS);
	}
}
