import {
	alpacaCallsPerRound,
	alpacaPlans,
	checkAlpaca,
	createAlpaca,
	type AlpacaAccount,
	type AlpacaSettings,
} from '../../../core/market';
import { alpacaAccount } from '../../host/alpacaAccount';
import { readLive, rehearsable } from '../readLive';
import type { ChosenSource, ReadSource } from '../SourceFace';
import { readCredential, readFeed } from './readCredential';

export const readAlpaca: ReadSource = async (request) => {
	const { context, read } = request;
	const feed = readFeed(read);
	const { plan, streamBaseUrl, dataBaseUrl } = await readCredential(context);
	const settings: AlpacaSettings = {
		...readLive(request, { interval: '1m' }),
		feed,
		plan,
		streamBaseUrl,
		dataBaseUrl,
	};
	checkAlpaca(settings);
	const account = alpacaAccount(context);
	// Its test feed has no past.
	if (feed === 'test') return choose(settings, account);
	return rehearsable(settings, (of) => choose(of, account));
};

function choose(settings: AlpacaSettings, account: AlpacaAccount): ChosenSource {
	const { symbols, feed, receive, interval, delivery, dataBaseUrl, streamBaseUrl } = settings;
	const of = receive === 'candles' ? interval : undefined;
	return {
		name: 'alpaca',
		isLive: true,
		symbols,
		identity: ['alpaca', symbols, feed, receive, of, dataBaseUrl, streamBaseUrl],
		description: `${receive} of ${symbols.length} symbols by Alpaca's ${feed} (${delivery})`,
		...(delivery === 'poll' && {
			polling: {
				symbols: symbols.length,
				everyMs: settings.pollEveryMs,
				calls: alpacaCallsPerRound(symbols.length),
				perMinute: alpacaPlans[settings.plan].callsPerMinute,
				allows: 'your plan allows',
			},
		}),
		create: (ports, start) => createAlpaca(settings, { ...ports, account }, start),
	};
}
