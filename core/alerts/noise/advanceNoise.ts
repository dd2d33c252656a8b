import { epochMs, type EpochMs } from '../../ports';
import { roomAt, tellWithinBudget } from './budget';
import type { NoisePolicy } from './compileNoise';
import { dampen, endFlapping, releaseCalm } from './flapping';
import { byReceiver, joinGroup, MAX_MEMBERS, releaseGroups, type Bundle } from './grouping';
import {
	noNoise,
	type AlertKey,
	type Held,
	type NoiseInput,
	type NoiseState,
	type NoiseStep,
} from './model';
import {
	endMuted,
	endSource,
	giveUpMuted,
	joinMuted,
	mute,
	muteOf,
	noteSource,
	releaseMuted,
} from './mute';
import { arrived, inOrderOfTime, MAX_HELD, Round } from './Round';
import { leaveWave, toDrafts } from './waves';

/**
 * Moves noise control forward by the alerts of one moment, or by the passing of time. Pure; no clock.
 *
 * ```
 *   alert ─► flapping? ─► in a group? ─► silenced, inhibited? ─► quiet hours? ─► over budget? ─► told
 *              │ held       │ waits          │ muted                │ held          │ held
 *              ▼            ▼                ▼                      ▼               ▼
 *           calm again   when it's due   no longer muted,      in one digest    merged into one
 *                                        if it still goes on   at their end     when there's room
 * ```
 *
 * Whatever is held has an entry in the ledger, and every alert is either told, a member of what's told, or
 * there. An `end` tells what waits for its time; what is muted stays so.
 */
export function advanceNoise(
	state: NoiseState = noNoise,
	input: NoiseInput,
	policy: NoisePolicy,
): NoiseStep {
	const round = new Round(state, input, policy);
	const bundles: Bundle[] = [];
	const pass = (held: Held, waitMs = 0) => {
		const { grouping } = policy;
		if (grouping === undefined) bundles.push({ by: 'alert', members: [held] });
		else joinGroup(round, held, grouping, waitMs);
	};
	const alerts = input.kind === 'alerts' ? inOrderOfTime(input.alerts, (alert) => alert) : [];
	const over = input.kind === 'over' ? input.keys : [];
	for (const key of over) endUnseen(round, key);
	for (const alert of alerts) noteSource(round, alert);
	releaseCalm(round, pass);
	for (const alert of alerts) {
		const onward = dampen(round, alert);
		if (onward === undefined || joinMuted(round, onward)) continue;
		pass(arrived(onward), policy.grouping?.waitMs);
	}
	releaseMuted(round, pass);
	const free = [...bundles, ...releaseGroups(round)]
		.map((bundle) => ({ ...bundle, members: bundle.members.filter((one) => isFree(round, one)) }))
		.filter(({ members }) => members.length > 0);
	giveUpMuted(round);
	const digests = round.quietUntil === undefined ? endQuiet(round) : relieveQuiet(round);
	tellWithinBudget(
		round,
		[...digests, ...free].flatMap((bundle) => toDrafts(round, bundle)),
	);
	return round.step();
}

/** The instant a clock input is worth sending; `undefined` when only an alert can change something. */
export function nextDueAt(state: NoiseState, policy: NoisePolicy): EpochMs | undefined {
	const { groups, muted, changes, quiet, budget } = state;
	const dues = [
		...Object.values(groups).flatMap(({ dueAt }) => dueAt ?? []),
		...Object.values(muted).flatMap(({ hold }) => hold?.until ?? []),
		...Object.values(changes).flatMap(({ held }) => held?.hold?.until ?? []),
		...(quiet.until === undefined ? [] : [quiet.until]),
		...Object.keys(budget.held).flatMap((receiver) =>
			policy.budget === undefined ? [] : (roomAt(budget.told, receiver, policy.budget) ?? []),
		),
	];
	return dues.length === 0
		? undefined
		: epochMs(dues.reduce<number>((a, b) => Math.min(a, b), Infinity));
}

/** Whether somebody waits, or is waited for: a message of several that isn't over. */
export const isHolding = ({ muted, changes, groups, quiet, budget, waves }: NoiseState): boolean =>
	[muted, quiet.held, waves, ...Object.values(budget.held)].some(isFilled) ||
	Object.values(groups).some(({ waiting }) => isFilled(waiting)) ||
	Object.values(changes).some(({ held }) => held !== undefined);

const isFilled = (place: object): boolean => Object.keys(place).length > 0;

/** An alert ended, and its rule doesn't tell that. What a digest or a group will tell did happen, and stays. */
function endUnseen(round: Round, key: AlertKey): void {
	endSource(round, key);
	if (round.muted[key]?.alert.alert.state !== 'resolved') endMuted(round, key);
	endFlapping(round, key);
	leaveWave(round, key);
}

/** Holds what is muted or comes in quiet hours. */
function isFree(round: Round, held: Held): boolean {
	const why = muteOf(round, held.alert);
	if (why !== undefined) {
		mute(round, held, why);
		return false;
	}
	const { quietUntil: until } = round;
	const mayPass =
		round.policy.quietHours?.passCritical === true && held.alert.alert.severity === 'critical';
	if (until === undefined || mayPass) return true;
	round.hold(round.quiet, held, { by: 'quietHours', cause: 'quiet hours', until });
	return false;
}

function endQuiet(round: Round): Bundle[] {
	const held = Object.entries(round.quiet).map(([key, one]) => {
		delete round.quiet[key];
		return round.end(one, 'released');
	});
	return byReceiver(held, 'quietHours');
}

/** So many that they can't wait: the oldest are told early. */
function relieveQuiet(round: Round): Bundle[] {
	const { quiet } = round;
	const tooMany = Object.keys(quiet).length - MAX_HELD;
	if (tooMany <= 0) return [];
	const early = Object.entries(quiet).slice(0, Math.max(tooMany, MAX_MEMBERS));
	for (const [key] of early) delete quiet[key];
	return byReceiver(
		early.map(([, one]) => round.end(one, 'released')),
		'quietHours',
	);
}
