import type { ConnectionPorts, SharedStreams, StreamEndpoint } from '../streaming';
import type { Item } from './Lane';
import type { LiveFeed } from './LiveFeed';

export type StreamAdapter = {
	readonly endpoint: StreamEndpoint;
	readonly channelOf: (symbol: string) => string;
	/** An event of ours, or why it can't be read; `undefined` for what wasn't asked for. */
	readonly read: (
		symbol: string,
		data: unknown,
	) => Item | { readonly unreadable: string } | undefined;
};

/** Listens to a provider's stream until the feed is stopped; its sockets are shared with other feeds. */
export async function runStream(
	feed: LiveFeed,
	adapter: StreamAdapter,
	streams: SharedStreams,
	ports: ConnectionPorts,
): Promise<void> {
	const { provider } = feed.settings;
	const byChannel = new Map(
		[...feed.lanes].map(([symbol, lane]) => [adapter.channelOf(symbol), lane] as const),
	);
	const symbolsOf = (channels: readonly string[]) =>
		channels.flatMap((channel) => byChannel.get(channel)?.symbol ?? []);
	if (feed.signal.aborted) return;
	const leave = streams.listen(adapter.endpoint, [...byChannel.keys()], ports, {
		onData(channel, data) {
			const lane = byChannel.get(channel);
			if (lane === undefined) return;
			const item = adapter.read(lane.symbol, data);
			feed.heard(lane.symbol);
			if (item === undefined) return;
			if ('unreadable' in item) feed.news.unreadable(lane.symbol, item.unreadable);
			else lane.take(item);
		},
		onSubscribed(channels) {
			for (const channel of channels) byChannel.get(channel)?.catchUp();
		},
		onLost(socket, channels, { failure, nextAttemptAt }) {
			for (const channel of channels) byChannel.get(channel)?.interrupt();
			feed.news.down(socket, symbolsOf(channels), failure, nextAttemptAt);
		},
		onBack(socket) {
			feed.listenAnew();
			feed.news.back(socket);
		},
		onRefused(channel, reason) {
			const [symbol] = symbolsOf([channel]);
			if (symbol === undefined) return;
			feed.forget(symbol);
			feed.news.unknownSymbols(
				[symbol],
				`${provider} doesn't take ${symbol}: ${reason}. Check the symbol; the others go on.`,
			);
		},
		onRenewing: () => feed.expectDuplicates(),
		onUnreadable: (reason) => feed.news.unreadable(undefined, reason),
	});
	try {
		await feed.run();
	} finally {
		leave();
	}
}
