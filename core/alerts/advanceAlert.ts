import { epochMs, type EpochMs } from '../ports';
import type { AlertInput, AlertPolicy, AlertState, AlertStep, Episode } from './model';

const DAY_MS = 86_400_000;

/**
 * Moves one alert forward by one verdict or by the passing of time. Pure; the transitions are drawn at
 * `AlertState`.
 *
 * `unknown` neither fires nor ends: a silent feed must not pass for a calm market. Time is the
 * event's, so a replay gives the same alerts.
 */
export function advanceAlert(alert: AlertState, input: AlertInput, policy: AlertPolicy): AlertStep {
	if (input.kind === 'clock') {
		return alert.episode === undefined || !alert.certain
			? { alert }
			: tellOrWait(alert, alert.episode, input.eventAt, policy);
	}
	switch (input.outcome) {
		case 'unknown':
			return { alert: { ...alert, certain: false } };
		case 'fails':
			return letGo(alert, policy);
		case 'holds':
			return holdOn({ ...alert, certain: true }, input, policy);
	}
}

/** The instant a clock event is worth sending; `undefined` when only an event can change something. */
export function nextDueAt(alert: AlertState, policy: AlertPolicy): EpochMs | undefined {
	if (alert.episode === undefined || alert.episode.told || !alert.certain) return undefined;
	return mayTell(alert, policy) ? quietUntil(alert, alert.episode, policy)?.until : undefined;
}

function holdOn(
	alert: AlertState,
	input: Extract<AlertInput, { kind: 'verdict' }>,
	policy: AlertPolicy,
): AlertStep {
	const goesOn = alert.episode !== undefined && !input.pulse && policy.fire !== 'everyMatch';
	if (goesOn && alert.episode !== undefined) {
		return tellOrWait(alert, alert.episode, input.eventAt, policy);
	}
	const episode: Episode = {
		startedAt: input.eventAt,
		eventId: input.eventId,
		told: false,
		firstSight: !alert.judged && !input.pulse,
	};
	const begun: AlertState = { ...endEpisode(alert), phase: 'pending', judged: true, episode };
	const step = tellOrWait(begun, episode, input.eventAt, policy);
	// An edge is over with its event: nothing of it is left to be told later.
	const over = input.pulse && step.quiet !== undefined;
	return over ? { ...step, alert: endEpisode(step.alert) } : step;
}

function letGo(alert: AlertState, policy: AlertPolicy): AlertStep {
	const { episode } = alert;
	const ended: AlertState = { ...endEpisode(alert), judged: true, certain: true };
	return episode?.told === true && policy.notifyResolved
		? { alert: ended, transition: { state: 'resolved', episode, heldBack: 0 } }
		: { alert: ended };
}

function tellOrWait(
	alert: AlertState,
	episode: Episode,
	at: EpochMs,
	policy: AlertPolicy,
): AlertStep {
	if (episode.told) return { alert };
	const phase = at < episode.startedAt + policy.holdForMs ? 'pending' : 'firing';
	const moved: AlertState = { ...alert, phase };
	if (!mayTell(alert, policy)) return { alert: moved };
	const quiet = quietUntil(alert, episode, policy);
	if (quiet !== undefined && at < quiet.until) return { alert: moved, quiet };
	const told: Episode = { ...episode, told: true };
	const sameDay = alert.toldAt !== undefined && dayOf(alert.toldAt) === dayOf(at);
	return {
		alert: {
			...moved,
			episode: told,
			toldAt: at,
			toldThatDay: sameDay ? alert.toldThatDay + 1 : 1,
			heldBack: 0,
		},
		transition: { state: 'firing', episode: told, heldBack: alert.heldBack },
	};
}

/** Back to inactive. What fired and was never told is counted; what was only pending never fired. */
function endEpisode(alert: AlertState): AlertState {
	const { episode, ...rest } = alert;
	if (episode === undefined) return alert;
	const keptQuiet = rest.phase === 'firing' && !episode.told ? 1 : 0;
	return { ...rest, phase: 'inactive', heldBack: rest.heldBack + keptQuiet };
}

const mayTell = (alert: AlertState, policy: AlertPolicy): boolean =>
	policy.fire !== 'once' || alert.toldAt === undefined;

/** What keeps an alert quiet the longest, and until when. */
function quietUntil(alert: AlertState, episode: Episode, policy: AlertPolicy): AlertStep['quiet'] {
	const { toldAt, toldThatDay } = alert;
	const { holdForMs, cooldownMs, maxPerDay } = policy;
	const reasons: Array<NonNullable<AlertStep['quiet']>> = [];
	if (holdForMs > 0) {
		reasons.push({ by: 'holdFor', until: epochMs(episode.startedAt + holdForMs) });
	}
	if (toldAt !== undefined && cooldownMs > 0) {
		reasons.push({ by: 'cooldown', until: epochMs(toldAt + cooldownMs) });
	}
	if (toldAt !== undefined && maxPerDay !== undefined && toldThatDay >= maxPerDay) {
		reasons.push({ by: 'maxPerDay', until: epochMs((dayOf(toldAt) + 1) * DAY_MS) });
	}
	return reasons.sort((a, b) => b.until - a.until)[0];
}

const dayOf = (at: EpochMs): number => Math.floor(at / DAY_MS);
