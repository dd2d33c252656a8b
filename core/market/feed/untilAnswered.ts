import type { Log, Random, Timer } from '../../ports';
import { exponentialBackoff } from '../../resilience';
import { ProviderFailure, waitAfter } from '../ProviderFailure';
import type { LiveFeed } from './LiveFeed';

/** Asks beside the feed, again and again until there's an answer; nobody waits for it. */
export function untilAnswered(
	feed: LiveFeed,
	ask: () => Promise<unknown>,
	ports: { readonly timer: Timer; readonly random: Random; readonly log: Log },
): void {
	keepAsking(feed, ask, ports).catch((error: unknown) => feed.broken(error));
}

async function keepAsking(
	feed: LiveFeed,
	ask: () => Promise<unknown>,
	{ timer, random, log }: Parameters<typeof untilAnswered>[2],
): Promise<void> {
	let backoff = exponentialBackoff({ firstMs: 5_000, factor: 2, maxMs: 600_000 }, random);
	while (!feed.signal.aborted) {
		try {
			await ask();
			return;
		} catch (error) {
			if (!(error instanceof ProviderFailure)) throw error;
			if (feed.signal.aborted) return;
			log.debug(`The symbols couldn't be checked: ${feed.settings.provider} ${error.message}`);
			await timer.sleep(waitAfter(error, backoff), feed.signal);
			backoff = backoff.next();
		}
	}
}
