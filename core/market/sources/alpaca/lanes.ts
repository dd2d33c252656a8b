import { epochMs, type Clock, type EpochMs } from '../../../ports';
import {
	readHistory,
	TradeNumbers,
	type HistoryPage,
	type Item,
	type LaneSettings,
	type Watched,
} from '../../feed';
import { usualQualityOver, type QualityPolicy } from '../../quality';
import { toMs } from './instants';
import {
	createReader,
	fieldsOf,
	isVoid,
	readBar,
	readTrade,
	usStocks,
	type Reader,
	type Unreadable,
} from './parse';
import { QuoteBoard } from './QuoteBoard';
import { SIP_DELAY_MS, type AlpacaRest, type Rows } from './rest';
import { alpacaDefaults, type AlpacaSettings } from './settings';
import { parseSymbols } from './symbols';
import { INTERVALS } from './wire';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Trades of the same microsecond may lie on both sides of where we stood. */
const OVERLAP_MS = 1;
/** Clocks differ a little: a candle is taken from the history only that long after its end. */
const CANDLE_GRACE_MS = 5_000;

/** What's received of one symbol, and what's remembered for it. */
type Watch = {
	readonly reader: Reader;
	readonly numbers: TradeNumbers;
	readonly board: QuoteBoard;
};

/** What is received of each symbol: on which channels, how it's read, put in order, and fetched later. */
export class AlpacaLanes {
	readonly watches: ReadonlyMap<string, Watch>;

	readonly watched: readonly Watched[];

	readonly interval: { readonly timeframe: string; readonly ms: number };

	constructor(
		private readonly settings: AlpacaSettings,
		private readonly rest: AlpacaRest,
		private readonly clock: Clock,
	) {
		const { feed, interval, symbols } = settings;
		this.interval = INTERVALS[interval] ?? { timeframe: '1Min', ms: MINUTE_MS };
		const venue = venueOf(settings);
		const calendar = feed === 'crypto' || feed === 'test' ? undefined : usStocks;
		this.watches = new Map(
			parseSymbols(symbols, feed).map((instrument) => {
				const reader = createReader({ instrument, venue, interval, calendar });
				const watch = { reader, numbers: new TradeNumbers(), board: new QuoteBoard(reader) };
				return [instrument.symbol, watch];
			}),
		);
		this.watched = [...this.watches.values()].map((watch) => ({ lane: this.laneOf(watch) }));
	}

	/** When events are due: always in crypto, in the US from the first session of a day to the last. */
	isOpen(at: EpochMs): boolean {
		const { feed } = this.settings;
		if (feed === 'crypto' || feed === 'test' || usStocks === undefined) return true;
		const lag = feed === 'delayed_sip' ? SIP_DELAY_MS : 0;
		const session = usStocks.sessionAt(epochMs(at - lag));
		// The free feed is one exchange, thin outside of the regular hours.
		return feed === 'iex' ? session === 'regular' : session !== 'closed';
	}

	channelOf(symbol: string): string {
		return `${{ trades: 'trades', quotes: 'quotes' }[this.settings.receive as string] ?? 'bars'}:${symbol}`;
	}

	/** A quote's price comes by trades, its day's figures by a running candle; stocks are halted at times. */
	besides(symbol: string): readonly string[] {
		const { feed, receive } = this.settings;
		const kinds = receive === 'quotes' ? ['trades', 'dailyBars'] : [];
		if (feed !== 'crypto' && feed !== 'test') kinds.push('statuses');
		return kinds.map((kind) => `${kind}:${symbol}`);
	}

	/** A message of the stream that may be an event; halts, corrections and the like aren't. */
	read(symbol: string, data: unknown): Item | Unreadable | undefined {
		const { reader, numbers, board } = this.watch(symbol);
		const receivedAt = this.clock.now();
		const { T } = fieldsOf<{ T: string }>(data);
		const { receive } = this.settings;
		if (receive === 'quotes') {
			if (T === 'q') return board.takeBook(data, receivedAt);
			if (T === 't') return board.takeTrade(data, receivedAt);
			if (T === 'd') board.takeDay(data);
			return undefined;
		}
		if (T === 't') return readTrade(reader, data, receivedAt, numbers.live);
		return T === 'b' ? readBar(reader, data, receivedAt) : undefined;
	}

