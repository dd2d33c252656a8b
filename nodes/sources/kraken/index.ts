import { pairFace } from '../pairs/pairFace';

export const kraken = pairFace({
	value: 'kraken',
	name: 'Kraken',
	symbols: { usual: 'BTC/USD, ETH/USD', alsoLike: 'BTC-USD' },
	intervals: ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'],
	interval: '5m',
	intervalDescription: 'How long a candle is; days begin at midnight UTC',
	limitPerMinute: 60,
	limited: 'Calls the provider allows',
	restBaseUrl: 'https://api.kraken.com',
	streamBaseUrl: 'wss://ws.kraken.com/v2',
	quotesWithout: ['open', 'previousClose'],
	load: async () => (await import('./read')).readKraken,
	loadRequests: async () => (await import('./requests')).openKrakenRequests,
});
