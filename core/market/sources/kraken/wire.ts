/**
 * Kraken's shapes, as far as we read them. The stream (v2) has numbers and RFC 3339 times, REST has texts and
 * epoch seconds.
 * @see https://docs.kraken.com/api/docs/guides/spot-ws-intro
 */

/** `{"symbol":"BTC/USD","bid":105944.2,"ask":105944.3,"last":105899.4,"volume":163.289,"low":104711,"high":106613.1,"change":250,"change_pct":0.24,"timestamp":"2026-01-02T03:04:05.123456Z"}` */
export type WireTicker = {
	readonly symbol: string;
	readonly bid: number;
	readonly ask: number;
	readonly last: number;
	readonly volume: number;
	readonly low: number;
	readonly high: number;
	readonly change: number;
	/** Percent points, two digits. */
	readonly change_pct: number;
	/** Older gateways leave it out. */
	readonly timestamp: string;
};

/** `{"symbol":"BTC/USD","side":"buy","price":105944.2,"qty":0.00027625,"ord_type":"limit","trade_id":10218208,"timestamp":"2026-01-02T03:04:05.123456Z"}` */
export type WireTrade = {
	readonly symbol: string;
	/** The taker's. */
	readonly side: string;
	readonly price: number;
	readonly qty: number;
	/** Counts the trades of a pair. */
	readonly trade_id: number;
	readonly timestamp: string;
};

/** `{"symbol":"BTC/USD","interval":1,"interval_begin":"2026-01-02T03:04:00.000000000Z","open":106038.2,"high":106044.3,"low":106038.1,"close":106040.1,"volume":30.9,"trades":12}` */
export type WireCandle = {
	readonly symbol: string;
	/** Minutes. */
	readonly interval: number;
	readonly interval_begin: string;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly close: number;
	readonly volume: number;
	readonly trades: number;
};

/** Of `/0/public/Ticker`: `[today, 24 hours]` of volume, low and high. No time in it, and no change. */
export type WireStatistics = {
	readonly a: readonly string[];
	readonly b: readonly string[];
	readonly c: readonly string[];
	readonly v: readonly string[];
	readonly l: readonly string[];
	readonly h: readonly string[];
};

export type Told<T> = {
	readonly row: { readonly [K in keyof T]?: unknown };
	/** Told to whoever comes, whether it's new or not. */
	readonly isSnapshot: boolean;
};

const MINUTES = {
	'1m': 1,
	'5m': 5,
	'15m': 15,
	'30m': 30,
	'1h': 60,
	'4h': 240,
	'1d': 1_440,
	'1w': 10_080,
};

/** Intervals, in minutes as Kraken writes them. */
export const INTERVAL_MINUTES: Readonly<Record<string, number>> = MINUTES;
