import type { Clock, Random, Timer } from '../../ports';
import { retry, type RateLimit } from '../../resilience';
import { ProviderFailure, type FailureKind } from '../ProviderFailure';

/** Makes one call, and makes it again while that may help. */
export type Patiently = <T>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** What passes by itself. */
const PASSES: ReadonlySet<FailureKind> = new Set(['rate', 'transient', 'connectionLimit']);
const SLOW_MS = 60_000;

/**
 * Calls for somebody who waits: what passes by itself is tried again, as long as the provider asks, but not for
 * longer than `patienceMs`. A limit that's closed for longer isn't waited for at all.
 */
export const patientWith =
	(
		limit: RateLimit,
		patienceMs: number,
		ports: { readonly clock: Clock; readonly timer: Timer; readonly random: Random },
	): Patiently =>
	async (call, signal) => {
		const closedMs = limit.waitFor(1);
		if (closedMs > patienceMs) {
			throw new ProviderFailure(
				'rate',
				`may not be asked for another ${Math.ceil(closedMs / 1_000)} s, since too much was asked for; the limit counts for all that share it.`,
				closedMs,
			);
		}
		const end = await retry(
			async () => {
				try {
					return { done: await call() };
				} catch (error) {
					if (!(error instanceof ProviderFailure)) throw error;
					const asked = error.retryAfterMs ?? (error.kind === 'rate' ? SLOW_MS : undefined);
					return {
						failed: error,
						again: PASSES.has(error.kind),
						...(asked === undefined ? {} : { retryAfterMs: asked }),
					};
				}
			},
			{ firstMs: 500, factor: 2, maxMs: 10_000, deadlineMs: patienceMs },
			ports,
			signal,
		);
		if ('failed' in end) throw end.failed;
		return end.done;
	};
