import type { ITriggerFunctions } from 'n8n-workflow';

import { SharedConnections } from '../../core/market';
import type { SocketFactory } from '../../core/ports';
import { wsSocketFactory } from '../../core/ports/system';

/** Of this process: triggers on the same endpoint share a socket and a budget. */
export const sharedConnections = new SharedConnections();

type Helpers = Partial<Pick<ITriggerFunctions['helpers'], 'getSecureEgressFilter'>>;

/** Sockets under n8n's rules for outgoing connections, where this n8n has any to offer. */
export function hostSocketFactory(helpers: Helpers): SocketFactory {
	const filter = helpers.getSecureEgressFilter?.();
	if (filter === undefined) return wsSocketFactory();
	return wsSocketFactory({
		// It knows addresses by http and https.
		validateUrl: async (url) => await filter.validateUrl(url.replace(/^ws/, 'http')),
		createSecureLookup: () => filter.createSecureLookup(),
	});
}
