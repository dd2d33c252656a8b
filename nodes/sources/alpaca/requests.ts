import { createAlpacaRequests } from '../../../core/market';
import { alpacaAccount } from '../../host/alpacaAccount';
import { refuse } from '../readLive';
import type { OpenRequests } from '../SourceFace';
import { readCredential, readFeed } from './readCredential';

export const openAlpacaRequests: OpenRequests = async ({ context, read }, ports) => {
	const feed = readFeed(read);
	if (feed === 'test')
		refuse('Feed: Test comes by stream only; choose IEX, SIP Delayed or Crypto.');
	const { plan, dataBaseUrl, tradingBaseUrl } = await readCredential(context);
	return createAlpacaRequests(
		{ feed, plan, dataBaseUrl, tradingBaseUrl },
		{ ...ports, account: alpacaAccount(context) },
	);
};
