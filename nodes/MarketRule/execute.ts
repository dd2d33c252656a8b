import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import {
	explainGivenUp,
	explainVerdict,
	judgeBatch,
	pruneStore,
	quietenBatch,
	rehearseBatch,
	type Answer,
	type BatchEntry,
	type Quietened,
	type QuietenedBatch,
} from '../../core/pipeline';
import type { Log } from '../../core/ports';
import { systemClock } from '../../core/ports/system';
import type { CompiledRule } from '../../core/rules';
import { nodeLog } from '../host/log';
import { asNodeError } from '../host/nodeErrors';
import { readNoise } from '../host/readNoise';
import { hasExpression } from '../host/readRule';
import { readSplits } from '../host/readSplits';
import { openSharedStore } from '../host/store';
import { hintAtImport, hintAtMissingIds, hintAtRules } from './hints';
import { MAX_RULE_OUTPUTS } from './outputs';
import { readItems, type ReadItems } from './readItems';

type OutputOptions = { readonly outputs?: 'shared' | 'perRule'; readonly explain?: boolean };

/** Items in; alerts, the items that gave none, and those that couldn't be judged out. */
export async function executeMarketRule(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	// Counted as the canvas shows them: what nobody judged must not leave where alerts do.
	const alertOutputs = countAlertOutputs(context);
	try {
		return await judgeItems(context, items, alertOutputs);
	} catch (error) {
		const told = asNodeError(context.getNode(), error);
		if (!context.continueOnFail()) throw told;
		const failed = new Map(items.map((_, index) => [index, told]));
		const notCarriedOver = new Set<string>();
		const nothing = { entries: [], indexes: [], failed, rulesAreAll: true, notCarriedOver };
		const batch = nothingJudged;
		return toOutputs(items, nothing, batch, { count: alertOutputs, alert: () => 0 }, false);
	}
}

async function judgeItems(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	alertOutputs: number,
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const read = await readItems(context, items, systemClock.now(), (error, index) =>
		asNodeError(node, error, index),
	);
	const { entries, rulesAreAll } = read;
	const rules = rulesById(entries);
	const options = context.getNodeParameter('options', 0, {}) as OutputOptions;
	const outputOf = outputsByRule(context, options, rules, alertOutputs);
	const store = await openSharedStore();
	const scope = { workflowId: context.getWorkflow().id ?? '', nodeId: node.id };
	const splits = readSplits(context, context.getNodeParameter('options.splits', 0, '[]'));
	const noise = readNoise(context.getNodeParameter('noise', 0, {}));
	// A test-run shows every rule that holds.
	const isTest = context.getMode() === 'manual';
	const judge = isTest ? rehearseBatch : judgeBatch;
	const judged = await judge(entries, scope, store, splits);
	const quietened = isTest
		? { ...nothingJudged, judged }
		: await quietenBatch(entries, judged, noise, scope, store, rulesAreAll ? rules : undefined);
	warnOfGivenUp(nodeLog(context.logger, node.name), quietened);
	if (!isTest) await pruneStore(store, systemClock);
	hintAtRules(context, rules);
	hintAtImport(context, read.notCarriedOver);
	hintAtMissingIds(context, entries);
	return toOutputs(items, read, quietened, outputOf, options.explain === true);
}

const nothingJudged: QuietenedBatch = { judged: [], released: [], givenUp: [] };

function warnOfGivenUp(log: Log, { givenUp }: QuietenedBatch): void {
	if (givenUp.length > 0) log.error(explainGivenUp(givenUp));
}

/** A rule with an expression in it differs from item to item, and is one. */
function rulesById(entries: readonly BatchEntry[]): CompiledRule[] {
	const rules = new Map<string, CompiledRule>();
	for (const rule of new Set(entries.flatMap((entry) => entry.rules))) {
		if (!rules.has(rule.document.id)) rules.set(rule.document.id, rule);
	}
	return [...rules.values()];
}

/** Which output an alert leaves through, by the rule's id. */
type OutputOf = { readonly count: number; alert(ruleId: string): number };

