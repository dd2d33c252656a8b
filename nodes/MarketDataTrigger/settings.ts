import type { ITriggerFunctions } from 'n8n-workflow';

import type { FactColumn } from '../../core/pipeline';
import type { ChosenSource } from '../sources';
import { readSource } from '../sources/readSource';
import { readAddedFacts } from './readAddedFacts';

export type TriggerSettings = {
	readonly source: ChosenSource;
	readonly batchSize: number;
	readonly whileBusy: 'gather' | 'conflate';
	readonly columns: readonly FactColumn[];
};

/**
 * Every parameter, read before `trigger()` returns: later on n8n can't work out expressions any more.
 * @throws SourceError quoting what the user must fix
 */
export async function readSettings(context: ITriggerFunctions): Promise<TriggerSettings> {
	const options = context.getNodeParameter('options', {}) as {
		readonly batchSize?: unknown;
		readonly whileBusy?: unknown;
	};
	const batchSize = Math.max(1, Math.floor(Number(options.batchSize ?? 1_000)) || 1_000);
	const source = await readSource(context, { maxBatchSize: batchSize });
	return {
		source,
		batchSize,
		whileBusy: options.whileBusy === 'conflate' ? 'conflate' : 'gather',
		columns: readAddedFacts(context.getNodeParameter('addFacts', {}), source.symbols),
	};
}
