import {
	checkFinnhub,
	createFinnhub,
	finnhubCallsPerRound,
	type FinnhubSettings,
} from '../../../core/market';
import { finnhubAccount } from '../../host/finnhubAccount';
import { readLive } from '../readLive';
import type { ReadSource } from '../SourceFace';
import { readCredential } from './readCredential';

export const readFinnhub: ReadSource = async (request) => {
	const { context } = request;
	const settings: FinnhubSettings = {
		...readLive(request, { interval: '1m' }),
		...(await readCredential(context)),
	};
	checkFinnhub(settings);
	const account = finnhubAccount(context);
	const { symbols, receive, delivery, restBaseUrl, streamBaseUrl } = settings;
	return {
		name: 'finnhub',
		isLive: true,
		symbols,
		identity: ['finnhub', symbols, receive, restBaseUrl, streamBaseUrl],
		description: `${receive} of ${symbols.length} symbols by Finnhub (${delivery})`,
		...(delivery === 'poll' && {
			polling: {
				symbols: symbols.length,
				everyMs: settings.pollEveryMs,
				calls: finnhubCallsPerRound(symbols.length),
				perMinute: settings.plan.callsPerMinute,
				allows: 'your plan allows',
			},
		}),
		create: (ports, start) => createFinnhub(settings, { ...ports, account }, start),
	};
};
