import type { KnownKey } from '../../KnownKey';
import { endToFailure, type ConnectionPolicy, type StreamProtocol } from '../../streaming';
import type { AlpacaKey } from './account';
import { answerToFailure } from './failures';
import { parseFrame } from './frames';
import type { AlpacaFeed } from './settings';

/**
 * How Alpaca's sockets are spoken to. Its answers carry no number; they come in the order of asking.
 * @see https://docs.alpaca.markets/docs/streaming-market-data
 */
export const alpacaProtocol = (key: KnownKey<AlpacaKey>): StreamProtocol => ({
	// One socket carries everything: a second one is refused.
	mostChannels: Number.MAX_SAFE_INTEGER,
	mostPerMessage: 400,
	pauseMs: 100,
	maxFrameBytes: 4 * 1_048_576,
	subscribe: (channels) => JSON.stringify({ action: 'subscribe', ...byKind(channels) }),
	unsubscribe: (channels) => JSON.stringify({ action: 'unsubscribe', ...byKind(channels) }),
	parse: (text) => parseFrame(text, key.secrets),
	toFailure: (end, now) => endToFailure(end, now, answerToFailure, key.secrets),
});

/** `trades:AAPL`, `quotes:AAPL` as `{ trades: ['AAPL'], quotes: ['AAPL'] }`. */
function byKind(channels: readonly string[]): Readonly<Record<string, readonly string[]>> {
	const kinds: Record<string, string[]> = {};
	for (const channel of channels) {
		const colon = channel.indexOf(':');
		(kinds[channel.slice(0, colon)] ??= []).push(channel.slice(colon + 1));
	}
	return kinds;
}

export async function logIn(key: KnownKey<AlpacaKey>): Promise<string> {
	const { keyId, secretKey } = await key.read();
	return JSON.stringify({ action: 'auth', key: keyId, secret: secretKey });
}

export const pathOf = (feed: AlpacaFeed): string =>
	feed === 'crypto' ? '/v1beta3/crypto/us' : `/v2/${feed}`;

const MINUTE_MS = 60_000;

export const policyOf = (feed: AlpacaFeed): ConnectionPolicy => ({
	backoff: { firstMs: 1_000, factor: 2, maxMs: MINUTE_MS },
	usefulAfterMs: MINUTE_MS,
	openWithinMs: 15_000,
	// Its sockets answer pings, and say nothing by themselves.
	pings: true,
	deadAfterMs: 30_000,
	// Sockets that answer and bring nothing have been seen; a market that's closed brings nothing, too.
	muteAfterMs: (feed === 'crypto' || feed === 'test' ? 5 : 30) * MINUTE_MS,
	renewAfterMs: Number.POSITIVE_INFINITY,
	onlyOne: true,
	lookEveryMs: 5_000,
});
