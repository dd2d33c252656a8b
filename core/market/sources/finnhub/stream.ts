import type { KnownKey } from '../../KnownKey';
import { endToFailure, type ConnectionPolicy, type StreamProtocol } from '../../streaming';
import type { FinnhubKey } from './account';
import { answerToFailure } from './failures';
import { parseFrame } from './frames';

/**
 * How Finnhub's socket is spoken to: one symbol a message, and no answer to those it takes.
 * @see https://finnhub.io/docs/api/websocket-trades
 */
export const finnhubProtocol = (key: KnownKey<FinnhubKey>): StreamProtocol => ({
	// One socket carries everything: a second one disturbs the first.
	mostChannels: Number.MAX_SAFE_INTEGER,
	mostPerMessage: 1,
	pauseMs: 50,
	maxFrameBytes: 4 * 1_048_576,
	takesInSilence: true,
	subscribe: ([symbol]) => JSON.stringify({ type: 'subscribe', symbol }),
	unsubscribe: ([symbol]) => JSON.stringify({ type: 'unsubscribe', symbol }),
	parse: (text) => parseFrame(text, key.secrets),
	toFailure: (end, now) => endToFailure(end, now, answerToFailure, key.secrets),
});

/** The key stands in the address; there's no other way in. @throws ProviderFailure */
export async function addressOf(baseUrl: string, key: KnownKey<FinnhubKey>): Promise<string> {
	const url = new URL(baseUrl);
	url.searchParams.set('token', (await key.read()).apiKey);
	return url.href;
}

const MINUTE_MS = 60_000;

export const finnhubPolicy: ConnectionPolicy = {
	backoff: { firstMs: 1_000, factor: 2, maxMs: MINUTE_MS },
	usefulAfterMs: MINUTE_MS,
	openWithinMs: 15_000,
	// It says a word about once a minute.
	deadAfterMs: 2.5 * MINUTE_MS,
	muteAfterMs: 5 * MINUTE_MS,
	renewAfterMs: Number.POSITIVE_INFINITY,
	onlyOne: true,
	lookEveryMs: 5_000,
};
