import { createHash } from 'node:crypto';

import type { AlertItem } from '../alertItem';
import { MAX_MEMBERS, type Bundle } from './grouping';
import { keyOf, type AlertKey, type Held, type NoiseMessage, type Wave } from './model';
import { inOrderOfTime, later, type Round } from './Round';

/** A message to be: a bundle, or what's new of an episode that was told as one. */
export type Draft = Bundle & { readonly wave?: string };

/** Waves whose end is waited for; the oldest are forgotten. */
const MAX_WAVES = 1_000;

/**
 * Parts a group by what the receivers know. What begins is told together; what ends or goes on belongs to the
 * message that told of it, so that a chat changes that message and a pager closes that incident. A digest of
 * what's new may say what goes on as well.
 */
export function toDrafts(round: Round, { by, members }: Bundle): Draft[] {
	if (by === 'budget') return [{ by, members }];
	const goesAlong = by === 'quietHours' && members.some(({ fresh }) => fresh);
	const fresh: Held[] = [];
	const alone: Draft[] = [];
	const updates = new Map<string, Held[]>();
	for (const member of members) {
		const wave = member.fresh ? undefined : round.waveOf[keyOf(member.alert.alert)];
		const isNew = member.fresh || (goesAlong && member.alert.alert.state === 'reminder');
		if (isNew) fresh.push(member);
		else if (wave === undefined) alone.push({ by: 'alert', members: [member] });
		else updates.set(wave, [...(updates.get(wave) ?? []), member]);
	}
	return [
		...[...updates].map(([wave, of]): Draft => ({ by: 'group', members: of, wave })),
		...alone,
		...(fresh.length === 0 ? [] : [{ by, members: fresh }]),
	];
}

/** The rest of a moment in one message: what it would be anyway, if it's only one. */
export function asOne(round: Round, members: readonly Held[]): Draft {
	const [only, ...others] = toDrafts(round, { by: 'group', members });
	const isOne = only !== undefined && others.length === 0 && !members.some(({ fresh }) => fresh);
	return isOne ? only : { by: 'budget', members };
}

/** Tells a draft. @returns how many messages that took */
export function tell(round: Round, draft: Draft): number {
	const members = inOrderOfTime(draft.members, ({ alert }) => alert);
	const wave = draft.wave === undefined ? undefined : round.waves[draft.wave];
	if (draft.wave !== undefined && wave !== undefined) {
		round.messages.push(continueWave(round, draft.wave, wave, members));
		return 1;
	}
	const [only] = members;
	if (members.length === 1 && only !== undefined) {
		round.messages.push(alone(only, closedBy(round, only)));
		return 1;
	}
	const by = draft.by === 'alert' ? 'group' : draft.by;
	for (let from = 0; from < members.length; from += MAX_MEMBERS) {
		round.messages.push(beginWave(round, by, members.slice(from, from + MAX_MEMBERS)));
	}
	return Math.ceil(members.length / MAX_MEMBERS);
}

/** An alert of a wave is over, and its message doesn't say so. @returns the wave, if that was its last */
export function leaveWave({ waves, waveOf }: Round, key: AlertKey): string | undefined {
	const id = waveOf[key];
	const wave = id === undefined ? undefined : waves[id];
	delete waveOf[key];
	if (id === undefined || wave === undefined) return undefined;
	const { [key]: _, ...firing } = wave.firing;
	if (Object.keys(firing).length > 0) {
		waves[id] = { ...wave, firing };
		return undefined;
	}
	delete waves[id];
	return id;
}

/** The episodes that an alert ends where it's told as something else: those it was told under. */
function closedBy(round: Round, { alert, closes = [] }: Held): readonly string[] {
	const key = keyOf(alert.alert);
	if (round.waveOf[key] === undefined) return closes;
	const id = leaveWave(round, key);
	return id === undefined ? [] : [id];
}

function alone({ alert, count }: Held, closes: readonly string[]): NoiseMessage {
	const { id, episodeId, state, startedAt, eventAt } = alert.alert;
	return {
		id,
		episodeId,
		by: 'alert',
		state,
		members: [{ alert, count }],
		stillFiring: [],
		closes,
		startedAt: later(startedAt),
		eventAt: later(eventAt),
	};
}

function beginWave(
	round: Round,
	by: Exclude<NoiseMessage['by'], 'alert'>,
	members: readonly Held[],
): NoiseMessage {
	const id = idOf([by], members);
	const states = new Set(members.map(({ alert }) => alert.alert.state));
	const state = (['firing', 'reminder', 'resolved'] as const).find((one) => states.has(one));
	const firing: Record<AlertKey, string> = {};
	const closes: string[] = [];
	for (const member of members) {
		const { alert, fresh } = member;
		const { episodeId, state: own } = alert.alert;
		const key = keyOf(alert.alert);
		const isOver = own === 'resolved';
		const known = !fresh && isOver && round.waveOf[key] === undefined ? [episodeId] : [];
		if (fresh || isOver) closes.push(...closedBy(round, member), ...known);
		// What was told before goes on where it was told.
		if (!fresh || isOver) continue;
		firing[key] = nameOf(alert);
		round.waveOf[key] = id;
	}
	const startedAt = Math.min(...members.map(({ alert }) => alert.alert.startedAt));
	const wave = { startedAt: later(startedAt), eventAt: latest(members), firing };
	if (Object.keys(firing).length > 0) keepWave(round, id, wave);
	return {
		id,
		episodeId: id,
		by,
		state: state ?? 'firing',
		members: members.map(toMember),
		stillFiring: [],
		closes,
		startedAt: wave.startedAt,
		eventAt: wave.eventAt,
	};
}

function continueWave(
	round: Round,
	id: string,
	wave: Wave,
	members: readonly Held[],
): NoiseMessage {
	const firing = { ...wave.firing };
	const others = { ...wave.firing };
	for (const { alert } of members) {
		const key = keyOf(alert.alert);
		delete others[key];
		if (alert.alert.state !== 'resolved') continue;
		delete firing[key];
		delete round.waveOf[key];
	}
	// A chat takes what is older than its last message for told.
	const eventAt = later(wave.eventAt, latest(members));
	const isOver = Object.keys(firing).length === 0;
	if (isOver) delete round.waves[id];
	else round.waves[id] = { ...wave, firing, eventAt };
	return {
		id: idOf([id], members),
		episodeId: id,
		by: 'group',
		state: isOver ? 'resolved' : 'reminder',
		members: members.map(toMember),
		stillFiring: Object.values(others),
		closes: [],
		startedAt: wave.startedAt,
		eventAt,
	};
}

function keepWave(round: Round, id: string, wave: Wave): void {
	round.waves[id] = wave;
	const [oldest] = Object.keys(round.waves);
	if (oldest === undefined || Object.keys(round.waves).length <= MAX_WAVES) return;
	for (const key of Object.keys(round.waves[oldest]?.firing ?? {})) delete round.waveOf[key];
	delete round.waves[oldest];
}

const toMember = ({ alert, count }: Held) => ({ alert, count });

const nameOf = ({ alert, title }: AlertItem): string =>
	alert.symbol === '' ? title : alert.symbol;

const latest = (members: readonly Held[]) =>
	later(...members.map(({ alert }) => alert.alert.eventAt));

/** The same for the same alerts. */
const idOf = (of: readonly string[], members: readonly Held[]): string =>
	createHash('sha256')
		.update(JSON.stringify([...of, ...members.map(({ alert }) => alert.alert.id).sort()]))
		.digest('hex')
		.slice(0, 24);
