import type { ITriggerFunctions } from 'n8n-workflow';

import { ProviderFailure, type AlpacaAccount, type AlpacaKey } from '../../core/market';
import { textOf } from './texts';

export const ALPACA_CREDENTIAL = 'marketAlertsAlpacaApi';

/** The account of a node's credential; its key is read anew each time, since n8n doesn't tell of changes. */
export const alpacaAccount = (
	context: Pick<ITriggerFunctions, 'getNode' | 'getCredentials'>,
): AlpacaAccount => ({
	id: context.getNode().credentials?.[ALPACA_CREDENTIAL]?.id ?? '',
	read: async () => {
		let credential: object;
		try {
			credential = await context.getCredentials(ALPACA_CREDENTIAL);
		} catch (error) {
			// Without the original's text: nobody knows what it quotes.
			throw new ProviderFailure(
				'auth',
				"isn't asked: its credential can't be read. Choose another one, or save it again.",
				undefined,
				{ cause: error },
			);
		}
		return toKey(credential as Readonly<Record<string, unknown>>);
	},
});

export const toKey = (credential: Readonly<Record<string, unknown>>): AlpacaKey => ({
	keyId: textOf(credential['keyId']).trim(),
	secretKey: textOf(credential['secretKey']).trim(),
});
