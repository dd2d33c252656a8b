import { checkMapping, type CustomMapping } from './mapping';
import { checkPath, checkUrl, refuse } from './restSettings';
import type { CustomSymbol } from './symbols';
import { namesAll, namesEach } from './template';

export type CustomWebSocketSettings = {
	readonly url: string;
	/** Whether the credential goes with the handshake; otherwise it's in the login message. */
	readonly sendsCredential: boolean;
	/** Said first; `[[apiKey]]`, `[[user]]` and `[[password]]` are the credential's. Empty: none. */
	readonly loginMessage: string;
	/** `[[symbol]]` makes one message of each, `[[symbols]]` one of all. Empty: it sends by itself. */
	readonly subscribeMessage: string;
	/** Empty: only ping frames. */
	readonly heartbeatMessage: string;
	readonly heartbeatEveryMs: number;
	/** A place in the frame, and what it must be there; an empty place takes every frame. */
	readonly filter: { readonly path: string; readonly values: readonly string[] };
	readonly symbols: readonly CustomSymbol[];
	readonly mapping: CustomMapping;
	readonly errorPath: string;
	readonly silentAfterMs: number;
	readonly staleAfterMs?: number;
};

const MOST_SYMBOLS = 1_000;
const LEAST_BEAT_MS = 1_000;

/** @throws SourceError naming what can't work */
export function checkCustomWebSocket(settings: CustomWebSocketSettings): void {
	const { url, symbols, subscribeMessage, mapping, errorPath, filter } = settings;
	checkUrl('URL', url, ['wss:', 'ws:']);
	if (namesAll(url) || namesEach(url)) {
		if (namesEach(url)) refuse('URL has [[symbol]]; one connection takes all: use [[symbols]].');
	}
	const asks = [url, subscribeMessage].some((text) => namesEach(text) || namesAll(text));
	if (asks && symbols.length === 0) {
		refuse('Symbols is empty, but there are [[symbols]] to fill in; name at least one.');
	}
	if (symbols.length > MOST_SYMBOLS) {
		refuse(`Symbols names ${symbols.length}; ${MOST_SYMBOLS} are the most for one trigger.`);
	}
	checkMapping(mapping, symbols.length === 1);
	checkPath('Error At', errorPath);
	checkPath('Only Frames With', filter.path);
	if (filter.path === '' && filter.values.length > 0) {
		refuse('Only Frames With is empty, but it has values; name the JSONPath where they stand.');
	}
	if (settings.heartbeatMessage !== '' && settings.heartbeatEveryMs < LEAST_BEAT_MS) {
		refuse(`Heartbeat Every is ${settings.heartbeatEveryMs} ms; 1s is the least.`);
	}
}
