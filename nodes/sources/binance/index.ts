import { budgetOf, callsOfQuotes, SYMBOLS } from '../budget';
import { pairFace } from '../pairs/pairFace';

/** From that many symbols on, one call for all there are is cheaper. */
const ALL_AT_ONCE = `(${SYMBOLS} > 780)`;

export const binance = pairFace({
	value: 'binance',
	name: 'Binance',
	symbols: { usual: 'BTC/USDT, ETH/USDT', alsoLike: 'BTCUSDT' },
	intervals: [
		...['1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h'],
		...['1d', '3d', '1w'],
	],
	interval: '1m',
	intervalDescription: 'How long a candle is; days and weeks begin at midnight UTC',
	budget: budgetOf(
		callsOfQuotes(`(${ALL_AT_ONCE} ? 1 : Math.ceil(${SYMBOLS} / 20))`),
		'Binance allows 6000 per IP address',
		`(${ALL_AT_ONCE} ? 80 : 2)`,
	),
	limitPerMinute: 6_000,
	limited: 'Request weight the provider allows',
	restBaseUrl: 'https://data-api.binance.vision',
	streamBaseUrl: 'wss://data-stream.binance.vision',
	load: async () => (await import('./read')).readBinance,
});
