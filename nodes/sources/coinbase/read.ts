import {
	checkCoinbase,
	coinbaseCalls,
	coinbaseDefaults,
	createCoinbase,
} from '../../../core/market';
import { readPairVenue } from '../pairs/readPairVenue';

export const readCoinbase = readPairVenue({
	source: 'coinbase',
	provider: 'Coinbase',
	usual: {
		...coinbaseDefaults,
		interval: '5m',
		limitPerMinute: coinbaseDefaults.callsPerMinute,
	},
	toSettings: (read, callsPerMinute) => ({ ...read, callsPerMinute }),
	check: checkCoinbase,
	costOf: (receive, symbols) => {
		const calls = coinbaseCalls(receive, symbols);
		return calls === undefined ? undefined : { calls };
	},
	create: createCoinbase,
});
