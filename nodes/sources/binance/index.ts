import { pairFace } from '../pairs/pairFace';

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
	limitPerMinute: 6_000,
	limited: 'Request weight the provider allows',
	restBaseUrl: 'https://data-api.binance.vision',
	streamBaseUrl: 'wss://data-stream.binance.vision',
	quotesWithout: [],
	load: async () => (await import('./read')).readBinance,
	loadRequests: async () => (await import('./requests')).openBinanceRequests,
});
