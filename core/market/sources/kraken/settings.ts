import { checkPairs, isCandles, type PairRules, type PairSettings } from '../pairs';
import { parseSymbols } from './symbols';
import { INTERVAL_MINUTES } from './wire';

export const krakenDefaults = {
	streamBaseUrl: 'wss://ws.kraken.com/v2',
	restBaseUrl: 'https://api.kraken.com',
	// One a second is always safe.
	callsPerMinute: 60,
} as const;

const krakenRules: PairRules = {
	provider: 'Kraken',
	mostSymbols: 1_000,
	parseSymbols,
	intervals: Object.keys(INTERVAL_MINUTES),
	streamedIntervals: Object.keys(INTERVAL_MINUTES),
	callsOf: krakenCalls,
};

/** Calls of one round of polling; `undefined` for what can't be polled. */
export function krakenCalls(receive: PairSettings['receive'], symbols: number): number | undefined {
	if (receive === 'trades') return undefined;
	return isCandles(receive) ? symbols : 1;
}

/** @throws SourceError naming what can't work */
export const checkKraken = (settings: PairSettings): void => checkPairs(settings, krakenRules);
