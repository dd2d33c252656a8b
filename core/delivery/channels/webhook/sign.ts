import { createHmac } from 'node:crypto';

import type { EpochMs } from '../../../ports';

/**
 * The headers that prove where a webhook comes from: `v1,` and the base64 HMAC-SHA256 of
 * `id.timestamp.body` under the secret. Several secrets, separated by spaces, give several signatures, so
 * that a secret can be changed without a gap.
 *
 * `sentAt` belongs to one try: receivers refuse what's older than five minutes.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
	message: { readonly id: string; readonly body: string; readonly sentAt: EpochMs },
	secrets: string,
): Readonly<Record<string, string>> {
	// A full stop would make it unclear where the id ends.
	const id = message.id.replaceAll('.', '%2E');
	const timestamp = String(Math.floor(message.sentAt / 1_000));
	const signatures = split(secrets).map((secret) => {
		const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
		const signed = `${id}.${timestamp}.${message.body}`;
		return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
	});
	return {
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		'webhook-signature': signatures.join(' '),
	};
}

/** What's wrong with signing secrets, without quoting them; `undefined` when nothing is. */
export function checkSigningSecrets(secrets: string): string | undefined {
	const wrong = split(secrets).filter((secret) => !isSecret(secret)).length;
	return wrong === 0
		? undefined
		: 'The signing secret is none; use whsec_ followed by 24 to 64 random bytes in base64.';
}

const PREFIX = 'whsec_';

function isSecret(secret: string): boolean {
	const key = secret.slice(PREFIX.length);
	const isBase64 = /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}(?:==)?|[a-z\d+/]{3}=?)?$/i.test(key);
	const { length } = Buffer.from(key, 'base64');
	return secret.startsWith(PREFIX) && isBase64 && length >= 24 && length <= 64;
}

const split = (secrets: string): string[] => secrets.split(/\s+/).filter((one) => one !== '');
