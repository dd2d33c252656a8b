import { epochMs, type Clock, type Random, type Timer } from '../../ports';
import { exponentialBackoff } from '../../resilience';
import { ProviderFailure, waitAfter } from '../ProviderFailure';
import type { LiveFeed } from './LiveFeed';

export type PollAdapter = {
	readonly everyMs: number;
	/** Asks once for everything and puts what's new into the lanes. @throws ProviderFailure */
	readonly poll: (feed: LiveFeed, signal: AbortSignal) => Promise<void>;
};

type Ports = { readonly clock: Clock; readonly timer: Timer; readonly random: Random };

const LONGEST_WAIT_MS = 300_000;

/** Asks a provider again and again until the feed is stopped; after a failure later, and later still. */
export async function runPoll(feed: LiveFeed, adapter: PollAdapter, ports: Ports): Promise<void> {
	if (feed.signal.aborted) return;
	const polling = keepPolling(feed, adapter, ports).catch((error: unknown) => feed.broken(error));
	await feed.run();
	await polling;
}

async function keepPolling(feed: LiveFeed, { everyMs, poll }: PollAdapter, ports: Ports) {
	const { clock, timer, random } = ports;
	const backoffFrom = () =>
		exponentialBackoff(
			{ firstMs: Math.min(everyMs, 5_000), factor: 2, maxMs: Math.max(everyMs, LONGEST_WAIT_MS) },
			random,
		);
	let backoff = backoffFrom();
	let due: number = clock.now();
	while (!feed.signal.aborted) {
		try {
			await poll(feed, feed.signal);
			if (feed.signal.aborted) return;
			feed.news.back('poll');
			backoff = backoffFrom();
			due = Math.max(due + everyMs, clock.now());
		} catch (error) {
			if (!(error instanceof ProviderFailure)) throw error;
			if (feed.signal.aborted) return;
			due = clock.now() + waitAfter(error, backoff);
			backoff = backoff.next();
			for (const lane of feed.lanes.values()) lane.interrupt();
			feed.news.down('poll', [...feed.lanes.keys()], error, epochMs(due));
		}
		await timer.sleep(due - clock.now(), feed.signal);
	}
}
