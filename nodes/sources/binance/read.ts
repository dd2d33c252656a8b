import { binanceDefaults, checkBinance, createBinance, pollCost } from '../../../core/market';
import { readPairVenue } from '../pairs/readPairVenue';

export const readBinance = readPairVenue({
	source: 'binance',
	provider: 'Binance',
	usual: {
		...binanceDefaults,
		interval: '1m',
		limitPerMinute: binanceDefaults.weightPerMinute,
	},
	canonical: (symbol) => symbol.toUpperCase(),
	toSettings: (read, weightPerMinute) => ({ ...read, weightPerMinute }),
	check: checkBinance,
	costOf: pollCost,
	create: createBinance,
});
