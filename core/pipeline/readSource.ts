import type { Source, SourceSink } from '../market';

/** A sink that can be closed, so that nobody waits for its events any longer. */
type ClosableSink = SourceSink & { close(): void };

/**
 * Lets a source read into a queue while something else goes on; both end when `signal` aborts. When the
 * source fails, the queue is closed, so that the work ends.
 *
 * @param source `undefined` where there's nothing to read any more
 * @throws SourceError what the user must fix
 */
export async function readSource(
	source: Source | undefined,
	queue: ClosableSink,
	signal: AbortSignal,
	work: () => Promise<void>,
): Promise<void> {
	const stopSource = new AbortController();
	const stop = () => {
		queue.close();
		stopSource.abort();
	};
	signal.addEventListener('abort', stop, { once: true });
	if (signal.aborted) stop();
	const reading = source?.run(queue, stopSource.signal) ?? Promise.resolve();
	const failed = reading.then(
		() => undefined,
		(error: unknown) => (error instanceof Error ? error : new Error(String(error))),
	);
	void failed.then((error) => {
		if (error !== undefined) queue.close();
	});
	try {
		await work();
	} finally {
		stop();
		await failed;
		signal.removeEventListener('abort', stop);
	}
	const error = await failed;
	if (error !== undefined) throw error;
}
