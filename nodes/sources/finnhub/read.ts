import {
	checkFinnhub,
	createFinnhub,
	finnhubCallsPerRound,
	finnhubDefaults,
	finnhubFree,
	SourceError,
	type FinnhubPlan,
	type FinnhubSettings,
} from '../../../core/market';
import { FINNHUB_CREDENTIAL, finnhubAccount, toFinnhubKey } from '../../host/finnhubAccount';
import { readAddress, readLive, refuse } from '../readLive';
import type { ReadSource } from '../SourceFace';

export const readFinnhub: ReadSource = async (request) => {
	const { context } = request;
	const credential = await context.getCredentials(FINNHUB_CREDENTIAL);
	if (toFinnhubKey(credential).apiKey === '') {
		throw new SourceError(
			'auth',
			'The credential has no API Key; fill it in. It stands on the dashboard of your account at Finnhub.',
		);
	}
	const settings: FinnhubSettings = {
		...readLive(request, { interval: '1m' }),
		plan: readPlan(credential),
		restBaseUrl: readAddress(credential['restBaseUrl'], finnhubDefaults.restBaseUrl),
		streamBaseUrl: readAddress(credential['streamBaseUrl'], finnhubDefaults.streamBaseUrl),
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

function readPlan(credential: Readonly<Record<string, unknown>>): FinnhubPlan {
	if (credential['plan'] !== 'paid') return finnhubFree;
	const positive = (name: string, label: string): number => {
		const value = Number(credential[name]);
		if (value >= 1) return value;
		return refuse(
			`The credential's ${label} is ${JSON.stringify(credential[name])}; use a number above 0.`,
		);
	};
	return {
		callsPerMinute: positive('callsPerMinute', 'Calls per Minute'),
		streamedSymbols: positive('streamedSymbols', 'Streamed Symbols'),
	};
}
