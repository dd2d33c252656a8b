import type { EpochMs } from '../../../ports';
import type { LivePorts } from '../../feed';
import { spacedLimit } from '../../polling';
import type { Source } from '../../Source';
import {
	createPairSource,
	isCandles,
	type PairSettings,
	type Reader,
	type Reading,
} from '../pairs';
import { readRunning, readTicker, readTrade, SOURCE } from './parse';
import { CoinbaseRest } from './rest';
import { coinbaseDefaults } from './settings';
import { coinbasePolicy, coinbaseProtocol } from './stream';
import { parseSymbols } from './symbols';
import { GRANULARITY, type Told, type WireCandle, type WireTicker, type WireTrade } from './wire';

const CHANNEL = {
	trades: 'market_trades',
	quotes: 'ticker',
	candles: 'candles',
	runningCandles: 'candles',
} as const;

/**
 * Coinbase Advanced Trade's public market data, streamed or polled; no key.
 *
 * Trades are numbered without gaps; what was missed is fetched as far as the newest thousand go. Quotes are
 * its 24-hour tickers; polled ones lack high and low, and often bid and ask. Candles by stream are those of
 * five minutes.
 */
export function createCoinbase(
	settings: PairSettings,
	ports: LivePorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	const { restBaseUrl, streamBaseUrl, callsPerMinute, receive, interval, symbols } = settings;
	const limit = ports.shared.limit(`${SOURCE} ${restBaseUrl}`, () =>
		spacedLimit(callsPerMinute, ports),
	);
	const isUsual =
		streamBaseUrl === coinbaseDefaults.streamBaseUrl &&
		restBaseUrl === coinbaseDefaults.restBaseUrl;
	return createPairSource(
		{
			source: SOURCE,
			provider: 'Coinbase',
			streamAddress: streamBaseUrl,
			protocol: coinbaseProtocol,
			policy: coinbasePolicy,
			instruments: parseSymbols(symbols),
			venue: isUsual ? 'spot' : new URL(streamBaseUrl).host,
			intervalMs: GRANULARITY[interval]?.ms ?? 60_000,
			channelOf: ({ instrument }) => `${CHANNEL[receive]} ${instrument.providerSymbol}`,
			read: (reader, data, receivedAt) => ({
				reading: read(receive, reader, data, receivedAt),
				old: (data as Told<object>).isSnapshot,
			}),
			rest: new CoinbaseRest(restBaseUrl, limit, ports),
		},
		settings,
		ports,
		start,
	);
}

function read(
	receive: PairSettings['receive'],
	reader: Reader,
	data: unknown,
	receivedAt: EpochMs,
): Reading {
	// The channel says which of them it is.
	if (receive === 'trades') return readTrade(reader, (data as Told<WireTrade>).row, receivedAt);
	return isCandles(receive)
		? readRunning(reader, data as Told<WireCandle>, receivedAt)
		: readTicker(reader, data as Told<WireTicker>, receivedAt);
}
