import {
	alpacaCallsPerRound,
	alpacaDefaults,
	alpacaPlans,
	checkAlpaca,
	createAlpaca,
	SourceError,
	type AlpacaAccount,
	type AlpacaFeed,
	type AlpacaSettings,
} from '../../../core/market';
import { ALPACA_CREDENTIAL, alpacaAccount, toKey } from '../../host/alpacaAccount';
import { textOf } from '../../host/texts';
import { readAddress, readLive, refuse, rehearsable } from '../readLive';
import type { ChosenSource, ReadSource } from '../SourceFace';

const FEEDS: readonly string[] = ['iex', 'sip', 'delayed_sip', 'crypto', 'test'];

export const readAlpaca: ReadSource = async (request) => {
	const { context, read } = request;
	const credential = await context.getCredentials(ALPACA_CREDENTIAL);
	const feed = textOf(read('feed', 'iex'));
	if (!isFeed(feed)) refuse(`Feed is ${JSON.stringify(feed)}; choose ${FEEDS.join(', ')}.`);
	const { keyId, secretKey } = toKey(credential);
	if (keyId === '' || secretKey === '') {
		throw new SourceError(
			'auth',
			`The credential has no ${keyId === '' ? 'Key ID' : 'Secret Key'}; fill it in. Alpaca shows both when a key is made.`,
		);
	}
	const settings: AlpacaSettings = {
		...readLive(request, { interval: '1m' }),
		feed,
		plan: credential['plan'] === 'plus' ? 'plus' : 'basic',
		streamBaseUrl: readAddress(credential['streamBaseUrl'], alpacaDefaults.streamBaseUrl),
		dataBaseUrl: readAddress(credential['dataBaseUrl'], alpacaDefaults.dataBaseUrl),
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

const isFeed = (text: string): text is AlpacaFeed => FEEDS.includes(text);
