import { epochMs, type EpochMs } from '../../ports';

/** What a candle says, without whose it is. */
export type Bar = {
	readonly startAt: EpochMs;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly close: number;
	/** `null` when the feed has none. */
	readonly volume: number | null;
};

/** What goes into a series: a price at a moment, or a candle that's as long or shorter. */
export type Tick =
	| { readonly at: EpochMs; readonly price: number; readonly size: number | null }
	| {
			/** Of the candle; `undefined` when nobody said: it's taken for a shorter one. */
			readonly intervalMs: number | undefined;
			readonly bar: Bar;
			readonly closed: boolean;
	  };

/** A series as it is kept: plain JSON, a candle a row. */
export type SeriesState = {
	readonly closed: ReadonlyArray<
		readonly [
			startAt: number,
			open: number,
			high: number,
			low: number,
			close: number,
			volume: number | null,
		]
	>;
	readonly running?: SeriesState['closed'][number];
	/** On-balance volume up to the first candle kept: the one sum that can't be made from the rest. */
	readonly balance?: number;
};

/** Tells those who follow a series what became of it. */
export type SeriesListener = {
	onClosed(bar: Bar): void;
	/** The running candle is another now, or began. */
	onRunning(bar: Bar): void;
	/**
	 * The oldest were dropped: what is left is all there is.
	 * @param balance on-balance volume up to the first of them
	 */
	onTrimmed(bars: readonly Bar[], balance: number): void;
};

/**
 * The candles of one instrument and interval, made from trades, prices or shorter candles: aligned to the
 * clock (UTC; weeks to their Monday), closed by the first event at or after their end. Candles of the
 * interval itself are taken as they come, wherever they begin.
 *
 * Without an interval each event is one closed candle. At least `depth` closed ones are kept, at most
 * twice as many; when the older half is dropped, followers begin anew from what is left, so that what they
 * say follows from the kept candles alone, restored or not.
 */
export class CandleSeries {
	private closed: Bar[];

	private current: Bar | undefined;

	private balance: number;

	private listener: SeriesListener | undefined;

	/** What the history said of a candle that ran then; it begins with that once a tick of it comes. */
	private begun: Bar | undefined;

	constructor(
		private readonly intervalMs: number | undefined,
		readonly depth: number,
		state?: SeriesState,
	) {
		this.closed = (state?.closed ?? []).map(toBar);
		this.current = state?.running === undefined ? undefined : toBar(state.running);
		this.balance = state?.balance ?? 0;
	}

	follow(listener: SeriesListener): void {
		this.listener = listener;
		this.restart();
	}

	add(tick: Tick): void {
		if ('bar' in tick) this.addBar(tick.bar, tick.intervalMs, tick.closed);
		else this.addPrice(tick.at, tick.price, tick.size);
	}

	/**
	 * Takes in closed candles of the history: they come before, between and behind ours, and in the place of
	 * those of the same beginning. None is told as closed: the candle that ran last is mended if it's the
	 * newest, for the next tick to close, and closed without a word if there are newer ones.
	 *
	 * @param bars the oldest first, each over before the next tick
	 */
	fill(bars: readonly Bar[]): void {
		if (bars.length === 0) return;
		const first = this.closed[0]?.startAt;
		const all = new Map([...this.closed, ...bars].map((bar) => [bar.startAt, bar]));
		const ran = this.current;
		if (ran !== undefined) {
			const mended = all.get(ran.startAt) ?? ran;
			const isNewest = (bars.at(-1)?.startAt ?? 0) <= ran.startAt;
			if (isNewest) all.delete(ran.startAt);
			else all.set(ran.startAt, mended);
			this.current = isNewest ? mended : undefined;
		}
		this.closed = [...all.values()].sort((one, other) => one.startAt - other.startAt);
		// The sum is that up to the first candle kept, which is an older one now.
		const before = this.closed.findIndex(({ startAt }) => startAt === first);
		this.balance -= this.sumOfVolumes(before);
		const length = this.closed.length;
		if (length >= this.depth * 2) this.drop(length - this.depth - (length % this.depth));
		this.restart();
	}

	/** What the history says of a candle that ran shortly before the next tick. */
	begin(bar: Bar): void {
		this.begun = bar;
	}

	/** Closed candles, the oldest first. */
	get bars(): readonly Bar[] {
		return this.closed;
	}

	get running(): Bar | undefined {
		return this.current;
	}

	/** The last `count` candles that ended before the event that was added last; fewer when there are fewer. */
	before(count: number): readonly Bar[] {
		// Without a running candle the last event closed one: that one is the present.
		const end = this.current === undefined ? this.closed.length - 1 : this.closed.length;
		return this.closed.slice(Math.max(0, end - count), Math.max(0, end));
	}

	/** New shares per old: what came before gets today's prices. */
	split(ratio: number): void {
		this.closed = this.closed.map((bar) => splitBar(bar, ratio));
		if (this.current !== undefined) this.current = splitBar(this.current, ratio);
		this.balance *= ratio;
		this.restart();
	}

	snapshot(): SeriesState {
		return {
			closed: this.closed.map(toRow),
			...(this.current === undefined ? {} : { running: toRow(this.current) }),
			...(this.balance === 0 ? {} : { balance: this.balance }),
		};
	}