	/** Candles that have closed, by symbol. */
	closedBars(rows: Rows): ReadonlyMap<string, readonly Item[]> {
		const receivedAt = this.clock.now();
		const until = this.closedUntil();
		return new Map(
			Object.entries(rows).flatMap(([symbol, some]) => {
				const watch = this.watches.get(symbol);
				if (watch === undefined) return [];
				const items = readHistory(some, (row) => readBar(watch.reader, row, receivedAt));
				const closed = items.filter(({ next }) => next <= until).sort((a, b) => a.at - b.at);
				return [[symbol, closed] as const];
			}),
		);
	}

	/** Every candle that ended by then can be fetched. */
	closedUntil(): number {
		return this.clock.now() - (this.lagMs ?? 0) - CANDLE_GRACE_MS;
	}

	/** Where the history must end; `undefined` when it may go to the present. */
	historyEnd(): number | undefined {
		return this.lagMs === undefined ? undefined : this.clock.now() - this.lagMs;
	}

	private get lagMs(): number | undefined {
		return this.settings.feed === 'delayed_sip' ? SIP_DELAY_MS : undefined;
	}

	private laneOf(watch: Watch): LaneSettings {
		const { symbol } = watch.reader.instrument;
		const { receive, feed } = this.settings;
		const hasHistory = feed !== 'test' && feed !== 'delayed_sip';
		const isPolled = this.settings.delivery === 'poll';
		const sparse = { symbol, isSparse: true, countBetween: () => 0 };
		if (receive === 'trades') {
			return {
				...sparse,
				quality: this.quality(),
				placeBefore: (to) => to - DAY_MS * 1_000,
				...(hasHistory && {
					history: async (from, signal) => await this.tradesFrom(watch, from, signal),
				}),
			};
		}
		if (receive === 'quotes') {
			return { ...sparse, quality: this.quality(), placeBefore: (to) => to };
		}
		return {
			...sparse,
			quality: this.quality(this.interval.ms),
			placeBefore: (to, count) => to - count * this.interval.ms,
			placeOfNow: () => this.closedUntil(),
			...((hasHistory || isPolled) && {
				history: async (from, signal) => await this.barsFrom(symbol, from, signal),
			}),
		};
	}

	/** A delayed feed is as old as it says. */
	private quality(spanMs = 0): QualityPolicy {
		const usual = usualQualityOver(spanMs);
		return { ...usual, staleAfterMs: usual.staleAfterMs + (this.lagMs ?? 0) };
	}

	private async tradesFrom(
		{ reader, numbers }: Watch,
		from: number,
		signal: AbortSignal,
	): Promise<HistoryPage> {
		const startAt = toMs(from) - OVERLAP_MS;
		const { rows, more } = await this.rest.trades(
			reader.instrument.providerSymbol,
			startAt,
			signal,
		);
		const receivedAt = this.clock.now();
		const numberOf = numbers.past();
		const items = readHistory(
			rows.filter((row) => !isVoid(row)),
			(row) => readTrade(reader, row, receivedAt, numberOf),
		);
		return { items, more };
	}

	/** A bar of the history that hasn't ended yet comes by the stream. */
	private async barsFrom(symbol: string, from: number, signal: AbortSignal): Promise<HistoryPage> {
		const rows = await this.rest.bars(
			{
				symbols: [symbol],
				timeframe: this.interval.timeframe,
				startAt: from,
				endAt: this.historyEnd(),
			},
			signal,
		);
		return { items: this.closedBars(rows).get(symbol) ?? [], more: false };
	}

	private watch(symbol: string): Watch {
		const watch = this.watches.get(symbol);
		if (watch === undefined) throw new Error(`Nothing is watched of ${symbol}`);
		return watch;
	}
}

/** Prices of another address are other prices. */
function venueOf({ feed, streamBaseUrl, dataBaseUrl }: AlpacaSettings): string {
	const isUsual =
		streamBaseUrl === alpacaDefaults.streamBaseUrl && dataBaseUrl === alpacaDefaults.dataBaseUrl;
	return isUsual ? feed : `${feed} ${new URL(streamBaseUrl).host.replace(/[#~]/g, '_')}`;
}
