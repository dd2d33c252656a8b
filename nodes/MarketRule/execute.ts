import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import {
	checkTemplates,
	judgeBatch,
	pruneStore,
	rehearseBatch,
	type BatchEntry,
	type Judged,
} from '../../core/pipeline';
import { systemClock } from '../../core/ports/system';
import type { CompiledRule } from '../../core/rules';
import { asNodeError } from '../host/nodeErrors';
import { observeItem, type ItemMapping } from '../host/observeItem';
import { hasExpression, readItemParameter, readRule, RULE_FIELDS } from '../host/readRule';
import { openSharedStore } from '../host/store';

/** Items in, three lists out: Alert, No Alert, Unknown. */
export async function executeMarketRule(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const node = context.getNode();
	const rehearsal = context.getMode() === 'manual';
	const ruleOf = ruleReader(context);
	const now = systemClock.now();
	const standIn = `execution:${context.getExecutionId()}`;
	const failed = new Map<number, Error>();
	const entries: BatchEntry[] = [];
	const indexes: number[] = [];
	for (const [index, { json }] of items.entries()) {
		try {
			const rule = await ruleOf(index);
			const observation = observeItem(json, readMapping(context, index), now);
			entries.push({ observation, standInId: `${standIn}:${index}`, rules: [rule] });
			indexes.push(index);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(node, error, index);
			failed.set(index, error as Error);
		}
	}
	try {
		const store = await openSharedStore();
		const scope = { workflowId: context.getWorkflow().id ?? '', nodeId: node.id };
		const judged = await (rehearsal ? rehearseBatch : judgeBatch)(entries, scope, store);
		if (!rehearsal) await pruneStore(store, systemClock);
		hintAtMissingIds(context, entries);
		return toOutputs(items, indexes, judged, failed);
	} catch (error) {
		throw asNodeError(node, error);
	}
}

/** Fields without an expression are read once; a rule that differs from item to item, for each. */
function ruleReader(context: IExecuteFunctions): (itemIndex: number) => Promise<CompiledRule> {
	const node = context.getNode();
	const differs = RULE_FIELDS.some((field) => hasExpression(node.parameters[field]));
	const compiled = new Map<string, CompiledRule>();
	return async (itemIndex) => {
		const read = readItemParameter(context, itemIndex);
		const key = differs ? JSON.stringify(RULE_FIELDS.map((field) => read(field, null))) : '';
		const known = compiled.get(key);
		if (known !== undefined) return known;
		const rule = readRule(read, node);
		await checkTemplates(rule);
		compiled.set(key, rule);
		return rule;
	};
}

function readMapping(context: IExecuteFunctions, itemIndex: number): ItemMapping {
	const options = context.getNodeParameter('options', itemIndex, {}) as Partial<ItemMapping>;
	return {
		symbolField: options.symbolField ?? 'symbol',
		timeField: options.timeField ?? 'eventAt',
		eventIdField: options.eventIdField ?? 'eventId',
	};
}

function toOutputs(
	items: readonly INodeExecutionData[],
	indexes: readonly number[],
	judged: readonly Judged[],
	failed: ReadonlyMap<number, Error>,
): INodeExecutionData[][] {
	const alerts: INodeExecutionData[] = [];
	const noAlerts: INodeExecutionData[] = [];
	const unknowns: INodeExecutionData[] = [];
	for (const [at, outcome] of judged.entries()) {
		const index = indexes[at] ?? at;
		const item = items[index];
		if (item === undefined) continue;
		for (const alert of outcome.alerts) {
			// Through JSON types only: what the store keeps and what travels are the same.
			alerts.push({ json: alert, pairedItem: { item: index } });
		}
		if (outcome.alerts.length > 0) continue;
		const { unknown, heldBack } = outcome;
		const ours = {
			...(unknown.length > 0 ? { unknown } : {}),
			...(heldBack.length > 0 ? { heldBack } : {}),
		} as unknown as IDataObject;
		const json = Object.keys(ours).length === 0 ? item.json : { ...item.json, marketAlerts: ours };
		const passed: INodeExecutionData = { ...item, json, pairedItem: { item: index } };
		(unknown.length > 0 ? unknowns : noAlerts).push(passed);
	}
	for (const [index, error] of failed) {
		unknowns.push({ json: { error: error.message }, pairedItem: { item: index } });
	}
	return [alerts, noAlerts, unknowns];
}

function hintAtMissingIds(context: IExecuteFunctions, entries: readonly BatchEntry[]): void {
	const missing = entries.filter(({ observation }) => observation.eventId === undefined).length;
	if (missing === 0) return;
	context.addExecutionHints({
		message: `${missing} of ${entries.length} items have no event ID. Should n8n stop in the middle of an execution, their alerts may be missed: name a field with a unique value under Options > Event ID Field.`,
		location: 'outputPane',
		type: 'info',
	});
}
