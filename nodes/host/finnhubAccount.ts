import type { ITriggerFunctions } from 'n8n-workflow';

import type { FinnhubAccount, FinnhubKey } from '../../core/market';
import { textOf } from './texts';

export const FINNHUB_CREDENTIAL = 'marketAlertsFinnhubApi';

/** The account of a node's credential; its key is read anew each time, since n8n doesn't tell of changes. */
export const finnhubAccount = (
	context: Pick<ITriggerFunctions, 'getNode' | 'getCredentials'>,
): FinnhubAccount => ({
	id: context.getNode().credentials?.[FINNHUB_CREDENTIAL]?.id ?? '',
	read: async () => toFinnhubKey(await context.getCredentials(FINNHUB_CREDENTIAL)),
});

export const toFinnhubKey = (credential: Readonly<Record<string, unknown>>): FinnhubKey => ({
	apiKey: textOf(credential['apiKey']).trim(),
});
