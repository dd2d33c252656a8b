import { createHash } from 'node:crypto';

import { LiveFeed, type LivePorts } from '../../feed';
import { ProviderFailure } from '../../ProviderFailure';
import type { Source } from '../../Source';
import type { ConnectionPolicy, StreamEndpoint } from '../../streaming';
import { RowFeed } from './RowFeed';
import { isSameSecret, noSecret, type HttpSecret } from './secret';
import { fillAddress } from './template';
import { customProtocol, ROWS } from './webSocketProtocol';
import type { CustomWebSocketSettings } from './webSocketSettings';

export type CustomWebSocketPorts = Omit<LivePorts, 'http'> & { readonly secret: HttpSecret };

const SOURCE = 'customWebSocket';
const MINUTE_MS = 60_000;
const LOOK_MS = 5_000;

const policyOf = ({ heartbeatMessage, heartbeatEveryMs }: CustomWebSocketSettings) =>
	({
		backoff: { firstMs: 1_000, factor: 2, maxMs: MINUTE_MS },
		usefulAfterMs: MINUTE_MS,
		openWithinMs: 15_000,
		// It's asked for a sign of life at each look.
		pings: true,
		deadAfterMs: MINUTE_MS,
		muteAfterMs: 15 * MINUTE_MS,
		renewAfterMs: (23 * 60 + 50) * MINUTE_MS,
		lookEveryMs: heartbeatMessage === '' ? LOOK_MS : Math.min(LOOK_MS, heartbeatEveryMs),
	}) satisfies ConnectionPolicy;

/**
 * Any address that sends JSON frames. What was missed while the connection was down nobody has: the next event
 * of each symbol says `gapBefore`. Triggers that say the same to the same address share a connection.
 */
export function createCustomWebSocket(
	settings: CustomWebSocketSettings,
	ports: CustomWebSocketPorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return {
		run: async (sink, signal) => {
			if (signal.aborted) return;
			const { host, origin, pathname } = new URL(settings.url);
			const { symbols, mapping } = settings;
			const rows = new RowFeed(
				{
					source: SOURCE,
					address: `${origin}${pathname}`,
					symbols,
					mapping,
					secrets: ports.secret.secrets,
					everyMs: 0,
					...(settings.staleAfterMs === undefined ? {} : { staleAfterMs: settings.staleAfterMs }),
				},
				ports.clock,
			);
			const feed = new LiveFeed(
				{ ...rows.live, provider: host, silentAfterMs: settings.silentAfterMs },
				ports,
				sink,
				start.cursor,
				signal,
			);
			const leave = listen(feed, rows, settings, ports);
			try {
				await feed.run();
			} finally {
				leave();
			}
		},
	};
}

function listen(
	feed: LiveFeed,
	rows: RowFeed,
	settings: CustomWebSocketSettings,
	ports: CustomWebSocketPorts,
): () => void {
	const [only, ...others] = settings.symbols;
	const alone = others.length === 0 ? only : undefined;
	return ports.shared.streams.listen(endpointOf(settings, ports.secret), [ROWS], ports, {
		onData(_channel, frame) {
			try {
				rows.take(feed, frame, alone);
			} catch (error) {
				if (error instanceof ProviderFailure) feed.news.unreadable(undefined, error.message);
				else feed.broken(error);
			}
		},
		onSubscribed: () => {},
		onLost(socket, _channels, { failure, nextAttemptAt }) {
			for (const lane of feed.lanes.values()) lane.interrupt();
			feed.news.down(socket, [...feed.lanes.keys()], failure, nextAttemptAt);
		},
		onBack(socket) {
			feed.listenAnew();
			feed.news.back(socket);
		},
		onRefused: () => {},
		onRenewing: () => feed.expectDuplicates(),
		onSkipped: () => {}, // its messages have no numbers
		onUnreadable: (reason) => feed.news.unreadable(undefined, reason),
	});
}

function endpointOf(settings: CustomWebSocketSettings, secret: HttpSecret): StreamEndpoint {
	const { headers, query } = settings.sendsCredential ? secret : noSecret;
	const url = new URL(fillAddress(settings.url, settings.symbols));
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	url.hash = '';
	// All that is said and heard by; how rows are read is each trigger's own.
	const { mapping: _, silentAfterMs: __, staleAfterMs: ___, ...talk } = settings;
	const key = createHash('sha256').update(
		JSON.stringify([talk, isSameSecret(secret), secret.parts]),
	);
	return {
		key: `${SOURCE} ${key.digest('base64url')}`,
		address: () => url.href,
		headers: () => headers,
		protocol: customProtocol(settings, secret),
		policy: policyOf(settings),
	};
}
