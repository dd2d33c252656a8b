import type { Clock } from '../../core/ports';
import { ApiServer, ServerLimit, type ApiReply, type ApiRequest } from './ApiServer.ts';

export const TELEGRAM_TOKEN = '987654321:s3cr3t-TokenOfTheBot_x';

export type TelegramMessage = {
	readonly message_id: number;
	readonly chat: string;
	/** As people read it: tags and entities are gone. */
	readonly text: string;
	readonly bold: readonly string[];
	readonly silent: boolean;
	readonly thread?: number;
	readonly replyTo?: number;
	readonly edits: number;
};

/**
 * The Bot API, as far as alerts need it: getMe, sendMessage, editMessageText.
 * From https://core.telegram.org/bots/api and /bots/faq; error texts as the server words them.
 */
export class TelegramServer extends ApiServer {
	readonly messages: TelegramMessage[] = [];

	/** Chats the bot may write to. */
	readonly chats = new Set(['42', '43', '-100200300', '@market_alerts']);

	/** Groups that became supergroups: old id → new id. */
	readonly moved = new Map<string, string>();

	/** Chats that threw the bot out. */
	readonly blocked = new Set<string>();

	/** How many requests it turned away for coming too often. */
	turnedAway = 0;

	private readonly limits = new Map<string, ServerLimit[]>();

	private lastId = 100;

	private readonly clock: Clock | undefined;

	/** With a clock it keeps its limits. */
	constructor(clock?: Clock) {
		super();
		this.clock = clock;
	}

	static async open(clock?: Clock): Promise<TelegramServer> {
		return await new TelegramServer(clock).listen();
	}

	credential() {
		return { token: TELEGRAM_TOKEN, baseUrl: this.baseUrl };
	}

	in(chat: string): TelegramMessage[] {
		return this.messages.filter((message) => message.chat === chat);
	}

	protected answer({ path, json }: ApiRequest): ApiReply {
		const [, token, method] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
		if (token === undefined || !/^\d+:/.test(token)) return refusal(404, 'Not Found');
		if (token !== TELEGRAM_TOKEN) return refusal(401, 'Unauthorized');
		if (method === 'getMe') return success({ id: 987654321, is_bot: true, username: 'alerts_bot' });
		if (method === 'sendMessage') return this.send(json);
		if (method === 'editMessageText') return this.edit(json);
		return refusal(404, 'Not Found: method not found');
	}

	private send(body: Record<string, any>): ApiReply {
		const chat = String(body['chat_id'] ?? '');
		const refused = this.refuseChat(chat) ?? this.refuseRate(chat);
		if (refused !== undefined) return refused;
		const read = readText(body);
		if ('error' in read) return refusal(400, `Bad Request: ${read.error}`);
		const replyTo = body['reply_parameters'] as
			{ message_id: number; allow_sending_without_reply?: boolean } | undefined;
		const isThere = this.in(chat).some(({ message_id: id }) => id === replyTo?.message_id);
		if (replyTo !== undefined && !isThere && replyTo.allow_sending_without_reply !== true) {
			return refusal(400, 'Bad Request: message to be replied not found');
		}
		const message: TelegramMessage = {
			message_id: (this.lastId += 1),
			chat,
			...read,
			silent: body['disable_notification'] === true,
			...(body['message_thread_id'] === undefined ? {} : { thread: body['message_thread_id'] }),
			...(isThere && replyTo !== undefined ? { replyTo: replyTo.message_id } : {}),
			edits: 0,
		};
		this.messages.push(message);
		return success({ message_id: message.message_id, chat: { id: chat }, text: message.text });
	}

	private edit(body: Record<string, any>): ApiReply {
		const chat = String(body['chat_id'] ?? '');
		const refused = this.refuseChat(chat) ?? this.refuseRate(chat);
		if (refused !== undefined) return refused;
		const index = this.messages.findIndex(
			(message) => message.chat === chat && message.message_id === body['message_id'],
		);
		const old = this.messages[index];
		if (old === undefined) return refusal(400, 'Bad Request: message to edit not found');
		const read = readText(body);
		if ('error' in read) return refusal(400, `Bad Request: ${read.error}`);
		if (read.text === old.text && read.bold.join() === old.bold.join()) {
			return refusal(
				400,
				'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
			);
		}
		this.messages[index] = { ...old, ...read, edits: old.edits + 1 };
		return success({ message_id: old.message_id, chat: { id: chat }, text: read.text });
	}

