import { createKrakenRequests, krakenDefaults } from '../../../core/market';
import { readAddress, readLimit } from '../readLive';
import type { OpenRequests } from '../SourceFace';

export const openKrakenRequests: OpenRequests = async ({ options }, ports) =>
	createKrakenRequests(
		{
			restBaseUrl: readAddress(options['restBaseUrl'], krakenDefaults.restBaseUrl),
			callsPerMinute: readLimit(options['limitPerMinute'], krakenDefaults.callsPerMinute),
		},
		ports,
	);
