import type { IExecuteFunctions } from 'n8n-workflow';

import type { Clock, HttpClient, Log, Store, Timer } from '../../core/ports';
import { systemClock, systemTimer } from '../../core/ports/system';
import { hostHttpClient } from './httpClient';
import { nodeLog } from './log';
import { asNodeError } from './nodeErrors';
import { openSharedStore } from './store';

export type ChatPorts = {
	readonly http: HttpClient;
	readonly store: Store;
	readonly log: Log;
	readonly clock: Clock;
	readonly timer: Timer;
};

/** What outputs need that pace themselves and remember what they told. */
export async function openChatPorts(context: IExecuteFunctions): Promise<ChatPorts> {
	try {
		return {
			http: hostHttpClient(context.helpers),
			store: await openSharedStore(),
			log: nodeLog(context.logger, context.getNode().name),
			clock: systemClock,
			timer: systemTimer,
		};
	} catch (error) {
		throw asNodeError(context.getNode(), error);
	}
}

/** A busy destination may make a message wait, however short the time for trying again. */
export const patienceFor = (retryForMs: number): number => Math.max(retryForMs, 120_000);
