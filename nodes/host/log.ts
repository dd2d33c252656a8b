import type { Logger } from 'n8n-workflow';

import type { Log } from '../../core/ports';

/** n8n's logger as the core's. */
export const nodeLog = (logger: Logger, node: string): Log => {
	const say = (message: string) => `[Market Alerts] ${node}: ${message}`;
	return {
		debug: (message, details) => logger.debug(say(message), details),
		info: (message, details) => logger.info(say(message), details),
		warn: (message, details) => logger.warn(say(message), details),
		error: (message, details) => logger.error(say(message), details),
	};
};
