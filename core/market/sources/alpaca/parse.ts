import { epochMs, type EpochMs } from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { Item, NumberOf } from '../../feed';
import type { Candle, Quote, Trade } from '../../model';
import { calendars, instantOf, wallClockAt, type Calendar } from '../../sessions';
import { stripSecrets } from '../../stripSecrets';
import { Instants, parseMicros, toMs } from './instants';
import type { AlpacaSymbol } from './symbols';
import { INTERVALS, type WireBar, type WireQuote, type WireTrade } from './wire';

export const SOURCE = 'alpaca';

export type Unreadable = { readonly unreadable: string };
type Fields<T> = { readonly [K in keyof T]?: unknown };

/** What the events of one instrument have in common. */
export type Reader = {
	readonly instrument: AlpacaSymbol;
	/** Whose prices these are: the feed, and the host when it's another one. */
	readonly venue: string;
	/** Of candles. */
	readonly interval: string;
	/** When its market is open; crypto's always is. */
	readonly calendar: Calendar | undefined;
	/** What its trades' times are read by, and what their ids begin with. */
	readonly instants: Instants;
	readonly tradeStream: string;
};

export const createReader = (
	of: Pick<Reader, 'instrument' | 'venue' | 'interval' | 'calendar'>,
): Reader => ({
	...of,
	instants: new Instants(),
	tradeStream: streamOf(of, 'trade'),
});

export const usStocks: Calendar | undefined = calendars.find(({ name }) => name === 'us-equities');

/** When it was traded, and for how much. */
export function readSale(
	reader: Reader,
	data: unknown,
): { readonly micros: number; readonly price: number } | Unreadable {
	const { t, p } = fieldsOf<WireTrade>(data);
	const micros = reader.instants.parse(t);
	const price = toNumber(p);
	if (micros === undefined) return unreadable('trade', reader, 't (time)', t);
	if (price === undefined) return unreadable('trade', reader, 'p (price)', p);
	return { micros, price };
}

export function readTrade(
	reader: Reader,
	data: unknown,
	receivedAt: EpochMs,
	numberOf: NumberOf,
): Item | Unreadable {
	const sale = readSale(reader, data);
	if ('unreadable' in sale) return sale;
	const { s, i, x, tks } = fieldsOf<WireTrade>(data);
	const number = numberOf(sale.micros, i, x);
	const event: Trade = {
		type: 'trade',
		source: SOURCE,
		symbol: reader.instrument.symbol,
		providerSymbol: reader.instrument.providerSymbol,
		eventId: toEventId(reader.tradeStream, number),
		eventAt: epochMs(toMs(sale.micros)),
		receivedAt,
		quality: NO_FLAGS,
		price: sale.price,
		size: toNumber(s) ?? null,
		side: tks === 'B' ? 'buy' : tks === 'S' ? 'sell' : null,
	};
	return { event, at: number, next: number + 1, within: 0 };
}

/** Whether a trade of the history was taken back. */
export const isVoid = (data: unknown): boolean =>
	['canceled', 'incorrect'].includes(String(fieldsOf<WireTrade>(data).u));

export function readBar(reader: Reader, data: unknown, receivedAt: EpochMs): Item | Unreadable {
	const { t, o, h, l, c, v } = fieldsOf<WireBar>(data);
	const micros = parseMicros(t);
	if (micros === undefined) return unreadable('candle', reader, 't (start)', t);
	const [open, high, low, close] = [toNumber(o), toNumber(h), toNumber(l), toNumber(c)];
	if (open === undefined || high === undefined || low === undefined || close === undefined) {
		return unreadable('candle', reader, 'o, h, l, c', [o, h, l, c]);
	}
	const startAt = epochMs(toMs(micros));
	const endAt = endOf(reader, startAt);
	const event: Candle = {
		type: 'candle',
		...common(reader, receivedAt),
		eventId: idOf(reader, `candle ${reader.interval}`, startAt),
		eventAt: endAt,
		interval: reader.interval,
		startAt,
		endAt,
		open,
		high,
		low,
		close,
		volume: toNumber(v) ?? null,
		closed: true,
	};
	return { event, at: startAt, next: endAt, within: 0 };
}

