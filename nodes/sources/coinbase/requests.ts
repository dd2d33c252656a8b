import { createCoinbaseRequests, coinbaseDefaults } from '../../../core/market';
import { readAddress, readLimit } from '../readLive';
import type { OpenRequests } from '../SourceFace';

export const openCoinbaseRequests: OpenRequests = async ({ options }, ports) =>
	createCoinbaseRequests(
		{
			restBaseUrl: readAddress(options['restBaseUrl'], coinbaseDefaults.restBaseUrl),
			callsPerMinute: readLimit(options['limitPerMinute'], coinbaseDefaults.callsPerMinute),
		},
		ports,
	);
