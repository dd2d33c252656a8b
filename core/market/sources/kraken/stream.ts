import { endToFailure, type ConnectionPolicy, type StreamProtocol } from '../../streaming';
import { answerToFailure } from './failures';
import { parseFrame } from './parse';

const groupOf = (channel: string): string => channel.slice(0, channel.lastIndexOf(' '));
const symbolOf = (channel: string): string => channel.slice(channel.lastIndexOf(' ') + 1);

/** A message names one channel, with one interval, and any number of symbols. */
function paramsOf(channels: readonly string[]) {
	const [channel, interval] = groupOf(channels[0] ?? '').split(' ');
	return {
		channel,
		symbol: channels.map(symbolOf),
		...(interval === undefined ? {} : { interval: Number(interval) }),
	};
}

/**
 * How Kraken's sockets (v2) are spoken to; a channel of ours is `ticker BTC/USD` or `ohlc 5 BTC/USD`.
 * @see https://docs.kraken.com/api/docs/guides/spot-ws-intro
 */
export const krakenProtocol: StreamProtocol = {
	mostChannels: 1_000,
	mostPerMessage: 100,
	pauseMs: 100,
	maxFrameBytes: 4 * 1_048_576,
	// Heartbeats begin with the first subscription only.
	heartbeat: { text: JSON.stringify({ method: 'ping' }), everyMs: 5_000 },
	answersByChannel: true,
	groupOf,
	subscribe: (channels, id) => {
		const params = paramsOf(channels);
		// A quote is worth knowing at once; past candles and trades are fetched where they're missing.
		const snapshot = params.channel === 'ticker';
		return JSON.stringify({ method: 'subscribe', params: { ...params, snapshot }, req_id: id });
	},
	unsubscribe: (channels, id) =>
		JSON.stringify({ method: 'unsubscribe', params: paramsOf(channels), req_id: id }),
	parse: parseFrame,
	toFailure: (end, now) => endToFailure(end, now, answerToFailure),
};

const MINUTE_MS = 60_000;

export const krakenPolicy: ConnectionPolicy = {
	// 150 attempts per 10 minutes and address are allowed; after maintenance one per 5 seconds.
	backoff: { firstMs: 2_000, factor: 2, maxMs: MINUTE_MS },
	usefulAfterMs: MINUTE_MS,
	openWithinMs: 15_000,
	// A heartbeat comes every second, and an answer to each ping.
	deadAfterMs: 15_000,
	muteAfterMs: MINUTE_MS,
	// No lifetime is documented.
	renewAfterMs: Number.POSITIVE_INFINITY,
	lookEveryMs: 5_000,
};
