/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly __unit: 'epochMs' };

/** Marks a number of milliseconds since 1970, UTC, as an instant. */
export const epochMs = (milliseconds: number): EpochMs => milliseconds as EpochMs;

/** Tells the time of day. A replay has one of its own. */
export interface Clock {
	now(): EpochMs;
}

/** Waits. An abort ends the wait at once; `sleep` then resolves, it never rejects. */
export interface Timer {
	sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** Numbers in [0, 1), for jitter. */
export interface Random {
	next(): number;
}
