import { readTold, remember, saysItAll, toldChange } from '../episodes';
import type { Address, TellPorts, Told } from '../episodes';
import type { Lane, Turn } from '../Lane';
import type { SendResult } from '../model';
import { takeTurn, type Patience } from '../takeTurn';
import { compose, maxParts, toneOf } from './compose';
import { partsChange, readParts } from './messages';
import type { Chat, ChatJob, ChatPart, Posted } from './model';

export type ChatDelivery = Patience & {
	readonly address: Address;
	readonly chat: Chat;
	readonly job: ChatJob;
	readonly lane: Lane<ChatJob, SendResult>;
};

/**
 * Tells one alert in a chat, when it's its turn. Alerts that wait for the same chat go in one message, and
 * what's told later of an episode finds its first message.
 */
export async function tellChat(delivery: ChatDelivery, ports: TellPorts): Promise<SendResult> {
	const serve = async (waiting: readonly ChatJob[]) => await tellFirst(waiting, delivery, ports);
	return await takeTurn(delivery.lane, delivery.job, serve, delivery);
}

type Target =
	{ readonly kind: 'post' } | { readonly kind: 'edit' | 'reply'; readonly messageId: string };

/** Tells the first of those who wait, and with it all that belong in the same message. */
async function tellFirst(
	waiting: readonly ChatJob[],
	{ address, chat }: ChatDelivery,
	ports: TellPorts,
): Promise<Turn<ChatJob, SendResult>> {
	const [first] = waiting;
	if (first === undefined) throw new Error('A turn without anyone waiting.');
	const ids = waiting.flatMap(({ episodeId }) => episodeId ?? []);
	const told = await readTold(ports.store, address, ids);
	const toldOf = ({ episodeId }: ChatJob) =>
		episodeId === undefined ? undefined : told.get(episodeId);

	const earlier = toldOf(first);
	if (earlier !== undefined && saysItAll(earlier, first)) {
		return { served: [first], result: { status: 'sent', receipt: earlier.messageId } };
	}
	const target = targetOf(first, earlier);
	const together = waiting
		.filter(
			(job) =>
				job.manner === first.manner &&
				isSame(targetOf(job, toldOf(job)), target) &&
				!saysItAll(toldOf(job), job),
		)
		.slice(0, maxParts(chat.form))
		.sort((a, b) => a.eventAt - b.eventAt);
	const { answer, parts, messageId } = await tell(target, together, { address, chat }, ports);
	const restMs = answer.status === 'failed' ? answer.retryAfterMs : answer.restMs;
	const rest = restMs === undefined ? {} : { restMs };
	if (answer.status === 'failed') return { served: together, result: answer, ...rest };
	const isFirst = messageId === answer.messageId;
	await remember(
		[
			...together.flatMap(({ episodeId, alertId, eventAt }) =>
				episodeId === undefined
					? []
					: [toldChange(episodeId, address, { messageId, alertId, eventAt })],
			),
			...(isFirst && parts.length > 1 ? [partsChange(messageId, address, parts)] : []),
		],
		address.channel,
		ports,
	);
	return { served: together, result: { status: 'sent', receipt: answer.messageId }, ...rest };
}

type Telling = {
	readonly answer: Posted;
	/** What the message says now. */
	readonly parts: readonly ChatPart[];
	/** The one that what's told later has to find. */
	readonly messageId: string;
};

async function tell(
	target: Target,
	together: readonly ChatJob[],
	{ address, chat }: Pick<ChatDelivery, 'address' | 'chat'>,
	{ store }: TellPorts,
): Promise<Telling> {
	const latest = latestOf(together.map(({ part }) => part));
	if (target.kind !== 'post') {
		const { kind, messageId } = target;
		const standing = kind === 'edit' ? await readParts(store, address, messageId) : [];
		const parts = latestOf([...standing, ...latest]);
		const answer = await chat[kind](messageId, compose(parts, chat.form), toneOf(parts));
		if (answer.status !== 'gone') return { answer, parts, messageId };
	}
	const answer = await chat.post(compose(latest, chat.form), toneOf(latest));
	return { answer, parts: latest, messageId: answer.status === 'sent' ? answer.messageId : '' };
}

const targetOf = ({ followUp }: ChatJob, told: Told | undefined): Target =>
	told === undefined || followUp === 'new'
		? { kind: 'post' }
		: { kind: followUp, messageId: told.messageId };

const isSame = (one: Target, other: Target): boolean =>
	one.kind === 'post' || other.kind === 'post'
		? one.kind === other.kind
		: one.kind === other.kind && one.messageId === other.messageId;

/** Of each key the last, where its first stood. */
const latestOf = (parts: readonly ChatPart[]): ChatPart[] => [
	...new Map(parts.map((part) => [part.key, part])).values(),
];
