import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { INodeExecutionData, IRun, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import {
	createAlpaca,
	createBinance,
	createCustomRest,
	createCustomWebSocket,
	createReplay,
	createSimulatedMarket,
	SourceError,
	type FeedReport,
	type HttpSecret,
	type MarketEvent,
	noSecret,
	type Source,
} from '../../core/market';
import { FactColumns, runFeed, type OpenBatch, type RunEnd } from '../../core/pipeline';
import { FileFailure, type FileSource } from '../../core/ports';
import { nodeFileSource, systemClock, systemRandom, systemTimer } from '../../core/ports/system';
import { alpacaAccount } from '../host/alpacaAccount';
import { hostSocketFactory, sharedConnections } from '../host/connections';
import { hostHttpClient } from '../host/httpClient';
import { readHttpSecret } from '../host/httpSecret';
import { nodeLog } from '../host/log';
import { asNodeError, isWorthAnotherRun } from '../host/nodeErrors';
import { readableFolders, tapesFolder, userDataFolder } from '../host/paths';
import { openSharedStore } from '../host/store';
import { isPairSource, pairSources } from './pairSources';
import { rehearse, REHEARSAL_MS } from './rehearse';
import { readSettings, type TriggerSettings } from './settings';
import { showOutages } from './showOutages';

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
		const files = await openFiles();
		if (settings.source === 'replay') await checkFile(settings.replay.path, files);
		const secret = isCustom(settings) ? await readHttpSecret(context) : noSecret;
		const open: OpenSource = (of, start) => openSource(of, { files, secret }, context, start);
		return context.getMode() === 'manual'
			? runRehearsal(context, settings, open)
			: run(context, settings, open);
	} catch (error) {
		throw asNodeError(node, error);
	}
}

