import { epochMs, type EpochMs } from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { Item } from '../../feed';
import type { Candle, Quote, Trade } from '../../model';
import type { StreamMessage } from '../../streaming';
import { stripSecrets } from '../../stripSecrets';
import type { BinanceSymbol } from './symbols';
import type { WireAggTrade, WireKline, WireStatistics, WireTicker } from './wire';

export const SOURCE = 'binance';

export type Unreadable = { readonly unreadable: string };
type Fields<T> = { readonly [K in keyof T]?: unknown };

/** One frame: an event of a channel, an answer to us, or why it can't be read. Never throws. */
export function parseFrame(text: string): StreamMessage {
	let frame: Record<string, unknown>;
	try {
		const parsed: unknown = JSON.parse(text);
		if (!isObject(parsed)) return unreadableFrame('is no object', text);
		frame = parsed;
	} catch {
		return unreadableFrame("isn't JSON", text);
	}
	const { stream, data, id, code, msg, error } = frame;
	if (typeof stream === 'string') {
		if (stream === '!serverShutdown') return { kind: 'leaving' };
		if (isObject(data)) return { kind: 'data', channel: stream, data };
	} else if ('result' in frame && typeof id === 'number') return { kind: 'taken', id };
	else if (code !== undefined || isObject(error)) {
		const told = isObject(error) ? error : { code, msg };
		return {
			kind: 'refused',
			id: typeof id === 'number' ? id : undefined,
			reason: stripSecrets(`${asText(told['msg'])} (code ${asText(told['code'])})`),
		};
	} else if (frame['e'] === 'serverShutdown') return { kind: 'leaving' };
	return unreadableFrame('is of no kind we know', text);
}

const unreadableFrame = (why: string, text: string): StreamMessage => ({
	kind: 'unreadable',
	reason: `a frame ${why}: ${stripSecrets(text, [], 60)}`,
});

/** What the events of one instrument have in common. */
export type Reader = {
	readonly instrument: BinanceSymbol;
	/** Of candles. */
	readonly interval: string;
	/** The streams its events are numbered in. */
	readonly streams: Readonly<Record<'trade' | 'quote' | 'candle' | 'running', string>>;
};

/** @param venue whose numbers these are: `spot`, or the host when it's another one */
export function createReader(instrument: BinanceSymbol, venue: string, interval: string): Reader {
	const stream = (kind: string) => toStream(SOURCE, `${instrument.providerSymbol} ${kind}`, venue);
	return {
		instrument,
		interval,
		streams: {
			trade: stream('trade'),
			quote: stream('quote'),
			candle: stream(`candle ${interval}`),
			running: stream(`running ${interval}`),
		},
	};
}

/** Numbered by Binance without gaps: a missing number is a missing trade. */
export function readAggTrade(
	reader: Reader,
	data: unknown,
	receivedAt: EpochMs,
): Item | Unreadable {
	const { a, p, q, T, m } = data as Fields<WireAggTrade>;
	const price = toNumber(p);
	const size = toNumber(q);
	if (!isCount(a)) return unreadable('trade', reader, 'a (id)', a);
	if (price === undefined) return unreadable('trade', reader, 'p (price)', p);
	if (!isCount(T)) return unreadable('trade', reader, 'T (time)', T);
	const event: Trade = {
		type: 'trade',
		source: SOURCE,
		symbol: reader.instrument.symbol,
		providerSymbol: reader.instrument.providerSymbol,
		eventId: toEventId(reader.streams.trade, a),
		eventAt: epochMs(T),
		receivedAt,
		quality: NO_FLAGS,
		price,
		size: size ?? null,
		side: typeof m === 'boolean' ? (m ? 'sell' : 'buy') : null,
	};
	return { event, at: a, next: a + 1, within: 0 };
}

/** A ticker has no number; of one symbol there's one a second, so its time is one. */
export function readTicker(reader: Reader, data: unknown, receivedAt: EpochMs): Item | Unreadable {
	const { E, c, b, a, o, h, l, x, p, P, v } = data as Fields<WireTicker>;
	return readQuote(reader, receivedAt, E, {
		price: c,
		bid: b,
		ask: a,
		open: o,
		high: h,
		low: l,
		previousClose: x,
		change: p,
		changePercent: P,
		volume: v,
	});
}

export function readStatistics(
	reader: Reader,
	row: unknown,
	receivedAt: EpochMs,
): Item | Unreadable {
	const given = row as Fields<WireStatistics>;
	return readQuote(reader, receivedAt, given.closeTime, {
		price: given.lastPrice,
		bid: given.bidPrice,
		ask: given.askPrice,
		open: given.openPrice,
		high: given.highPrice,
		low: given.lowPrice,
		previousClose: given.prevClosePrice,
		change: given.priceChange,
		changePercent: given.priceChangePercent,
		volume: given.volume,
	});
}

