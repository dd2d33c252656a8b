import { epochMs, type EpochMs } from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { Item } from '../../feed';
import type { Candle, Quote, Trade } from '../../model';
import { parseInstant } from '../../parseInstant';
import { stripSecrets } from '../../stripSecrets';
import type { PairSymbol } from './settings';

/** What the events of one instrument have in common. */
export type Reader = {
	/** `coinbase` */
	readonly source: string;
	readonly instrument: PairSymbol;
	/** Whose numbers these are: `spot`, or the host when it's another one. */
	readonly venue: string;
	/** Of candles. */
	readonly interval: string;
	readonly intervalMs: number;
};

/** An event and its place, or why it can't be read. */
export type Reading = Item | { readonly unreadable: string };

const NO_FLAGS: readonly never[] = [];

/** Numbered by the venue without gaps: a missing number is a missing trade. */
export function toTrade(
	reader: Reader,
	given: { id: number; price: unknown; size: unknown; side: Trade['side']; time: unknown },
	receivedAt: EpochMs,
): Reading {
	const price = toNumber(given.price);
	const at = toInstant(given.time);
	if (!isCount(given.id)) return unreadable('trade', reader, 'id', given.id);
	if (price === undefined) return unreadable('trade', reader, 'price', given.price);
	if (at === undefined) return unreadable('trade', reader, 'time', given.time);
	const event: Trade = {
		type: 'trade',
		...commonOf(reader, 'trade', given.id),
		eventAt: at,
		receivedAt,
		price,
		size: toNumber(given.size) ?? null,
		side: given.side,
	};
	return { event, at: given.id, next: given.id + 1, within: 0 };
}

type QuoteFields = 'bid' | 'ask' | 'high' | 'low' | 'change' | 'changePercent' | 'volume';

/** Everything is that of 24 hours. */
export function toQuote(
	reader: Reader,
	given: { price: unknown } & { [K in QuoteFields]?: unknown },
	{ at, fine }: Stamp,
	receivedAt: EpochMs,
): Reading {
	const price = toNumber(given.price);
	if (price === undefined) return unreadable('quote', reader, 'price', given.price);
	const numberOrNull = (value: unknown): number | null => toNumber(value) ?? null;
	// An empty side of the book is written as zero, or as nothing.
	const sideOf = (value: unknown): number | null => toNumber(value) || null;
	const event: Quote = {
		type: 'quote',
		...commonOf(reader, 'quote', fine),
		eventAt: at,
		receivedAt,
		price,
		bid: sideOf(given.bid),
		ask: sideOf(given.ask),
		open: null,
		high: numberOrNull(given.high),
		low: numberOrNull(given.low),
		previousClose: null,
		change: numberOrNull(given.change),
		changePercent: numberOrNull(given.changePercent),
		volume: numberOrNull(given.volume),
		peRatio: null,
		session: null, // always open
	};
	return { event, at: 0, next: 0, within: fine };
}

/** @param said.place rises with each change of the running candle */
export function toCandle(
	reader: Reader,
	given: {
		startAt: EpochMs | undefined;
		open: unknown;
		high: unknown;
		low: unknown;
		close: unknown;
		volume: unknown;
	},
	said: 'closed' | { readonly at: EpochMs; readonly place: number },
	receivedAt: EpochMs,
): Reading {
	const { startAt } = given;
	const [open, high, low, close] = [given.open, given.high, given.low, given.close].map(toNumber);
	if (startAt === undefined || !isCount(startAt)) {
		return unreadable('candle', reader, 'start', startAt);
	}
	if (open === undefined || high === undefined || low === undefined || close === undefined) {
		return unreadable('candle', reader, 'open, high, low, close', [
			given.open,
			given.high,
			given.low,
			given.close,
		]);
	}
	const endAt = epochMs(startAt + reader.intervalMs);
	const isClosed = said === 'closed';
	const event: Candle = {
		type: 'candle',
		...(isClosed
			? commonOf(reader, `candle ${reader.interval}`, startAt)
			: commonOf(reader, `running ${reader.interval}`, said.place)),
		eventAt: isClosed ? endAt : epochMs(Math.min(Math.max(said.at, startAt), endAt - 1)),
		receivedAt,
		interval: reader.interval,
		startAt,
		endAt,
		open,
		high,
		low,
		close,
		volume: toNumber(given.volume) ?? null,
		closed: isClosed,
	};
	return isClosed
		? { event, at: startAt, next: endAt, within: 0 }
		: { event, at: startAt, next: startAt, within: said.place };
}

/** The running candle as it was left, now that it's over. */
export function toClosed(reader: Reader, { event, at }: Item): Item {
	const { endAt } = event as Candle;
	const { eventId } = commonOf(reader, `candle ${reader.interval}`, at);
	const closed: Candle = { ...(event as Candle), eventId, eventAt: endAt, closed: true };
	return { event: closed, at, next: endAt, within: 0 };
}

const commonOf = ({ source, instrument, venue }: Reader, kind: string, number: number) => ({
	source,
	symbol: instrument.symbol,
	providerSymbol: instrument.providerSymbol,
	eventId: toEventId(toStream(source, `${instrument.providerSymbol} ${kind}`, venue), number),
	quality: NO_FLAGS,
});

const unreadable = (what: string, { instrument }: Reader, field: string, given: unknown) => ({
	unreadable: `a ${what} of ${instrument.symbol} has ${field} ${stripSecrets(JSON.stringify(given) ?? 'missing', [], 40)}`,
});

/** A moment, and the same in hundred-thousandths of a second, for what happens within a millisecond. */
export type Stamp = { readonly at: EpochMs; readonly fine: number };

export function parseStamp(value: unknown): Stamp | undefined {
	const at = typeof value === 'string' ? parseInstant(value) : undefined;
	if (at === undefined || at < 0) return undefined;
	const fraction = /\.(\d+)/.exec(value as string)?.[1] ?? '';
	return { at, fine: at * 100 + Number(fraction.slice(3, 5).padEnd(2, '0')) };
}

/** Epoch seconds with a fraction, or a text with a time zone. */
const toInstant = (value: unknown): EpochMs | undefined => {
	const at = parseInstant(value);
	return at === undefined || at < 0 ? undefined : at;
};

/** Decimals come as texts or as numbers; nothing else is one. */
export function toNumber(value: unknown): number | undefined {
	if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) {
		return undefined;
	}
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

export const isCount = (value: unknown): value is number =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
