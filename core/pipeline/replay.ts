import { advanceAlert, nextDueAt } from '../alerts';
import { Instruments, type Observation, type Splits } from '../facts';
import type { ClockEvent } from '../market';
import { epochMs, type EpochMs } from '../ports';
import { askAlways, type CompiledRule, type Verdict } from '../rules';
import { advanceWatch, policyOf, toldAlert, type ToldAlert, type WatchScope } from './advanceWatch';
import type { WatchState } from './watchState';

/** An alert that a replay told. */
export type ReplayedAlert = ToldAlert & {
	readonly rule: CompiledRule;
	readonly symbol: string;
	readonly at: EpochMs;
	/** Told by the passing of time, not by an event. */
	readonly byClock: boolean;
};

type Watched = {
	readonly rule: CompiledRule;
	readonly symbol: string;
	state: WatchState | undefined;
	/** The last answer and its event, for an alert that the clock tells. */
	last?: { readonly verdict: Verdict; readonly eventId: string };
};

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
	} = {},
): AsyncGenerator<ReplayedAlert> {
	const scope = options.scope ?? { workflowId: 'replay', nodeId: 'replay' };
	const gate = askAlways(rules);
	const instruments = new Instruments(rules, options.splits);
	const watches = new Map<string, Watched>();
	const waiting = new Map<Watched, EpochMs>();
	let row = 0;
	for await (const observation of tape) {
		row += 1;
		yield* passTime(waiting, observation.eventAt, scope);
		const { symbol, eventAt: at } = observation;
		const sight = instruments.observe(observation);
		for (const rule of gate.select(observation)) {
			const key = JSON.stringify([rule.document.id, symbol.toUpperCase()]);
			let watch = watches.get(key);
			if (watch === undefined) watches.set(key, (watch = { rule, symbol, state: undefined }));
			const step = await advanceWatch(watch.state, rule, observation, sight, scope, `row ${row}`);
			watch.state = step.state;
			if (step.verdict !== undefined) {
				watch.last = { verdict: step.verdict, eventId: observation.eventId ?? `row ${row}` };
			}
			wait(waiting, watch);
			if (step.told !== undefined) yield { ...step.told, rule, symbol, at, byClock: false };
		}
	}
	if (options.until !== undefined) yield* passTime(waiting, epochMs(options.until + 1), scope);
}

/** Sends a clock event to each alert as often as one is due before an instant, the earliest first. */
function* passTime(
	waiting: Map<Watched, EpochMs>,
	before: EpochMs,
	scope: WatchScope,
): Generator<ReplayedAlert> {
	for (let due = firstOf(waiting); due !== undefined; due = firstOf(waiting)) {
		const [watch, dueAt] = due;
		if (dueAt >= before) return;
		waiting.delete(watch);
		const { rule, symbol, state, last } = watch;
		if (state === undefined || last === undefined) continue;
		if (rule.schedule?.isAwake(dueAt) === false) continue;
		const clock: ClockEvent = { type: 'clock', eventAt: dueAt };
		const step = advanceAlert(state.alert, { kind: clock.type, eventAt: dueAt }, policyOf(rule));
		watch.state = { ...state, alert: step.alert };
		wait(waiting, watch);
		if (step.transition === undefined) continue;
		// Several may be told after one event: what tells them apart is when.
		const cause = `${last.eventId}@${dueAt}`;
		const told = toldAlert(step.transition, last.verdict, scope, rule, symbol, cause);
		yield { ...told, rule, symbol, at: dueAt, byClock: true };
	}
}

/** Notes when an alert wants the clock next. */
function wait(waiting: Map<Watched, EpochMs>, watch: Watched): void {
	const dueAt = watch.state && nextDueAt(watch.state.alert, policyOf(watch.rule));
	if (dueAt === undefined) waiting.delete(watch);
	else waiting.set(watch, dueAt);
}

function firstOf(waiting: Map<Watched, EpochMs>): readonly [Watched, EpochMs] | undefined {
	let first: readonly [Watched, EpochMs] | undefined;
	for (const one of waiting) {
		if (first === undefined || one[1] < first[1]) first = one;
	}
	return first;
}
