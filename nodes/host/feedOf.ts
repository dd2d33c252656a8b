import { createHash } from 'node:crypto';

import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import type { FeedReport, Source } from '../../core/market';
import type { Log } from '../../core/ports';
import { systemClock, systemTimer } from '../../core/ports/system';
import { nodeLog } from './log';
import { asNodeError } from './nodeErrors';
import { openSharedStore } from './store';
import { openPorts } from '../sources/openPorts';
import { showOutages } from '../sources/showOutages';
import type { ChosenSource, SourceStart } from '../sources';

/** How long a close waits for the source to let go; the run that's still on isn't waited for. */
const CLOSE_MS = 5_000;

/** What a trigger is to the store, and where its source goes on from. */
export function feedSettings(context: ITriggerFunctions, source: ChosenSource) {
	return {
		source: source.name,
		owner: { workflowId: context.getWorkflow().id ?? '', nodeId: context.getNode().id },
		fingerprint: createHash('sha256')
			.update(JSON.stringify(source.identity))
			.digest('base64url')
			.slice(0, 16),
		startedByUser: ['activate', 'update', 'manual'].includes(context.getActivationMode()),
	};
}

/** What a trigger needs of the world. An outage that lasts is shown as a failed execution. */
export function feedPorts(context: ITriggerFunctions, source: ChosenSource) {
	const node = context.getNode();
	const showFailure = (error: Error): void => context.saveFailedExecution(asNodeError(node, error));
	return {
		store: openSharedStore,
		clock: systemClock,
		timer: systemTimer,
		log: nodeLog(context.logger, node.name),
		openSource: (start: SourceStart): Source => {
			const opened = source.create(openPorts(context), start);
			if (!source.isLive) return opened;
			return showOutages(opened, systemTimer, ({ reason }) => showFailure(new Error(reason)));
		},
		showFailure,
	};
}

/** Lets work go on behind a trigger until it's closed; what ends it before is for the user to fix. */
export function inBackground(
	context: ITriggerFunctions,
	log: Log,
	work: (signal: AbortSignal) => Promise<void>,
): ITriggerResponse {
	const closing = new AbortController();
	const ended = work(closing.signal).catch((error: unknown) => {
		log.error((error as Error).message);
		if (!closing.signal.aborted) {
			context.saveFailedExecution(asNodeError(context.getNode(), error));
		}
	});
	return {
		closeFunction: async () => {
			closing.abort();
			const waited = new AbortController();
			await Promise.race([ended, systemTimer.sleep(CLOSE_MS, waited.signal)]);
			waited.abort();
		},
	};
}

/** News as it leaves on the output Feed. */
export const toFeedItems = (reports: readonly FeedReport[]): INodeExecutionData[] =>
	reports.map((report) => ({ json: { feed: { ...report } } }));
