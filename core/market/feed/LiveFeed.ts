import type { Clock, EpochMs, Random, Timer } from '../../ports';
import type { MarketEvent } from '../model';
import type { Doubt } from '../quality';
import type { MissingEvents, SourceSink } from '../Source';
import { SilenceWatch } from '../streaming';
import { FeedNews } from './FeedNews';
import { FeedPump, readCursor, type LiveCursor } from './FeedPump';
import {
	Lane,
	type Item,
	type LaneOwner,
	type LanePosition,
	type LaneSettings,
	type Reason,
} from './Lane';

/** One thing that's watched: an instrument and how its events are put in order. */
export type Watched = {
	readonly lane: LaneSettings;
	/** A closed candle is due by then; without it nothing ever is. */
	readonly dueAfterMs?: number;
};

export type LiveSettings = {
	/** `binance` */
	readonly source: string;
	/** `Binance` */
	readonly provider: string;
	/** `trades`, `quotes`, `candles` */
	readonly things: string;
	readonly watched: readonly Watched[];
	/** A symbol without an event for that long is told as silent. */
	readonly silentAfterMs: number;
	/** Whether events of a symbol are due at all; while they aren't, silence is no news. */
	readonly isOpen?: (at: EpochMs, symbol: string) => boolean;
	/** Of events that are known by keys: so many of each symbol are remembered over a restart. */
	readonly remembers?: number;
};

export type FeedPorts = {
	readonly clock: Clock;
	readonly timer: Timer;
	readonly random: Random;
};

const LOOK_EVERY_MS = 5_000;
/** What is overdue is asked for again after that. */
const OVERDUE_AGAIN_MS = 30_000;
/** While a connection is replaced each event may come twice. */
const RENEWAL_MS = 30_000;

/** What streaming and polling have in common: lanes, a way to the sink, and news. */
export class LiveFeed implements LaneOwner {
	readonly lanes: ReadonlyMap<string, Lane>;

	private readonly known: Map<string, Lane>;

	readonly news: FeedNews;

	private readonly from: LiveCursor;

	private readonly pump: FeedPump;

	private readonly silence: SilenceWatch;

	private renewingUntil = 0;

	private readonly caughtUpAt = new Map<string, number>();

	private readonly ending = new AbortController();

	private broke: { readonly error: unknown } | undefined;

	constructor(
		readonly settings: LiveSettings,
		private readonly ports: FeedPorts,
		private readonly sink: SourceSink,
		cursor: unknown,
		signal: AbortSignal,
	) {
		const from = readCursor(cursor);
		const { clock } = ports;
		const stop = () => this.ending.abort();
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
		this.from = from;
		this.pump = new FeedPump(from, settings.remembers);
		this.news = new FeedNews(
			{ name: settings.source, provider: settings.provider, things: settings.things },
			sink,
			clock,
		);
		this.known = new Map();
		this.lanes = this.known;
		for (const { lane } of settings.watched) this.known.set(lane.symbol, this.laneOf(lane));
		this.silence = new SilenceWatch([...this.lanes.keys()], settings.silentAfterMs, clock.now());
	}

	/** Aborts when the feed is stopped, or broke. */
	get signal(): AbortSignal {
		return this.ending.signal;
	}

	/** Hands over what comes, until it's stopped. */
	async run(): Promise<void> {
		await Promise.all([this.pump.run(this.sink, this.signal), this.keepLooking()]);
		if (this.broke !== undefined) throw this.broke.error;
	}

	/** One instrument more, where symbols are known only when they come. */
	watch(lane: LaneSettings): Lane {
		const made = this.laneOf(lane);
		this.known.set(lane.symbol, made);
		return made;
	}

	/** Something of a symbol came. */
	heard(symbol: string): void {
		this.silence.heard(symbol, this.ports.clock.now());
	}

	forget(symbol: string): void {
		this.silence.forget(symbol);
	}

	expectDuplicates(): void {
		this.renewingUntil = this.ports.clock.now() + RENEWAL_MS;
	}

	listenAnew(): void {
		this.silence.beginAnew(this.ports.clock.now());
	}

	get isFull(): boolean {
		return this.pump.isFull;
	}

	give(
		symbol: string,
		event: MarketEvent,
		position: LanePosition,
		doubts: readonly Doubt[],
		key?: string,
	): void {
		for (const { flag, reason } of doubts) {
			this.news.doubt(flag, symbol, `${event.type} of ${symbol} ${reason}`);
		}
		this.pump.push(symbol, event, position, key);
	}

	duplicate(symbol: string, { event }: Item): void {
		const expected = this.ports.clock.now() < this.renewingUntil;
		if (!expected) this.news.doubt('duplicate', symbol, `${event.type} ${event.eventId}`);
	}

	missed(symbol: string, missing: Omit<MissingEvents, 'symbol'>, reason: Reason): void {
		const why = typeof reason === 'string' ? reason : `${this.settings.provider} ${reason.message}`;
		this.news.missed({ symbol, ...missing }, why);
	}

	leftOut(): void {
		this.news.missedUnseen();
	}

	broken(error: unknown): void {
		this.broke ??= { error };
		this.ending.abort();
	}

	private laneOf(lane: LaneSettings): Lane {
		const { clock, timer, random } = this.ports;
		const ports = { clock, timer, random, signal: this.signal };
		return new Lane(lane, ports, this, this.from.lanes[lane.symbol]);
	}

	private async keepLooking(): Promise<void> {
		for (;;) {
			await this.ports.timer.sleep(LOOK_EVERY_MS, this.signal);
			if (this.signal.aborted) return;
			const now = this.ports.clock.now();
			if (this.news.isDown) this.listenAnew();
			else {
				this.silence.beginAnew(now, (symbol) => this.settings.isOpen?.(now, symbol) === false);
				this.news.silence(this.silence.look(now));
			}
			this.catchUpOverdue();
			this.news.look();
		}
	}

	/** A candle's end that doesn't come by itself is fetched. */
	private catchUpOverdue(): void {
		const now = this.ports.clock.now();
		for (const { lane, dueAfterMs } of this.settings.watched) {
			const found = this.lanes.get(lane.symbol);
			if (dueAfterMs === undefined || found?.expected === undefined || this.news.isDown) continue;
			if (now <= found.expected + dueAfterMs) continue;
			if (now - (this.caughtUpAt.get(lane.symbol) ?? 0) < OVERDUE_AGAIN_MS) continue;
			this.caughtUpAt.set(lane.symbol, now);
			found.catchUp();
		}
	}
}
