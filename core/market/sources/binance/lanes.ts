import type { Clock } from '../../../ports';
import {
	readHistory,
	type HistoryPage,
	type Item,
	type LaneSettings,
	type Watched,
} from '../../feed';
import { usualQuality, usualQualityOver } from '../../quality';
import {
	createReader,
	readAggTrade,
	readKline,
	readKlineRow,
	readTicker,
	type Reader,
	type Unreadable,
} from './parse';
import { PAGE, type BinanceRest } from './rest';
import { binanceDefaults, isCandles, type BinanceSettings } from './settings';
import { parseSymbols } from './symbols';
import { INTERVAL_MS } from './wire';

const MINUTE_MS = 60_000;
/** A candle's last word may come a little late; after that it's fetched. */
const CANDLE_GRACE_MS = 15_000;

/** What is received of each symbol: on which channel, how it's read, put in order, and fetched later. */
export class BinanceLanes {
	readonly readers: ReadonlyMap<string, Reader>;

	readonly watched: readonly Watched[];

	readonly intervalMs: number;

	constructor(
		private readonly settings: BinanceSettings,
		private readonly rest: BinanceRest,
		private readonly clock: Clock,
	) {
		const { interval, delivery, receive } = settings;
		this.intervalMs = INTERVAL_MS[interval] ?? MINUTE_MS;
		const venue = venueOf(settings);
		this.readers = new Map(
			parseSymbols(settings.symbols).map((instrument) => [
				instrument.symbol,
				createReader(instrument, venue, interval),
			]),
		);
		const isDue = delivery === 'stream' && isCandles(receive);
		this.watched = [...this.readers.values()].map((reader) => ({
			lane: this.laneOf(reader),
			...(isDue ? { dueAfterMs: this.intervalMs + CANDLE_GRACE_MS } : {}),
		}));
	}

	read(symbol: string, data: unknown): Item | Unreadable | undefined {
		const reader = this.reader(symbol);
		const receivedAt = this.clock.now();
		switch (this.settings.receive) {
			case 'trades':
				return readAggTrade(reader, data, receivedAt);
			case 'quotes':
				return readTicker(reader, data, receivedAt);
			case 'candles': {
				const item = readKline(reader, data, receivedAt);
				return 'unreadable' in item || item.next > item.at ? item : undefined;
			}
			case 'runningCandles':
				return readKline(reader, data, receivedAt);
		}
	}

	channelOf(symbol: string): string {
		const { instrument, interval } = this.reader(symbol);
		const name = instrument.providerSymbol.toLowerCase();
		switch (this.settings.receive) {
			case 'trades':
				return `${name}@aggTrade`;
			case 'quotes':
				return `${name}@ticker`;
			case 'candles':
			case 'runningCandles':
				return `${name}@kline_${interval}`;
		}
	}

	startOfNow(): number {
		return Math.floor(this.clock.now() / this.intervalMs) * this.intervalMs;
	}

	/** Candles from a start on, or the last two. The newest row is the running one, whatever our clock says. */
	async candlesFrom(
		reader: Reader,
		from: number | undefined,
		signal: AbortSignal,
	): Promise<HistoryPage> {
		const { interval } = this.settings;
		const rows = await this.rest.klines(
			{
				symbol: reader.instrument.providerSymbol,
				interval,
				...(from === undefined ? { limit: 2 } : { startAt: from }),
			},
			signal,
		);
		const receivedAt = this.clock.now();
		const closed = readHistory(rows.slice(0, -1), (row) =>
			readKlineRow(reader, row, true, receivedAt),
		);
		const running =
			this.settings.receive === 'runningCandles'
				? readHistory(rows.slice(-1), (row) => readKlineRow(reader, row, false, receivedAt))
				: [];
		const more = rows.length >= PAGE;
		return { items: more ? closed : [...closed, ...running], more };
	}

	private laneOf(reader: Reader): LaneSettings {
		const { symbol } = reader.instrument;
		switch (this.settings.receive) {
			case 'trades':
				return {
					symbol,
					quality: usualQuality,
					countBetween: (from, to) => to - from,
					placeBefore: (to, count) => to - count,
					history: async (from, signal) => await this.tradesFrom(reader, from, signal),
				};
			case 'quotes':
				return {
					symbol,
					quality: usualQuality,
					countBetween: () => 0,
					placeBefore: (to) => to,
				};
			case 'candles':
			case 'runningCandles':
				return {
					symbol,
					quality: usualQualityOver(this.intervalMs),
					countBetween: (from, to) => Math.round((to - from) / this.intervalMs),
					placeBefore: (to, count) => to - count * this.intervalMs,
					placeOfNow: () => this.startOfNow(),
					history: async (from, signal) => {
						const page = await this.candlesFrom(reader, from, signal);
						// A running one comes by the stream.
						return { ...page, items: page.items.filter(({ at, next }) => next > at) };
					},
				};
		}
	}

	private async tradesFrom(
		reader: Reader,
		from: number,
		signal: AbortSignal,
	): Promise<HistoryPage> {
		const rows = await this.rest.aggTrades(reader.instrument.providerSymbol, from, signal);
		const receivedAt = this.clock.now();
		return {
			items: readHistory(rows, (row) => readAggTrade(reader, row, receivedAt)),
			more: rows.length >= PAGE,
		};
	}

	private reader(symbol: string): Reader {
		const reader = this.readers.get(symbol);
		if (reader === undefined) throw new Error(`No reader of ${symbol}`);
		return reader;
	}
}

/** Numbers of another address are other numbers. */
function venueOf({ streamBaseUrl, restBaseUrl }: BinanceSettings): string {
	if (
		streamBaseUrl === binanceDefaults.streamBaseUrl &&
		restBaseUrl === binanceDefaults.restBaseUrl
	) {
		return 'spot';
	}
	return new URL(streamBaseUrl).host.replace(/[#~]/g, '_');
}
