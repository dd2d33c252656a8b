import { finnhubDefaults, finnhubFree, SourceError, type FinnhubPlan } from '../../../core/market';
import { FINNHUB_CREDENTIAL, toFinnhubKey } from '../../host/finnhubAccount';
import { readAddress, refuse } from '../readLive';
import type { SourceRequest } from '../SourceFace';

/** What the credential says besides its key. @throws SourceError naming what's empty or no number */
export async function readCredential(context: SourceRequest['context']): Promise<{
	readonly plan: FinnhubPlan;
	readonly restBaseUrl: string;
	readonly streamBaseUrl: string;
}> {
	const credential = await context.getCredentials(FINNHUB_CREDENTIAL);
	if (toFinnhubKey(credential).apiKey === '') {
		throw new SourceError(
			'auth',
			'The credential has no API Key; fill it in. It stands on the dashboard of your account at Finnhub.',
		);
	}
	return {
		plan: readPlan(credential),
		restBaseUrl: readAddress(credential['restBaseUrl'], finnhubDefaults.restBaseUrl),
		streamBaseUrl: readAddress(credential['streamBaseUrl'], finnhubDefaults.streamBaseUrl),
	};
}

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
