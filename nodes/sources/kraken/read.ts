import { checkKraken, krakenCalls, createKraken, krakenDefaults } from '../../../core/market';
import { readPairVenue } from '../pairs/readPairVenue';

export const readKraken = readPairVenue({
	source: 'kraken',
	provider: 'Kraken',
	usual: { ...krakenDefaults, interval: '5m', limitPerMinute: krakenDefaults.callsPerMinute },
	toSettings: (read, callsPerMinute) => ({ ...read, callsPerMinute }),
	check: checkKraken,
	costOf: (receive, symbols) => {
		const calls = krakenCalls(receive, symbols);
		return calls === undefined ? undefined : { calls };
	},
	create: createKraken,
});
