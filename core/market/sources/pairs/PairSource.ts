import type { EpochMs } from '../../../ports';
import {
	createLive,
	runPoll,
	runStream,
	silentAfter,
	UnknownSymbols,
	untilAnswered,
	type HistoryPage,
	type Item,
	type LaneSettings,
	type LiveFeed,
	type LivePorts,
	type LiveProvider,
	type LiveSettings,
	type Watched,
} from '../../feed';
import { ProviderFailure } from '../../ProviderFailure';
import { usualQuality, usualQualityOver } from '../../quality';
import type { Source } from '../../Source';
import type { ConnectionPolicy, StreamProtocol } from '../../streaming';
import { CandleCloser } from './CandleCloser';
import type { Reader, Reading } from './events';
import { isCandles, type PairSettings, type PairSymbol } from './settings';

/** A venue's calls. All throw `ProviderFailure`. */
export interface PairRest {
	/** By symbol. */
	quotes(readers: readonly Reader[], signal: AbortSignal): Promise<ReadonlyMap<string, Reading>>;
	/** From a start on, oldest first; the last one may be running. */
	candles(reader: Reader, from: number, signal: AbortSignal): Promise<HistoryPage>;
	/** From a number on, oldest first, as far back as the venue has them. */
	trades(reader: Reader, from: number, signal: AbortSignal): Promise<HistoryPage>;
	/** Symbols the venue doesn't know. */
	unknownAmong(readers: readonly Reader[], signal: AbortSignal): Promise<readonly string[]>;
}

export type PairVenue = {
	/** `coinbase` */
	readonly source: string;
	/** `Coinbase` */
	readonly provider: string;
	readonly streamAddress: string;
	readonly protocol: StreamProtocol;
	readonly policy: ConnectionPolicy;
	readonly instruments: readonly PairSymbol[];
	/** Whose numbers these are: `spot`, or the host when it's another one. */
	readonly venue: string;
	readonly intervalMs: number;
	readonly channelOf: (reader: Reader) => string;
	/** Something of a channel. `old`: it was said before, too, and is told once more to whoever comes. */
	readonly read: (
		reader: Reader,
		data: unknown,
		receivedAt: EpochMs,
	) => { readonly reading: Reading; readonly old: boolean };
	readonly rest: PairRest;
};

/** A candle's last word may come a little late; after that it's fetched. */
const CANDLE_GRACE_MS = 15_000;
/** So far back the last closed candle is looked for. */
const CANDLES_BACK = 10;

/** A venue's market data, streamed or polled. What was missed is fetched; of quotes there's nothing to fetch. */
export function createPairSource(
	venue: PairVenue,
	settings: PairSettings,
	ports: LivePorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return createLive(() => new Pairs(venue, settings, ports), settings.delivery, ports, start);
}

class Pairs implements LiveProvider {
	private readonly readers: ReadonlyMap<string, Reader>;

	private readonly closers: ReadonlyMap<string, CandleCloser>;

	/** Symbols the venue doesn't know. */
	private readonly unknown = new UnknownSymbols('BTC/USD');

	/** What was polled last of each symbol. */
	private readonly said = new Map<string, string>();

	constructor(
		private readonly venue: PairVenue,
		private readonly settings: PairSettings,
		private readonly ports: LivePorts,
	) {
		const { source, venue: name, intervalMs, instruments } = venue;
		const { interval } = settings;
		this.readers = new Map(
			instruments.map((instrument) => [
				instrument.symbol,
				{ source, instrument, venue: name, interval, intervalMs },
			]),
		);
		this.closers = new Map(
			[...this.readers].map(([symbol, reader]) => [symbol, new CandleCloser(reader)]),
		);
	}

	get live(): LiveSettings {
		const { source, provider } = this.venue;
		const { receive } = this.settings;
		const things = isCandles(receive) ? 'candles' : receive;
		return { source, provider, things, watched: this.watched, silentAfterMs: this.silentAfterMs };
	}

	async stream(feed: LiveFeed): Promise<void> {
		const { source, streamAddress, protocol, policy, channelOf } = this.venue;
		this.nameUnknown(feed);
		await runStream(
			feed,
			{
				endpoint: {
					key: `${source} ${streamAddress}`,
					address: () => streamAddress,
					protocol,
					policy,
				},
				channelOf: (symbol) => channelOf(this.reader(symbol)),
				read: (symbol, data) => this.read(feed, symbol, data),
				interrupt: (symbol) => this.closers.get(symbol)?.interrupt(),
			},
			this.ports.shared.streams,
			this.ports,
		);
	}

	async poll(feed: LiveFeed): Promise<void> {
		this.nameUnknown(feed);
		const poll = async (): Promise<void> => {
			try {
				await this.pollOnce(feed);
			} catch (error) {
				if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
				// One it doesn't know spoils the call for all.
				await this.dropUnknown(feed);
				await this.pollOnce(feed);
			}
		};
		await runPoll(feed, { everyMs: this.settings.pollEveryMs, poll }, this.ports);
	}

	private read(feed: LiveFeed, symbol: string, data: unknown): ReturnType<typeof this.readCandle> {
		const { reading, old } = this.venue.read(this.reader(symbol), data, this.ports.clock.now());
		if ('unreadable' in reading) return reading;
		const lane = feed.lanes.get(symbol);
		if (isCandles(this.settings.receive)) return this.readCandle(feed, symbol, reading);
		const isTold =
			reading.next > reading.at
				? reading.at < (lane?.expected ?? Number.POSITIVE_INFINITY)
				: lane?.isUnchanged(reading);
		return old && isTold ? undefined : reading;
	}

