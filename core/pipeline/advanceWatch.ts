import { createHash } from 'node:crypto';

import {
	advanceAlert,
	type AlertInput,
	type AlertPolicy,
	type AlertState,
	type AlertStep,
	type Quiet,
	type Transition,
} from '../alerts';
import type { Observation, Sight } from '../facts';
import {
	answerSides,
	explainSides,
	judgeSides,
	readSides,
	rememberSides,
	type BeforeValues,
	type CompiledRule,
	type Sides,
	type Verdict,
} from '../rules';
import type { EpochMs } from '../ports';
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
 * @param ask `changed` puts a rule to the judge only when something comes of its answer
 */
export async function advanceWatch(
	stored: WatchState | undefined,
	rule: CompiledRule,
	observation: Observation,
	sight: Sight,
	scope: WatchScope,
	standInId: string,
	ask: 'always' | 'changed' = 'always',
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
	const look = lookAt(rule, sight, state);
	if (look.kind === 'asleep') {
		return passOver('asleep', advanceAlert(state.alert, { kind: 'asleep', eventAt }, policy).alert);
	}
	if (look.kind !== 'awake') return passOver(look.kind);
	const { before, splits, candle } = look;
	const { verdict, step } = await answer(rule, look, sight, state.alert, ask, (said, reset) => ({
		kind: 'verdict',
		outcome: said.outcome,
		pulse: said.pulse,
		eventAt,
		eventId,
		...(reset === undefined ? {} : { reset }),
		...(candle === undefined ? {} : { candle }),
	}));
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

type Answered = { readonly verdict: Verdict; readonly step: AlertStep };

/**
 * What a rule says, and what comes of it. Where nothing does, the gate's word is enough: the judge is asked
 * when the alert is told or takes another phase, and its word stands.
 */
async function answer(
	rule: CompiledRule,
	look: Extract<Look, { kind: 'awake' }>,
	sight: Sight,
	alert: AlertState,
	ask: 'always' | 'changed',
	toInput: (verdict: Verdict, reset: Verdict['outcome'] | undefined) => AlertInput,
): Promise<Answered> {
	const policy = policyOf(rule);
	const resetSides =
		rule.reset === undefined || alert.episode === undefined
			? undefined
			: readSides(rule.reset, sight, {});
	if (ask === 'changed') {
		const verdict = explainSides(rule, look.sides);
		const reset =
			rule.reset === undefined || resetSides === undefined
				? undefined
				: answerSides(rule.reset, resetSides).outcome;
		const step = advanceAlert(alert, toInput(verdict, reset), policy);
		const isSame = step.alert.phase === alert.phase && !verdict.pulse;
		if (isSame && step.transition === undefined) return { verdict, step };
	}
	const verdict = await judgeSides(rule, look.sides);
	const reset =
		rule.reset === undefined || resetSides === undefined
			? undefined
			: (await judgeSides(rule.reset, resetSides)).outcome;
	return { verdict, step: advanceAlert(alert, toInput(verdict, reset), policy) };
}

/** What an event shows a rule, before anybody is asked. */
export type Look =
	| { readonly kind: 'asleep' }
	| { readonly kind: 'betweenCandles' }
	| {
			readonly kind: 'awake';
			readonly sides: Sides;
			/** What edges compare the next event with. */
			readonly before: BeforeValues;
			/** How many splits lie behind those values. */
			readonly splits: number;
			/** Beginning of the candle it lies in, where the rule goes by candles. */
			readonly candle: EpochMs | undefined;
	  };

/** Looks at an event: is the rule awake, has its candle closed, and what is there to compare? */
export function lookAt(
	rule: CompiledRule,
	sight: Sight,
	last: Pick<WatchState, 'before' | 'splits'>,
): Look {
	const onClose = rule.judgedOnClose;
	const byCandle = onClose || rule.document.fire === 'oncePerCandle';
	const candle = byCandle ? sight.candleOf(rule.intervalMs) : undefined;
	// A rule about a closed candle is awake when the candle was, not when a later event closed it.
	const moment = (onClose ? candle?.lastMoment : undefined) ?? sight.moment;
	if (rule.schedule?.isAwake(moment) === false) return { kind: 'asleep' };
	if (onClose && candle?.lastMoment === undefined) return { kind: 'betweenCandles' };
	// Across a split the value before is in other units than the one now.
	const splits = rule.hasEdge ? sight.splitsBehind(rule.facts) : 0;
	const lastSides = splits === (last.splits ?? 0) ? last.before : {};
	const sides = readSides(rule, sight, lastSides);
	return {
		kind: 'awake',
		sides,
		before: rememberSides(sides, lastSides),
		splits,
		candle: candle?.startAt,
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
