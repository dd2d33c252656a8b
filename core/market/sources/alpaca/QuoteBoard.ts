import { epochMs, type EpochMs } from '../../../ports';
import type { Item } from '../../feed';
import { parseMicros, toMs } from './instants';
import {
	endOf,
	fieldsOf,
	readBook,
	readSale,
	toNumber,
	toQuote,
	type QuoteNumbers,
	type Reader,
	type Unreadable,
} from './parse';
import type { WireBar, WireSnapshot } from './wire';

/**
 * What's known of one instrument's quote. Alpaca tells its parts one by one: prices by trades, bid and ask by
 * quotes, the day's figures by a running candle, the previous close by snapshots. What no part told is null.
 */
export class QuoteBoard {
	private trade: { readonly micros: number; readonly price: number } | undefined;

	private book: { micros: number; bid: number | null; ask: number | null } | undefined;

	private day: DayFigures | undefined;

	private previousClose: number | null = null;

	private within = 0;

	constructor(private readonly reader: Reader) {}

	/** A streamed trade's price, unless a later one is known. */
	takeTrade(data: unknown, receivedAt: EpochMs): Item | Unreadable | undefined {
		const sale = readSale(this.reader, data);
		if ('unreadable' in sale) return sale;
		if (this.trade !== undefined && sale.micros < this.trade.micros) return undefined;
		const isNews = this.trade?.price !== sale.price;
		this.trade = sale;
		return isNews ? this.quote(sale.micros, receivedAt) : undefined;
	}

	takeBook(data: unknown, receivedAt: EpochMs): Item | Unreadable {
		const book = readBook(this.reader, data);
		if ('unreadable' in book) return book;
		const { bid, ask, micros } = this.book ?? {};
		// Older, or the same once more: the lane says which.
		if (book.micros < (micros ?? 0)) return this.quoteOf(book, book.micros, receivedAt);
		if (book.micros === micros && book.bid === bid && book.ask === ask) {
			return this.quoteOf(book, this.within, receivedAt);
		}
		this.book = book;
		return this.quote(book.micros, receivedAt);
	}

	/** The running day's figures; they come with the next change of price or book. */
	takeDay(data: unknown): void {
		const day = readDay(data);
		if (day === undefined || day.micros < (this.day?.micros ?? 0)) return;
		if (this.day !== undefined && day.micros > this.day.micros) this.previousClose = this.day.close;
		this.day = day;
	}

	/** @returns the quote it makes; `undefined` when nothing has traded yet */
	takeSnapshot(data: unknown, receivedAt: EpochMs): Item | Unreadable | undefined {
		const { latestTrade, latestQuote, dailyBar, prevDailyBar } = fieldsOf<WireSnapshot>(data);
		if (isGiven(latestTrade)) {
			const sale = readSale(this.reader, latestTrade);
			if ('unreadable' in sale) return sale;
			if (sale.micros >= (this.trade?.micros ?? 0)) this.trade = sale;
		}
		if (isGiven(latestQuote)) {
			const book = readBook(this.reader, latestQuote);
			if ('unreadable' in book) return book;
			if (book.micros >= (this.book?.micros ?? 0)) this.book = book;
		}
		this.day = readDay(dailyBar) ?? this.day;
		this.previousClose = toNumber(fieldsOf<WireBar>(prevDailyBar).c) || null;
		const micros = Math.max(this.trade?.micros ?? 0, this.book?.micros ?? 0);
		if (micros === 0) return undefined;
		if (micros > this.within) this.within = micros;
		return this.quoteOf(this.book, this.within, receivedAt, micros);
	}

	/** Each change has a place of its own, even within a microsecond. */
	private quote(micros: number, receivedAt: EpochMs): Item {
		this.within = Math.max(micros, this.within + 1);
		return this.quoteOf(this.book, this.within, receivedAt, micros);
	}

	private quoteOf(
		book:
			| { readonly bid: number | null; readonly ask: number | null; readonly micros: number }
			| undefined,
		within: number,
		receivedAt: EpochMs,
		micros = book?.micros ?? within,
	): Item {
		const numbers: QuoteNumbers = {
			price: this.trade?.price ?? null,
			bid: book?.bid ?? null,
			ask: book?.ask ?? null,
			...this.dayOfPrice(),
		};
		return toQuote(this.reader, numbers, micros, within, receivedAt);
	}

	/** Before a new day's first bar Alpaca still tells the last one's figures. */
	private dayOfPrice(): Omit<QuoteNumbers, 'price' | 'bid' | 'ask'> {
		const { day, trade, reader } = this;
		if (day === undefined) return { ...NO_DAY, previousClose: this.previousClose };
		const endAt = endOf({ ...reader, interval: '1d' }, epochMs(toMs(day.micros)));
		if (trade !== undefined && toMs(trade.micros) >= endAt) {
			return { ...NO_DAY, previousClose: day.close };
		}
		const { open, high, low, volume } = day;
		return { open, high, low, volume, previousClose: this.previousClose };
	}
}

type DayFigures = {
	readonly micros: number;
	readonly open: number | null;
	readonly high: number | null;
	readonly low: number | null;
	readonly close: number | null;
	readonly volume: number | null;
};

const NO_DAY = { open: null, high: null, low: null, volume: null };

function readDay(data: unknown): DayFigures | undefined {
	const { t, o, h, l, c, v } = fieldsOf<WireBar>(data);
	const micros = parseMicros(t);
	if (micros === undefined) return undefined;
	const figure = (value: unknown): number | null => toNumber(value) ?? null;
	return {
		micros,
		open: figure(o),
		high: figure(h),
		low: figure(l),
		close: figure(c),
		volume: figure(v),
	};
}

const isGiven = (part: unknown): boolean => part !== undefined && part !== null;
