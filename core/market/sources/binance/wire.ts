/**
 * Binance's shapes, as far as we read them. Prices and sizes are texts, times epoch milliseconds.
 * @see https://github.com/binance/binance-spot-api-docs/blob/master/web-socket-streams.md
 * @see https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md
 */

/**
 * Trades of one order at one price, as one.
 * `{"e":"aggTrade","E":1700000000123,"s":"BTCUSDT","a":12345,"p":"50123.45","q":"0.5","f":100,"l":105,"T":1700000000120,"m":true,"M":true}`
 */
export type WireAggTrade = {
	readonly a: number;
	readonly p: string;
	readonly q: string;
	readonly T: number;
	/** The buyer's order stood in the book: the seller was the active one. */
	readonly m: boolean;
};

/** `{"e":"24hrTicker","E":1700000001000,"s":"BTCUSDT","c":"50123.45","x":"50243.95","p":"-120.50","P":"-0.240",…}` */
export type WireTicker = {
	readonly E: number;
	readonly c: string;
	readonly b: string;
	readonly a: string;
	readonly o: string;
	readonly h: string;
	readonly l: string;
	/** The last price before the 24 hours. */
	readonly x: string;
	readonly p: string;
	readonly P: string;
	readonly v: string;
};

/** `{"e":"kline","E":1700000001234,"s":"BTCUSDT","k":{"t":1700000000000,"T":1700000059999,"i":"1m","o":"50100.00",…,"x":false}}` */
export type WireKline = {
	readonly E: number;
	readonly k: {
		readonly t: number;
		readonly T: number;
		readonly i: string;
		readonly o: string;
		readonly h: string;
		readonly l: string;
		readonly c: string;
		readonly v: string;
		readonly x: boolean;
	};
};

/** One of `/ticker/24hr`. */
export type WireStatistics = {
	readonly symbol: string;
	readonly lastPrice: string;
	readonly bidPrice: string;
	readonly askPrice: string;
	readonly openPrice: string;
	readonly highPrice: string;
	readonly lowPrice: string;
	readonly prevClosePrice: string;
	readonly priceChange: string;
	readonly priceChangePercent: string;
	readonly volume: string;
	readonly closeTime: number;
};

/** Intervals as Binance writes them; `1M` is a month. */
export const INTERVAL_MS: Readonly<Record<string, number>> = {
	'1s': 1_000,
	'1m': 60_000,
	'3m': 180_000,
	'5m': 300_000,
	'15m': 900_000,
	'30m': 1_800_000,
	'1h': 3_600_000,
	'2h': 7_200_000,
	'4h': 14_400_000,
	'6h': 21_600_000,
	'8h': 28_800_000,
	'12h': 43_200_000,
	'1d': 86_400_000,
	'3d': 259_200_000,
	'1w': 604_800_000,
};
