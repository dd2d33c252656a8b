import { SourceError } from '../../Source';

export type PairSettings = {
	/** As the user gave them: `BTC/USD`. */
	readonly symbols: readonly string[];
	readonly receive: 'trades' | 'quotes' | 'candles' | 'runningCandles';
	/** Of candles: `1m`, `1h`, `1d`. */
	readonly interval: string;
	readonly delivery: 'stream' | 'poll';
	readonly pollEveryMs: number;
	/** A symbol that's silent for longer is told on Feed. */
	readonly silentAfterMs: number;
	readonly streamBaseUrl: string;
	readonly restBaseUrl: string;
	/** What the venue allows per minute and IP address. */
	readonly callsPerMinute: number;
};

/** A symbol as we write it, and as the venue does. */
export type PairSymbol = { readonly symbol: string; readonly providerSymbol: string };

/** What one venue takes. */
export type PairRules = {
	readonly provider: string;
	readonly mostSymbols: number;
	/** @throws SourceError */
	readonly parseSymbols: (names: readonly string[]) => readonly PairSymbol[];
	readonly intervals: readonly string[];
	readonly streamedIntervals: readonly string[];
	/** Calls of one round of polling; `undefined` for what can't be polled. */
	readonly callsOf: (receive: PairSettings['receive'], symbols: number) => number | undefined;
};

const LEAST_POLL_MS = 1_000;

export const isCandles = (receive: PairSettings['receive']): boolean =>
	receive === 'candles' || receive === 'runningCandles';

/** @throws SourceError naming what can't work */
export function checkPairs(settings: PairSettings, rules: PairRules): void {
	const { symbols, delivery } = settings;
	const { provider, mostSymbols } = rules;
	if (symbols.length === 0) refuse('Symbols is empty; name at least one, such as BTC/USD.');
	if (symbols.length > mostSymbols) {
		refuse(
			`Symbols names ${symbols.length}; ${mostSymbols} are the most for one trigger with ${provider}. The first too many is ${symbols[mostSymbols]}; use another trigger for the rest.`,
		);
	}
	rules.parseSymbols(symbols);
	checkInterval(settings, rules);
	checkAddress('Stream Address', settings.streamBaseUrl, ['wss:', 'ws:'], provider);
	checkAddress('REST Address', settings.restBaseUrl, ['https:', 'http:'], provider);
	if (delivery === 'poll') checkPolling(settings, rules);
}

function checkInterval({ receive, interval, delivery }: PairSettings, rules: PairRules): void {
	if (!isCandles(receive)) return;
	const { provider, intervals, streamedIntervals } = rules;
	if (!intervals.includes(interval)) {
		refuse(`Interval is ${JSON.stringify(interval)}; ${provider} has ${intervals.join(', ')}.`);
	}
	if (delivery === 'stream' && !streamedIntervals.includes(interval)) {
		refuse(
			`Interval is ${JSON.stringify(interval)}; ${provider} streams candles of ${streamedIntervals.join(', ')} only. Choose Delivery: Poll for the others.`,
		);
	}
}

function checkPolling(settings: PairSettings, { provider, callsOf }: PairRules): void {
	const { symbols, receive, pollEveryMs, callsPerMinute } = settings;
	const calls = callsOf(receive, symbols.length);
	if (calls === undefined) {
		refuse(
			`Trades of ${provider} come by stream only; choose Delivery: Stream, or receive Quotes.`,
		);
	}
	if (pollEveryMs < LEAST_POLL_MS) {
		refuse(`Poll Every is ${pollEveryMs} ms; ${LEAST_POLL_MS / 1_000}s is the least.`);
	}
	const perMinute = (calls * 60_000) / pollEveryMs;
	if (perMinute <= callsPerMinute) return;
	const least = Math.ceil((calls * 60) / callsPerMinute);
	refuse(
		`Poll Every is too short for ${symbols.length} symbols: ${calls} calls each time make ${Math.ceil(perMinute)} a minute, and ${provider} allows ${callsPerMinute}. Use ${least}s or more, fewer symbols, or Delivery: Stream.`,
	);
}

export function checkAddress(
	field: string,
	address: string,
	protocols: readonly string[],
	provider: string,
): void {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (
		url !== undefined &&
		protocols.includes(url.protocol) &&
		url.username === '' &&
		url.search === ''
	) {
		return;
	}
	// Not quoted: an address may hold a key.
	refuse(
		`${field} isn't an address as ${provider} has them; use ${protocols[0]}// and a host, without user or query.`,
	);
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
