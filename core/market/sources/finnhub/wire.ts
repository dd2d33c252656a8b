/**
 * Finnhub's shapes, as far as we read them. Prices are numbers; times are seconds in answers, milliseconds in the
 * stream.
 * @see https://finnhub.io/docs/api/quote
 * @see https://finnhub.io/docs/api/websocket-trades
 */

/** One of `{"type":"trade","data":[{"s":"AAPL","p":187.43,"t":1790000123456,"v":100,"c":["1","12"]}]}` */
export type WireTrade = {
	readonly s: string;
	readonly p: number;
	readonly t: number;
	/** 0: no trade, but a new price. */
	readonly v: number;
	/** Codes of conditions; often none. */
	readonly c: readonly string[] | null;
};

/** A trade, and how many like it stood before it in its frame: they have no number of their own. */
export type ToldTrade = { readonly trade: unknown; readonly alikeBefore: number };

/** `{"c":187.42,"d":1.17,"dp":0.6282,"h":188.05,"l":185.9,"o":186.3,"pc":186.25,"t":1790000100}` */
export type WireQuote = {
	/** The price. All zero, and `d` and `dp` null, for a symbol it doesn't know. */
	readonly c: number;
	/** Change against the previous close, and in percent points. */
	readonly d: number | null;
	readonly dp: number | null;
	readonly h: number;
	readonly l: number;
	readonly o: number;
	/** Previous close. */
	readonly pc: number;
	readonly t: number;
};

/** `metric` of `/stock/metric`; what's unknown of a symbol isn't there. */
export type WireMetric = {
	readonly peTTM: number;
	readonly '52WeekHigh': number;
	readonly '52WeekLow': number;
	/** In millions. */
	readonly marketCapitalization: number;
};
