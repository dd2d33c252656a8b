import {
	alpacaDefaults,
	checkAlpaca,
	SourceError,
	type AlpacaFeed,
	type AlpacaSettings,
} from '../../core/market';
import { toKey } from '../host/alpacaAccount';
import { textOf } from '../host/texts';
import { durationOf, readDelivery, readReceive, readSilence, type LiveOptions } from './readLive';

const FEEDS: readonly string[] = ['iex', 'sip', 'delayed_sip', 'crypto', 'test'];

/** @throws SourceError quoting what the user must fix */
export function readAlpaca(
	read: (name: string, fallback?: unknown) => unknown,
	symbols: readonly string[],
	options: LiveOptions,
	credential: Readonly<Record<string, unknown>>,
): AlpacaSettings {
	const feed = textOf(read('feed', 'iex'));
	if (!isFeed(feed)) refuse(`Feed is ${JSON.stringify(feed)}; choose ${FEEDS.join(', ')}.`);
	const { keyId, secretKey } = toKey(credential);
	if (keyId === '' || secretKey === '') {
		throw new SourceError(
			'auth',
			`The credential has no ${keyId === '' ? 'Key ID' : 'Secret Key'}; fill it in. Alpaca shows both when a key is made.`,
		);
	}
	const delivery = readDelivery(read);
	const settings: AlpacaSettings = {
		symbols,
		feed,
		receive: readReceive(read),
		interval: textOf(read('interval', '1m')),
		delivery,
		pollEveryMs: durationOf(delivery === 'poll' ? read('pollEvery', '15s') : '15s', 'Poll Every'),
		silentAfterMs: readSilence(options),
		plan: credential['plan'] === 'plus' ? 'plus' : 'basic',
		streamBaseUrl: textOf(credential['streamBaseUrl']).trim() || alpacaDefaults.streamBaseUrl,
		dataBaseUrl: textOf(credential['dataBaseUrl']).trim() || alpacaDefaults.dataBaseUrl,
	};
	checkAlpaca(settings);
	return settings;
}

const isFeed = (text: string): text is AlpacaFeed => FEEDS.includes(text);

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
