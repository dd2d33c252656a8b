import type { ITriggerFunctions } from 'n8n-workflow';

import type { AlpacaAccount, AlpacaKey } from '../../core/market';
import { textOf } from './texts';

export const ALPACA_CREDENTIAL = 'marketAlertsAlpacaApi';

/** The account of a node's credential; its key is read anew each time, since n8n doesn't tell of changes. */
export const alpacaAccount = (
	context: Pick<ITriggerFunctions, 'getNode' | 'getCredentials'>,
): AlpacaAccount => ({
	id: context.getNode().credentials?.[ALPACA_CREDENTIAL]?.id ?? '',
	read: async () => toKey(await context.getCredentials(ALPACA_CREDENTIAL)),
});

export const toKey = (credential: Readonly<Record<string, unknown>>): AlpacaKey => ({
	keyId: textOf(credential['keyId']).trim(),
	secretKey: textOf(credential['secretKey']).trim(),
});
