import {
	alpacaDefaults,
	SourceError,
	type AlpacaFeed,
	type AlpacaPlan,
} from '../../../core/market';
import { ALPACA_CREDENTIAL, toKey } from '../../host/alpacaAccount';
import { textOf } from '../../host/texts';
import { readAddress, refuse } from '../readLive';
import type { SourceRequest } from '../SourceFace';

const FEEDS: readonly string[] = ['iex', 'sip', 'delayed_sip', 'crypto', 'test'];

/** What the credential says besides its key. @throws SourceError naming what's empty */
export async function readCredential(context: SourceRequest['context']): Promise<{
	readonly plan: AlpacaPlan;
	readonly dataBaseUrl: string;
	readonly streamBaseUrl: string;
	/** Empty: by the key. */
	readonly tradingBaseUrl: string;
}> {
	const credential = await context.getCredentials(ALPACA_CREDENTIAL);
	const { keyId, secretKey } = toKey(credential);
	if (keyId === '' || secretKey === '') {
		throw new SourceError(
			'auth',
			`The credential has no ${keyId === '' ? 'Key ID' : 'Secret Key'}; fill it in. Alpaca shows both when a key is made.`,
		);
	}
	return {
		plan: credential['plan'] === 'plus' ? 'plus' : 'basic',
		streamBaseUrl: readAddress(credential['streamBaseUrl'], alpacaDefaults.streamBaseUrl),
		dataBaseUrl: readAddress(credential['dataBaseUrl'], alpacaDefaults.dataBaseUrl),
		tradingBaseUrl: readAddress(credential['tradingBaseUrl'], ''),
	};
}

/** @throws SourceError quoting what is none */
export function readFeed(read: SourceRequest['read']): AlpacaFeed {
	const feed = textOf(read('feed', 'iex'));
	if (isFeed(feed)) return feed;
	return refuse(`Feed is ${JSON.stringify(feed)}; choose ${FEEDS.join(', ')}.`);
}

const isFeed = (text: string): text is AlpacaFeed => FEEDS.includes(text);
