import type { Random } from '../ports';

/** How long to wait before the next try. A value: `next()` gives the one for the try after. */
export type Backoff = {
	readonly waitMs: number;
	next(): Backoff;
};

export type BackoffSettings = {
	readonly firstMs: number;
	readonly factor: number;
	readonly maxMs: number;
};

/**
 * Waits that grow by a factor up to a cap, each drawn from its upper half, so that many who failed
 * together don't come back together.
 */
export function exponentialBackoff(settings: BackoffSettings, random: Random): Backoff {
	const from = (fullMs: number): Backoff => ({
		waitMs: Math.round(fullMs / 2 + (random.next() * fullMs) / 2),
		next: () => from(Math.min(fullMs * settings.factor, settings.maxMs)),
	});
	return from(Math.min(settings.firstMs, settings.maxMs));
}