	private readCandle(
		feed: LiveFeed,
		symbol: string,
		item: Item,
	): Item | readonly Item[] | { readonly unreadable: string } | undefined {
		const lane = feed.lanes.get(symbol);
		// What was over before we came isn't ours.
		const isOver = item.at + this.venue.intervalMs <= this.ports.clock.now();
		if (lane?.expected === undefined && isOver) return undefined;
		lane?.expect(item.at);
		const closer = this.closers.get(symbol);
		const isAnew = closer?.isAnew;
		const items = closer?.take(item) ?? [];
		// Heard anew in a later candle: the one before isn't heard to its end any more.
		if (isAnew && lane?.expected !== undefined && lane.expected < item.at) lane.catchUp();
		return this.settings.receive === 'runningCandles'
			? items
			: items.filter(({ at, next }) => next > at);
	}

	private async pollOnce(feed: LiveFeed): Promise<void> {
		const readers = [...this.readers.values()].filter(
			({ instrument }) => !this.unknown.has(instrument.symbol),
		);
		if (readers.length === 0) return;
		if (this.settings.receive === 'quotes') await this.pollQuotes(feed, readers);
		else await Promise.all(readers.map(async (reader) => await this.pollCandles(feed, reader)));
	}

	private async pollQuotes(feed: LiveFeed, readers: readonly Reader[]): Promise<void> {
		const quotes = await this.venue.rest.quotes(readers, feed.signal);
		for (const [symbol, reading] of quotes) {
			if ('unreadable' in reading) feed.news.unreadable(symbol, reading.unreadable);
			else if (this.isNew(symbol, reading)) {
				feed.heard(symbol);
				feed.lanes.get(symbol)?.take(reading);
			}
		}
	}

	private async pollCandles(feed: LiveFeed, reader: Reader): Promise<void> {
		const { symbol } = reader.instrument;
		const lane = feed.lanes.get(symbol);
		if (lane === undefined) return;
		const isFirst = lane.expected === undefined;
		lane.skipTo(this.startOfNow());
		for (let more = true; more && !feed.signal.aborted;) {
			const from = lane.expected ?? this.startOfNow() - CANDLES_BACK * reader.intervalMs;
			const page = await this.venue.rest.candles(reader, from, feed.signal);
			if (feed.signal.aborted) return;
			const closed = page.items.filter(({ at, next }) => next > at);
			const running = page.items.filter(
				(item) =>
					item.next === item.at &&
					this.settings.receive === 'runningCandles' &&
					this.isNew(symbol, item),
			);
			// At first the last one that's closed will do.
			const items = [...(isFirst ? closed.slice(-1) : closed), ...running];
			if (items.length > 0) feed.heard(symbol);
			lane.placeAll(items, page.completeTo);
			({ more } = page);
		}
	}

	/** Answers without a time of their own say the same until something changes. */
	private isNew(symbol: string, { event }: Item): boolean {
		const { eventId: _id, eventAt: _at, receivedAt: _received, ...content } = event;
		const said = JSON.stringify(content);
		if (this.said.get(symbol) === said) return false;
		this.said.set(symbol, said);
		return true;
	}

	private laneOf(reader: Reader): LaneSettings {
		const { symbol } = reader.instrument;
		const { intervalMs, rest } = this.venue;
		switch (this.settings.receive) {
			case 'trades':
				return {
					symbol,
					quality: usualQuality,
					countBetween: (from, to) => to - from,
					placeBefore: (to, count) => to - count,
					history: async (from, signal) => await rest.trades(reader, from, signal),
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
					quality: usualQualityOver(intervalMs),
					countBetween: (from, to) => Math.round((to - from) / intervalMs),
					placeBefore: (to, count) => to - count * intervalMs,
					placeOfNow: () => this.startOfNow(),
					history: async (from, signal) => {
						const page = await rest.candles(reader, from, signal);
						// A running one comes by the stream.
						return { ...page, items: page.items.filter(({ at, next }) => next > at) };
					},
				};
		}
	}

	private get watched(): readonly Watched[] {
		const { delivery, receive } = this.settings;
		const isDue = delivery === 'stream' && isCandles(receive);
		return [...this.readers.values()].map((reader) => ({
			lane: this.laneOf(reader),
			...(isDue ? { dueAfterMs: this.venue.intervalMs + CANDLE_GRACE_MS } : {}),
		}));
	}

	/** Polled, a symbol can't be heard more often than it's asked for. */
	private get silentAfterMs(): number {
		const { delivery, pollEveryMs, receive } = this.settings;
		if (delivery === 'stream') return silentAfter(this.settings, 0);
		const own = receive === 'candles' ? this.venue.intervalMs : 0;
		return silentAfter(this.settings, Math.max(own, pollEveryMs));
	}

	private startOfNow(): number {
		const { intervalMs } = this.venue;
		return Math.floor(this.ports.clock.now() / intervalMs) * intervalMs;
	}

	private reader(symbol: string): Reader {
		const reader = this.readers.get(symbol);
		if (reader === undefined) throw new Error(`No reader of ${symbol}`);
		return reader;
	}

	/** Symbols that don't exist are told by name; a stream may just stay silent for them. */
	private nameUnknown(feed: LiveFeed): void {
		untilAnswered(feed, async () => await this.dropUnknown(feed), this.ports);
	}

	private async dropUnknown(feed: LiveFeed): Promise<void> {
		this.unknown.tell(
			feed,
			await this.venue.rest.unknownAmong([...this.readers.values()], feed.signal),
		);
	}
}
