import type { ITriggerFunctions } from 'n8n-workflow';

import type { NoisePolicy } from '../../core/alerts';
import type { Splits } from '../../core/facts';
import { SourceError } from '../../core/market';
import {
	checkOffered,
	checkTemplates,
	chooseReceived,
	type Past,
	type Wanted,
} from '../../core/pipeline';
import { parseDuration } from '../../core/ports';
import type { CompiledRule } from '../../core/rules';
import { readNoise } from '../host/readNoise';
import { readRules } from '../host/readRule';
import { readSplits } from '../host/readSplits';
import { textOf } from '../host/texts';
import { faces, type ChosenSource, type Received, type SourceFace } from '../sources';
import { openPast } from '../sources/openPast';
import { readSource } from '../sources/readSource';
import { checkFit } from './fitRules';

export type AlertTriggerSettings = {
	readonly source: ChosenSource;
	readonly past: Past;
	readonly rules: readonly CompiledRule[];
	readonly splits: Splits;
	readonly noise: NoisePolicy;
	readonly unknownAfterMs?: number;
	/** What rules from elsewhere say and ours can't. */
	readonly notCarriedOver: readonly string[];
};

/** Events a source gives in one go. */
const CHUNK = 500;

/**
 * Every parameter, read before `trigger()` returns: later on n8n can't work out expressions any more.
 * @throws SourceError | RuleError | NoiseError quoting what the user must fix
 */
export async function readSettings(context: ITriggerFunctions): Promise<AlertTriggerSettings> {
	const read = (name: string, fallback?: unknown): unknown =>
		context.getNodeParameter(name, fallback);
	const { rules, notCarriedOver } = readRules(read, context.getNode());
	for (const rule of rules) await checkTemplates(rule);
	const chosen: unknown = read('source', 'simulated');
	const face = faces.find(({ value }) => value === chosen);
	const { source, received } = await readFittingSource(context, rules, face);
	if (face !== undefined) checkFit(rules, face, source.symbols);
	const options = read('options', {}) as { readonly unknownAfter?: unknown };
	const unknownAfterMs = readUnknownAfter(textOf(options.unknownAfter).trim());
	return {
		source,
		past: await openPast(context, source, received),
		rules,
		splits: readSplits(context, read('options.splits', '[]')),
		notCarriedOver,
		noise: readNoise(read('noise', {})),
		...(unknownAfterMs === undefined ? {} : { unknownAfterMs }),
	};
}

/** What is received follows from the rules: the first of what would do that this source can give. */
async function readFittingSource(
	context: ITriggerFunctions,
	rules: readonly CompiledRule[],
	face: SourceFace | undefined,
): Promise<{ readonly source: ChosenSource; readonly received?: Received }> {
	const kinds = face?.events?.kinds;
	if (face === undefined || face.fields().receive.length === 0) {
		if (kinds !== undefined) checkOffered(rules, kinds);
		return { source: await readSource(context, { maxBatchSize: CHUNK }) };
	}
	const failures: unknown[] = [];
	for (const wanted of chooseReceived(rules, kinds)) {
		try {
			const received = toReceived(wanted);
			const source = await readSource(context, { receive: received, maxBatchSize: CHUNK });
			return { source, received };
		} catch (error) {
			// It may be that only these events can't be had, such as polled trades.
			if (!(error instanceof SourceError)) throw error;
			failures.push(error);
		}
	}
	throw failures.at(-1);
}

const RECEIVE = { trade: 'trades', quote: 'quotes', candle: 'candles' } as const;

const toReceived = ({ kind, interval }: Wanted): Received => ({
	receive: RECEIVE[kind],
	...(interval === undefined ? {} : { interval }),
});

function readUnknownAfter(given: string): number | undefined {
	if (given === '') return undefined;
	const milliseconds = parseDuration(given);
	if (milliseconds !== undefined && milliseconds >= 1_000) return milliseconds;
	throw new SourceError(
		'invalidSetting',
		`Unknown After is ${JSON.stringify(given)}; use a duration of a second or more, such as 30s, 15m or 1h.`,
	);
}
