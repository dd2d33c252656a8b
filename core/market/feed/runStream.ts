import type { ConnectionPorts, SharedStreams, StreamEndpoint } from '../streaming';
import type { Item } from './Lane';
import type { LiveFeed } from './LiveFeed';

export type StreamAdapter = {
	readonly endpoint: StreamEndpoint;
	readonly channelOf: (symbol: string) => string;
	/** Further channels of a symbol; what comes on them is read like the rest. */
	readonly besides?: (symbol: string) => readonly string[];
	/** An event of ours, or why it can't be read; `undefined` for what wasn't asked for. */
	readonly read: (
		symbol: string,
		data: unknown,
	) => Item | readonly Item[] | { readonly unreadable: string } | undefined;
	/** What was heard of a symbol so far isn't the whole of it. */
	readonly interrupt?: (symbol: string) => void;
};

/** Listens to a provider's stream until the feed is stopped; its sockets are shared with other feeds. */
export async function runStream(
	feed: LiveFeed,
	adapter: StreamAdapter,
	streams: SharedStreams,
	ports: ConnectionPorts,
): Promise<void> {
	const { provider } = feed.settings;
	const own = [...feed.lanes].map(([symbol, lane]) => [adapter.channelOf(symbol), lane] as const);
	const besides = [...feed.lanes].flatMap(([symbol, lane]) =>
		(adapter.besides?.(symbol) ?? []).map((channel) => [channel, lane] as const),
	);
	const byChannel = new Map([...own, ...besides]);
	const isBeside = new Set(besides.map(([channel]) => channel));
	const symbolsOf = (channels: readonly string[]) => [
		...new Set(channels.flatMap((channel) => byChannel.get(channel)?.symbol ?? [])),
	];
	const interrupt = (channels: readonly string[]) => {
		for (const symbol of symbolsOf(channels)) {
			adapter.interrupt?.(symbol);
			feed.lanes.get(symbol)?.interrupt();
		}
	};
	const granted = new Set<string>();
	if (feed.signal.aborted) return;
	const leave = streams.listen(adapter.endpoint, [...byChannel.keys()], ports, {
		onData(channel, data) {
			const lane = byChannel.get(channel);
			if (lane === undefined) return;
			const item = adapter.read(lane.symbol, data);
			feed.heard(lane.symbol);
			if (item === undefined) return;
			if (isSeveral(item)) for (const one of item) lane.take(one);
			else if ('unreadable' in item) feed.news.unreadable(lane.symbol, item.unreadable);
			else lane.take(item);
		},
		onSubscribed(channels) {
			for (const channel of channels) {
				if (isBeside.has(channel)) continue;
				const lane = byChannel.get(channel);
				// Granted again, something may have come in between.
				if (granted.has(channel)) interrupt([channel]);
				granted.add(channel);
				lane?.catchUp();
			}
		},
		onLost(socket, channels, { failure, nextAttemptAt }) {
			interrupt(channels);
			feed.news.down(socket, symbolsOf(channels), failure, nextAttemptAt);
		},
		onBack(socket) {
			feed.listenAnew();
			feed.news.back(socket);
		},
		onRefused(channel, reason) {
			const [symbol] = symbolsOf([channel]);
			if (symbol === undefined) return;
			if (!isBeside.has(channel)) feed.forget(symbol);
			const what = isBeside.has(channel) ? channel : symbol;
			feed.news.unknownSymbols(
				[symbol],
				`${provider} doesn't take ${what}: ${reason}. Check the symbol; the others go on.`,
			);
		},
		onRenewing: () => feed.expectDuplicates(),
		onSkipped(channels, count) {
			interrupt(channels);
			for (const channel of channels) byChannel.get(channel)?.catchUp();
			feed.news.skipped(symbolsOf(channels), count);
		},
		onUnreadable: (reason) => feed.news.unreadable(undefined, reason),
	});
	try {
		await feed.run();
	} finally {
		leave();
	}
}

const isSeveral = <T>(read: T | readonly T[]): read is readonly T[] => Array.isArray(read);
