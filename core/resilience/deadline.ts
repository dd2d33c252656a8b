import type { Timer } from '../ports';

/**
 * Work that is given up after a time, whatever it's waiting for: a server that sends a byte now and then
 * never runs into an idle timeout. `late` when it was.
 */
export async function withDeadline<T>(
	work: (signal: AbortSignal) => Promise<T>,
	deadlineMs: number,
	timer: Timer,
	signal?: AbortSignal,
): Promise<{ readonly done: T } | 'late'> {
	const giveUp = new AbortController();
	const stop = () => giveUp.abort();
	signal?.addEventListener('abort', stop, { once: true });
	if (signal?.aborted) stop();
	const over = new AbortController();
	try {
		const working = work(giveUp.signal).then((done) => ({ done }));
		working.catch(() => undefined); // it may still fail after it was given up
		return await Promise.race([
			working,
			timer.sleep(deadlineMs, over.signal).then(() => 'late' as const),
		]);
	} finally {
		over.abort();
		stop();
		signal?.removeEventListener('abort', stop);
	}
}
