import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import {
	discordChat,
	discordDestination,
	isDiscordWebhook,
	isSlackChannel,
	isTelegramChat,
	slackChat,
	slackDestination,
	telegramChat,
	telegramDestination,
	type Chat,
	type Destination,
	type FollowUp,
} from '../../core/delivery';
import type { Clock, HttpClient } from '../../core/ports';
import { textOf } from '../host/texts';

/** How messages are to be sent, whatever the channel. */
export type Manner = { readonly silent: boolean; readonly threadId: string };

/** One of the channels, with the account that's used there. */
export type Account = {
	readonly credential: string;
	/** The field with the recipients; Discord's is in its credential. */
	readonly field?: { readonly name: string; readonly label: string };
	/** What the credential itself sends to, where it does. */
	home?(credential: ICredentialDataDecryptedObject): string;
	readonly followUp: FollowUp;
	isRecipient(text: string): boolean;
	/** What a recipient looks like; a wrong one isn't quoted where it may hold a secret. */
	readonly expected: string;
	readonly quotes: boolean;
	/** The chat, and the lane to it. */
	open(
		credential: ICredentialDataDecryptedObject,
		recipient: string,
		manner: Manner,
		ports: { readonly http: HttpClient; readonly clock: Clock },
	): { readonly chat: Chat; readonly destination: Destination };
};

/** A server that answers takes a second. */
const TIMEOUT_MS = 15_000;

const accountOf = (credential: ICredentialDataDecryptedObject, baseUrl: string) => ({
	baseUrl: textOf(credential['baseUrl']).trim() || baseUrl,
	token: textOf(credential['token']).trim(),
});

const telegram: Account = {
	credential: 'marketAlertsTelegramApi',
	field: { name: 'chatId', label: 'Chat ID' },
	followUp: 'edit',
	isRecipient: isTelegramChat,
	expected: 'a chat ID such as 123456789, -1001234567890 or @channel',
	quotes: true,
	open: (credential, chatId, { silent, threadId }, ports) => {
		const account = accountOf(credential, 'https://api.telegram.org');
		const topic = threadId === '' ? {} : { topicId: Number(threadId) };
		return {
			chat: telegramChat({ ...account, chatId, silent, ...topic, timeoutMs: TIMEOUT_MS }, ports),
			destination: telegramDestination(account, chatId),
		};
	},
};

const slack: Account = {
	credential: 'marketAlertsSlackApi',
	field: { name: 'slackChannel', label: 'Slack Channel' },
	followUp: 'reply',
	isRecipient: isSlackChannel,
	expected: 'a channel ID such as C0123456789, or a name such as #alerts',
	quotes: true,
	open: (credential, channel, _, ports) => {
		const account = accountOf(credential, 'https://slack.com/api');
		return {
			chat: slackChat({ ...account, channel, timeoutMs: TIMEOUT_MS }, ports),
			destination: slackDestination(account, channel),
		};
	},
};

const discord: Account = {
	credential: 'marketAlertsDiscordApi',
	home: (credential) => textOf(credential['webhookUrl']).trim(),
	followUp: 'edit',
	isRecipient: isDiscordWebhook,
	expected: 'a webhook address such as https://discord.com/api/webhooks/123/abc',
	quotes: false,
	open: (_, url, { silent, threadId }, ports) => {
		const thread = threadId === '' ? {} : { threadId };
		return {
			chat: discordChat({ url, silent, ...thread, timeoutMs: TIMEOUT_MS }, ports),
			destination: discordDestination(url),
		};
	},
};

export const ACCOUNTS = { telegram, slack, discord } as const;

export type MessageChannel = keyof typeof ACCOUNTS;
