import { epochMs, type EpochMs } from '../../ports';
import { receiverOf } from './grouping';
import { keyOf, type Held, type NoiseState } from './model';
import { isWithin, MAX_HELD, type Place, type Round } from './Round';
import { asOne, tell, type Draft } from './waves';

/**
 * Tells what there is room for. Of a moment with more messages than that, the last carries all the rest; with
 * no room at all they wait, and are told as one when there is some. Critical ones go first.
 */
export function tellWithinBudget(round: Round, drafts: readonly Draft[]): void {
	const { budget } = round.policy;
	if (budget === undefined) {
		// There was one before the settings changed.
		for (const receiver of Object.keys(round.overBudget)) {
			tell(round, asOne(round, takeOut(round, receiver, [])));
		}
		for (const draft of drafts) tell(round, draft);
		return;
	}
	forgetOld(round, budget.perMs);
	for (const [receiver, own] of inTurn(round, drafts)) {
		const passing = budget.passCritical ? own.filter(isCritical) : [];
		// What comes after one that waits can't be told before it.
		const follows = ({ members }: Draft) => {
			const waiting = round.overBudget[receiver] ?? {};
			return members.some(({ alert }) => waiting[keyOf(alert.alert)] !== undefined);
		};
		for (const draft of passing) {
			if (!follows(draft)) spend(round, draft);
			else spend(round, asOne(round, takeOut(round, receiver, draft.members)));
		}
		const others = own.filter((draft) => !passing.includes(draft));
		const free = roomFor(round, receiver, budget.messages);
		const room = cannotWait(round, receiver) ? Math.max(free, 1) : free;
		if (room <= 0) {
			holdOver(round, receiver, others, budget);
			continue;
		}
		const apart = others
			.filter((draft) => !follows(draft))
			.sort((a, b) => Number(isCritical(b)) - Number(isCritical(a)));
		const wanted = apart.length + (round.overBudget[receiver] === undefined ? 0 : 1);
		const single = wanted <= room ? apart : apart.slice(0, room - 1);
		const rest = [...others.filter(follows), ...apart.slice(single.length)];
		for (const draft of single) spend(round, draft);
		const merged = takeOut(
			round,
			receiver,
			rest.flatMap(({ members }) => members),
		);
		if (merged.length > 0) spend(round, asOne(round, merged));
	}
}

/** Nothing comes after this, or too many wait already. */
const cannotWait = ({ isLast, overBudget }: Round, receiver: string): boolean =>
	isLast || Object.keys(overBudget[receiver] ?? {}).length >= MAX_HELD;

type Budget = NonNullable<Round['policy']['budget']>;

/** By whom they go to: those with something critical first, then in the order they came. */
function inTurn(round: Round, drafts: readonly Draft[]): Array<readonly [string, Draft[]]> {
	const turns = new Map<string, Draft[]>();
	for (const receiver of Object.keys(round.overBudget)) turns.set(receiver, []);
	for (const draft of drafts) {
		const receiver = receiverOfDraft(draft);
		const turn = turns.get(receiver);
		if (turn === undefined) turns.set(receiver, [draft]);
		else turn.push(draft);
	}
	const isUrgent = ([receiver, own]: readonly [string, Draft[]]) =>
		own.some(isCritical) || Object.values(round.overBudget[receiver] ?? {}).some(isOfCritical);
	return [...turns].sort((a, b) => Number(isUrgent(b)) - Number(isUrgent(a)));
}

function holdOver(round: Round, receiver: string, drafts: readonly Draft[], budget: Budget): void {
	if (drafts.length === 0) return;
	const place: Place = { ...round.overBudget[receiver] };
	const until = roomAt(round.told, receiver, budget);
	for (const held of drafts.flatMap(({ members }) => members)) {
		round.hold(place, held, {
			by: 'budget',
			cause: budget.words,
			...(until === undefined ? {} : { until }),
		});
	}
	round.overBudget[receiver] = place;
}

/** Those who waited, and those who join them now: of each rule and symbol the newest. */
function takeOut(round: Round, receiver: string, joining: readonly Held[]): Held[] {
	const place: Place = { ...round.overBudget[receiver] };
	for (const held of joining) {
		const key = keyOf(held.alert.alert);
		if (place[key] === undefined) place[key] = held;
		else round.hold(place, held, { by: 'budget', cause: round.policy.budget?.words ?? '' });
	}
	delete round.overBudget[receiver];
	return Object.values(place).map((held) => round.end(held, 'released'));
}

function spend(round: Round, draft: Draft): void {
	const messages = tell(round, draft);
	for (const destination of destinationsIn(receiverOfDraft(draft))) {
		const told = round.told[destination] ?? [];
		const now = Array.from({ length: messages }, () => round.at);
		// Of more than that none makes a difference.
		round.told[destination] = [...told, ...now].slice(-(round.policy.budget?.messages ?? 1));
	}
}

function forgetOld({ told, at }: Round, perMs: number): void {
	for (const [destination, instants] of Object.entries(told)) {
		const recent = instants.filter((one) => isWithin(one, perMs, at));
		if (recent.length > 0) told[destination] = recent;
		else delete told[destination];
	}
}

const roomFor = ({ told }: Round, receiver: string, messages: number): number =>
	Math.min(...destinationsIn(receiver).map((one) => messages - (told[one]?.length ?? 0)));

/** When a message to all of these destinations may go; `undefined` when one may right now. */
export function roomAt(
	told: NoiseState['budget']['told'],
	receiver: string,
	{ messages, perMs }: Pick<Budget, 'messages' | 'perMs'>,
): EpochMs | undefined {
	const instants = destinationsIn(receiver).flatMap((one) => told[one]?.at(-messages) ?? []);
	return instants.length === 0 ? undefined : epochMs(Math.max(...instants) + perMs);
}

const destinationsIn = (receiver: string) => JSON.parse(receiver) as string[]; // receiverOf made it

const receiverOfDraft = ({ members: [first] }: Draft): string =>
	first === undefined ? '[""]' : receiverOf(first.alert);

const isCritical = ({ members }: Draft): boolean => members.some(isOfCritical);

const isOfCritical = ({ alert }: Held): boolean => alert.alert.severity === 'critical';
