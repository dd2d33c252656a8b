import { SourceError } from '../../Source';
import { klinesCost, statisticsCost, type PollCost } from './rest';
import { parseSymbols } from './symbols';
import { INTERVAL_MS } from './wire';

export type BinanceSettings = {
	/** As the user gave them: `BTC/USDT` or `BTCUSDT`. */
	readonly symbols: readonly string[];
	readonly receive: 'trades' | 'quotes' | 'candles' | 'runningCandles';
	/** Of candles, as Binance writes them. */
	readonly interval: string;
	readonly delivery: 'stream' | 'poll';
	readonly pollEveryMs: number;
	/** A symbol that's silent for longer is told on Feed. */
	readonly silentAfterMs: number;
	readonly streamBaseUrl: string;
	readonly restBaseUrl: string;
	/** What Binance allows per minute and IP address. */
	readonly weightPerMinute: number;
};

export const binanceDefaults = {
	// The market-data hosts: no key, and open where api.binance.com answers 451.
	streamBaseUrl: 'wss://data-stream.binance.vision',
	restBaseUrl: 'https://data-api.binance.vision',
	weightPerMinute: 6_000,
} as const;

/** Two sockets' worth; beyond that a subscription takes minutes. */
const MOST_SYMBOLS = 2_048;
const LEAST_POLL_MS = 1_000;

/** @throws SourceError naming what can't work */
export function checkBinance(settings: BinanceSettings): void {
	const { symbols, receive, interval, delivery } = settings;
	if (symbols.length === 0) refuse('Symbols is empty; name at least one, such as BTC/USDT.');
	if (symbols.length > MOST_SYMBOLS) {
		refuse(
			`Symbols names ${symbols.length}; ${MOST_SYMBOLS} are the most for one trigger with Binance. The first too many is ${symbols[MOST_SYMBOLS]}; use another trigger for the rest.`,
		);
	}
	parseSymbols(symbols);
	if (isCandles(receive) && INTERVAL_MS[interval] === undefined) {
		refuse(
			`Interval is ${JSON.stringify(interval)}; Binance has ${Object.keys(INTERVAL_MS).join(', ')}.`,
		);
	}
	checkAddress('Stream Address', settings.streamBaseUrl, ['wss:', 'ws:']);
	checkAddress('REST Address', settings.restBaseUrl, ['https:', 'http:']);
	if (delivery === 'poll') checkPolling(settings);
}

/** What one round of polling takes; `undefined` for what can't be polled. */
export function pollCost(
	receive: BinanceSettings['receive'],
	symbols: number,
): PollCost | undefined {
	if (receive === 'trades') return undefined;
	return receive === 'quotes' ? statisticsCost(symbols) : klinesCost(symbols);
}

export const isCandles = (receive: BinanceSettings['receive']): boolean =>
	receive === 'candles' || receive === 'runningCandles';

function checkPolling({ symbols, receive, pollEveryMs, weightPerMinute }: BinanceSettings): void {
	const cost = pollCost(receive, symbols.length);
	if (cost === undefined) {
		refuse('Trades of Binance come by stream only; choose Delivery: Stream, or receive Quotes.');
	}
	if (pollEveryMs < LEAST_POLL_MS) {
		refuse(`Poll Every is ${pollEveryMs} ms; ${LEAST_POLL_MS / 1_000}s is the least.`);
	}
	const weight = cost.calls * cost.weightEach;
	const perMinute = (weight * 60_000) / pollEveryMs;
	if (perMinute <= weightPerMinute) return;
	const least = Math.ceil((weight * 60) / weightPerMinute);
	refuse(
		`Poll Every is too short for ${symbols.length} symbols: ${cost.calls} calls of weight ${cost.weightEach} each time make ${Math.ceil(perMinute)} a minute, and Binance allows ${weightPerMinute}. Use ${least}s or more, fewer symbols, or Delivery: Stream.`,
	);
}

export function checkAddress(field: string, address: string, protocols: readonly string[]): void {
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
		`${field} isn't an address as Binance has them; use ${protocols[0]}// and a host, without user or query.`,
	);
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
