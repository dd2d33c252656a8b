import type { Source } from '../Source';
import { LiveFeed, type FeedPorts, type LiveSettings } from './LiveFeed';

/** One provider's way of filling a feed; made anew for each run. */
export interface LiveProvider {
	readonly live: LiveSettings;
	/** Both fill the feed until it's stopped. */
	stream(feed: LiveFeed): Promise<void>;
	poll(feed: LiveFeed): Promise<void>;
}

/** A source that streams or polls, as its settings say. */
export function createLive(
	make: () => LiveProvider,
	delivery: 'stream' | 'poll',
	ports: FeedPorts,
	start: { readonly cursor: unknown },
): Source {
	return {
		run: async (sink, signal) => {
			const provider = make();
			const feed = new LiveFeed(provider.live, ports, sink, start.cursor, signal);
			await provider[delivery](feed);
		},
	};
}

/** How long a symbol may be silent: nothing can be heard more often than it comes. */
export const silentAfter = (settings: { silentAfterMs: number }, comesEveryMs: number): number =>
	Math.max(settings.silentAfterMs, comesEveryMs * 3);
