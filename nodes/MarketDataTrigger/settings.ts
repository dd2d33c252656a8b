import type { ITriggerFunctions } from 'n8n-workflow';

import { SourceError, type Session } from '../../core/market';
import type { FactColumn, Past } from '../../core/pipeline';
import type { ChosenSource } from '../sources';
import { openPast } from '../sources/openPast';
import { readSource } from '../sources/readSource';
import { listOf } from '../host/texts';
import { readAddedFacts } from './readAddedFacts';

export type TriggerSettings = {
	readonly source: ChosenSource;
	readonly past: Past;
	readonly batchSize: number;
	readonly whileBusy: 'gather' | 'conflate';
	readonly columns: readonly FactColumn[];
	/** What isn't in one of them is left out; none means everything is let through. */
	readonly sessions: readonly Session[];
};

/**
 * Every parameter, read before `trigger()` returns: later on n8n can't work out expressions any more.
 * @throws SourceError quoting what the user must fix
 */
export async function readSettings(context: ITriggerFunctions): Promise<TriggerSettings> {
	const options = context.getNodeParameter('options', {}) as {
		readonly batchSize?: unknown;
		readonly whileBusy?: unknown;
		readonly session?: unknown;
	};
	const batchSize = Math.max(1, Math.floor(Number(options.batchSize ?? 1_000)) || 1_000);
	const source = await readSource(context, { maxBatchSize: batchSize });
	return {
		source,
		past: await openPast(context, source),
		batchSize,
		sessions: readSessions(options.session),
		whileBusy: options.whileBusy === 'conflate' ? 'conflate' : 'gather',
		columns: readAddedFacts(context.getNodeParameter('addFacts', {}), source.symbols),
	};
}

const SESSIONS: readonly string[] = ['pre', 'regular', 'post'] satisfies Session[];

function readSessions(given: unknown): Session[] {
	return listOf(given ?? []).map((name) => {
		if (isSession(name)) return name;
		throw new SourceError(
			'invalidSetting',
			`Only During Session has ${JSON.stringify(name)}; choose ${SESSIONS.join(', ')}.`,
		);
	});
}

const isSession = (name: string): name is Session => SESSIONS.includes(name);