	private addPrice(at: EpochMs, price: number, size: number | null): void {
		const point: Bar = {
			startAt: this.intervalMs === undefined ? at : startOf(at, this.intervalMs),
			open: price,
			high: price,
			low: price,
			close: price,
			volume: size,
		};
		if (this.intervalMs === undefined) this.close(point);
		else this.merge(point);
	}

	private addBar(bar: Bar, intervalMs: number | undefined, closed: boolean): void {
		if (this.intervalMs === undefined) {
			if (closed) this.close(bar);
			return;
		}
		if (intervalMs === this.intervalMs) {
			this.takeOver(bar, closed);
			return;
		}
		// Longer candles say nothing about shorter ones; a running one would be counted many times.
		if (!closed || (intervalMs !== undefined && intervalMs > this.intervalMs)) return;
		const startAt = startOf(bar.startAt, this.intervalMs);
		this.merge({ ...bar, startAt });
		const isWhole =
			intervalMs !== undefined && bar.startAt + intervalMs >= startAt + this.intervalMs;
		if (isWhole && this.current?.startAt === startAt) this.closeCurrent();
	}

	/** A candle of our own interval. */
	private takeOver(bar: Bar, closed: boolean): void {
		if (this.isOld(bar.startAt)) return;
		this.takeBegun(bar.startAt);
		if (this.current !== undefined && this.current.startAt < bar.startAt) this.closeCurrent();
		this.current = bar;
		if (closed) this.closeCurrent();
		else this.listener?.onRunning(bar);
	}

	private merge(piece: Bar): void {
		if (this.isOld(piece.startAt)) return;
		this.takeBegun(piece.startAt);
		if (this.current !== undefined && this.current.startAt < piece.startAt) this.closeCurrent();
		this.current = this.current === undefined ? piece : join(this.current, piece);
		this.listener?.onRunning(this.current);
	}

	/** @param at where the candle begins that the tick is of */
	private takeBegun(at: EpochMs): void {
		const { begun, current } = this;
		if (begun === undefined || begun.startAt > at) return;
		this.begun = undefined;
		if (this.isOld(begun.startAt)) return;
		if (current?.startAt === begun.startAt) {
			// All that we have seen of it is in there, and what we missed.
			const { high, low } = join(begun, current);
			this.current = { ...begun, high, low };
			return;
		}
		this.closeCurrent();
		if (begun.startAt === at) this.current = begun;
		else this.fill([begun]);
	}

	private isOld(startAt: EpochMs): boolean {
		const last = this.closed.at(-1);
		return (
			(last !== undefined && startAt <= last.startAt) ||
			(this.current !== undefined && startAt < this.current.startAt)
		);
	}

	private closeCurrent(): void {
		const { current } = this;
		this.current = undefined;
		if (current !== undefined) this.close(current);
	}

	private close(bar: Bar): void {
		this.closed.push(bar);
		this.listener?.onClosed(bar);
		if (this.closed.length < this.depth * 2) return;
		this.drop(this.closed.length - this.depth);
		this.restart();
	}

	private drop(count: number): void {
		this.balance += this.sumOfVolumes(count);
		this.closed = this.closed.slice(count);
	}

	/** On-balance volume from the first candle up to another, itself included. */
	private sumOfVolumes(to: number): number {
		let sum = 0;
		for (let at = 1; at <= to; at += 1) {
			sum += signedVolume(this.closed[at - 1], this.closed[at]);
		}
		return sum;
	}

	private restart(): void {
		this.listener?.onTrimmed(this.closed, this.balance);
		if (this.current !== undefined) this.listener?.onRunning(this.current);
	}
}

/** What a candle adds to the on-balance volume. */
export const signedVolume = (before: Bar | undefined, bar: Bar | undefined): number =>
	before === undefined || bar === undefined
		? 0
		: Math.sign(bar.close - before.close) * (bar.volume ?? 0);

/** A candle in new shares, `ratio` of them for each old one. */
export const splitBar = (bar: Bar, ratio: number): Bar => ({
	startAt: bar.startAt,
	open: bar.open / ratio,
	high: bar.high / ratio,
	low: bar.low / ratio,
	close: bar.close / ratio,
	volume: bar.volume === null ? null : bar.volume * ratio,
});

/** A candle and what came after it. */
const join = (bar: Bar, later: Bar): Bar => ({
	startAt: bar.startAt,
	open: bar.open,
	high: Math.max(bar.high, later.high),
	low: Math.min(bar.low, later.low),
	close: later.close,
	volume: addVolumes(bar.volume, later.volume),
});

const WEEK_MS = 7 * 86_400_000;
/** 1970-01-05, the first Monday there is. */
const MONDAY = 4 * 86_400_000;

/** Where the candle begins that a moment lies in. */
export function startOf(at: EpochMs, intervalMs: number): EpochMs {
	const origin = intervalMs % WEEK_MS === 0 ? MONDAY : 0;
	return epochMs(Math.floor((at - origin) / intervalMs) * intervalMs + origin);
}

const addVolumes = (one: number | null, other: number | null): number | null =>
	one === null || other === null ? null : one + other;

const toRow = ({ startAt, open, high, low, close, volume }: Bar): SeriesState['closed'][number] => [
	startAt,
	open,
	high,
	low,
	close,
	volume,
];

const toBar = ([startAt, open, high, low, close, volume]: SeriesState['closed'][number]): Bar => ({
	startAt: epochMs(startAt),
	open,
	high,
	low,
	close,
	volume,
});
