import type { ICredentialDataDecryptedObject, ITriggerFunctions } from 'n8n-workflow';

import { noSecret, SourceError, type HttpSecret } from '../../core/market';
import { textOf } from './texts';

const NAME = 'marketAlertsHttpApi';

/** The credential is optional. @throws SourceError when it can't be used, without quoting it */
export async function readHttpSecret(
	context: Pick<ITriggerFunctions, 'getNode' | 'getCredentials'>,
): Promise<HttpSecret> {
	if (context.getNode().credentials?.[NAME] === undefined) return noSecret;
	return toHttpSecret(await context.getCredentials(NAME));
}

/** @throws SourceError naming the field that's empty or can't be sent */
export function toHttpSecret(credential: ICredentialDataDecryptedObject): HttpSecret {
	const field = (name: string) => textOf(credential[name]).trim();
	const needed = (name: string, label: string): string =>
		field(name) || refuse(`${label} is empty`);
	const type = field('type') || 'header';
	switch (type) {
		case 'bearer':
			return inHeader('authorization', `Bearer ${sendable(needed('apiKey', 'API Key'))}`, {
				apiKey: field('apiKey'),
			});
		case 'basic': {
			const [user, password] = [field('user'), textOf(credential['password'])];
			if (user === '' && password === '') refuse('User and Password are empty');
			const both = Buffer.from(`${user}:${password}`).toString('base64');
			return inHeader('authorization', `Basic ${both}`, { user, password }, [both, password]);
		}
		case 'query': {
			const key = needed('apiKey', 'API Key');
			return {
				...noSecret,
				parts: { apiKey: key },
				query: { [needed('name', 'Name')]: key },
				secrets: spellingsOf(key),
			};
		}
		case 'header': {
			const name = needed('name', 'Name').toLowerCase();
			if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) refuse("Name can't be that of a header");
			const key = sendable(needed('apiKey', 'API Key'));
			return inHeader(name, key, { apiKey: key });
		}
		default:
			return refuse(`Type is ${JSON.stringify(type)}; choose header, query, bearer or basic`);
	}
}

const inHeader = (
	name: string,
	value: string,
	parts: HttpSecret['parts'],
	secrets: readonly string[] = Object.values(parts),
): HttpSecret => ({
	...noSecret,
	parts,
	headers: { [name]: value },
	secrets: secrets.flatMap(spellingsOf),
});

/** As it may come back in somebody's message. */
const spellingsOf = (secret: string): string[] => [
	...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
];

function sendable(value: string): string {
	if (/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) return value;
	return refuse("API Key has characters that can't be sent, such as line breaks");
}

function refuse(what: string): never {
	throw new SourceError('auth', `The credential Market Alerts: HTTP API can't be used: ${what}.`);
}
