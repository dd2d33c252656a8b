import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { checkSigningSecrets } from '../../core/delivery';
import { textOf } from '../host/texts';
import { UndeliveredError } from '../host/undelivered';

export type HeaderFields = {
	readonly header?: ReadonlyArray<{ readonly name?: unknown; readonly value?: unknown }>;
};

/** What proves to the receiver who calls. */
export type WebhookSecrets = {
	readonly signingSecrets?: string;
	readonly headers: Readonly<Record<string, string>>;
};

const NAME = 'marketAlertsWebhookApi';

/** The credential is optional. @throws UndeliveredError when it can't be used, without quoting it */
export async function readSecrets(context: IExecuteFunctions): Promise<WebhookSecrets> {
	if (context.getNode().credentials?.[NAME] === undefined) return { headers: {} };
	return toSecrets(await context.getCredentials(NAME));
}

export function toSecrets(credential: ICredentialDataDecryptedObject): WebhookSecrets {
	const signingSecrets = textOf(credential['signingSecret']).trim();
	const wrong = checkSigningSecrets(signingSecrets);
	if (wrong !== undefined) throw new UndeliveredError(wrong, false);
	return {
		...(signingSecrets === '' ? {} : { signingSecrets }),
		// n8n gives a collection as it was saved.
		headers: toHeaders((credential['headers'] ?? {}) as unknown as HeaderFields),
	};
}

/** Names in lower case. @throws UndeliveredError naming the header that can't be sent; its value may be a secret */
export function toHeaders(fields: HeaderFields | undefined): Record<string, string> {
	const headers: Record<string, string> = {};
	for (const one of fields?.header ?? []) {
		const name = textOf(one.name).trim().toLowerCase();
		if (name === '') continue;
		const value = textOf(one.value).trim();
		if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
			throw new UndeliveredError(
				`"${name}" can't be the name of a header; use letters, digits and hyphens.`,
				false,
			);
		}
		if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
			throw new UndeliveredError(
				`The value of the header "${name}" has characters that can't be sent, such as line breaks.`,
				false,
			);
		}
		headers[name] = value;
	}
	return headers;
}
