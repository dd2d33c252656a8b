import type { Chat, Followed, Posted, Tone } from '../../chat/model';
import type { Destination } from '../../laneTo';
import type { FailureReason } from '../../model';
import { recipientHash } from '../../recipientHash';
import {
	asFailure,
	callApi,
	failureOfStatus,
	isAnswer,
	wordsOf,
	type ApiAnswer,
	type ApiPorts,
	type Failed,
} from '../callApi';
import { COLOURS, discordForm } from './format';

export type DiscordWebhook = {
	/** With its token: the whole of it is a secret. */
	readonly url: string;
	/** A thread of the channel. */
	readonly threadId?: string;
	readonly silent: boolean;
	readonly timeoutMs: number;
};

/** A message flag: nobody's phone rings. */
const SUPPRESS_NOTIFICATIONS = 1 << 12;
/** The error codes that matter; Discord has hundreds. */
const UNKNOWN_CHANNEL = 10_003;
const UNKNOWN_MESSAGE = 10_008;
const UNKNOWN_WEBHOOK = 10_015;
const INVALID_TOKEN = 50_027;

/**
 * A channel of Discord, through a webhook. It can change its messages, but can't answer them.
 * @see https://discord.com/developers/docs/resources/webhook#execute-webhook
 */
export function discordChat(webhook: DiscordWebhook, ports: ApiPorts): Chat {
	const call = async (
		method: 'POST' | 'PATCH',
		path: string,
		[text, tone]: readonly [string, Tone],
		more: object,
	): Promise<ApiAnswer | Failed> =>
		await callApi(
			{
				service: 'Discord',
				method,
				url: addressOf(webhook, path),
				body: {
					embeds: [{ description: text, color: COLOURS[tone] }],
					allowed_mentions: { parse: [] },
					...more,
				},
				timeoutMs: webhook.timeoutMs,
			},
			ports,
		);
	const post = async (text: string, tone: Tone) => {
		const flags = webhook.silent ? { flags: SUPPRESS_NOTIFICATIONS } : {};
		return readSent(await call('POST', '?wait=true', [text, tone], flags), webhook, ports);
	};
	return {
		form: discordForm,
		post,
		edit: async (messageId, text, tone): Promise<Followed> => {
			const answer = await call('PATCH', `/messages/${messageId}`, [text, tone], {});
			return isAnswer(answer) && answer.json['code'] === UNKNOWN_MESSAGE
				? { status: 'gone' }
				: readSent(answer, webhook, ports);
		},
		reply: async (_, text, tone) => await post(text, tone),
	};
}

/** Five in two seconds and thirty a minute to a webhook; Discord says when it's less. */
export const discordDestination = (url: string): Destination => ({
	key: `discord/${recipientHash(url)}`,
	allowances: [
		{ count: 5, perMs: 2_000 },
		{ count: 30, perMs: 60_000 },
	],
});

function addressOf({ url, threadId }: DiscordWebhook, path: string): string {
	const address = new URL(`${url.replace(/\/+$/, '')}${path}`);
	if (threadId !== undefined) address.searchParams.set('thread_id', threadId);
	return address.href;
}

function readSent(
	answer: ApiAnswer | Failed,
	{ url }: DiscordWebhook,
	{ clock }: ApiPorts,
): Posted {
	if (!isAnswer(answer)) return answer;
	const { status, json, headers } = answer;
	const { id, code, message, retry_after: retryAfter } = json;
	if (status === 200 && typeof id === 'string') {
		const restMs = headers['x-ratelimit-remaining'] === '0' ? resetMs(headers) : undefined;
		return { status: 'sent', messageId: id, ...(restMs === undefined ? {} : { restMs }) };
	}
	const said = wordsOf(message);
	if (said === '') return failureOfStatus(answer, 'Discord', clock);
	const [reason, hint] = meaningOf(status, code);
	return asFailure({
		service: 'Discord',
		reason,
		said: `${status}: "${said}"`,
		hint,
		retryAfterMs: typeof retryAfter === 'number' ? Math.ceil(retryAfter * 1_000) : undefined,
		secrets: [url, new URL(url).pathname, wordsOf(url.split('/').at(-1))],
	});
}

/** Seconds, with a fraction. */
function resetMs(headers: Readonly<Record<string, string>>): number | undefined {
	const seconds = Number(headers['x-ratelimit-reset-after']);
	return seconds >= 0 ? Math.ceil(seconds * 1_000) : undefined;
}

function meaningOf(status: number, code: unknown): readonly [FailureReason, string] {
	if (status === 429) return ['rateLimited', 'It wants fewer messages through this webhook.'];
	if (status >= 500) return ['serverError', 'It has a failure of its own.'];
	if (code === UNKNOWN_WEBHOOK) {
		return [
			'invalidRecipient',
			'The webhook was deleted; make a new one and put it in the credential.',
		];
	}
	if (code === UNKNOWN_CHANNEL) return ['invalidRecipient', 'Check the thread ID.'];
	if (code === INVALID_TOKEN || status === 401 || status === 403) {
		return ['auth', 'Check the webhook address in the credential.'];
	}
	return ['refused', 'Check what is sent; a forum wants a thread ID.'];
}
