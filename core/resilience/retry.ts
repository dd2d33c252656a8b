import type { Clock, Random, Timer } from '../ports';
import { exponentialBackoff, type BackoffSettings } from './backoff';

/** How one try ended. */
export type Attempt<Done, Failed> =
	| { readonly done: Done }
	| {
			readonly failed: Failed;
			/** Whether another try may end better. */
			readonly again: boolean;
			/** What the other side asked us to wait. */
			readonly retryAfterMs?: number;
	  };

export type RetryPolicy = BackoffSettings & {
	/** No try begins later than this after the first. */
	readonly deadlineMs: number;
};

export type Retried<Done, Failed> = { readonly tries: number } & (
	{ readonly done: Done } | { readonly failed: Failed }
);

/**
 * Tries until it works, isn't worth it any more, or the deadline has come; the last failure is a value.
 * A wait the other side asked for is kept, unless it ends after the deadline: then that was the last try.
 */
export async function retry<Done, Failed>(
	attempt: (signal: AbortSignal | undefined) => Promise<Attempt<Done, Failed>>,
	policy: RetryPolicy,
	ports: { readonly clock: Clock; readonly timer: Timer; readonly random: Random },
	signal?: AbortSignal,
): Promise<Retried<Done, Failed>> {
	const until = ports.clock.now() + policy.deadlineMs;
	let backoff = exponentialBackoff(policy, ports.random);
	for (let tries = 1; ; tries += 1) {
		const end = await attempt(signal);
		if ('done' in end) return { tries, done: end.done };
		const waitMs = Math.max(backoff.waitMs, end.retryAfterMs ?? 0);
		if (!end.again || signal?.aborted || ports.clock.now() + waitMs > until) {
			return { tries, failed: end.failed };
		}
		await ports.timer.sleep(waitMs, signal);
		if (signal?.aborted) return { tries, failed: end.failed };
		backoff = backoff.next();
	}
}
