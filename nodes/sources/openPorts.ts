import type { ITriggerFunctions } from 'n8n-workflow';

import type { LivePorts, RequestPorts } from '../../core/market';
import { systemClock, systemRandom, systemTimer } from '../../core/ports/system';
import { hostSocketFactory, sharedConnections } from '../host/connections';
import { hostHttpClient } from '../host/httpClient';
import { nodeLog } from '../host/log';

/** What a source needs of the world, as n8n gives it. */
export const openPorts = (
	context: Pick<ITriggerFunctions, 'getNode' | 'helpers' | 'logger'>,
): LivePorts => ({
	clock: systemClock,
	timer: systemTimer,
	random: systemRandom,
	log: nodeLog(context.logger, context.getNode().name),
	http: hostHttpClient(context.helpers),
	sockets: hostSocketFactory(context.helpers),
	shared: sharedConnections,
});

/** What requests need of it. */
export function openRequestPorts(
	context: Pick<ITriggerFunctions, 'helpers'>,
): Omit<RequestPorts, 'patienceMs'> {
	return {
		clock: systemClock,
		timer: systemTimer,
		random: systemRandom,
		http: hostHttpClient(context.helpers),
		shared: sharedConnections,
	};
}
