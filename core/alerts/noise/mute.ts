import type { EpochMs } from '../../ports';
import type { AlertItem } from '../alertItem';
import type { Inhibition, NoisePolicy } from './compileNoise';
import { agree } from './matchers';
import { keyOf, type AlertKey, type Held, type NoiseSource } from './model';
import { arrived, isWithin, MAX_HELD, type Round, type Why } from './Round';

/** Remembers alerts that others are muted by, told or not: a silenced source inhibits all the same. */
export function noteSource(round: Round, { alert }: AlertItem): void {
	const { sources, policy, at } = round;
	if (!policy.inhibit.some(({ isSource }) => isSource(alert))) return;
	const { ruleId, ruleName, symbol, severity, labels, state } = alert;
	const key = keyOf(alert);
	const before = sources[key];
	const firing = state !== 'resolved';
	if (!firing && before === undefined) return;
	const toldAt = firing || before === undefined ? at : before.toldAt;
	sources[key] = { alert: { ruleId, ruleName, symbol, severity, labels }, toldAt, firing };
	round.hasChanged = true;
}

/**
 * What mutes an alert now. One that is a source of the same inhibition isn't muted by others that are: two
 * halves of a market would silence each other.
 */
export function muteOf({ sources, policy, at }: Round, { alert }: AlertItem): Why | undefined {
	for (const { matches, from, until, words } of policy.silences) {
		if (at >= from && at < until && matches(alert)) return { by: 'silence', cause: words, until };
	}
	const targetOf = policy.inhibit.filter((one) => one.isTarget(alert) && !one.isSource(alert));
	if (targetOf.length === 0) return undefined;
	for (const source of Object.values(sources)) {
		for (const inhibition of targetOf) {
			if (!inhibition.isSource(source.alert) || !isActive(source, inhibition, at)) continue;
			if (!agree(source.alert, alert, inhibition.equal)) continue;
			const { muteForMs } = inhibition;
			const { ruleName, symbol } = source.alert;
			return {
				by: 'inhibit',
				cause: symbol === '' ? ruleName : `${symbol}: ${ruleName}`,
				...(muteForMs === undefined ? {} : { until: (source.toldAt + muteForMs) as EpochMs }),
			};
		}
	}
	return undefined;
}

const isActive = ({ firing, toldAt }: NoiseSource, { muteForMs }: Inhibition, at: EpochMs) =>
	muteForMs === undefined ? firing : isWithin(toldAt, muteForMs, at);

/** Adds to one that is muted already. @returns whether it was */
export function joinMuted(round: Round, alert: AlertItem): boolean {
	const before = round.muted[keyOf(alert.alert)];
	const why = muteOf(round, alert) ?? before?.hold;
	if (before === undefined || why === undefined) return false;
	mute(round, arrived(alert), why);
	return true;
}

/** When it's over and nobody was told of it, there's nothing left to tell. */
export function mute(round: Round, held: Held, { by, cause, until }: Why): void {
	const key = keyOf(held.alert.alert);
	round.hold(round.muted, held, { by, cause, ...(until === undefined ? {} : { until }) });
	const muted = round.muted[key];
	if (muted?.fresh !== true || muted.alert.alert.state !== 'resolved') return;
	if (muted.closes === undefined) endMuted(round, key);
	// Of an episode before it they know, and hear that it's over.
	else round.muted[key] = { ...muted, fresh: false };
}

/** An alert is over, and nobody tells. */
export function endSource(round: Round, key: AlertKey): void {
	const { sources, policy, at } = round;
	const source = sources[key];
	if (source === undefined) return;
	round.hasChanged = true;
	sources[key] = { ...source, firing: false };
	if (!isNeeded({ ...source, firing: false }, policy, at)) delete sources[key];
}

export function endMuted(round: Round, key: AlertKey): void {
	const held = round.muted[key];
	if (held === undefined) return;
	round.end(held, 'over');
	delete round.muted[key];
}

/** Of so many the newest are given up: the ledger says so. */
export function giveUpMuted(round: Round): void {
	const { muted } = round;
	const keys = Object.keys(muted);
	for (const key of keys.slice(MAX_HELD)) {
		const held = muted[key];
		if (held !== undefined) round.end(held, 'full');
		delete muted[key];
	}
}

/** Takes out who isn't muted any more, and forgets sources that mute nobody. */
export function releaseMuted(round: Round, pass: (held: Held) => void): void {
	const { muted, sources, policy, at } = round;
	for (const [key, held] of Object.entries(muted)) {
		const until = held.hold?.until;
		if (!round.hasChanged && (until === undefined || at < until)) continue;
		const why = muteOf(round, held.alert);
		if (why !== undefined) {
			round.goOnHolding(muted, held, why);
			continue;
		}
		delete muted[key];
		pass(round.end(held, 'released'));
	}
	for (const [key, source] of Object.entries(sources)) {
		if (!isNeeded(source, policy, at)) delete sources[key];
	}
}

const isNeeded = (source: NoiseSource, { inhibit }: NoisePolicy, at: EpochMs): boolean =>
	inhibit.some((one) => one.isSource(source.alert) && isActive(source, one, at));