/** All but No Alert, Unknown and n8n's own for errors. As an agent's tool the node has but one. */
const countAlertOutputs = (context: IExecuteFunctions): number =>
	Math.max(1, context.getNodeOutputs().filter(({ category }) => category !== 'error').length - 2);

/** @throws NodeOperationError when the rules aren't those the outputs were made of */
function outputsByRule(
	context: IExecuteFunctions,
	{ outputs }: OutputOptions,
	rules: readonly CompiledRule[],
	count: number,
): OutputOf {
	const node = context.getNode();
	if (outputs !== 'perRule') return { count, alert: () => 0 };
	if (hasExpression(node.parameters['ruleJson'])) {
		throw new NodeOperationError(
			node,
			'Outputs is "One per Rule", and Rule (JSON) is an expression: the outputs must be known before anything runs. Write the rules down, or choose "One for All Rules" and part alerts by alert.ruleId.',
		);
	}
	if (rules.length > MAX_RULE_OUTPUTS) {
		throw new NodeOperationError(
			node,
			`Outputs is "One per Rule" for ${rules.length} rules; ${MAX_RULE_OUTPUTS} are the most. Choose "One for All Rules" and part alerts by alert.ruleId.`,
		);
	}
	const places = new Map(rules.map(({ document }, index) => [document.id, index]));
	return { count, alert: (ruleId) => places.get(ruleId) ?? 0 };
}

function toOutputs(
	items: readonly INodeExecutionData[],
	{ entries, indexes, failed }: ReadItems,
	{ judged, released }: QuietenedBatch,
	outputOf: OutputOf,
	explain: boolean,
): INodeExecutionData[][] {
	const alerts: INodeExecutionData[][] = Array.from({ length: outputOf.count }, () => []);
	const noAlerts: INodeExecutionData[] = [];
	const unknowns: INodeExecutionData[] = [];
	const tell = (alert: AlertItem, index: number) => {
		// Through JSON types only: what the store keeps and what travels are the same.
		alerts[outputOf.alert(alert.alert.ruleId)]?.push({ json: alert, pairedItem: { item: index } });
	};
	for (const alert of released) {
		// It comes of an earlier item; in this execution, the one of its symbol stands nearest.
		const at = entries.findIndex(({ observation }) => observation.symbol === alert.alert.symbol);
		tell(alert, indexes[Math.max(0, at)] ?? 0);
	}
	for (const [at, outcome] of judged.entries()) {
		const index = indexes[at] ?? at;
		const item = items[index];
		if (item === undefined) continue;
		for (const alert of outcome.alerts) tell(alert, index);
		if (outcome.alerts.length > 0) continue;
		const ours = reportOf(outcome, explain);
		const json =
			Object.keys(ours).length === 0
				? item.json
				: { ...item.json, marketAlerts: { ...factsMissingOf(item), ...ours } as IDataObject };
		const passed: INodeExecutionData = { ...item, json, pairedItem: { item: index } };
		(outcome.unknown.length > 0 ? unknowns : noAlerts).push(passed);
	}
	for (const [index, error] of failed) {
		unknowns.push({ json: { error: error.message }, pairedItem: { item: index } });
	}
	return [...alerts, noAlerts, unknowns];
}

/** The facts a trigger couldn't add stay told. */
function factsMissingOf({ json: { marketAlerts } }: INodeExecutionData): object {
	const missing = (marketAlerts as IDataObject | null | undefined)?.['missing'];
	return missing === undefined ? {} : { missing };
}

/** What an item that gave no alert carries under our key. */
const reportOf = ({ unknown, heldBack, answers }: Quietened, explain: boolean): object => ({
	...(unknown.length > 0 ? { unknown } : {}),
	...(heldBack.length > 0 ? { heldBack } : {}),
	...(explain ? { why: answers.map(toWhy) } : {}),
});

const toWhy = ({ ruleId, ruleName, outcome, verdict }: Answer) => ({
	ruleId,
	ruleName,
	outcome,
	...(verdict === undefined ? {} : { because: explainVerdict(verdict) }),
});
