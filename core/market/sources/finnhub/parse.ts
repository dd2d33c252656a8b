import { epochMs, type EpochMs } from '../../../ports';
import { toEventId, toStream } from '../../eventId';
import type { Item } from '../../feed';
import type { Fundamentals, Quote, Trade } from '../../model';
import { stripSecrets } from '../../stripSecrets';
import { calendarOf, type FinnhubSymbol } from './symbols';
import type { ToldTrade, WireMetric, WireQuote, WireTrade } from './wire';

export const SOURCE = 'finnhub';

export type Unreadable = { readonly unreadable: string };
type Fields<T> = { readonly [K in keyof T]?: unknown };

/** What the events of one instrument have in common. */
export type Reader = {
	readonly instrument: FinnhubSymbol;
	/** Whose prices these are: `usual`, or the host when it's another one. */
	readonly venue: string;
};

/** A trade before it has its number. */
export type ReadTrade = {
	/** What tells it from others, as far as anything does. */
	readonly key: string;
	readonly micros: number;
	/** @param number its place among the symbol's trades */
	readonly toItem: (number: number) => Item;
};

export function readTrade(
	reader: Reader,
	{ trade, alikeBefore }: ToldTrade,
	receivedAt: EpochMs,
): ReadTrade | Unreadable {
	const { p, t, v, c } = fieldsOf<WireTrade>(trade);
	const price = toNumber(p);
	const size = toNumber(v);
	if (!isInstant(t)) return unreadable('trade', reader, 't (time)', t);
	if (price === undefined) return unreadable('trade', reader, 'p (price)', p);
	const toItem = (number: number): Item => {
		const event: Trade = {
			type: 'trade',
			...commonOf(reader, 'trade', number, receivedAt),
			eventAt: epochMs(t),
			price,
			// No size means a new price without a trade.
			size: size === undefined || size === 0 ? null : size,
			side: null,
		};
		return { event, at: number, next: number + 1, within: 0 };
	};
	return { key: JSON.stringify([t, p, v, c, alikeBefore]), micros: t * 1_000, toItem };
}

/** @returns `unknown` for a symbol Finnhub doesn't know: it answers with zeros */
export function readQuote(
	reader: Reader,
	data: unknown,
	fundamentals: Fundamentals | undefined,
	receivedAt: EpochMs,
): Item | Unreadable | 'unknown' {
	const { c, d, dp, h, l, o, pc, t } = fieldsOf<WireQuote>(data);
	if (c === 0 && (t === 0 || t === undefined)) return 'unknown';
	const price = toNumber(c);
	if (price === undefined) return unreadable('quote', reader, 'c (price)', c);
	if (typeof t !== 'number' || !isInstant(t * 1_000)) {
		return unreadable('quote', reader, 't (time)', t);
	}
	const eventAt = epochMs(t * 1_000);
	const previousClose = figure(pc);
	const { market } = reader.instrument;
	const event: Quote & Partial<Fundamentals> = {
		type: 'quote',
		...commonOf(reader, 'quote', eventAt, receivedAt),
		eventAt,
		price,
		bid: null,
		ask: null,
		open: figure(o),
		high: figure(h),
		low: figure(l),
		previousClose,
		...changeOf(price, previousClose, d, dp),
		volume: null,
		peRatio: null,
		...fundamentals,
		session: market === 'us' ? (calendarOf(reader.instrument)?.sessionAt(eventAt) ?? null) : null,
	};
	return { event, at: 0, next: 0, within: eventAt };
}

/** The same quote with another place: something else about it changed than its time. */
export const placedAt = (reader: Reader, { event, at, next }: Item, within: number): Item => ({
	event: { ...event, ...commonOf(reader, 'quote', within, event.receivedAt) },
	at,
	next,
	within,
});

/** Of `/stock/metric`; what it doesn't have is missing, never 0. */
export function readMetric(body: unknown): Fundamentals {
	const { metric } = fieldsOf<{ metric: unknown }>(body);
	const fields = fieldsOf<WireMetric>(metric);
	const millions = toNumber(fields.marketCapitalization);
	return {
		peRatio: toNumber(fields.peTTM) ?? null,
		week52High: toNumber(fields['52WeekHigh']) ?? null,
		week52Low: toNumber(fields['52WeekLow']) ?? null,
		marketCap: millions === undefined ? null : Math.round(millions * 1_000_000),
	};
}

function changeOf(
	price: number,
	previousClose: number | null,
	d: unknown,
	dp: unknown,
): Pick<Quote, 'change' | 'changePercent'> {
	const own = previousClose === null ? null : price - previousClose;
	const percent = own === null || previousClose === null ? null : (own * 100) / previousClose;
	return { change: toNumber(d) ?? own, changePercent: toNumber(dp) ?? percent };
}

const commonOf = (
	{ instrument, venue }: Reader,
	kind: string,
	number: number,
	receivedAt: EpochMs,
) => ({
	source: SOURCE,
	symbol: instrument.symbol,
	providerSymbol: instrument.providerSymbol,
	eventId: toEventId(toStream(SOURCE, `${instrument.providerSymbol} ${kind}`, venue), number),
	receivedAt,
	quality: NO_FLAGS,
});

const NO_FLAGS: readonly never[] = [];

const unreadable = (
	what: string,
	{ instrument }: Reader,
	field: string,
	given: unknown,
): Unreadable => ({
	unreadable: `a ${what} of ${instrument.symbol} has ${field} ${stripSecrets(JSON.stringify(given) ?? 'missing', [], 40)}`,
});

/** Of anything: what isn't an object has no fields. */
const fieldsOf = <T>(data: unknown): Fields<T> =>
	typeof data === 'object' && data !== null ? data : {};

const toNumber = (value: unknown): number | undefined =>
	typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Before the first trade of a day its figures are zero. */
const figure = (value: unknown): number | null => toNumber(value) || null;

/** Not 9e15: times a thousand it has to stay exact. */
const isInstant = (value: unknown): value is number =>
	typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e12 * 8;
