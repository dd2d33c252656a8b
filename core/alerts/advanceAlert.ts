import { epochMs, type EpochMs } from '../ports';
import type { AlertInput, AlertPolicy, AlertState, AlertStep, Episode } from './model';

/**
 * Moves one alert forward by one verdict or by the passing of time. Pure; the transitions are drawn at
 * `AlertState`.
 *
 * `unknown` neither fires nor ends: a silent feed must not pass for a calm market. Time is the
 * event's, so a replay gives the same alerts.
 */
export function advanceAlert(alert: AlertState, input: AlertInput, policy: AlertPolicy): AlertStep {
	if (input.kind === 'clock') {
		return alert.episode === undefined
			? { alert }
			: tellOrHold(alert, alert.episode, input.eventAt, policy);
	}
	switch (input.outcome) {
		case 'unknown':
			return { alert };
		case 'fails':
			return { alert: { ...endEpisode(alert), judged: true } };
		case 'holds':
			return holdOn(alert, input, policy);
	}
}

/** The instant a clock event is worth sending; `undefined` when only an event can change something. */
export function nextDueAt(alert: AlertState, policy: AlertPolicy): EpochMs | undefined {
	if (alert.episode === undefined || alert.episode.told) return undefined;
	return mayTell(alert, policy) ? quietUntil(alert, policy) : undefined;
}

function holdOn(
	alert: AlertState,
	input: Extract<AlertInput, { kind: 'verdict' }>,
	policy: AlertPolicy,
): AlertStep {
	const goesOn = alert.episode !== undefined && !input.pulse && policy.fire !== 'everyMatch';
	if (goesOn && alert.episode !== undefined) {
		return tellOrHold(alert, alert.episode, input.eventAt, policy);
	}
	const before = goesOn ? alert : endEpisode(alert);
	const episode: Episode = {
		startedAt: input.eventAt,
		eventId: input.eventId,
		told: false,
		firstSight: !alert.judged && !input.pulse,
	};
	const begun: AlertState = { ...before, phase: 'firing', judged: true, episode };
	const step = tellOrHold(begun, episode, input.eventAt, policy);
	// An edge is over with its event: nothing of it is left to be told later.
	const over = input.pulse && step.heldBackUntil !== undefined;
	return over ? { ...step, alert: endEpisode(step.alert) } : step;
}

function tellOrHold(
	alert: AlertState,
	episode: Episode,
	at: EpochMs,
	policy: AlertPolicy,
): AlertStep {
	if (episode.told || !mayTell(alert, policy)) return { alert };
	const until = quietUntil(alert, policy);
	if (until !== undefined && at < until) return { alert, heldBackUntil: until };
	const told: Episode = { ...episode, told: true };
	return {
		alert: { ...alert, episode: told, toldAt: at, heldBack: 0 },
		transition: { state: 'firing', episode: told, heldBack: alert.heldBack },
	};
}

function endEpisode(alert: AlertState): AlertState {
	const { episode, ...rest } = alert;
	if (episode === undefined) return alert;
	return { ...rest, phase: 'inactive', heldBack: rest.heldBack + (episode.told ? 0 : 1) };
}

const mayTell = (alert: AlertState, policy: AlertPolicy): boolean =>
	policy.fire !== 'once' || alert.toldAt === undefined;

const quietUntil = (alert: AlertState, policy: AlertPolicy): EpochMs | undefined =>
	alert.toldAt === undefined || policy.cooldownMs === 0
		? undefined
		: epochMs(alert.toldAt + policy.cooldownMs);
