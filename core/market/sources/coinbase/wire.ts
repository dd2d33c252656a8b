/**
 * Coinbase Advanced Trade's shapes, as far as we read them. Decimals are texts; times ISO 8601, candles' starts
 * epoch seconds as text.
 * @see https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels
 */

/** `{"channel":"ticker","timestamp":"2026-01-02T03:04:05.123456Z","sequence_num":7,"events":[{"type":"update","tickers":[…]}]}` */
export type WireFrame = {
	readonly channel: string;
	readonly timestamp: string;
	/** Counts the messages of one connection, all channels together. */
	readonly sequence_num: number;
	readonly events: ReadonlyArray<{ readonly type: 'snapshot' | 'update' }>;
};

/** `{"type":"ticker","product_id":"BTC-USD","price":"50123.45","volume_24_h":"15000.5","best_bid":"50123.44",…}` */
export type WireTicker = {
	readonly product_id: string;
	readonly price: string;
	readonly volume_24_h: string;
	readonly low_24_h: string;
	readonly high_24_h: string;
	/** Percent points. */
	readonly price_percent_chg_24_h: string;
	readonly best_bid: string;
	readonly best_ask: string;
};

/** `{"trade_id":"995098700","product_id":"BTC-USD","price":"68900.50","size":"0.0015","side":"BUY","time":"2026-01-02T03:04:05.123456Z"}` */
export type WireTrade = {
	readonly trade_id: string;
	readonly product_id: string;
	readonly price: string;
	readonly size: string;
	readonly time: string;
};

/** `{"start":"1700003600","low":"49900.1","high":"50200","open":"50000","close":"50123.45","volume":"321.5"}` */
export type WireCandle = {
	readonly start: string;
	readonly low: string;
	readonly high: string;
	readonly open: string;
	readonly close: string;
	readonly volume: string;
};

/** Of `/market/products`. No time, no high and low in it. */
export type WireProduct = {
	readonly product_id: string;
	readonly price: string;
	readonly price_percentage_change_24h: string;
	readonly volume_24h: string;
	readonly best_bid_price: string;
	readonly best_ask_price: string;
};

/** What one channel's message carries to its reader. */
export type Told<T> = {
	readonly row: { readonly [K in keyof T]?: unknown };
	/** Of the message. */
	readonly timestamp: unknown;
	/** Told to whoever comes, whether it's new or not. */
	readonly isSnapshot: boolean;
};

/** Intervals as Coinbase names them. */
export const GRANULARITY: Readonly<Record<string, { readonly name: string; readonly ms: number }>> =
	{
		'1m': { name: 'ONE_MINUTE', ms: 60_000 },
		'5m': { name: 'FIVE_MINUTE', ms: 300_000 },
		'15m': { name: 'FIFTEEN_MINUTE', ms: 900_000 },
		'30m': { name: 'THIRTY_MINUTE', ms: 1_800_000 },
		'1h': { name: 'ONE_HOUR', ms: 3_600_000 },
		'2h': { name: 'TWO_HOUR', ms: 7_200_000 },
		'4h': { name: 'FOUR_HOUR', ms: 14_400_000 },
		'6h': { name: 'SIX_HOUR', ms: 21_600_000 },
		'1d': { name: 'ONE_DAY', ms: 86_400_000 },
	};

/** The stream has candles of this length only. */
export const STREAMED_INTERVAL = '5m';