function run(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	open: OpenSource,
): ITriggerResponse {
	const node = context.getNode();
	const log = nodeLog(context.logger, node.name);
	const closing = new AbortController();
	const { source, batchSize: maxBatchSize, whileBusy, columns } = settings;
	const ended = runFeed(
		{
			source,
			maxBatchSize,
			whileBusy,
			columns,
			owner: { workflowId: context.getWorkflow().id ?? '', nodeId: node.id },
			fingerprint: fingerprintOf(settings),
			startedByUser: ['activate', 'update', 'manual'].includes(context.getActivationMode()),
		},
		{
			store: openSharedStore,
			clock: systemClock,
			timer: systemTimer,
			log,
			openSource: (start) => {
				const opened = open(settings, start);
				if (!isLive(settings)) return opened;
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
	log.info(`started with ${describe(settings)}.`);
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
function runRehearsal(
	context: ITriggerFunctions,
	settings: TriggerSettings,
	open: OpenSource,
): ITriggerResponse {
	const closing = new AbortController();
	const manualTriggerFunction = async () => {
		const start = { cursor: undefined, play: 'test' };
		const source = open(forRehearsal(settings), start);
		const ports = { clock: systemClock, timer: systemTimer };
		try {
			const name = settings.source;
			const { events, reports } = await rehearse(
				source,
				{ name, isLive: isLive(settings) },
				ports,
				closing.signal,
			);
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

/** Nobody waits for the next full hour in the editor: the last closed candles are fetched. */
function forRehearsal(settings: TriggerSettings): TriggerSettings {
	const polled = { delivery: 'poll' as const, pollEveryMs: REHEARSAL_MS };
	if (settings.source === 'binance' && settings.binance.receive === 'candles') {
		return { ...settings, binance: { ...settings.binance, ...polled } };
	}
	if ('pairs' in settings && settings.pairs.receive === 'candles') {
		return { ...settings, pairs: { ...settings.pairs, ...polled } };
	}
	if (settings.source === 'alpaca') {
		const { receive, feed } = settings.alpaca;
		// Its test feed has no past.
		if (receive === 'candles' && feed !== 'test') {
			return { ...settings, alpaca: { ...settings.alpaca, ...polled } };
		}
	}
	return settings;
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

type Start = { readonly cursor: unknown; readonly play: string };
type OpenSource = (settings: TriggerSettings, start: Start) => Source;

const isCustom = ({ source }: TriggerSettings): boolean =>
	source === 'customRest' || source === 'customWebSocket';

/** A source that goes on for ever and reaches over the network. */
const isLive = (settings: TriggerSettings): boolean =>
	['alpaca', 'binance'].includes(settings.source) ||
	isPairSource(settings.source) ||
	isCustom(settings);

function openSource(
	settings: TriggerSettings,
	{ files, secret }: { readonly files: FileSource; readonly secret: HttpSecret },
	context: ITriggerFunctions,
	start: Start,
): Source {
	const ports = {
		clock: systemClock,
		timer: systemTimer,
		files,
		log: nodeLog(context.logger, context.getNode().name),
	};
	const live = () => ({
		...ports,
		random: systemRandom,
		http: hostHttpClient(context.helpers),
		sockets: hostSocketFactory(context.helpers),
		shared: sharedConnections,
	});
	switch (settings.source) {
		case 'simulated':
			return createSimulatedMarket(settings.simulated, ports, start);
		case 'replay':
			return createReplay(settings.replay, ports, start);
		case 'alpaca':
			return createAlpaca(settings.alpaca, { ...live(), account: alpacaAccount(context) }, start);
		case 'binance':
			return createBinance(settings.binance, live(), start);
		case 'customRest':
			return createCustomRest(settings.customRest, { ...live(), secret }, start);
		case 'customWebSocket':
			return createCustomWebSocket(settings.customWebSocket, { ...live(), secret }, start);
		default:
			return pairSources[settings.source].create(settings.pairs, live(), start);
	}
}

async function openFiles(): Promise<FileSource> {
	await mkdir(tapesFolder(), { recursive: true });
	return nodeFileSource({
		base: tapesFolder(),
		allowed: readableFolders(),
		forbidden: [userDataFolder()],
	});
}

/** A file that isn't there or may not be read is for the user to fix, now. */
async function checkFile(path: string, files: FileSource): Promise<void> {
	try {
		for await (const _ of files.open(path)) return;
	} catch (error) {
		// A damaged file is told on the Feed output, after the events it holds.
		if (error instanceof FileFailure && ['truncated', 'unreadable'].includes(error.reason)) return;
		throw new SourceError('notFound', (error as Error).message, { cause: error });
	}
}

/** What a cursor depends on: the source's settings without its pace. */
function fingerprintOf(settings: TriggerSettings): string {
	const of = identityOf(settings);
	return createHash('sha256').update(JSON.stringify(of)).digest('base64url').slice(0, 16);
}

function identityOf(settings: TriggerSettings): unknown {
	switch (settings.source) {
		case 'replay':
			return [settings.source, settings.replay.path, settings.replay.symbols];
		case 'simulated':
			return [settings.source, settings.simulated];
		case 'alpaca': {
			const { symbols, feed, receive, interval, dataBaseUrl, streamBaseUrl } = settings.alpaca;
			const of = receive === 'candles' ? interval : undefined;
			return [settings.source, symbols, feed, receive, of, dataBaseUrl, streamBaseUrl];
		}
		case 'binance': {
			// Streamed or polled, it's the same market.
			const { symbols, receive, interval, restBaseUrl, streamBaseUrl } = settings.binance;
			const of = receive === 'trades' || receive === 'quotes' ? undefined : interval;
			return [settings.source, symbols, receive, of, restBaseUrl, streamBaseUrl];
		}
		case 'customRest': {
			const { url, method, body, query, symbols, mapping } = settings.customRest;
			return [settings.source, url, method, body, query, symbols, mapping];
		}
		case 'customWebSocket': {
			const { url, subscribeMessage, filter, symbols, mapping } = settings.customWebSocket;
			return [settings.source, url, subscribeMessage, filter, symbols, mapping];
		}
		default: {
			const { symbols, receive, interval, restBaseUrl, streamBaseUrl } = settings.pairs;
			const of = receive === 'trades' || receive === 'quotes' ? undefined : interval;
			return [settings.source, symbols, receive, of, restBaseUrl, streamBaseUrl];
		}
	}
}

function describe(settings: TriggerSettings): string {
	switch (settings.source) {
		case 'replay':
			return `the file ${join(settings.replay.path)}`;
		case 'simulated':
			return `a simulated market of ${settings.simulated.symbols.length} symbols`;
		case 'alpaca': {
			const { symbols, feed, receive, delivery } = settings.alpaca;
			return `${receive} of ${symbols.length} symbols by Alpaca's ${feed} (${delivery})`;
		}
		case 'binance': {
			const { symbols, receive, delivery } = settings.binance;
			return `${receive} of ${symbols.length} symbols by Binance (${delivery})`;
		}
		case 'customRest': {
			const { url, mapping } = settings.customRest;
			return `${mapping.rowsAre} of ${new URL(url).host}`;
		}
		case 'customWebSocket': {
			const { url, mapping } = settings.customWebSocket;
			return `${mapping.rowsAre} of ${new URL(url).host}`;
		}
		default: {
			const { symbols, receive, delivery } = settings.pairs;
			const { provider } = pairSources[settings.source];
			return `${receive} of ${symbols.length} symbols by ${provider} (${delivery})`;
		}
	}
}
