import { checkPairs, isCandles, type PairRules, type PairSettings } from '../pairs';
import { PRODUCTS_AT_ONCE } from './rest';
import { parseSymbols } from './symbols';
import { GRANULARITY, STREAMED_INTERVAL } from './wire';

export const coinbaseDefaults = {
	streamBaseUrl: 'wss://advanced-trade-ws.coinbase.com',
	restBaseUrl: 'https://api.coinbase.com/api/v3/brokerage',
	// Ten a second.
	callsPerMinute: 600,
} as const;

const coinbaseRules: PairRules = {
	provider: 'Coinbase',
	mostSymbols: 1_000,
	parseSymbols,
	intervals: Object.keys(GRANULARITY),
	streamedIntervals: [STREAMED_INTERVAL],
	callsOf: coinbaseCalls,
};

/** Calls of one round of polling; `undefined` for what can't be polled. */
export function coinbaseCalls(
	receive: PairSettings['receive'],
	symbols: number,
): number | undefined {
	if (receive === 'trades') return undefined;
	return isCandles(receive) ? symbols : Math.ceil(symbols / PRODUCTS_AT_ONCE);
}

/** @throws SourceError naming what can't work */
export const checkCoinbase = (settings: PairSettings): void => checkPairs(settings, coinbaseRules);
