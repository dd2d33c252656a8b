/**
 * Alpaca's shapes, as far as we read them. Prices are numbers, times RFC 3339 with up to nine decimals.
 * @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data
 * @see https://docs.alpaca.markets/docs/real-time-crypto-pricing-data
 */

/** `{"T":"t","S":"AAPL","i":812,"x":"V","p":187.42,"s":100,"c":["@"],"t":"2026-10-05T14:30:01.123456789Z","z":"C"}` */
export type WireTrade = {
	readonly t: string;
	readonly p: number;
	readonly s: number;
	/** Unique per venue and day; crypto has no venue. */
	readonly i: number;
	readonly x: string;
	/** Crypto: which side took, `B` or `S`. */
	readonly tks: string;
	/** In histories: it was `canceled`, found `incorrect`, or `corrected`. */
	readonly u: string;
};

/** `{"T":"q","S":"AAPL","bx":"V","bp":187.4,"bs":200,"ax":"V","ap":187.45,"as":100,"t":"2026-10-05T14:30:01.2Z"}` */
export type WireQuote = {
	readonly t: string;
	/** 0 for an empty side. */
	readonly bp: number;
	readonly ap: number;
};

/** `{"T":"b","S":"AAPL","o":187.3,"h":187.5,"l":187.2,"c":187.42,"v":9011,"n":88,"vw":187.36,"t":"2026-10-05T14:29:00Z"}` */
export type WireBar = {
	/** The start. */
	readonly t: string;
	readonly o: number;
	readonly h: number;
	readonly l: number;
	readonly c: number;
	readonly v: number;
};

/** `{"T":"s","S":"AAPL","sc":"H","sm":"Trading Halt","rc":"T12","rm":"…","t":"2026-10-05T19:15:00Z","z":"C"}` */
export type WireStatus = {
	readonly sm: string;
	readonly rm: string;
	readonly t: string;
};

/** One symbol of `/snapshots`. */
export type WireSnapshot = {
	readonly latestTrade: unknown;
	readonly latestQuote: unknown;
	readonly dailyBar: unknown;
	readonly prevDailyBar: unknown;
};

/** Candles it can be asked for, by our name of the interval. */
export const INTERVALS: Readonly<
	Record<string, { readonly timeframe: string; readonly ms: number }>
> = {
	'1m': { timeframe: '1Min', ms: 60_000 },
	'3m': { timeframe: '3Min', ms: 180_000 },
	'5m': { timeframe: '5Min', ms: 300_000 },
	'15m': { timeframe: '15Min', ms: 900_000 },
	'30m': { timeframe: '30Min', ms: 1_800_000 },
	'1h': { timeframe: '1Hour', ms: 3_600_000 },
	'2h': { timeframe: '2Hour', ms: 7_200_000 },
	'4h': { timeframe: '4Hour', ms: 14_400_000 },
	'1d': { timeframe: '1Day', ms: 86_400_000 },
};
