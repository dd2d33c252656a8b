import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import {
	addReasons,
	laneTo,
	tellChat,
	type ChatJob,
	type FollowUp,
	type SendResult,
	type Tone,
} from '../../core/delivery';
import { epochMs } from '../../core/ports';
import { openChatPorts, patienceFor, type ChatPorts } from '../host/chatPorts';
import { isSending } from '../host/outputParameters';
import {
	alertIdOf,
	alertOf,
	isTest,
	operationOf,
	readDuration,
	sendAlerts,
	UndeliveredError,
	type Sending,
} from '../host/sendAlerts';
import { listOf, textOf } from '../host/texts';
import { ACCOUNTS, type Account, type Manner, type MessageChannel } from './accounts';

type MessageOptions = {
	readonly appendReasons?: boolean;
	readonly followUp?: FollowUp;
	readonly retryFor?: string;
	readonly silent?: boolean;
	readonly threadId?: unknown;
};

type Opened = {
	readonly channel: MessageChannel;
	readonly account: Account;
	readonly credential: ICredentialDataDecryptedObject;
	readonly ports: ChatPorts;
};

/** What is kept of a message, to send it again. */
type Message = Pick<ChatJob['part'], 'title' | 'text' | 'tone'>;

/** Each item as a message in each chat; those that wait for the same chat share one. */
export async function executeAlertMessage(
	context: IExecuteFunctions,
): Promise<INodeExecutionData[][]> {
	// The list has these three; an expression can't be put there.
	const channel = context.getNodeParameter('channel', 0) as MessageChannel;
	const account: Account = ACCOUNTS[channel];
	const credential = isSending(operationOf(context))
		? await context.getCredentials(account.credential)
		: {};
	const opened = { channel, account, credential, ports: await openChatPorts(context) };
	const read = (item: INodeExecutionData, index: number) =>
		readMessage(context, opened, item, index);
	return await sendAlerts(context, channel, read, 'together');
}

function readMessage(
	context: IExecuteFunctions,
	opened: Opened,
	{ json }: INodeExecutionData,
	index: number,
): Sending {
	const { channel, account, credential, ports } = opened;
	const options = context.getNodeParameter('options', index, {}) as MessageOptions;
	const alert = alertOf(json);
	const test = isTest(context, alert);
	const title = textOf(context.getNodeParameter('title', index, ''));
	const text = textOf(context.getNodeParameter('text', index, ''));
	const alertId = alertIdOf(context, index, [title, text]);
	const manner = readManner(options);
	const retryForMs = readDuration(options.retryFor ?? '2m', 'Retry For');
	// Sent again it's a message of its own: its episode was told.
	const isFresh = test || operationOf(context) === 'sendAgain';
	const episodeId = isFresh ? undefined : alert?.alert.episodeId;
	const message: Message = {
		title: title.trim() || 'Market alert',
		text: alert === undefined || options.appendReasons === false ? text : addReasons(text, alert),
		tone: toneOf(alert),
	};
	const jobOf = (kept: Message): ChatJob => ({
		part: {
			key: episodeId ?? alertId,
			...kept,
			title: test ? `[Test] ${kept.title}` : kept.title,
		},
		alertId,
		...(episodeId === undefined ? {} : { episodeId }),
		eventAt: epochMs(alert?.alert.eventAt ?? ports.clock.now()),
		followUp: options.followUp ?? account.followUp,
		manner: JSON.stringify(manner),
	});
	const signal = context.getExecutionCancelSignal();
	return {
		alertId,
		test,
		retryForMs,
		recipients: recipientsOf(context, index, opened, alert),
		title: message.title,
		message,
		preview: { title: jobOf(message).part.title, text: message.text },
		serverOf: () => channel,
		send: async (recipient, kept): Promise<SendResult> => {
			if (!account.isRecipient(recipient)) return notARecipient(account, recipient);
			const { chat, destination } = account.open(credential, recipient, manner, ports);
			return await tellChat(
				{
					address: { channel, recipient },
					chat,
					job: jobOf(kept as Message), // what is given here came from here
					lane: laneTo(destination, ports),
					patienceMs: patienceFor(retryForMs),
					signal,
				},
				ports,
			);
		},
	};
}

function readManner({ silent, threadId }: MessageOptions): Manner {
	const thread = textOf(threadId).trim();
	if (/^\d*$/.test(thread)) return { silent: silent === true, threadId: thread };
	throw new UndeliveredError(`Thread ID is "${thread}"; use a number such as 42.`, false);
}

const toneOf = (alert: AlertItem | undefined): Tone =>
	alert?.alert.state === 'resolved' ? 'resolved' : (alert?.alert.severity ?? 'info');

function recipientsOf(
	context: IExecuteFunctions,
	index: number,
	{ channel, account, credential }: Opened,
	alert: AlertItem | undefined,
): string[] {
	const { field } = account;
	const given =
		field === undefined ? [] : listOf(textOf(context.getNodeParameter(field.name, index, '')));
	const named = (alert?.alert.deliver ?? [])
		.filter((to) => to.channel.toLowerCase() === channel)
		.map(({ to }) => to.trim());
	const home = account.home?.(credential) ?? '';
	const recipients = given.length > 0 ? given : named.length > 0 ? named : listOf(home);
	if (recipients.length > 0 || !isSending(operationOf(context))) return [...new Set(recipients)];
	throw new UndeliveredError(
		`Nowhere to send to: ${field?.label ?? 'the webhook in the credential'} is empty, and the alert names no ${channel} chat. [invalidRecipient]`,
		false,
	);
}

const notARecipient = ({ expected, quotes }: Account, recipient: string): SendResult => ({
	status: 'failed',
	reason: 'invalidRecipient',
	message: quotes
		? `"${recipient.slice(0, 100)}" is not a chat; use ${expected}.`
		: `The recipient is not a chat; use ${expected.replace(/https?:\/\//, '')}.`,
	again: false,
});
