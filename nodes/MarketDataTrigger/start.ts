import type { INodeExecutionData, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { onlyDuring, type FeedReport, type MarketEvent } from '../../core/market';
import { FactColumns, runFeed } from '../../core/pipeline';
import { systemClock, systemTimer } from '../../core/ports/system';
import { asNodeError } from '../host/nodeErrors';
import { runWorkflow } from '../host/runWorkflow';
import { feedPorts, feedSettings, inBackground, toFeedItems } from '../host/feedOf';
import type { ChosenSource } from '../sources';
import { openPorts } from '../sources/openPorts';
import { rehearse } from '../sources/rehearse';
import { readSettings, type TriggerSettings } from './settings';

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
	const { batchSize: maxBatchSize, whileBusy, columns, past } = settings;
	const source = duringSessions(settings.source, settings);
	const ports = {
		...feedPorts(context, source),
		run: async ({ events, reports }: Given) =>
			await runWorkflow(context, toOutputs(events, reports)),
	};
	const feed = { ...feedSettings(context, source), maxBatchSize, whileBusy, columns, past };
	const running = inBackground(context, ports.log, async (signal) => {
		await runFeed(feed, ports, signal);
	});
	ports.log.info(`started with ${source.description}.`);
	return running;
}

/** A test-run in the editor: the first events of the source, and nothing is written down. */
function runRehearsal(context: ITriggerFunctions, settings: TriggerSettings): ITriggerResponse {
	const closing = new AbortController();
	const manualTriggerFunction = async () => {
		const { source: chosen } = settings;
		const source = duringSessions(chosen.forRehearsal ?? chosen, settings);
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

function duringSessions(source: ChosenSource, { sessions }: TriggerSettings): ChosenSource {
	if (sessions.length === 0) return source;
	const { name, calendar } = source;
	const filter = { source: name, sessions, ...(calendar && { calendar }) };
	return {
		...source,
		create: (ports, start) => onlyDuring(source.create(ports, start), filter, systemClock),
	};
}

type Given = {
	readonly events: readonly MarketEvent[];
	readonly reports: readonly FeedReport[];
};

const toOutputs = (
	events: readonly MarketEvent[],
	reports: readonly FeedReport[],
): INodeExecutionData[][] => [
	events.map((event) => ({ json: { ...event } })),
	toFeedItems(reports),
];
