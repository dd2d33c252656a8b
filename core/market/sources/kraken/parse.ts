import { epochMs, type EpochMs } from '../../../ports';
import { parseInstant } from '../../parseInstant';
import type { StreamMessage } from '../../streaming';
import { stripSecrets } from '../../stripSecrets';
import {
	isCount,
	isObject,
	parseStamp,
	toCandle,
	toNumber,
	toQuote,
	toTrade,
	type Reader,
	type Reading,
} from '../pairs';
import type { Told, WireCandle, WireStatistics, WireTicker, WireTrade } from './wire';

export const SOURCE = 'kraken';

type Fields = Readonly<Record<string, unknown>>;

/** One frame: what it tells of each pair, an answer to us, or why it can't be read. Never throws. */
export function parseFrame(text: string): StreamMessage | readonly StreamMessage[] {
	let frame: Fields;
	try {
		const parsed: unknown = JSON.parse(text);
		if (!isObject(parsed)) return unreadableFrame('is no object', text);
		frame = parsed;
	} catch {
		return unreadableFrame("isn't JSON", text);
	}
	const { channel, method } = frame;
	if (typeof channel === 'string') return readChannel(channel, frame, text);
	if (method === 'subscribe') return readAnswer(frame, text);
	// The answers to pings and to what was given up.
	if (typeof method === 'string') return { kind: 'aside' };
	return unreadableFrame('is of no kind we know', text);
}

function readChannel(
	channel: string,
	{ type, data }: Fields,
	text: string,
): StreamMessage | readonly StreamMessage[] {
	// Heartbeats, the state of the venue, and whatever may be added.
	if (!['ticker', 'trade', 'ohlc'].includes(channel)) return { kind: 'aside' };
	if (!Array.isArray(data) || !data.every(isObject)) return unreadableFrame('has no data', text);
	const rows = [...data].sort((a, b) => Number(a['trade_id'] ?? 0) - Number(b['trade_id'] ?? 0));
	return rows.map((row) => ({
		kind: 'data',
		channel: nameOf(channel, row),
		data: { row, isSnapshot: type === 'snapshot' },
	}));
}

/** `ticker BTC/USD`, `ohlc 5 BTC/USD` */
const nameOf = (channel: string, { symbol, interval }: Fields): string =>
	[channel, ...(channel === 'ohlc' ? [interval] : []), symbol].join(' ');

/** One for each symbol of a message of ours. */
function readAnswer(frame: Fields, text: string): StreamMessage {
	const { success, result, error, symbol, req_id: id } = frame;
	if (success === true && isObject(result) && typeof result['channel'] === 'string') {
		return { kind: 'granted', channels: [nameOf(result['channel'], result)] };
	}
	if (typeof error !== 'string') return unreadableFrame('is no answer we know', text);
	return {
		kind: 'refused',
		id: typeof id === 'number' ? id : undefined,
		reason: stripSecrets(error),
		...(typeof symbol === 'string'
			? { isAbout: (channel: string) => channel.endsWith(` ${symbol}`) }
			: {}),
	};
}

const unreadableFrame = (why: string, text: string): StreamMessage => ({
	kind: 'unreadable',
	reason: `a frame ${why}: ${stripSecrets(text, [], 60)}`,
});

export function readTicker(
	reader: Reader,
	{ row }: Told<WireTicker>,
	receivedAt: EpochMs,
): Reading {
	return toQuote(
		reader,
		{
			price: row.last,
			bid: row.bid,
			ask: row.ask,
			high: row.high,
			low: row.low,
			change: row.change,
			changePercent: row.change_pct,
			volume: row.volume,
		},
		parseStamp(row.timestamp) ?? { at: receivedAt, fine: receivedAt * 100 },
		receivedAt,
	);
}

export function readTrade(reader: Reader, { row }: Told<WireTrade>, receivedAt: EpochMs): Reading {
	return toTrade(
		reader,
		{
			id: toNumber(row.trade_id) ?? Number.NaN,
			price: row.price,
			size: row.qty,
			side: row.side === 'buy' || row.side === 'sell' ? row.side : null,
			time: row.timestamp,
		},
		receivedAt,
	);
}

/** `["105433.60000","0.00027625",1762795433.9717445,"b","l","",10218208]` */
export function readTradeRow(reader: Reader, row: unknown, receivedAt: EpochMs): Reading {
	const [price, size, time, side, , , id] = Array.isArray(row) ? (row as unknown[]) : [];
	return toTrade(
		reader,
		{
			id: toNumber(id) ?? Number.NaN,
			price,
			size,
			side: side === 'b' ? 'buy' : side === 's' ? 'sell' : null,
			time,
		},
		receivedAt,
	);
}

/** There's no time in it, and none is needed: each trade changes its count. */
export function readRunning(
	reader: Reader,
	{ row }: Told<WireCandle>,
	receivedAt: EpochMs,
): Reading {
	const startAt = parseInstant(row.interval_begin);
	return toCandle(
		reader,
		{
			startAt,
			open: row.open,
			high: row.high,
			low: row.low,
			close: row.close,
			volume: row.volume,
		},
		{ at: receivedAt, place: placeOf(reader, startAt, row.trades) },
		receivedAt,
	);
}

/** `[1762813200,"105610.7","105610.7","105608.1","105608.1","105610.0","0.06250000",5]`: start, open, high, low, close, average, volume, trades. */
export function readCandleRow(
	reader: Reader,
	row: unknown,
	isClosed: boolean,
	receivedAt: EpochMs,
): Reading {
	const [start, open, high, low, close, , volume, trades] = Array.isArray(row)
		? (row as unknown[])
		: [];
	const startAt = isCount(start) ? epochMs(start * 1_000) : undefined;
	return toCandle(
		reader,
		{ startAt, open, high, low, close, volume },
		isClosed ? 'closed' : { at: receivedAt, place: placeOf(reader, startAt, trades) },
		receivedAt,
	);
}

/** A candle's number rises with its trades, and stays below that of the next. */
const placeOf = ({ intervalMs }: Reader, startAt: number | undefined, trades: unknown): number =>
	(startAt ?? 0) + Math.min(toNumber(trades) ?? 0, intervalMs - 1);

/** An answer that says no time: what it says is so when it comes. */
export function readStatistics(reader: Reader, row: unknown, receivedAt: EpochMs): Reading {
	const given = (isObject(row) ? row : {}) as { readonly [K in keyof WireStatistics]?: unknown };
	const at = (list: unknown, index: number): unknown =>
		Array.isArray(list) ? (list as unknown[])[index] : undefined;
	return toQuote(
		reader,
		{
			price: at(given.c, 0),
			bid: at(given.b, 0),
			ask: at(given.a, 0),
			high: at(given.h, 1),
			low: at(given.l, 1),
			volume: at(given.v, 1),
		},
		{ at: receivedAt, fine: receivedAt * 100 },
		receivedAt,
	);
}
