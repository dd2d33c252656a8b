import type { Chat, Followed, Posted } from '../../chat/model';
import type { FailureReason } from '../../model';
import {
	asFailure,
	callApi,
	failureOfStatus,
	isAnswer,
	isObject,
	wordsOf,
	type ApiAnswer,
	type ApiPorts,
	type Failed,
} from '../callApi';
import { telegramForm } from './format';

export type TelegramChat = {
	/** Of the Bot API, `https://api.telegram.org` or a server of the user's own. */
	readonly baseUrl: string;
	readonly token: string;
	readonly chatId: string;
	/** A forum's topic. */
	readonly topicId?: number;
	readonly silent: boolean;
	readonly timeoutMs: number;
};

/**
 * A chat of a Telegram bot.
 * @see https://core.telegram.org/bots/api#sendmessage
 */
export function telegramChat(settings: TelegramChat, ports: ApiPorts): Chat {
	const { baseUrl, token, chatId, topicId, silent, timeoutMs } = settings;
	const ask = async (method: string, chat: string, body: object) =>
		await callApi(
			{
				service: 'Telegram',
				method: 'POST',
				url: `${baseUrl.replace(/\/+$/, '')}/bot${token}/${method}`,
				body: {
					chat_id: chat,
					parse_mode: 'HTML',
					link_preview_options: { is_disabled: true },
					...body,
				},
				timeoutMs,
			},
			ports,
		);
	const call = async (method: string, body: object) => {
		const answer = await ask(method, chatId, body);
		// A group that grew has another id. Its old messages stay behind.
		const movedTo = isAnswer(answer) ? movedChat(answer) : undefined;
		return movedTo === undefined ? answer : await ask(method, movedTo, body);
	};
	const send = async (text: string, more: object = {}) => {
		const topic = topicId === undefined ? {} : { message_thread_id: topicId };
		const quietly = silent ? { disable_notification: true } : {};
		return readSent(
			await call('sendMessage', { text, ...topic, ...quietly, ...more }),
			token,
			ports,
		);
	};
	return {
		form: telegramForm,
		post: async (text) => await send(text),
		edit: async (messageId, text) => {
			const body = { message_id: Number(messageId), text };
			return readEdited(await call('editMessageText', body), messageId, token, ports);
		},
		reply: async (messageId, text) =>
			await send(text, {
				reply_parameters: { message_id: Number(messageId), allow_sending_without_reply: true },
			}),
	};
}

function readSent(answer: ApiAnswer | Failed, token: string, { clock }: ApiPorts): Posted {
	if (!isAnswer(answer)) return answer;
	const { json, status } = answer;
	const { ok, result, description, error_code: code } = json;
	if (ok === true && isObject(result)) {
		return { status: 'sent', messageId: String(result['message_id']) };
	}
	const said = wordsOf(description);
	if (said === '') return failureOfStatus(answer, 'Telegram', clock);
	const seen = typeof code === 'number' ? code : status;
	const [reason, hint] = meaningOf(seen, said);
	return asFailure({
		service: 'Telegram',
		reason,
		said: `${seen}: "${said}"`,
		hint,
		retryAfterMs: retryAfterOf(json),
		secrets: [token],
	});
}

function readEdited(
	answer: ApiAnswer | Failed,
	messageId: string,
	token: string,
	ports: ApiPorts,
): Followed {
	const said = isAnswer(answer) ? wordsOf(answer.json['description']) : '';
	if (/message is not modified/i.test(said)) return { status: 'sent', messageId };
	const isGone = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i.test(said);
	return isGone ? { status: 'gone' } : readSent(answer, token, ports);
}

function meaningOf(code: number, said: string): readonly [FailureReason, string] {
	if (code === 429) return ['rateLimited', 'It wants fewer messages to this chat.'];
	if (code >= 500) return ['serverError', 'It has a failure of its own.'];
	if (code === 401 || code === 404) return ['auth', "Check the bot's token in the credential."];
	if (code === 403) {
		return [
			'invalidRecipient',
			'Let the bot into the chat: start it there, or add it as a member.',
		];
	}
	if (/chat not found|user not found|PEER_ID_INVALID|thread not found|group chat was/i.test(said)) {
		return ['invalidRecipient', 'Check the chat ID, and that the bot was started or added there.'];
	}
	if (/not enough rights|CHAT_WRITE_FORBIDDEN/i.test(said)) {
		return ['invalidRecipient', 'Allow the bot to write in this chat.'];
	}
	return ['refused', 'Check the chat and the text.'];
}

/** Seconds, beside the error. */
function retryAfterOf({ parameters }: ApiAnswer['json']): number | undefined {
	const seconds = isObject(parameters) ? parameters['retry_after'] : undefined;
	return typeof seconds === 'number' && seconds >= 0 ? seconds * 1_000 : undefined;
}

function movedChat({ json: { parameters } }: ApiAnswer): string | undefined {
	const id = isObject(parameters) ? parameters['migrate_to_chat_id'] : undefined;
	return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined;
}
