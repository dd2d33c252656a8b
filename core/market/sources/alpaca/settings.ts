import { SourceError } from '../../Source';
import { parseSymbols } from './symbols';
import { INTERVALS } from './wire';

export type AlpacaFeed =
	/** One exchange of many, real time, free. */
	| 'iex'
	/** All exchanges, real time. */
	| 'sip'
	/** All exchanges, 15 minutes late. */
	| 'delayed_sip'
	| 'crypto'
	/** A made-up stock that trades day and night. */
	| 'test';

/** What an account pays for. */
export type AlpacaPlan = 'basic' | 'plus';

export type AlpacaSettings = {
	readonly symbols: readonly string[];
	readonly feed: AlpacaFeed;
	readonly receive: 'trades' | 'quotes' | 'candles' | 'runningCandles';
	/** Of candles: `1m`, `1h`. */
	readonly interval: string;
	readonly delivery: 'stream' | 'poll';
	readonly pollEveryMs: number;
	/** A symbol that's silent for longer while its market is open is told on Feed. */
	readonly silentAfterMs: number;
	readonly plan: AlpacaPlan;
	readonly streamBaseUrl: string;
	readonly dataBaseUrl: string;
};

export const alpacaDefaults = {
	streamBaseUrl: 'wss://stream.data.alpaca.markets',
	dataBaseUrl: 'https://data.alpaca.markets',
} as const;

/** Plans change; these are of autumn 2026. Alpaca's own answers correct the first figure. */
export const alpacaPlans: Readonly<
	Record<AlpacaPlan, { readonly callsPerMinute: number; readonly streamedSymbols: number }>
> = {
	// Candles aren't counted.
	basic: { callsPerMinute: 200, streamedSymbols: 30 },
	plus: { callsPerMinute: 10_000, streamedSymbols: Number.POSITIVE_INFINITY },
};

const MOST_SYMBOLS = 2_000;
const LEAST_POLL_MS = 1_000;
/** Symbols one call may name: an address has a length. */
export const SYMBOLS_PER_CALL = 200;

/** What one round of polling takes. */
export const alpacaCallsPerRound = (symbols: number): number =>
	Math.ceil(symbols / SYMBOLS_PER_CALL);

/** @throws SourceError naming what can't work */
export function checkAlpaca(settings: AlpacaSettings): void {
	const { symbols, feed, receive, interval, delivery } = settings;
	const example = { crypto: 'BTC/USD', test: 'FAKEPACA' }[feed as string] ?? 'AAPL';
	if (symbols.length === 0) refuse(`Symbols is empty; name at least one, such as ${example}.`);
	if (symbols.length > MOST_SYMBOLS) {
		refuse(
			`Symbols names ${symbols.length}; ${MOST_SYMBOLS} are the most for one trigger with Alpaca. The first too many is ${symbols[MOST_SYMBOLS]}; use another trigger for the rest.`,
		);
	}
	parseSymbols(symbols, feed);
	if (receive === 'runningCandles') {
		refuse('Alpaca has no running candles; choose Candles, or Trades.');
	}
	if (receive === 'candles' && INTERVALS[interval] === undefined) {
		refuse(
			`Interval is ${JSON.stringify(interval)}; Alpaca has ${Object.keys(INTERVALS).join(', ')}.`,
		);
	}
	checkFeed(feed, settings.plan);
	checkAddress("The credential's stream address", settings.streamBaseUrl, 'wss:', 'ws:');
	checkAddress("The credential's data address", settings.dataBaseUrl, 'https:', 'http:');
	if (delivery === 'poll') checkPolling(settings);
	else checkStreaming(settings);
}

/** @throws SourceError */
export function checkFeed(feed: AlpacaFeed, plan: AlpacaPlan): void {
	if (feed !== 'sip' || plan !== 'basic') return;
	refuse(
		"Feed: SIP isn't in the plan of this credential (Basic). Choose IEX or SIP Delayed, or set the credential's plan when yours is Algo Trader Plus.",
	);
}

function checkStreaming({ symbols, feed, receive, interval, plan }: AlpacaSettings): void {
	if (receive === 'candles') {
		if (interval === '1m') return;
		refuse(
			`Alpaca streams candles of 1m only; for ${interval} choose Delivery: Poll. (Indicators work on candles of any length with 1m, too.)`,
		);
	}
	const { streamedSymbols } = alpacaPlans[plan];
	if (feed === 'test' || symbols.length <= streamedSymbols) return;
	refuse(
		`Symbols names ${symbols.length}; the plan of this credential (Basic) streams ${receive} of ${streamedSymbols}. The first too many is ${symbols[streamedSymbols]}. Receive Candles (any number), poll, or set the credential's plan when yours is larger.`,
	);
}

function checkPolling({ symbols, feed, receive, pollEveryMs, plan }: AlpacaSettings): void {
	if (feed === 'test') refuse('Feed: Test comes by stream only; choose Delivery: Stream.');
	if (receive === 'trades') {
		refuse('Trades of Alpaca come by stream only; choose Delivery: Stream, or receive Quotes.');
	}
	if (pollEveryMs < LEAST_POLL_MS) {
		refuse(`Poll Every is ${pollEveryMs} ms; ${LEAST_POLL_MS / 1_000}s is the least.`);
	}
	const calls = alpacaCallsPerRound(symbols.length);
	const { callsPerMinute } = alpacaPlans[plan];
	const perMinute = Math.ceil((calls * 60_000) / pollEveryMs);
	if (perMinute <= callsPerMinute) return;
	refuse(
		`Poll Every is too short for ${symbols.length} symbols: ${calls} calls each time make ${perMinute} a minute, and the plan of this credential allows ${callsPerMinute}. Use ${Math.ceil((calls * 60) / callsPerMinute)}s or more, fewer symbols, or Delivery: Stream.`,
	);
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** A key goes there: never in clear, but to this very machine. Not quoted: an address may hold a secret. */
export function checkAddress(what: string, address: string, secure: string, plain: string): void {
	const url = URL.canParse(address) ? new URL(address) : undefined;
	const isFit =
		url !== undefined &&
		(url.protocol === secure || (url.protocol === plain && LOOPBACK.test(url.hostname))) &&
		url.username === '' &&
		url.search === '';
	if (!isFit) refuse(`${what} isn't one; use ${secure}// and a host, without user or query.`);
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
