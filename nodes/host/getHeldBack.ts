import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { listHeldBack, statusOf, type LedgerEntry, type LedgerFilter } from '../../core/pipeline';
import type { Clock, Store } from '../../core/ports';
import { readLimit, readSince } from './getDeliveries';
import { textOf } from './texts';

/** n8n gives what was typed, or what an expression gave. */
type Filters = Readonly<Record<string, unknown>>;

/**
 * What the ledger says of alerts that noise control held back, one object each, the newest first. It's an
 * operation of the outputs: that's where somebody looks who waited for a message, next to what was delivered.
 */
export async function getHeldBack(
	context: IExecuteFunctions,
	itemIndex: number,
	ports: { readonly store: Store; readonly clock: Clock },
): Promise<IDataObject[]> {
	const given = context.getNodeParameter('filters', itemIndex, {}) as Filters;
	const read = (name: string) => textOf(given[name]).trim();
	const texts = ['rule', 'symbol', 'by', 'status'].filter((name) => read(name) !== '');
	const filter: LedgerFilter = {
		// The lists hold what the ledger knows; by an expression, what it doesn't know finds nothing.
		...Object.fromEntries(texts.map((name) => [name, read(name)])),
		...(given['allWorkflows'] === true ? {} : { workflowId: context.getWorkflow().id ?? '' }),
		...(read('since') === '' ? {} : { since: readSince(read('since'), ports.clock) }),
		limit: readLimit(context, itemIndex),
	};
	return (await listHeldBack(filter, ports.store)).map(toItem);
}

function toItem(entry: LedgerEntry): IDataObject {
	const { alert, title, by, cause, since, until, count, ended, workflowId, nodeId } = entry;
	const { id: alertId, ...about } = alert;
	return {
		alertId,
		...about,
		title,
		heldBackBy: by,
		cause,
		count,
		status: statusOf(entry),
		since,
		...(until === undefined ? {} : { until }),
		...(ended === undefined ? {} : { endedAt: ended.at }),
		workflowId,
		nodeId,
	};
}
