import { epochMs, type EpochMs } from '../../ports';
import type { AlertItem } from '../alertItem';
import { keyOf, type AlertKey, type Changes, type Held } from './model';
import { arrived, isWithin, type Place, type Round } from './Round';

/**
 * Counts changes of state, told or not. The one that is too many is told as flapping, and what comes after it
 * is held until nothing has changed for a while.
 * @returns what goes on: the alert, perhaps marked as flapping, or nothing
 */
export function dampen(round: Round, item: AlertItem): AlertItem | undefined {
	const { flapping } = round.policy;
	if (flapping === undefined) return item;
	const { maxChanges, windowMs, calmForMs } = flapping;
	const key = keyOf(item.alert);
	const before = round.changes[key];
	if (item.alert.state === 'reminder') {
		if (before?.flapsSince === undefined) return item;
		holdFlapping(round, key, before, item);
		return undefined;
	}
	const eventAt = epochMs(item.alert.eventAt);
	const within = (before?.at ?? []).filter((one) => isWithin(one, windowMs, eventAt));
	const at = [...within, eventAt].slice(-maxChanges - 1);
	const changed: Changes = { ...before, at, lastAt: round.at };
	if (before?.flapsSince !== undefined) {
		holdFlapping(round, key, changed, item);
		return undefined;
	}
	if (at.length <= maxChanges) {
		round.changes[key] = changed;
		return item;
	}
	round.changes[key] = { ...changed, flapsSince: round.at };
	return {
		...item,
		alert: { ...item.alert, flapping: { changes: at.length, windowMs, calmForMs } },
	};
}

function holdFlapping(round: Round, key: AlertKey, changes: Changes, item: AlertItem): void {
	const { flapsSince = round.at, lastAt, held } = changes;
	const place: Place = held === undefined ? {} : { [key]: held };
	round.hold(place, arrived(item), {
		by: 'flapping',
		cause: `changes too often since ${new Date(flapsSince).toISOString()}`,
		until: epochMs(lastAt + (round.policy.flapping?.calmForMs ?? 0)),
	});
	round.changes[key] = { ...changes, ...(place[key] === undefined ? {} : { held: place[key] }) };
}

/** Takes out who has been calm for long enough, and forgets changes that count no more. At the end, who waits waits no longer. */
export function releaseCalm(round: Round, pass: (held: Held) => void): void {
	const { flapping } = round.policy;
	for (const [key, changes] of Object.entries(round.changes)) {
		const { lastAt, flapsSince, held } = changes;
		const spanMs = flapsSince === undefined ? flapping?.windowMs : flapping?.calmForMs;
		const waits = spanMs !== undefined && isWithin(lastAt, spanMs, round.at);
		if (waits && !(round.isLast && held !== undefined)) {
			if (round.isResettled) waitAnew(round, key, changes, epochMs(lastAt + spanMs));
			continue;
		}
		delete round.changes[key];
		if (held !== undefined) pass(round.end(held, 'released'));
	}
}

/** Under other settings it's calm at another time. */
function waitAnew(round: Round, key: AlertKey, changes: Changes, until: EpochMs): void {
	const { held } = changes;
	if (held?.hold === undefined) return;
	const place: Place = { [key]: held };
	round.goOnHolding(place, held, { by: 'flapping', cause: held.hold.cause, until });
	round.changes[key] = { ...changes, ...(place[key] && { held: place[key] }) };
}

/** What was held began and ended unseen. */
export function endFlapping(round: Round, key: AlertKey): void {
	const changes = round.changes[key];
	if (changes?.held === undefined || changes.held.alert.alert.state === 'resolved') return;
	const { held, ...rest } = changes;
	round.end(held, 'over');
	round.changes[key] = rest;
}
