import type { EpochMs } from '../../../ports';
import {
	FINAL_AFTER_MS,
	statusBy,
	type CandlesTold,
	type CandlesWanted,
	type MarketRequests,
	type MarketStatus,
	type RequestPorts,
} from '../../requests';
import { crypto } from '../../sessions';
import { PairRequests, toToldCandle, type PairRequestSettings, type Reader } from '../pairs';
import { spacedLimit } from '../../polling';
import { readCandleRow, readStatistics, SOURCE } from './parse';
import { KrakenRest } from './rest';
import { krakenDefaults } from './settings';
import { parseSymbols } from './symbols';
import { INTERVAL_MINUTES } from './wire';

/** All the candles there are of an interval. */
const MOST_ROWS = 720;

/** Kraken, asked once. */
export function createKrakenRequests(
	{ restBaseUrl, callsPerMinute }: PairRequestSettings,
	ports: RequestPorts,
): MarketRequests {
	const limit = ports.shared.limit(`${SOURCE} ${restBaseUrl}`, () =>
		spacedLimit(callsPerMinute, ports),
	);
	const calls = new KrakenRest(restBaseUrl, limit, ports);
	const isUsual = restBaseUrl === krakenDefaults.restBaseUrl;
	return new PairRequests(
		{
			source: SOURCE,
			provider: 'Kraken',
			venue: isUsual || !URL.canParse(restBaseUrl) ? 'spot' : new URL(restBaseUrl).host,
			intervals: new Map(
				Object.entries(INTERVAL_MINUTES).map(([name, minutes]) => [name, minutes * 60_000]),
			),
			parseSymbols,
			limit,
			calls,
			readQuote: readStatistics,
			candles: async (reader, wanted, patiently, signal) => {
				const rows = await patiently(
					async () => await calls.candleRows(reader, sinceOf(reader, wanted), signal),
					signal,
				);
				wanted.onProgress?.(rows.length);
				return toCandles(reader, wanted, rows, ports.clock.now());
			},
			status: async (patiently, signal) => {
				const raw = await patiently(async () => await calls.systemStatus(signal), signal);
				return toStatus(raw, ports.clock.now());
			},
		},
		restBaseUrl,
		ports,
	);
}

/** Whether the row at this very second is among them isn't documented. */
const sinceOf = ({ intervalMs }: Reader, { range }: CandlesWanted): number =>
	'last' in range ? 0 : range.from - intervalMs;

function toCandles(
	reader: Reader,
	{ range, interval, running }: CandlesWanted,
	rows: readonly unknown[],
	now: EpochMs,
): CandlesTold {
	const all = rows.map((row, index) => {
		const closed = toToldCandle(row, readCandleRow(reader, row, true, now));
		// The last one is running, always, unless its end passed while the answer came.
		const isOver = index < rows.length - 1 || closed.event.endAt + FINAL_AFTER_MS <= now;
		return isOver ? closed : toToldCandle(row, readCandleRow(reader, row, false, now));
	});
	const first = all[0]?.event.startAt ?? now;
	const isShort =
		rows.length >= MOST_ROWS &&
		('last' in range
			? all.length - (running ? 0 : 1) < range.last
			: first - reader.intervalMs >= range.from);
	const candles =
		'last' in range
			? all
			: all.filter(({ event: { startAt } }) => startAt >= range.from && startAt < range.to);
	if (!isShort) return { candles };
	return {
		candles,
		short: `Kraken keeps the newest ${MOST_ROWS} candles of an interval only, so those of ${interval} begin at ${new Date(first).toISOString()}. A longer interval reaches further back.`,
	};
}

function toStatus(raw: Readonly<Record<string, unknown>>, now: EpochMs): MarketStatus {
	const isOpen = raw['status'] === 'online';
	return {
		...statusBy(crypto, now),
		isOpen,
		session: isOpen ? 'regular' : 'closed',
		toldBy: 'provider',
		raw,
	};
}
