import type { EpochMs } from '../ports';

/**
 * What happened in the market, as every source reports it. An event is never changed once made.
 *
 * Numbers are finite or `null` for missing; percentages are percent points (5 means 5 %); prices are
 * in the instrument's currency, sizes in shares or base units.
 */
export type MarketEvent = Quote | Trade | Candle;

type EventBase = {
	/** The source's name: `simulated`, `replay`, `binance` … */
	readonly source: string;
	/** Canonical: stocks in upper case, pairs with a slash. */
	readonly symbol: string;
	/** As the provider spells it. */
	readonly providerSymbol: string;
	/** The same whenever the same event is seen again; see `eventId.ts`. */
	readonly eventId: string;
	/** When it happened at the venue. */
	readonly eventAt: EpochMs;
	/** When we got it. */
	readonly receivedAt: EpochMs;
	/** What is doubtful about it; empty means fine. */
	readonly quality: readonly QualityFlag[];
};

export type QualityFlag =
	/** Older than an event of the same instrument that came before it. */
	| 'late'
	/** The feed was interrupted before it, and what was missed couldn't be fetched. */
	| 'gapBefore'
	/** Repeats an old value. */
	| 'stale'
	/** Zero, crossed, or far from its neighbours. */
	| 'implausible';

export type Quote = EventBase & {
	readonly type: 'quote';
	readonly price: number | null;
	readonly bid: number | null;
	readonly ask: number | null;
	readonly open: number | null;
	readonly high: number | null;
	readonly low: number | null;
	readonly previousClose: number | null;
	readonly change: number | null;
	readonly changePercent: number | null;
	readonly volume: number | null;
	readonly peRatio: number | null;
	readonly session: Session | null;
};

/** What changes once a day at most; a source that has it adds it to its quotes. */
export type Fundamentals = {
	readonly peRatio: number | null;
	readonly week52High: number | null;
	readonly week52Low: number | null;
	/** In the instrument's currency. */
	readonly marketCap: number | null;
};

export type Session = 'pre' | 'regular' | 'post' | 'overnight' | 'closed';

export type Trade = EventBase & {
	readonly type: 'trade';
	readonly price: number;
	/** `null` when the feed has none. */
	readonly size: number | null;
	readonly side: 'buy' | 'sell' | null;
};

export type Candle = EventBase & {
	readonly type: 'candle';
	readonly interval: string;
	readonly startAt: EpochMs;
	/** Exclusive. `eventAt` of a closed candle is its end. */
	readonly endAt: EpochMs;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly close: number;
	readonly volume: number | null;
	/** False while the candle is still running. */
	readonly closed: boolean;
};

/** Time passing where no event comes. An input like any other, so that a replay gives the same alerts. */
export type ClockEvent = { readonly type: 'clock'; readonly eventAt: EpochMs };