	private refuseChat(chat: string): ApiReply | undefined {
		const to = this.moved.get(chat);
		if (to !== undefined) {
			return refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
				migrate_to_chat_id: Number(to),
			});
		}
		if (this.blocked.has(chat)) return refusal(403, 'Forbidden: bot was blocked by the user');
		return this.chats.has(chat) ? undefined : refusal(400, 'Bad Request: chat not found');
	}

	private refuseRate(chat: string): ApiReply | undefined {
		if (this.clock === undefined) return undefined;
		const limits = this.limits.get(chat) ?? [
			new ServerLimit(1, 1_000),
			...(/^\d/.test(chat) ? [] : [new ServerLimit(20, 60_000)]),
		];
		this.limits.set(chat, limits);
		const now = this.clock.now();
		const waitMs = Math.max(...limits.map((limit) => limit.admit(now)));
		if (waitMs <= 0) return undefined;
		this.turnedAway += 1;
		const seconds = Math.ceil(waitMs / 1_000);
		return refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
	}
}

const success = (result: unknown): ApiReply => ({ status: 200, json: { ok: true, result } });

const refusal = (code: number, description: string, parameters?: object): ApiReply => ({
	status: code,
	json: {
		ok: false,
		error_code: code,
		description,
		...(parameters === undefined ? {} : { parameters }),
	},
});

type Read =
	{ readonly text: string; readonly bold: readonly string[] } | { readonly error: string };

/** What the server makes of `text`: with HTML its tags and entities are read, and only those it knows. */
export function readText(body: Record<string, any>): Read {
	const given = body['text'] as unknown;
	if (typeof given !== 'string' || given.trim() === '') return { error: 'message text is empty' };
	if (/\p{Surrogate}/u.test(given)) return { error: 'strings must be encoded in UTF-8' };
	const read = body['parse_mode'] === 'HTML' ? readHtml(given) : { text: given, bold: [] };
	if ('error' in read) return read;
	if (read.text.length > 4_096) return { error: 'message is too long' };
	return read.text.trim() === '' ? { error: 'message text is empty' } : read;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const TAGS = ['b', 'strong', 'i', 'em', 'u', 's', 'code', 'pre', 'a', 'blockquote'];

function readHtml(html: string): Read {
	let text = '';
	const open: Array<{ readonly tag: string; readonly at: number }> = [];
	const bold: string[] = [];
	for (let index = 0; index < html.length;) {
		const rest = html.slice(index);
		const tag = /^<(\/?)([a-z]+)>/.exec(rest);
		const entity = /^&(?:(\w+)|#(\d+));/.exec(rest);
		if (html[index] === '<') {
			const at = `at byte offset ${Buffer.byteLength(html.slice(0, index))}`;
			const [all, slash, name] = tag ?? [];
			if (all === undefined || name === undefined || !TAGS.includes(name)) {
				return { error: `can't parse entities: Unsupported start tag "${name ?? ''}" ${at}` };
			}
			if (slash === '') open.push({ tag: name, at: text.length });
			else {
				const last = open.pop();
				if (last?.tag !== name) {
					return { error: `can't parse entities: Unmatched end tag ${at}` };
				}
				if (name === 'b') bold.push(text.slice(last.at));
			}
			index += all.length;
		} else if (entity !== null && (entity[2] ?? ENTITIES[entity[1] ?? '']) !== undefined) {
			text += ENTITIES[entity[1] ?? ''] ?? String.fromCodePoint(Number(entity[2]));
			index += entity[0].length;
		} else {
			text += html[index];
			index += 1;
		}
	}
	const [unclosed] = open;
	return unclosed === undefined
		? { text, bold }
		: {
				error: `can't parse entities: Can't find end tag corresponding to start tag "${unclosed.tag}"`,
			};
}
