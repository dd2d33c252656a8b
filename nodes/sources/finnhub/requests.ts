import { createFinnhubRequests } from '../../../core/market';
import { finnhubAccount } from '../../host/finnhubAccount';
import type { OpenRequests } from '../SourceFace';
import { readCredential } from './readCredential';

export const openFinnhubRequests: OpenRequests = async ({ context }, ports) => {
	const { plan, restBaseUrl } = await readCredential(context);
	return createFinnhubRequests(
		{ plan, restBaseUrl },
		{ ...ports, account: finnhubAccount(context) },
	);
};
