import { endToFailure, type ConnectionPolicy, type StreamProtocol } from '../../streaming';
import { answerToFailure } from './failures';
import { parseFrame } from './parse';

/**
 * How Binance's sockets are spoken to.
 * @see https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
 */
export const binanceProtocol: StreamProtocol = {
	mostChannels: 1_024,
	mostPerMessage: 200,
	// Five messages a second are allowed, answers to pings included.
	pauseMs: 250,
	maxFrameBytes: 4 * 1_048_576,
	subscribe: (channels, id) => JSON.stringify({ method: 'SUBSCRIBE', params: channels, id }),
	unsubscribe: (channels, id) => JSON.stringify({ method: 'UNSUBSCRIBE', params: channels, id }),
	parse: parseFrame,
	toFailure: (end, now) => endToFailure(end, now, answerToFailure),
};

const MINUTE_MS = 60_000;

export const binancePolicy: ConnectionPolicy = {
	// 300 attempts per 5 minutes and address are allowed.
	backoff: { firstMs: 1_000, factor: 2, maxMs: MINUTE_MS },
	usefulAfterMs: MINUTE_MS,
	openWithinMs: 15_000,
	// It pings every 20 seconds.
	deadAfterMs: MINUTE_MS,
	muteAfterMs: 5 * MINUTE_MS,
	// It cuts every connection after 24 hours.
	renewAfterMs: (23 * 60 + 50) * MINUTE_MS,
	lookEveryMs: 5_000,
};
