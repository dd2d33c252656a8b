import type { Clock } from '../../core/ports';
import { ApiServer, ServerLimit, type ApiReply, type ApiRequest } from './ApiServer.ts';

export const DISCORD_TOKEN = 's3cr3t-webhook_token';

export type DiscordMessage = {
	readonly id: string;
	readonly description: string;
	readonly color: number;
	readonly flags: number;
	readonly thread?: string;
	/** Whom it would ping. */
	readonly parse: readonly string[] | undefined;
	readonly edits: number;
};

/** Webhooks, as far as alerts need them. From https://discord.com/developers/docs/resources/webhook. */
export class DiscordServer extends ApiServer {
	readonly messages: DiscordMessage[] = [];

	readonly threads = new Set(['777']);

	deleted = false;

	turnedAway = 0;

	private readonly limits = [new ServerLimit(5, 2_000), new ServerLimit(30, 60_000)];

	private lastId = 1_000_000_000_000_000_000n;

	private readonly clock: Clock | undefined;

	constructor(clock?: Clock) {
		super();
		this.clock = clock;
	}

	static async open(clock?: Clock): Promise<DiscordServer> {
		return await new DiscordServer(clock).listen();
	}

	get webhookUrl(): string {
		return `${this.baseUrl}/api/webhooks/112233/${DISCORD_TOKEN}`;
	}

	protected answer({ method, path, query, json }: ApiRequest): ApiReply {
		const [, id, token, message] =
			/^\/api\/webhooks\/(\d+)\/([\w-]+)(?:\/messages\/(\d+))?$/.exec(path) ?? [];
		if (this.deleted || id !== '112233') return refusal(404, 10_015, 'Unknown Webhook');
		if (token !== DISCORD_TOKEN) return refusal(401, 50_027, 'Invalid Webhook Token');
		if (method === 'GET') return { status: 200, json: { id, name: 'Alerts', type: 1 } };
		const thread = query.get('thread_id') ?? undefined;
		if (thread !== undefined && !this.threads.has(thread)) {
			return refusal(404, 10_003, 'Unknown Channel');
		}
		const now = this.clock?.now();
		const waitMs = now === undefined ? 0 : Math.max(...this.limits.map((one) => one.admit(now)));
		if (waitMs > 0) {
			this.turnedAway += 1;
			return {
				status: 429,
				json: {
					message: 'You are being rate limited.',
					retry_after: waitMs / 1_000,
					global: false,
				},
			};
		}
		const read = readEmbed(json);
		if (typeof read === 'string') {
			return {
				status: 400,
				json: { message: 'Invalid Form Body', code: 50_035, errors: { embeds: read } },
			};
		}
		return message === undefined
			? this.post(read, json, thread, query.get('wait') === 'true')
			: this.edit(message, read);
	}

	private post(
		read: Pick<DiscordMessage, 'description' | 'color'>,
		body: Record<string, any>,
		thread: string | undefined,
		wait: boolean,
	): ApiReply {
		const id = String((this.lastId += 1n));
		const parse = (body['allowed_mentions'] as { parse?: string[] } | undefined)?.parse;
		const flags = (body['flags'] as number | undefined) ?? 0;
		const where = thread === undefined ? {} : { thread };
		this.messages.push({ id, ...read, flags, ...where, parse, edits: 0 });
		return wait ? { status: 200, json: { id, type: 0 } } : { status: 204 };
	}

	private edit(id: string, read: Pick<DiscordMessage, 'description' | 'color'>): ApiReply {
		const index = this.messages.findIndex((message) => message.id === id);
		const old = this.messages[index];
		if (old === undefined) return refusal(404, 10_008, 'Unknown Message');
		this.messages[index] = { ...old, ...read, edits: old.edits + 1 };
		return { status: 200, json: { id, type: 0 } };
	}
}

const refusal = (status: number, code: number, message: string): ApiReply => ({
	status,
	json: { message, code },
});

function readEmbed(body: Record<string, any>) {
	const [embed] = (body['embeds'] ?? []) as Array<Record<string, unknown>>;
	const description = embed?.['description'];
	if (typeof description !== 'string' || description === '') return 'This field is required';
	if (description.length > 4_096) return 'Must be 4096 or fewer in length.';
	return { description, color: Number(embed?.['color'] ?? 0) };
}

/**
 * What people read in Discord: a backslash before a mark is gone. Marks that stand without one are returned
 * as they are, in `live`.
 */
export function readDiscord(markdown: string): { readonly text: string; readonly live: string[] } {
	const live: string[] = [];
	const text = markdown.replace(
		/(https?:\/\/[\w\-./~%?&=#:+,@]+)|\\([^0-9A-Za-z\s])|^[ \t]*[#>+-]|[*_~|`[\]<]/gm,
		(found, address?: string, escaped?: string) => {
			if (address !== undefined) return address;
			if (escaped !== undefined) return escaped;
			live.push(found);
			return found;
		},
	);
	return { text, live };
}
