import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { checkTemplates, type BatchEntry } from '../../core/pipeline';
import type { EpochMs } from '../../core/ports';
import type { CompiledRule } from '../../core/rules';
import { observeItem, type ItemMapping } from '../host/observeItem';
import { hasExpression, readItemParameter, readRules, RULE_FIELDS } from '../host/readRule';
import { isFilled } from '../host/texts';

/** The items as the rules see them, and those that can't be looked at. */
export type ReadItems = {
	readonly entries: readonly BatchEntry[];
	/** Which item an entry is, by position. */
	readonly indexes: readonly number[];
	readonly failed: ReadonlyMap<number, Error>;
	/** They're the same for all items: the node has no others. */
	readonly rulesAreAll: boolean;
	/** What rules from elsewhere say and ours can't. */
	readonly notCarriedOver: ReadonlySet<string>;
};

/** @throws what's wrong with a rule or an item, unless the node shall go on */
export async function readItems(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	now: EpochMs,
	onError: (error: unknown, itemIndex: number) => Error,
): Promise<ReadItems> {
	const notCarriedOver = new Set<string>();
	const { parameters } = context.getNode();
	const rulesDiffer = RULE_FIELDS.some((field) => hasExpression(parameters[field]));
	const rulesOf = ruleReader(context, rulesDiffer, notCarriedOver);
	const mappingOf = mappingReader(context);
	// A node in a loop runs several times in one execution, each time with other items.
	const { $runIndex } = context.getWorkflowDataProxy(0);
	const standIn = `execution:${context.getExecutionId()}:${$runIndex}`;
	const failed = new Map<number, Error>();
	const entries: BatchEntry[] = [];
	const indexes: number[] = [];
	for (const [index, { json }] of items.entries()) {
		try {
			const rules = await rulesOf(index);
			const observation = observeItem(json, mappingOf(index), now);
			entries.push({ observation, standInId: `${standIn}:${index}`, rules });
			indexes.push(index);
		} catch (error) {
			if (!context.continueOnFail()) throw onError(error, index);
			failed.set(index, error as Error);
		}
	}
	return { entries, indexes, failed, rulesAreAll: !rulesDiffer, notCarriedOver };
}

/** Fields without an expression are read once; rules that differ from item to item, for each. */
function ruleReader(
	context: IExecuteFunctions,
	differs: boolean,
	notCarriedOver: Set<string>,
): (itemIndex: number) => Promise<readonly CompiledRule[]> {
	const node = context.getNode();
	const compiled = new Map<string, readonly CompiledRule[]>();
	return async (itemIndex) => {
		const read = readItemParameter(context, itemIndex);
		const key = differs ? JSON.stringify(RULE_FIELDS.map((field) => read(field, null))) : '';
		const known = compiled.get(key);
		if (known !== undefined) return known;
		const { rules, notCarriedOver: notes } = readRules(read, node);
		for (const rule of rules) await checkTemplates(rule);
		for (const note of notes) notCarriedOver.add(note);
		compiled.set(key, rules);
		return rules;
	};
}

type ItemOptions = Partial<Omit<ItemMapping, 'columns'>> & {
	readonly columns?: { readonly column?: ItemMapping['columns'] };
};

/** Read once, unless an expression may differ from item to item. */
function mappingReader(context: IExecuteFunctions): (itemIndex: number) => ItemMapping {
	if (hasExpression(context.getNode().parameters['options'])) {
		return (itemIndex) => readMapping(context, itemIndex);
	}
	let mapping: ItemMapping | undefined;
	return (itemIndex) => (mapping ??= readMapping(context, itemIndex));
}

function readMapping(context: IExecuteFunctions, itemIndex: number): ItemMapping {
	const options = context.getNodeParameter('options', itemIndex, {}) as ItemOptions;
	return {
		symbolField: options.symbolField ?? 'symbol',
		timeField: options.timeField ?? 'eventAt',
		eventIdField: options.eventIdField ?? 'eventId',
		columns: (options.columns?.column ?? []).filter(({ field }) => isFilled(field)),
	};
}
