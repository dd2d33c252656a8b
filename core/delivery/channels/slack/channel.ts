import type { Chat, Followed, Posted } from '../../chat/model';
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
import { slackForm } from './format';

export type SlackChannel = {
	/** Of the Web API: `https://slack.com/api`. */
	readonly baseUrl: string;
	/** Of a bot, `xoxb-…`. */
	readonly token: string;
	readonly channel: string;
	readonly timeoutMs: number;
};

/**
 * A channel of Slack, as a bot sees it. A message is named by the channel's id and its time there.
 * @see https://docs.slack.dev/reference/methods/chat.postMessage
 */
export function slackChat(
	{ baseUrl, token, channel, timeoutMs }: SlackChannel,
	ports: ApiPorts,
): Chat {
	const call = async (method: string, body: object): Promise<Followed> => {
		const answer = await callApi(
			{
				service: 'Slack',
				method: 'POST',
				url: `${baseUrl.replace(/\/+$/, '')}/${method}`,
				headers: { authorization: `Bearer ${token}` },
				body: { channel, unfurl_links: false, unfurl_media: false, ...body },
				timeoutMs,
			},
			ports,
		);
		return isAnswer(answer) && GONE.includes(wordsOf(answer.json['error']))
			? { status: 'gone' }
			: readSent(answer, token, ports);
	};
	return {
		form: slackForm,
		post: async (text) => {
			const answer = await call('chat.postMessage', { text });
			// These errors are about a message that's there already.
			return answer.status === 'gone' ? refused('message_not_found', token) : answer;
		},
		edit: async (messageId, text) => {
			const [id, ts] = messageId.split('/');
			return await call('chat.update', { channel: id, ts, text });
		},
		reply: async (messageId, text) => {
			const [id, ts] = messageId.split('/');
			return await call('chat.postMessage', { channel: id, thread_ts: ts, text });
		},
	};
}

/** One message a second to a channel. @see https://docs.slack.dev/apis/web-api/rate-limits */
export const slackDestination = (
	{ baseUrl, token }: Pick<SlackChannel, 'baseUrl' | 'token'>,
	channel: string,
): Destination => ({
	key: `slack/${recipientHash(JSON.stringify([baseUrl, token]))}/${channel}`,
	allowances: [{ count: 1, perMs: 1_000 }],
});

/** Slack answers 200 to nearly everything; `ok` and `error` tell. */
function readSent(answer: ApiAnswer | Failed, token: string, { clock }: ApiPorts): Posted {
	if (!isAnswer(answer)) return answer;
	const { ok, channel, ts, error } = answer.json;
	if (ok === true) return { status: 'sent', messageId: `${wordsOf(channel)}/${wordsOf(ts)}` };
	const code = wordsOf(error);
	if (answer.status !== 200 || code === '') return failureOfStatus(answer, 'Slack', clock);
	return refused(code, token);
}

function refused(code: string, token: string): Failed {
	const [reason, hint] = MEANS.find(([codes]) => codes.includes(code))?.[1] ?? [
		'refused',
		'Check the channel and the text.',
	];
	return asFailure({ service: 'Slack', reason, said: `"${code}"`, hint, secrets: [token] });
}

const GONE = [
	'message_not_found',
	'thread_not_found',
	'cant_update_message',
	'edit_window_closed',
	'cannot_reply_to_message',
];

const MEANS: ReadonlyArray<readonly [readonly string[], readonly [FailureReason, string]]> = [
	[
		['ratelimited', 'rate_limited', 'message_limit_exceeded'],
		['rateLimited', 'It wants fewer messages.'],
	],
	[
		['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'],
		['serverError', 'It has a failure of its own.'],
	],
	[
		[
			'not_authed',
			'invalid_auth',
			'account_inactive',
			'token_revoked',
			'token_expired',
			'not_allowed_token_type',
			'org_login_required',
			'two_factor_setup_required',
			'access_denied',
		],
		['auth', "Check the bot's token in the credential."],
	],
	[
		['missing_scope', 'no_permission', 'ekm_access_denied'],
		['auth', 'Give the app the scope chat:write, install it again, and use its new token.'],
	],
	[
		['not_in_channel', 'channel_not_found'],
		['invalidRecipient', 'Check the channel, and invite the app to it.'],
	],
	[
		[
			'is_archived',
			'user_not_found',
			'restricted_action',
			'restricted_action_read_only_channel',
			'messages_tab_disabled',
			'cannot_dm_bot',
		],
		['invalidRecipient', 'Nobody can write there; use another channel.'],
	],
];
