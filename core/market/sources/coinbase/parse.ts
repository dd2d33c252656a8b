import { epochMs, type EpochMs } from '../../../ports';
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
import { namesOf } from './symbols';
import type { Told, WireCandle, WireProduct, WireTicker, WireTrade } from './wire';

export const SOURCE = 'coinbase';

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
	const { channel, type, message, reason, sequence_num: sequence } = frame;
	if (type === 'error') {
		const words = [message, reason].filter((part) => typeof part === 'string').join(', ');
		return { kind: 'refused', id: undefined, reason: stripSecrets(words) };
	}
	if (typeof channel !== 'string') return unreadableFrame('is of no kind we know', text);
	return [
		...(isCount(sequence) ? [{ kind: 'numbered', sequence } as const] : []),
		...(readEvents(channel, frame) ?? [unreadableFrame('has no events', text)]),
	];
}

function readEvents(channel: string, frame: Fields): StreamMessage[] | undefined {
	const rowsOf = ROWS[channel];
	// Heartbeats, and whatever may be added: new kinds of messages may come at any time.
	if (rowsOf === undefined && channel !== 'subscriptions') return [{ kind: 'aside' }];
	const { events, timestamp } = frame;
	if (!Array.isArray(events) || !events.every(isObject)) return undefined;
	if (rowsOf === undefined) return events.map(readSubscriptions);
	return events.flatMap((event) => {
		const isSnapshot = event['type'] === 'snapshot';
		return rowsOf(event, isSnapshot).flatMap((row) =>
			namesOf(String(row['product_id'])).map((name) => ({
				kind: 'data' as const,
				channel: `${channel} ${name}`,
				data: { row, timestamp, isSnapshot },
			})),
		);
	});
}

/** The rows of each channel's events, oldest first. */
const ROWS: Readonly<Record<string, (event: Fields, isSnapshot: boolean) => Fields[]>> = {
	// A ticker without a price was seen in snapshots.
	ticker: ({ tickers }) => listOf(tickers).filter(({ price }) => price !== ''),
	market_trades: ({ trades }) =>
		listOf(trades).sort((a, b) => Number(a['trade_id']) - Number(b['trade_id'])),
	candles: ({ candles }, isSnapshot) => {
		const rows = listOf(candles).sort((a, b) => Number(a['start']) - Number(b['start']));
		// Of a snapshot only the running ones; the others are in the history.
		return isSnapshot ? [...new Map(rows.map((row) => [row['product_id'], row])).values()] : rows;
	},
};

const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** `{"subscriptions":{"ticker":["BTC-USD"],"heartbeats":["heartbeats"]}}`: all there are on this connection. */
function readSubscriptions({ subscriptions }: Fields): StreamMessage {
	const channels = Object.entries(isObject(subscriptions) ? subscriptions : {}).flatMap(
		([channel, products]) =>
			(Array.isArray(products) ? products : []).flatMap((product) =>
				namesOf(String(product)).map((name) => `${channel} ${name}`),
			),
	);
	return { kind: 'granted', channels };
}

const unreadableFrame = (why: string, text: string): StreamMessage => ({
	kind: 'unreadable',
	reason: `a frame ${why}: ${stripSecrets(text, [], 60)}`,
});

/** There's no time in a ticker; that of its message has to do. */
export function readTicker(reader: Reader, told: Told<WireTicker>, receivedAt: EpochMs): Reading {
	const { row, timestamp } = told;
	const stamp = parseStamp(timestamp);
	if (stamp === undefined) return noTime('quote', reader, timestamp);
	return toQuote(
		reader,
		{
			price: row.price,
			bid: row.best_bid,
			ask: row.best_ask,
			high: row.high_24_h,
			low: row.low_24_h,
			changePercent: row.price_percent_chg_24_h,
			volume: row.volume_24_h,
		},
		stamp,
		receivedAt,
	);
}

/** Whether `side` is the maker's or the taker's isn't documented, so nobody's told. */
export function readTrade(
	reader: Reader,
	{ trade_id: id, price, size, time }: Told<WireTrade>['row'],
	receivedAt: EpochMs,
): Reading {
	return toTrade(
		reader,
		{ id: toNumber(id) ?? Number.NaN, price, size, side: null, time },
		receivedAt,
	);
}

export function readRunning(reader: Reader, told: Told<WireCandle>, receivedAt: EpochMs): Reading {
	const stamp = parseStamp(told.timestamp);
	if (stamp === undefined) return noTime('candle', reader, told.timestamp);
	return toCandle(reader, fieldsOf(told.row), { at: stamp.at, place: stamp.fine }, receivedAt);
}

export function readCandle(
	reader: Reader,
	row: unknown,
	said: Parameters<typeof toCandle>[2],
	receivedAt: EpochMs,
): Reading {
	return toCandle(reader, fieldsOf(isObject(row) ? row : {}), said, receivedAt);
}

const fieldsOf = ({ start, open, high, low, close, volume }: Told<WireCandle>['row']) => {
	const seconds = toNumber(start);
	return {
		startAt: seconds === undefined ? undefined : epochMs(seconds * 1_000),
		open,
		high,
		low,
		close,
		volume,
	};
};

/** An answer that says no time: what it says is so when it comes. */
export function readProduct(reader: Reader, row: unknown, receivedAt: EpochMs): Reading {
	const given = row as { readonly [K in keyof WireProduct]?: unknown };
	return toQuote(
		reader,
		{
			price: given.price,
			bid: given.best_bid_price,
			ask: given.best_ask_price,
			changePercent: given.price_percentage_change_24h,
			volume: given.volume_24h,
		},
		{ at: receivedAt, fine: receivedAt * 100 },
		receivedAt,
	);
}

const noTime = (what: string, { instrument }: Reader, timestamp: unknown): Reading => ({
	unreadable: `a ${what} of ${instrument.symbol} has timestamp ${stripSecrets(JSON.stringify(timestamp) ?? 'missing', [], 40)}`,
});
