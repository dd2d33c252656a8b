import { pairFace } from '../pairs/pairFace';

export const coinbase = pairFace({
	value: 'coinbase',
	name: 'Coinbase',
	symbols: { usual: 'BTC/USD, ETH/USD', alsoLike: 'BTC-USD' },
	intervals: ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '1d'],
	interval: '5m',
	intervalDescription: 'How long a candle is; streamed, only 5 minutes',
	limitPerMinute: 600,
	limited: 'Calls the provider allows',
	restBaseUrl: 'https://api.coinbase.com/api/v3/brokerage',
	streamBaseUrl: 'wss://advanced-trade-ws.coinbase.com',
	quotesWithout: ['open', 'previousClose', 'change'],
	load: async () => (await import('./read')).readCoinbase,
	loadRequests: async () => (await import('./requests')).openCoinbaseRequests,
});
