import { createHash } from 'node:crypto';

import { advanceAlert, type AlertPolicy, type Quiet, type Transition } from '../alerts';
import type { Observation, Sight } from '../facts';
import { evaluateRule, type CompiledRule, type Verdict } from '../rules';
import { addSeen, hasSeen, isNewStream } from '../market';
import { beginWatch, type WatchState } from './watchState';

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
		| 'late'
		/** Outside the rule's schedule. */
		| 'asleep'
		/** The rule is judged when a candle closes, and none did. */
		| 'betweenCandles';
	readonly verdict?: Verdict;
	readonly told?: ToldAlert;
	/** It holds, and isn't told yet. */
	readonly quiet?: Quiet;
};

/** An alert that shall be told. */
export type ToldAlert = {
	readonly id: string;
	readonly episodeId: string;
	readonly transition: Transition;
	readonly verdict: Verdict;
};

/**
 * One event through one rule: seen before? late? asleep? does the rule hold? what does that mean for the
 * alert?
 *
 * No I/O and no clock; the same state and event give the same step.
 *
 * @param standInId names the event where the observation has no id; it can't be recognised again then
 */
export async function advanceWatch(
	stored: WatchState | undefined,
	rule: CompiledRule,
	observation: Observation,
	sight: Sight,
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

	const policy = policyOf(rule);
	const passOver = (outcome: 'asleep' | 'betweenCandles', alert = state.alert): WatchStep => ({
		state: { ...state, alert, seen: nowSeen(), lastEventAt: eventAt },
		outcome,
	});
	const onClose = rule.judgedOnClose;
	const byCandle = onClose || policy.fire === 'oncePerCandle';
	const candle = byCandle ? sight.candleOf(rule.intervalMs) : undefined;
	// A rule about a closed candle is awake when the candle was, not when a later event closed it.
	const moment = (onClose ? candle?.lastMoment : undefined) ?? sight.moment;
	if (rule.schedule?.isAwake(moment) === false) {
		return passOver('asleep', advanceAlert(state.alert, { kind: 'asleep', eventAt }, policy).alert);
	}
	if (onClose && candle?.lastMoment === undefined) return passOver('betweenCandles');

	// Across a split the value before is in other units than the one now.
	const splits = rule.hasEdge ? sight.splitsBehind(rule.facts) : 0;
	const lastSides = splits === (state.splits ?? 0) ? state.before : {};
	const { verdict, before } = await evaluateRule(rule, sight, lastSides);
	const reset =
		rule.reset === undefined || state.alert.episode === undefined
			? undefined
			: (await evaluateRule(rule.reset, sight, {})).verdict.outcome;
	const { outcome, pulse } = verdict;
	const step = advanceAlert(
		state.alert,
		{
			kind: 'verdict',
			outcome,
			pulse,
			eventAt,
			eventId,
			...(reset === undefined ? {} : { reset }),
			...(candle === undefined ? {} : { candle: candle.startAt }),
		},
		policy,
	);
	return {
		state: {
			fingerprint: rule.fingerprint,
			alert: step.alert,
			before,
			...(splits === 0 ? {} : { splits }),
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
	holdForCandles: rule.holdForCandles,
	keepFiringForMs: rule.keepFiringForMs,
	remindEveryMs: rule.remindEveryMs,
	hasReset: rule.reset !== undefined,
	maxPerDay: rule.document.maxPerDay,
	maxAlerts: rule.document.maxAlerts,
	notifyResolved: rule.document.notifyResolved,
});

/**
 * An alert with its ids: the same whenever the same event is judged again.
 *
 * @param cause the event's id, or what else sets this telling apart from every other
 */
export function toldAlert(
	transition: Transition,
	verdict: Verdict,
	scope: WatchScope,
	rule: CompiledRule,
	symbol: string,
	cause: string,
): ToldAlert {
	const of = [scope.workflowId, scope.nodeId, rule.document.id, symbol.toUpperCase()];
	return {
		id: shortHash([...of, cause, transition.state]),
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
