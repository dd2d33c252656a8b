import type { EpochMs } from '../../ports';
import type { AlertItem } from '../alertItem';
import { valueOf } from './matchers';
import { keyOf, type Group, type Held } from './model';
import { later, type Place, type Round } from './Round';

/** Alerts that shall be told together, if nothing stops them. */
export type Bundle = {
	readonly by: 'alert' | 'group' | 'quietHours' | 'budget';
	readonly members: readonly Held[];
};

/** Most alerts in one message. */
export const MAX_MEMBERS = 500;

/** Whom an alert goes to: those of different lists are never told together. */
export const receiverOf = ({ alert }: AlertItem): string => JSON.stringify(destinationsOf(alert));

/** Each way out an alert takes; one that names none takes the outputs' own. */
export const destinationsOf = ({ deliver }: Pick<AlertItem['alert'], 'deliver'>): string[] =>
	deliver.length === 0
		? ['']
		: [...new Set(deliver.map(({ channel, to }) => `${channel}:${to}`))].sort();

/** Puts an alert with those it's grouped with; its group is told when it's due. */
export function joinGroup(
	round: Round,
	held: Held,
	grouping: NonNullable<Round['policy']['grouping']>,
	waitMs: number,
): void {
	const { alert } = held.alert;
	const values = grouping.by.map((name) => valueOf(alert, name));
	const groupKey = JSON.stringify([receiverOf(held.alert), ...values]);
	const group: Group = round.groups[groupKey] ?? { waiting: {} };
	const key = keyOf(alert);
	const place: Place = { ...group.waiting };
	if (place[key] === undefined) place[key] = held;
	else round.hold(place, held, { by: 'group', cause: 'a later one of the same rule and symbol' });
	const nextAt = group.toldAt === undefined ? 0 : group.toldAt + grouping.intervalMs;
	const dueAt = group.dueAt ?? later(round.at + waitMs, nextAt);
	round.groups[groupKey] = { ...group, waiting: place, dueAt };
}

/** Takes out the groups that are due, and forgets those that were told long ago. Under other settings none waits longer than those say. */
export function releaseGroups(round: Round): Bundle[] {
	const bundles: Bundle[] = [];
	const { at, groups, isResettled, isLast } = round;
	const { waitMs, intervalMs } = round.policy.grouping ?? { waitMs: 0, intervalMs: 0 };
	for (const [groupKey, group] of Object.entries(groups)) {
		const { waiting, toldAt } = group;
		const latest = later(at + waitMs, (toldAt ?? 0) + intervalMs);
		const dueAt = isResettled ? earlier(group.dueAt, latest) : group.dueAt;
		if (dueAt !== group.dueAt) groups[groupKey] = { ...group, ...(dueAt && { dueAt }) };
		const isLate = dueAt !== undefined && (at >= dueAt || isLast);
		const members = Object.values(waiting);
		if (isLate || members.length >= MAX_MEMBERS) {
			bundles.push({ by: 'group', members: members.map((one) => round.end(one, 'released')) });
			groups[groupKey] = { waiting: {}, toldAt: at };
		} else if (dueAt === undefined && at >= (toldAt ?? 0) + intervalMs) {
			delete groups[groupKey];
		}
	}
	return bundles;
}

const earlier = (dueAt: EpochMs | undefined, latest: EpochMs): EpochMs | undefined =>
	dueAt === undefined || dueAt <= latest ? dueAt : latest;

/** The same, parted by whom they go to. */
export function byReceiver(held: readonly Held[], by: Bundle['by']): Bundle[] {
	const parts = new Map<string, Held[]>();
	for (const one of held) {
		const receiver = receiverOf(one.alert);
		const part = parts.get(receiver);
		if (part === undefined) parts.set(receiver, [one]);
		else part.push(one);
	}
	return [...parts.values()].map((members) => ({ by, members }));
}
