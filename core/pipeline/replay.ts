import type { Observation, Splits } from '../facts';
import { epochMs, type EpochMs } from '../ports';
import type { CompiledRule } from '../rules';
import type { WatchScope } from './advanceWatch';
import type { LiveAlert } from './LiveAlert';
import { LiveRules } from './LiveRules';

/**
 * Runs recorded events through rules, with time passing as on the tape: where an alert is due between
 * two events, a clock event is put in at that moment.
 *
 * @param options.until how long time goes on after the last event
 */
export async function* replay(
	tape: AsyncIterable<Observation> | Iterable<Observation>,
	rules: readonly CompiledRule[],
	options: {
		readonly scope?: WatchScope;
		readonly until?: EpochMs;
		readonly splits?: Splits;
		readonly gate?: 'askAlways' | 'askChanged';
	} = {},
): AsyncGenerator<LiveAlert> {
	const { scope = { workflowId: 'replay', nodeId: 'replay' }, splits, gate, until } = options;
	const live = new LiveRules({ scope, splits, ...(gate === undefined ? {} : { gate }) });
	for (const rule of rules) live.put(rule);
	for await (const observation of tape) {
		live.observe(observation);
		yield* await live.drain();
	}
	if (until === undefined) return;
	live.passTime(epochMs(until + 1));
	yield* await live.drain();
}
