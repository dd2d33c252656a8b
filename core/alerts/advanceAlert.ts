import { epochMs, type EpochMs } from '../ports';
import type { AlertInput, AlertPolicy, AlertState, AlertStep, Episode, Quiet } from './model';

const DAY_MS = 86_400_000;

type VerdictInput = Extract<AlertInput, { kind: 'verdict' }>;

/**
 * Moves one alert forward by one verdict or by the passing of time. Pure; the transitions are drawn at
 * `AlertState`.
 *
 * `unknown` neither fires nor ends: a silent feed must not pass for a calm market. Time is the
 * event's, so a replay gives the same alerts.
 */
export function advanceAlert(alert: AlertState, input: AlertInput, policy: AlertPolicy): AlertStep {
	switch (input.kind) {
		case 'clock':
			return passTime(alert, input.eventAt, policy);
		case 'asleep':
			// What was only pending can't go on holding unseen; of the rest the clock can't be sure any more.
			return {
				alert: { ...(alert.phase === 'pending' ? endEpisode(alert) : alert), certain: false },
			};
		case 'verdict':
			switch (input.outcome) {
				case 'unknown':
					return { alert: { ...alert, certain: false } };
				case 'fails':
					return letGo({ ...alert, judged: true, certain: true }, input, policy);
				case 'holds':
					return holdOn({ ...alert, certain: true }, input, policy);
			}
	}
}

/** The instant a clock event is worth sending; `undefined` when only an event can change something. */
export function nextDueAt(alert: AlertState, policy: AlertPolicy): EpochMs | undefined {
	const { episode } = alert;
	if (episode === undefined || !alert.certain) return undefined;
	if (alert.failsSince !== undefined) return epochMs(alert.failsSince + policy.keepFiringForMs);
	if (episode.told) return reminderDueAt(alert, episode, policy);
	if (candlesMissing(episode, policy) > 0) return undefined;
	return mayTell(alert, policy) ? quietUntil(alert, episode, policy)?.until : undefined;
}

/**
 * The instant from which on an event may change something although it says the same as the one before;
 * infinity where only another answer can.
 */
export function nextChangeAt(alert: AlertState, policy: AlertPolicy): number {
	const { episode, failsSince, phase } = alert;
	if (episode === undefined) return Number.POSITIVE_INFINITY;
	if (failsSince !== undefined) return failsSince + policy.keepFiringForMs;
	if (episode.told) return reminderDueAt(alert, episode, policy) ?? Number.POSITIVE_INFINITY;
	if (phase === 'pending') return episode.startedAt + policy.holdForMs;
	if (!mayTell(alert, policy)) return Number.POSITIVE_INFINITY;
	return quietUntil(alert, episode, policy)?.until ?? episode.startedAt;
}

function passTime(alert: AlertState, at: EpochMs, policy: AlertPolicy): AlertStep {
	const { episode, failsSince } = alert;
	if (episode === undefined || !alert.certain) return { alert };
	if (failsSince === undefined) return tellOrWait(alert, episode, at, policy);
	return at < failsSince + policy.keepFiringForMs ? { alert } : resolve(alert, policy);
}

function holdOn(alert: AlertState, input: VerdictInput, policy: AlertPolicy): AlertStep {
	const { episode, toldCandle } = alert;
	if (policy.fire === 'oncePerCandle' && toldCandle !== undefined && toldCandle === input.candle) {
		return { alert: { ...alert, judged: true } };
	}
	// Hysteresis: the next crossing counts only after the alert was reset.
	const isReset = policy.hasReset && input.reset === 'holds';
	const isNew = (input.pulse && (!policy.hasReset || isReset)) || eachForItself(policy);
	if (episode !== undefined && !isNew) {
		return tellOrWait(goOn(alert), countCandle(episode, policy), input.eventAt, policy);
	}
	const begins = countCandle(
		{
			startedAt: input.eventAt,
			eventId: input.eventId,
			told: false,
			firstSight: !alert.judged && !input.pulse,
			...(input.candle === undefined ? {} : { candle: input.candle }),
		},
		policy,
	);
	const begun: AlertState = {
		...endEpisode(alert),
		phase: 'pending',
		judged: true,
		episode: begins,
	};
	const step = tellOrWait(begun, begins, input.eventAt, policy);
	if (!input.pulse || step.quiet === undefined) return step;
	// An edge is over with its event: nothing of it is left to be told later. A level beside it goes on.
	return episode === undefined || eachForItself(policy)
		? { ...step, alert: endEpisode(step.alert) }
		: { ...step, alert: { ...goOn(alert), heldBack: alert.heldBack + 1 } };
}

