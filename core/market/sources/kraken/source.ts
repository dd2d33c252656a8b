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
import { KrakenRest } from './rest';
import { krakenDefaults } from './settings';
import { krakenPolicy, krakenProtocol } from './stream';
import { parseSymbols } from './symbols';
import {
	INTERVAL_MINUTES,
	type Told,
	type WireCandle,
	type WireTicker,
	type WireTrade,
} from './wire';

/**
 * Kraken's public market data, streamed (v2) or polled; no key.
 *
 * Trades are numbered without gaps; what was missed is fetched. Quotes are its 24-hour tickers, told at each
 * trade; polled ones have no change, since Kraken's answer says only that of the day.
 */
export function createKraken(
	settings: PairSettings,
	ports: LivePorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	const { restBaseUrl, streamBaseUrl, callsPerMinute, receive, interval, symbols } = settings;
	const limit = ports.shared.limit(`${SOURCE} ${restBaseUrl}`, () =>
		spacedLimit(callsPerMinute, ports),
	);
	const isUsual =
		streamBaseUrl === krakenDefaults.streamBaseUrl && restBaseUrl === krakenDefaults.restBaseUrl;
	const minutes = INTERVAL_MINUTES[interval] ?? 1;
	const group = { trades: 'trade', quotes: 'ticker' }[receive as string] ?? `ohlc ${minutes}`;
	return createPairSource(
		{
			source: SOURCE,
			provider: 'Kraken',
			streamAddress: streamBaseUrl,
			protocol: krakenProtocol,
			policy: krakenPolicy,
			instruments: parseSymbols(symbols),
			venue: isUsual ? 'spot' : new URL(streamBaseUrl).host,
			intervalMs: minutes * 60_000,
			channelOf: ({ instrument }) => `${group} ${instrument.providerSymbol}`,
			read: (reader, data, receivedAt) => ({
				reading: read(receive, reader, data, receivedAt),
				old: (data as Told<object>).isSnapshot,
			}),
			rest: new KrakenRest(restBaseUrl, limit, ports),
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
	if (receive === 'trades') return readTrade(reader, data as Told<WireTrade>, receivedAt);
	return isCandles(receive)
		? readRunning(reader, data as Told<WireCandle>, receivedAt)
		: readTicker(reader, data as Told<WireTicker>, receivedAt);
}
