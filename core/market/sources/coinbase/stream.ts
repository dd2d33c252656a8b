import { endToFailure, type ConnectionPolicy, type StreamProtocol } from '../../streaming';
import { answerToFailure } from './failures';
import { parseFrame } from './parse';

const groupOf = (channel: string): string => channel.slice(0, channel.lastIndexOf(' '));
const productOf = (channel: string): string => channel.slice(channel.lastIndexOf(' ') + 1);

/** A message names one channel, and any number of products. */
const message = (type: string) => (channels: readonly string[]) =>
	JSON.stringify({
		type,
		product_ids: channels.map(productOf),
		channel: groupOf(channels[0] ?? ''),
	});

/**
 * How Coinbase's sockets are spoken to; a channel of ours is `ticker BTC-USD`.
 * @see https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-overview
 */
export const coinbaseProtocol: StreamProtocol = {
	mostChannels: 1_000,
	mostPerMessage: 100,
	// Eight messages a second are allowed.
	pauseMs: 150,
	maxFrameBytes: 4 * 1_048_576,
	// Without them a quiet channel is closed after a minute or so.
	opening: [JSON.stringify({ type: 'subscribe', channel: 'heartbeats' })],
	answersByChannel: true,
	groupOf,
	subscribe: message('subscribe'),
	unsubscribe: message('unsubscribe'),
	parse: parseFrame,
	toFailure: (end, now) => endToFailure(end, now, answerToFailure),
};

const MINUTE_MS = 60_000;

export const coinbasePolicy: ConnectionPolicy = {
	// Eight connections a second and address are allowed.
	backoff: { firstMs: 500, factor: 2, maxMs: 30_000 },
	usefulAfterMs: MINUTE_MS,
	openWithinMs: 15_000,
	// A heartbeat comes every second.
	deadAfterMs: 15_000,
	muteAfterMs: MINUTE_MS,
	// No lifetime is documented.
	renewAfterMs: Number.POSITIVE_INFINITY,
	lookEveryMs: 5_000,
};
