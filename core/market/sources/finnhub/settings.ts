import { SourceError } from '../../Source';
import { parseSymbols } from './symbols';

export type FinnhubSettings = {
	readonly symbols: readonly string[];
	readonly receive: 'trades' | 'quotes' | 'candles' | 'runningCandles';
	readonly delivery: 'stream' | 'poll';
	readonly pollEveryMs: number;
	/** A symbol that's silent for longer while its market is open is told on Feed. */
	readonly silentAfterMs: number;
	readonly plan: FinnhubPlan;
	readonly restBaseUrl: string;
	readonly streamBaseUrl: string;
};

/** What the account pays for. */
export type FinnhubPlan = {
	readonly callsPerMinute: number;
	/** On its one connection, over all triggers. */
	readonly streamedSymbols: number;
};

export const finnhubDefaults = {
	restBaseUrl: 'https://finnhub.io/api/v1',
	streamBaseUrl: 'wss://ws.finnhub.io',
} as const;

/** Plans change; this is the free one of autumn 2026. */
export const finnhubFree: FinnhubPlan = { callsPerMinute: 60, streamedSymbols: 50 };

const LEAST_POLL_MS = 1_000;
/** Every plan allows 30 calls a second. */
const MOST_AT_ONCE = 15;

/** Calls that may be made at once after a pause, so that a minute's calls stay within the plan. */
export const burstOf = ({ callsPerMinute }: FinnhubPlan): number =>
	Math.min(Math.max(Math.floor(callsPerMinute / 6), 1), MOST_AT_ONCE);

/** Calls a minute that can be kept up. */
export const steadyCalls = (plan: FinnhubPlan): number =>
	Math.max(plan.callsPerMinute - burstOf(plan), 1);

/** One call a symbol; fundamentals, once a day, aren't counted. */
export const finnhubCallsPerRound = (symbols: number): number => symbols;

/** @throws SourceError naming what can't work */
export function checkFinnhub(settings: FinnhubSettings): void {
	const { symbols, receive, delivery } = settings;
	parseSymbols(symbols);
	if (receive === 'candles' || receive === 'runningCandles') {
		refuse(
			'Finnhub has no candles for free keys; receive Trades or Quotes. (Facts such as indicators build candles from these.)',
		);
	}
	checkAddress("The credential's stream address", settings.streamBaseUrl, 'wss:', 'ws:');
	checkAddress("The credential's REST address", settings.restBaseUrl, 'https:', 'http:');
	if (delivery === 'poll') checkPolling(settings);
	else checkStreaming(settings);
}

function checkStreaming({ symbols, receive, plan }: FinnhubSettings): void {
	if (receive === 'quotes') {
		refuse('Finnhub streams trades only; for Quotes choose Delivery: Poll.');
	}
	const { streamedSymbols } = plan;
	if (symbols.length <= streamedSymbols) return;
	refuse(
		`Symbols names ${symbols.length}; the plan of this credential streams ${streamedSymbols}. The first too many is ${symbols[streamedSymbols]}. Use fewer, or set the credential's plan when yours is larger.`,
	);
}

function checkPolling({ symbols, receive, pollEveryMs, plan }: FinnhubSettings): void {
	if (receive === 'trades') {
		refuse('Trades of Finnhub come by stream only; choose Delivery: Stream, or receive Quotes.');
	}
	if (pollEveryMs < LEAST_POLL_MS) {
		refuse(`Poll Every is ${pollEveryMs} ms; ${LEAST_POLL_MS / 1_000}s is the least.`);
	}
	const calls = finnhubCallsPerRound(symbols.length);
	const perMinute = Math.ceil((calls * 60_000) / pollEveryMs);
	const steady = steadyCalls(plan);
	if (perMinute <= steady) return;
	refuse(
		`Poll Every is too short for ${symbols.length} symbols: ${calls} calls each time make ${perMinute} a minute, and of the ${plan.callsPerMinute} the plan of this credential allows, ${steady} can be kept up. Use ${Math.ceil((calls * 60) / steady)}s or more, or fewer symbols.`,
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