function letGo(alert: AlertState, input: VerdictInput, policy: AlertPolicy): AlertStep {
	const { episode } = alert;
	const lasts = episode?.told === true && !eachForItself(policy);
	if (!lasts) return { alert: endEpisode(alert) };
	if (policy.hasReset && input.reset !== 'holds') {
		return input.reset === 'unknown'
			? { alert: { ...alert, certain: false } }
			: tellOrWait(goOn(alert), episode, input.eventAt, policy);
	}
	const failsSince = alert.failsSince ?? input.eventAt;
	if (input.eventAt < failsSince + policy.keepFiringForMs) {
		return { alert: { ...alert, phase: 'recovering', failsSince } };
	}
	return resolve(alert, policy);
}

/** The episode isn't about to end any more. */
function goOn(alert: AlertState): AlertState {
	const { failsSince: _, ...rest } = alert;
	return { ...rest, phase: rest.phase === 'recovering' ? 'firing' : rest.phase };
}

function resolve(alert: AlertState, policy: AlertPolicy): AlertStep {
	const { episode } = alert;
	const ended = endEpisode(alert);
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
	if (episode.told) {
		const due = reminderDueAt(alert, episode, policy);
		if (due === undefined || at < due) return { alert };
		return {
			alert: noteTold(alert, episode, at),
			transition: { state: 'reminder', episode, heldBack: 0 },
		};
	}
	const candles = candlesMissing(episode, policy);
	const isPending = candles > 0 || at < episode.startedAt + policy.holdForMs;
	const moved: AlertState = { ...alert, phase: isPending ? 'pending' : 'firing', episode };
	if (!mayTell(alert, policy)) return { alert: moved };
	if (candles > 0) return { alert: moved, quiet: { by: 'holdFor', candles } };
	const quiet = quietUntil(alert, episode, policy);
	if (quiet !== undefined && at < quiet.until) return { alert: moved, quiet };
	const told: Episode = { ...episode, told: true };
	return {
		alert: { ...noteTold(moved, told, at), heldBack: 0 },
		transition: { state: 'firing', episode: told, heldBack: alert.heldBack },
	};
}

function noteTold(alert: AlertState, episode: Episode, at: EpochMs): AlertState {
	const sameDay = alert.toldAt !== undefined && dayOf(alert.toldAt) === dayOf(at);
	return {
		...alert,
		episode,
		toldAt: at,
		toldThatDay: sameDay ? alert.toldThatDay + 1 : 1,
		toldInAll: (alert.toldInAll ?? 0) + 1,
		...(episode.candle === undefined ? {} : { toldCandle: episode.candle }),
	};
}

/** Back to inactive. What fired and was never told is counted; what was only pending never fired. */
function endEpisode(alert: AlertState): AlertState {
	const { episode, failsSince: _, ...rest } = alert;
	if (episode === undefined) return alert;
	const keptQuiet = rest.phase === 'firing' && !episode.told ? 1 : 0;
	return { ...rest, phase: 'inactive', heldBack: rest.heldBack + keptQuiet };
}

/** One more closed candle at which it holds; a rule that counts them is judged at no other event. */
const countCandle = (episode: Episode, { holdForCandles }: AlertPolicy): Episode =>
	holdForCandles === 0 || episode.told
		? episode
		: { ...episode, candles: Math.min((episode.candles ?? 0) + 1, holdForCandles) };

const candlesMissing = ({ candles = 0 }: Episode, { holdForCandles }: AlertPolicy): number =>
	Math.max(0, holdForCandles - candles);

/** Each event that holds is an episode of its own. */
const eachForItself = ({ fire }: AlertPolicy): boolean =>
	fire === 'everyMatch' || fire === 'oncePerCandle' || fire === 'onCandleClose';

const mayTell = (alert: AlertState, policy: AlertPolicy): boolean =>
	(policy.fire !== 'once' || alert.toldAt === undefined) && !toldEnough(alert, policy);

const toldEnough = ({ toldInAll = 0 }: AlertState, { maxAlerts }: AlertPolicy): boolean =>
	maxAlerts !== undefined && toldInAll >= maxAlerts;

/** When an alert that goes on is told again; a day's limit puts it off till the next. */
function reminderDueAt(
	alert: AlertState,
	{ told }: Episode,
	policy: AlertPolicy,
): EpochMs | undefined {
	const { remindEveryMs, maxPerDay } = policy;
	if (!told || alert.toldAt === undefined || remindEveryMs === 0) return undefined;
	if (toldEnough(alert, policy)) return undefined;
	const due = alert.toldAt + remindEveryMs;
	const isFull = maxPerDay !== undefined && alert.toldThatDay >= maxPerDay;
	return epochMs(isFull ? Math.max(due, (dayOf(alert.toldAt) + 1) * DAY_MS) : due);
}

type QuietUntil = Extract<Quiet, { until: EpochMs }>;

/** What keeps an alert quiet the longest, and until when. */
function quietUntil(
	alert: AlertState,
	episode: Episode,
	policy: AlertPolicy,
): QuietUntil | undefined {
	const { toldAt, toldThatDay } = alert;
	const { holdForMs, cooldownMs, maxPerDay } = policy;
	const reasons: QuietUntil[] = [];
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
