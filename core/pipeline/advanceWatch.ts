import { createHash } from 'node:crypto';

import { advanceAlert, type AlertPolicy, type AlertStep, type Transition } from '../alerts';
import type { Observation } from '../facts';
import { evaluateRule, type CompiledRule, type Verdict } from '../rules';
import { addSeen, beginWatch, hasSeen, isNewStream, type WatchState } from './watchState';

/** Whose rule it is. Alert ids are made from it, so that two workflows never share one. */
export type WatchScope = { readonly workflowId: string; readonly nodeId: string };

/** What one event did to one rule. */
export type WatchStep = {
	readonly state: WatchState;
	readonly outcome:
		/** Judged, see `verdict`. */
		| 'judged'
		/** Judged before: what came of it is in the store. */
		| 'seenBefore'
		/** Older than an event that was judged already; the state stays as it is. */
		| 'late';
	readonly verdict?: Verdict;
	readonly told?: ToldAlert;
	/** It holds, and isn't told yet. */
	readonly quiet?: NonNullable<AlertStep['quiet']>;
};

/** An alert that shall be told. */
export type ToldAlert = {
	readonly id: string;
	readonly episodeId: string;
	readonly transition: Transition;
	readonly verdict: Verdict;
};

/**
 * One event through one rule: seen before? late? does the rule hold? what does that mean for the alert?
 *
 * No I/O and no clock; the same state and event give the same step.
 *
 * @param standInId names the event where the observation has no id; it can't be recognised again then
 */
export async function advanceWatch(
	stored: WatchState | undefined,
	rule: CompiledRule,
	observation: Observation,
	scope: WatchScope,
	standInId: string,
): Promise<WatchStep> {
	let state = stored?.fingerprint === rule.fingerprint ? stored : renew(stored, rule.fingerprint);
	const { eventAt } = observation;
	const eventId = observation.eventId ?? standInId;
	const nowSeen = () =>
		observation.eventId === undefined ? state.seen : addSeen(state.seen, observation.eventId);
	if (hasSeen(state.seen, eventId)) return { state, outcome: 'seenBefore' };
	const olderThanLast = state.lastEventAt !== undefined && eventAt < state.lastEventAt;
	if (olderThanLast && isNewStream(state.seen, eventId)) {
		// A tape that begins before the state's last event is another history.
		state = renew(state, rule.fingerprint);
	} else if (olderThanLast || observation.quality.includes('late')) {
		return { state: { ...state, seen: nowSeen() }, outcome: 'late' };
	}

	const { verdict, before } = await evaluateRule(rule, observation.facts, state.before);
	const step = advanceAlert(
		state.alert,
		{ kind: 'verdict', outcome: verdict.outcome, pulse: verdict.pulse, eventAt, eventId },
		policyOf(rule),
	);
	return {
		state: {
			fingerprint: rule.fingerprint,
			alert: step.alert,
			before,
			seen: nowSeen(),
			lastEventAt: eventAt,
		},
		outcome: 'judged',
		verdict,
		...(step.quiet === undefined ? {} : { quiet: step.quiet }),
		...(step.transition === undefined
			? {}
			: { told: toldAlert(step.transition, verdict, scope, rule, observation.symbol, eventId) }),
	};
}

export const policyOf = (rule: CompiledRule): AlertPolicy => ({
	fire: rule.document.fire,
	cooldownMs: rule.cooldownMs,
	holdForMs: rule.holdForMs,
	maxPerDay: rule.document.maxPerDay,
	notifyResolved: rule.document.notifyResolved,
});

/** An alert with its ids: the same whenever the same event is judged again. */
export function toldAlert(
	transition: Transition,
	verdict: Verdict,
	scope: WatchScope,
	rule: CompiledRule,
	symbol: string,
	eventId: string,
): ToldAlert {
	const of = [scope.workflowId, scope.nodeId, rule.document.id, symbol];
	return {
		id: shortHash([...of, eventId, transition.state]),
		episodeId: shortHash([...of, transition.episode.eventId]),
		transition,
		verdict,
	};
}

/** Begins anew; what was seen stays seen, so that nothing is told twice. */
const renew = (state: WatchState | undefined, fingerprint: string): WatchState => ({
	...beginWatch(fingerprint),
	...(state === undefined ? {} : { seen: state.seen }),
});

const shortHash = (parts: readonly string[]): string =>
	createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