function readQuote(
	reader: Reader,
	receivedAt: EpochMs,
	at: unknown,
	given: Readonly<Record<QuoteNumber, unknown>>,
): Item | Unreadable {
	const price = toNumber(given.price);
	if (price === undefined) return unreadable('quote', reader, 'price', given.price);
	if (!isCount(at)) return unreadable('quote', reader, 'time', at);
	const numberOrNull = (value: unknown): number | null => toNumber(value) ?? null;
	// An empty side of the book is written as zero.
	const sideOf = (value: unknown): number | null => toNumber(value) || null;
	const event: Quote = {
		type: 'quote',
		source: SOURCE,
		symbol: reader.instrument.symbol,
		providerSymbol: reader.instrument.providerSymbol,
		eventId: toEventId(reader.streams.quote, at),
		eventAt: epochMs(at),
		receivedAt,
		quality: NO_FLAGS,
		price,
		bid: sideOf(given.bid),
		ask: sideOf(given.ask),
		open: numberOrNull(given.open),
		high: numberOrNull(given.high),
		low: numberOrNull(given.low),
		previousClose: sideOf(given.previousClose),
		change: numberOrNull(given.change),
		changePercent: numberOrNull(given.changePercent),
		volume: numberOrNull(given.volume),
		peRatio: null,
		session: null, // always open
	};
	return { event, at: 0, next: 0, within: at };
}

type QuoteNumber =
	| 'price'
	| 'bid'
	| 'ask'
	| 'open'
	| 'high'
	| 'low'
	| 'previousClose'
	| 'change'
	| 'changePercent'
	| 'volume';

export function readKline(reader: Reader, data: unknown, receivedAt: EpochMs): Item | Unreadable {
	const { E, k } = data as Fields<WireKline>;
	if (!isObject(k)) return unreadable('candle', reader, 'k', k);
	const { t, T, o, h, l, c, v, x } = k as Fields<WireKline['k']>;
	if (!isCount(E)) return unreadable('candle', reader, 'E (time)', E);
	return readCandle(reader, receivedAt, [t, o, h, l, c, v, T], x === true, E);
}

/** A row of the history; whether it's closed, only its neighbours tell. */
export function readKlineRow(
	reader: Reader,
	row: unknown,
	closed: boolean,
	receivedAt: EpochMs,
): Item | Unreadable {
	if (!Array.isArray(row)) return unreadable('candle', reader, 'row', row);
	return readCandle(reader, receivedAt, row as readonly unknown[], closed, receivedAt);
}

function readCandle(
	reader: Reader,
	receivedAt: EpochMs,
	[startAt, o, h, l, c, v, lastAt]: readonly unknown[],
	closed: boolean,
	saidAt: number,
): Item | Unreadable {
	const [open, high, low, close] = [toNumber(o), toNumber(h), toNumber(l), toNumber(c)];
	if (!isCount(startAt)) return unreadable('candle', reader, 'start', startAt);
	if (!isCount(lastAt)) return unreadable('candle', reader, 'end', lastAt);
	if (open === undefined || high === undefined || low === undefined || close === undefined) {
		return unreadable('candle', reader, 'open, high, low, close', [o, h, l, c]);
	}
	const endAt = epochMs(lastAt + 1);
	const event: Candle = {
		type: 'candle',
		source: SOURCE,
		symbol: reader.instrument.symbol,
		providerSymbol: reader.instrument.providerSymbol,
		eventId: closed
			? toEventId(reader.streams.candle, startAt)
			: toEventId(reader.streams.running, saidAt),
		eventAt: closed ? endAt : epochMs(Math.min(saidAt, endAt - 1)),
		receivedAt,
		quality: NO_FLAGS,
		interval: reader.interval,
		startAt: epochMs(startAt),
		endAt,
		open,
		high,
		low,
		close,
		volume: toNumber(v) ?? null,
		closed,
	};
	return { event, at: startAt, next: closed ? endAt : startAt, within: closed ? 0 : saidAt };
}

const NO_FLAGS: readonly never[] = [];

const unreadable = (what: string, { instrument }: Reader, field: string, given: unknown) => ({
	unreadable: `a ${what} of ${instrument.symbol} has ${field} ${stripSecrets(JSON.stringify(given) ?? 'missing', [], 40)}`,
});

/** Binance writes decimals as texts. */
function toNumber(value: unknown): number | undefined {
	if (typeof value !== 'string' || value === '') return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

const isCount = (value: unknown): value is number =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const asText = (value: unknown): string =>
	typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
