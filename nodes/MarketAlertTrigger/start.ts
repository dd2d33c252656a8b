import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { runAlerts, type AlertLoad } from '../../core/pipeline';
import type { Log } from '../../core/ports';
import { checkRule, describeRule } from '../../core/rules';
import { asNodeError } from '../host/nodeErrors';
import { runWorkflow } from '../host/runWorkflow';
import { feedPorts, feedSettings, inBackground, toFeedItems } from '../host/feedOf';
import { rehearseRules } from './rehearseRules';
import { readSettings, type AlertTriggerSettings } from './settings';

/** Rules that are told in words when it starts, before the rest is counted. */
const MAX_DESCRIBED = 10;

/**
 * Starts the trigger: reads its settings, and from then on lives on its own. It throws only for what the
 * user must fix; whatever the world does is answered inside.
 */
export async function startMarketAlerts(context: ITriggerFunctions): Promise<ITriggerResponse> {
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

function run(context: ITriggerFunctions, settings: AlertTriggerSettings): ITriggerResponse {
	const { source, past, rules, splits, noise, unknownAfterMs } = settings;
	const ports = {
		...feedPorts(context, source),
		run: async ({ alerts, reports }: AlertLoad) =>
			await runWorkflow(context, [
				alerts.map((alert) => ({ json: { ...alert } })),
				toFeedItems(reports),
			]),
	};
	const watch = {
		...feedSettings(context, source),
		past,
		rules,
		splits,
		noise,
		// A tape has a time of its own; everything else happens now.
		time: source.name === 'replay' ? ('tape' as const) : ('wall' as const),
		...(unknownAfterMs === undefined ? {} : { unknownAfterMs }),
	};
	const running = inBackground(context, ports.log, async (signal) => {
		await runAlerts(watch, ports, signal);
	});
	sayWhatItDoes(ports.log, settings);
	return running;
}

function sayWhatItDoes(log: Log, { source, rules, notCarriedOver }: AlertTriggerSettings): void {
	log.info(
		`judges ${source.description} with ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}.`,
	);
	for (const rule of rules.slice(0, MAX_DESCRIBED)) {
		log.info(`${rule.document.name}: ${describeRule(rule)}`);
		for (const doubt of checkRule(rule)) log.warn(`Rule "${rule.document.name}": ${doubt}`);
	}
	const more = rules.length - MAX_DESCRIBED;
	if (more > 0) log.info(`… and ${more} more ${more === 1 ? 'rule' : 'rules'}.`);
	for (const note of notCarriedOver.slice(0, MAX_DESCRIBED)) log.warn(note);
}

/** A test-run in the editor: the first events of the source are judged, and nothing is written down. */
function runRehearsal(
	context: ITriggerFunctions,
	settings: AlertTriggerSettings,
): ITriggerResponse {
	const closing = new AbortController();
	const manualTriggerFunction = async () => {
		try {
			const { alerts, reports } = await rehearseRules(context, settings, closing.signal);
			if (!closing.signal.aborted) context.emit([alerts, reports]);
		} catch (error) {
			throw asNodeError(context.getNode(), error);
		}
	};
	return {
		manualTriggerFunction,
		closeFunction: async () => closing.abort(),
	};
}
