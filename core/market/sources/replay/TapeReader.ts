import { epochMs, type EpochMs } from '../../../ports';
import type { Candle, MarketEvent, Trade } from '../../model';
import { SourceError } from '../../Source';
import type { ParsedRow, TapeRow } from './parseRow';

export type TapeReaderSettings = {
	readonly source: string;
	readonly symbols: readonly string[];
	/** Length of a candle; guessed from the distances between the first of them when it isn't known. */
	readonly intervalMs: number | undefined;
	readonly toId: (row: number) => string;
};

/** An event and the row it came from. */
export type TapeEvent = { readonly row: number; readonly event: MarketEvent };

type CandleRow = Extract<TapeRow, { kind: 'candle' }>;

/** Candles that are looked at before their length is guessed: a weekend may lie between the first two. */
const GUESS_FROM = 200;
const MINUTE_MS = 60_000;

/** Rows of a tape → events, in order, late ones marked per symbol; and what there's to say about the tape. */
export class TapeReader {
	private readonly wanted: ReadonlySet<string>;

	private readonly occurred = new Set<string>();

	private readonly lastAt = new Map<string, number>();

	/** Candles whose length isn't known yet. */
	private waiting: Array<{
		readonly row: number;
		readonly candle: CandleRow;
		readonly symbol: string;
	}> = [];

	private intervalMs: number | undefined;

	private unread: { count: number; readonly first: string } | undefined;

	private events = 0;

	constructor(private readonly settings: TapeReaderSettings) {
		this.wanted = new Set(settings.symbols);
		this.intervalMs = settings.intervalMs;
	}

	/** @throws SourceError when the tape doesn't say which instrument a row is about */
	read(parsed: ParsedRow, row: number, receivedAt: EpochMs): TapeEvent[] {
		if ('unreadable' in parsed) {
			this.unread ??= { count: 0, first: `row ${row}, ${parsed.unreadable}` };
			this.unread.count += 1;
			return [];
		}
		const symbol = parsed.symbol ?? this.onlySymbol();
		this.occurred.add(symbol);
		if (this.wanted.size > 0 && !this.wanted.has(symbol)) return [];
		if (parsed.kind === 'trade') {
			return [{ row, event: this.counted(this.toTrade(parsed, symbol, row, receivedAt)) }];
		}
		this.waiting.push({ row, candle: parsed, symbol });
		if (this.intervalMs === undefined && this.waiting.length < GUESS_FROM) return [];
		return this.release(receivedAt);
	}

	/** The last events, once the tape is over. */
	end(receivedAt: EpochMs): TapeEvent[] {
		return this.release(receivedAt);
	}

	get unreadable(): { readonly count: number; readonly first: string } | undefined {
		return this.unread;
	}

	/** Events so far. */
	get count(): number {
		return this.events;
	}

	/** Symbols that were asked for and haven't occurred. */
	get absent(): string[] {
		return [...this.wanted].filter((symbol) => !this.occurred.has(symbol));
	}

	get occurring(): string[] {
		return [...this.occurred];
	}

	private release(receivedAt: EpochMs): TapeEvent[] {
		const intervalMs = (this.intervalMs ??= guessInterval(this.waiting));
		const ready = this.waiting;
		this.waiting = [];
		return ready.map(({ row, candle, symbol }) => ({
			row,
			event: this.counted(this.toCandle(candle, symbol, row, intervalMs, receivedAt)),
		}));
	}

	private counted<Event extends MarketEvent>(event: Event): Event {
		this.events += 1;
		return event;
	}

	private toTrade(
		{ price, size, at }: Extract<TapeRow, { kind: 'trade' }>,
		symbol: string,
		row: number,
		receivedAt: EpochMs,
	): Trade {
		return { type: 'trade', ...this.common(symbol, row, at, receivedAt), price, size, side: null };
	}

	private toCandle(
		candle: CandleRow,
		symbol: string,
		row: number,
		intervalMs: number,
		receivedAt: EpochMs,
	): Candle {
		const { open, high, low, close, volume, at } = candle;
		const endAt = epochMs(at + intervalMs);
		return {
			type: 'candle',
			...this.common(symbol, row, endAt, receivedAt),
			interval: nameInterval(intervalMs),
			startAt: at,
			endAt,
			open,
			high,
			low,
			close,
			volume,
			closed: true,
		};
	}

	private common(symbol: string, row: number, eventAt: EpochMs, receivedAt: EpochMs) {
		const last = this.lastAt.get(symbol);
		const late = last !== undefined && eventAt < last;
		if (!late) this.lastAt.set(symbol, eventAt);
		return {
			source: this.settings.source,
			symbol,
			providerSymbol: symbol,
			eventId: this.settings.toId(row),
			eventAt,
			receivedAt,
			quality: late ? (['late'] as const) : [],
		};
	}

	private onlySymbol(): string {
		const [only] = this.wanted;
		if (only !== undefined && this.wanted.size === 1) return only;
		throw new SourceError(
			'invalidSetting',
			`The file has no column symbol, and Symbols names ${this.wanted.size === 0 ? 'none' : `${this.wanted.size}`}; name the one symbol the file is about.`,
		);
	}
}

/** The least distance between two candles of one symbol; a minute when there's none. */
function guessInterval(
	candles: ReadonlyArray<{ readonly candle: CandleRow; readonly symbol: string }>,
): number {
	const last = new Map<string, number>();
	let least = Number.POSITIVE_INFINITY;
	for (const { candle, symbol } of candles) {
		const distance = candle.at - (last.get(symbol) ?? candle.at);
		if (distance > 0) least = Math.min(least, distance);
		last.set(symbol, candle.at);
	}
	return Number.isFinite(least) ? least : MINUTE_MS;
}

/** `5m`, `1h`, `1d`: the largest unit that divides it. */
function nameInterval(intervalMs: number): string {
	for (const [unit, milliseconds] of [
		['d', 86_400_000],
		['h', 3_600_000],
		['m', MINUTE_MS],
		['s', 1_000],
	] as const) {
		if (intervalMs % milliseconds === 0) return `${intervalMs / milliseconds}${unit}`;
	}
	return `${intervalMs}ms`;
}
