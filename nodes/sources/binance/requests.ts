import { createBinanceRequests, binanceDefaults } from '../../../core/market';
import { readAddress, readLimit } from '../readLive';
import type { OpenRequests } from '../SourceFace';

export const openBinanceRequests: OpenRequests = async ({ options }, ports) =>
	createBinanceRequests(
		{
			restBaseUrl: readAddress(options['restBaseUrl'], binanceDefaults.restBaseUrl),
			weightPerMinute: readLimit(options['limitPerMinute'], binanceDefaults.weightPerMinute),
		},
		ports,
	);
