import type { ITriggerFunctions } from 'n8n-workflow';

import type { LivePorts, RequestPorts } from '../../core/market';
import { systemClock, systemRandom, systemTimer } from '../../core/ports/system';
import { hostSocketFactory, sharedConnections } from '../host/connections';
import { hostHttpClient } from '../host/httpClient';
import { nodeLog } from '../host/log';

/** What requests need of the world, as n8n gives it. */
export const openRequestPorts = (
	{ helpers }: { readonly helpers: Pick<ITriggerFunctions['helpers'], 'httpRequest'> },
	patienceMs: number,
): RequestPorts => ({
	clock: systemClock,
	timer: systemTimer,
	random: systemRandom,
	http: hostHttpClient(helpers),
	shared: sharedConnections,
	patienceMs,
});

/** What a live source needs of it. */
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
