import type { EpochMs } from '../../../ports';
import {
	countCandles,
	FINAL_AFTER_MS,
	type CandlesTold,
	type CandlesWanted,
	type MarketRequests,
	type Patiently,
	type RequestPorts,
} from '../../requests';
import { PairRequests, toToldCandle, type PairRequestSettings, type Reader } from '../pairs';
import { spacedLimit } from '../../polling';
import { readCandle, readProduct, SOURCE } from './parse';
import { CoinbaseRest, PAGE, startOf } from './rest';
import { coinbaseDefaults } from './settings';
import { parseSymbols } from './symbols';
import { GRANULARITY } from './wire';

/** So many answers in a row without a candle: there's nothing before them. */
const MOST_EMPTY = 4;

/** Coinbase, asked once. */
export function createCoinbaseRequests(
	{ restBaseUrl, callsPerMinute }: PairRequestSettings,
	ports: RequestPorts,
): MarketRequests {
	const limit = ports.shared.limit(`${SOURCE} ${restBaseUrl}`, () =>
		spacedLimit(callsPerMinute, ports),
	);
	const calls = new CoinbaseRest(restBaseUrl, limit, ports);
	const isUsual = restBaseUrl === coinbaseDefaults.restBaseUrl;
	return new PairRequests(
		{
			source: SOURCE,
			provider: 'Coinbase',
			venue: isUsual || !URL.canParse(restBaseUrl) ? 'spot' : new URL(restBaseUrl).host,
			intervals: new Map(Object.entries(GRANULARITY).map(([name, { ms }]) => [name, ms])),
			parseSymbols,
			limit,
			calls,
			readQuote: readProduct,
			candles: async (reader, wanted, patiently, signal) =>
				await candlesOf(calls, { reader, wanted, patiently, signal }, ports.clock.now()),
		},
		restBaseUrl,
		ports,
	);
}

type Asked = {
	readonly reader: Reader;
	readonly wanted: CandlesWanted;
	readonly patiently: Patiently;
	readonly signal: AbortSignal;
};

type Row = Readonly<Record<string, unknown>>;

async function candlesOf(calls: CoinbaseRest, asked: Asked, now: EpochMs): Promise<CandlesTold> {
	const { reader, wanted } = asked;
	const rows =
		'last' in wanted.range
			? await latest(calls, asked, wanted.range.last, now)
			: await between(calls, asked, wanted.range);
	const candles = rows.map((row, index) => {
		const isOver = startOf(row) + reader.intervalMs + FINAL_AFTER_MS <= now;
		const said =
			index < rows.length - 1 || isOver ? 'closed' : ({ at: now, place: now * 100 } as const);
		return toToldCandle(row, readCandle(reader, row, said, now));
	});
	return { candles };
}

/** Backwards from now, a page of intervals at a time. Intervals without a trade have no candle. */
async function latest(
	calls: CoinbaseRest,
	{ reader, wanted, patiently, signal }: Asked,
	last: number,
	now: EpochMs,
): Promise<Row[]> {
	const { intervalMs } = reader;
	const rows: Row[] = [];
	// The newest is usually running.
	const needed = last + (wanted.running ? 0 : 1);
	let to = Math.floor(now / intervalMs) * intervalMs;
	for (let empty = 0; rows.length < needed && empty < MOST_EMPTY && to > 0 && !signal.aborted;) {
		const from = to - (PAGE - 1) * intervalMs;
		const span = { from: Math.max(from, intervalMs), to };
		const page = await patiently(async () => await calls.candleRows(reader, span, signal), signal);
		rows.unshift(...page);
		countCandles(wanted, rows.length);
		empty = page.length === 0 ? empty + 1 : 0;
		to = from - intervalMs;
	}
	return rows.slice(-needed);
}

async function between(
	calls: CoinbaseRest,
	{ reader, wanted, patiently, signal }: Asked,
	range: { readonly from: EpochMs; readonly to: EpochMs },
): Promise<Row[]> {
	const { intervalMs } = reader;
	const rows: Row[] = [];
	// Candles begin on whole intervals.
	const first = Math.ceil(range.from / intervalMs) * intervalMs;
	for (let from = first; from < range.to && !signal.aborted; from += PAGE * intervalMs) {
		const last = Math.ceil(range.to / intervalMs - 1) * intervalMs;
		const span = { from, to: Math.min(from + (PAGE - 1) * intervalMs, last) };
		const page = await patiently(async () => await calls.candleRows(reader, span, signal), signal);
		rows.push(...page.filter((row) => startOf(row) >= from && startOf(row) < range.to));
		countCandles(wanted, rows.length);
	}
	return rows;
}
