import { createHash } from 'node:crypto';

import type { INodeExecutionData, IRun, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import type { FeedReport, MarketEvent } from '../../core/market';
import { FactColumns, runFeed, type OpenBatch, type RunEnd } from '../../core/pipeline';
import { systemClock, systemTimer } from '../../core/ports/system';
import { nodeLog } from '../host/log';
import { asNodeError, isWorthAnotherRun } from '../host/nodeErrors';
import { openSharedStore } from '../host/store';
import type { ChosenSource } from '../sources';
import { openPorts } from '../sources/openPorts';
import { rehearse } from '../sources/rehearse';
import { showOutages } from '../sources/showOutages';
import { readSettings, type TriggerSettings } from './settings';

/** How long a close waits for the source to let go; the run that's still on isn't waited for. */
const CLOSE_MS = 5_000;

/**
 * Starts the trigger: reads its settings, and from then on lives on its own. It throws only for what the
 * user must fix; whatever the world does is answered inside.
 */
export async function startMarketData(context: ITriggerFunctions): Promise<ITriggerResponse> {
	const node = context.getNode();
	try {
		const settings = await readSettings(context);
		return context.getMode() === 'manual'
			? runRehearsal(context, settings)
			: run(context, settings);
	} catch (error) {
		throw asNodeError(node, error);
	}
}

function run(context: ITriggerFunctions, settings: TriggerSettings): ITriggerResponse {
	const node = context.getNode();
	const log = nodeLog(context.logger, node.name);
	const closing = new AbortController();
	const { source, batchSize: maxBatchSize, whileBusy, columns } = settings;
	const ended = runFeed(
		{
			source: source.name,
			maxBatchSize,
			whileBusy,
			columns,
			owner: { workflowId: context.getWorkflow().id ?? '', nodeId: node.id },
			fingerprint: fingerprintOf(source),
			startedByUser: ['activate', 'update', 'manual'].includes(context.getActivationMode()),
		},
		{
			store: openSharedStore,
			clock: systemClock,
			timer: systemTimer,
			log,
			openSource: (start) => {
				const opened = source.create(openPorts(context), start);
				if (!source.isLive) return opened;
				return showOutages(opened, systemTimer, ({ reason }) => {
					context.saveFailedExecution(asNodeError(node, new Error(reason)));
				});
			},
			run: async (batch) => await runWorkflow(context, batch),
			showFailure: (error) => context.saveFailedExecution(asNodeError(node, error)),
		},
		closing.signal,
	).catch((error: unknown) => {
		log.error((error as Error).message);
		if (!closing.signal.aborted) context.saveFailedExecution(asNodeError(node, error));
	});
	log.info(`started with ${source.description}.`);
	return {
		closeFunction: async () => {
			closing.abort();
			const waited = new AbortController();
			await Promise.race([ended, systemTimer.sleep(CLOSE_MS, waited.signal)]);
			waited.abort();
		},
	};
}

/** A test-run in the editor: the first events of the source, and nothing is written down. */
function runRehearsal(context: ITriggerFunctions, settings: TriggerSettings): ITriggerResponse {
	const closing = new AbortController();
	const manualTriggerFunction = async () => {
		const source = settings.source.forRehearsal ?? settings.source;
		const opened = source.create(openPorts(context), { cursor: undefined, play: 'test' });
		const ports = { clock: systemClock, timer: systemTimer };
		try {
			const { events, reports } = await rehearse(opened, source, ports, closing.signal);
			const whole = new FactColumns(settings.columns).addTo(events);
			if (!closing.signal.aborted) context.emit(toOutputs(whole, reports));
		} catch (error) {
			throw asNodeError(context.getNode(), error);
		}
	};
	return {
		manualTriggerFunction,
		closeFunction: async () => closing.abort(),
	};
}

/** Starts an execution with a batch; resolves when it has ended, whichever way. */
async function runWorkflow(context: ITriggerFunctions, batch: OpenBatch): Promise<RunEnd> {
	const done = context.helpers.createDeferredPromise<IRun>();
	try {
		context.emit(toOutputs(batch.events, batch.reports), undefined, done);
		// `undefined` for a run that n8n refused as a duplicate: it was begun before.
		const finished = (await done.promise) as IRun | undefined;
		if (finished?.status !== 'error' && finished?.status !== 'crashed') return { kind: 'settled' };
		const error = finished.data.resultData.error;
		// Status error without one: a node failed, and the workflow goes on from its error output.
		if (error === undefined && finished.status === 'error') return { kind: 'settled' };
		return {
			kind: 'failed',
			reason: error?.message ?? 'the execution failed',
			again: isWorthAnotherRun(error),
		};
	} catch (error) {
		const { name, message } = error as Error;
		// Whoever stops a run doesn't want it again.
		if (/ManualExecutionCancelled/.test(name)) return { kind: 'settled' };
		return { kind: 'failed', reason: message, again: true };
	}
}

function toOutputs(
	events: readonly MarketEvent[],
	reports: readonly FeedReport[],
): INodeExecutionData[][] {
	return [
		events.map((event) => ({ json: { ...event } })),
		reports.map((report) => ({ json: { feed: { ...report } } })),
	];
}

/** What a cursor depends on. */
const fingerprintOf = (source: ChosenSource): string =>
	createHash('sha256').update(JSON.stringify(source.identity)).digest('base64url').slice(0, 16);
