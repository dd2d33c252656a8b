import { epochMs, type EpochMs } from '../ports';

/** Events reach us a little late: the clock waits for those that happened before it. */
const GRACE_MS = 1_000;

/**
 * What time it is where events come from, while none comes. A delayed feed lives in the past, and so does
 * one that is catching up: the clock is as far behind as the youngest event was when it came.
 */
export class FeedTime {
	private lag: number | undefined;

	hear(eventAt: EpochMs, now: EpochMs): void {
		const lag = Math.max(0, now - eventAt);
		if (this.lag === undefined || lag < this.lag) this.lag = lag;
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