/** A stock's day goes from midnight to midnight in New York, and may have 23 or 25 hours. */
export function endOf(
	{ interval, calendar }: Pick<Reader, 'interval' | 'calendar'>,
	startAt: EpochMs,
): EpochMs {
	const lengthMs = INTERVALS[interval]?.ms ?? 60_000;
	if (interval !== '1d' || calendar === undefined) return epochMs(startAt + lengthMs);
	const { year, month, day } = wallClockAt(epochMs(startAt + 1.5 * lengthMs), calendar.timeZone);
	return instantOf({ year, month, day, hour: 0, minute: 0 }, calendar.timeZone);
}

/** Two sides of the book; an empty one is written as zero. */
export function readBook(
	reader: Reader,
	data: unknown,
):
	| { readonly micros: number; readonly bid: number | null; readonly ask: number | null }
	| Unreadable {
	const { t, bp, ap } = fieldsOf<WireQuote>(data);
	const micros = parseMicros(t);
	if (micros === undefined) return unreadable('quote', reader, 't (time)', t);
	const [bid, ask] = [toNumber(bp), toNumber(ap)];
	if (bid === undefined) return unreadable('quote', reader, 'bp (bid)', bp);
	if (ask === undefined) return unreadable('quote', reader, 'ap (ask)', ap);
	return { micros, bid: bid || null, ask: ask || null };
}

export type QuoteNumbers = Pick<
	Quote,
	'price' | 'bid' | 'ask' | 'open' | 'high' | 'low' | 'previousClose' | 'volume'
>;

/** @param micros when it last changed; @param within its place among the symbol's quotes */
export function toQuote(
	reader: Reader,
	numbers: QuoteNumbers,
	micros: number,
	within: number,
	receivedAt: EpochMs,
): Item {
	const { price, previousClose } = numbers;
	const change = price === null || previousClose === null ? null : price - previousClose;
	const eventAt = epochMs(toMs(micros));
	const event: Quote = {
		type: 'quote',
		...common(reader, receivedAt),
		eventId: idOf(reader, 'quote', within),
		eventAt,
		...numbers,
		change,
		changePercent: change === null || !previousClose ? null : (change * 100) / previousClose,
		peRatio: null,
		session: reader.calendar?.sessionAt(eventAt) ?? null,
	};
	return { event, at: 0, next: 0, within };
}

const common = ({ instrument }: Reader, receivedAt: EpochMs) => ({
	source: SOURCE,
	symbol: instrument.symbol,
	providerSymbol: instrument.providerSymbol,
	receivedAt,
	quality: NO_FLAGS,
});

const NO_FLAGS: readonly never[] = [];

export const idOf = (reader: Reader, kind: string, number: number): string =>
	toEventId(streamOf(reader, kind), number);

const streamOf = (
	{ instrument, venue }: Pick<Reader, 'instrument' | 'venue'>,
	kind: string,
): string => toStream(SOURCE, `${instrument.providerSymbol} ${kind}`, venue);

export const unreadable = (
	what: string,
	{ instrument }: Reader,
	field: string,
	given: unknown,
): Unreadable => ({
	unreadable: `a ${what} of ${instrument.symbol} has ${field} ${stripSecrets(JSON.stringify(given) ?? 'missing', [], 40)}`,
});

/** Of anything: what isn't an object has no fields. */
export const fieldsOf = <T>(data: unknown): Fields<T> =>
	typeof data === 'object' && data !== null ? data : {};

export const toNumber = (value: unknown): number | undefined =>
	typeof value === 'number' && Number.isFinite(value) ? value : undefined;
