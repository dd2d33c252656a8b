import { ApiServer, ServerLimit, type ApiReply, type ApiRequest } from './ApiServer.ts';
import type { Clock } from '../../core/ports';

export const SLACK_TOKEN = 'xoxb-s3cr3t-token';

export type SlackMessage = {
	readonly channel: string;
	readonly ts: string;
	/** In mrkdwn, as it came. */
	readonly text: string;
	readonly thread_ts?: string;
	readonly edits: number;
};

/**
 * The Web API, as far as alerts need it: auth.test, chat.postMessage, chat.update. Nearly everything is
 * answered with 200; `ok` tells. From https://docs.slack.dev/reference/methods.
 */
export class SlackServer extends ApiServer {
	readonly messages: SlackMessage[] = [];

	/** By id, with its name. */
	readonly channels = new Map([
		['C0ALERTS01', '#alerts'],
		['C0OTHERS02', '#others'],
	]);

	/** Errors that channels answer with: `is_archived`, `not_in_channel`. */
	readonly errors = new Map<string, string>();

	turnedAway = 0;

	private readonly limits = new Map<string, ServerLimit>();

	private lastTs = 1_700_000_000;

	private readonly clock: Clock | undefined;

	constructor(clock?: Clock) {
		super();
		this.clock = clock;
	}

	static async open(clock?: Clock): Promise<SlackServer> {
		return await new SlackServer(clock).listen();
	}

	credential() {
		return { token: SLACK_TOKEN, baseUrl: `${this.baseUrl}/api` };
	}

	protected answer({ path, json, headers }: ApiRequest): ApiReply {
		if (headers.authorization === undefined) return refusal('not_authed');
		if (headers.authorization !== `Bearer ${SLACK_TOKEN}`) return refusal('invalid_auth');
		if (path === '/api/auth.test') return success({ team: 'Desk', user: 'alerts' });
		if (path === '/api/chat.postMessage') return this.post(json);
		if (path === '/api/chat.update') return this.update(json);
		return refusal('unknown_method');
	}

	private post(body: Record<string, any>): ApiReply {
		const given = String(body['channel'] ?? '');
		const [channel] = [...this.channels].find((names) => names.includes(given)) ?? [];
		if (channel === undefined) return refusal('channel_not_found');
		const error = this.errors.get(channel);
		if (error !== undefined) return refusal(error);
		const text = String(body['text'] ?? '');
		if (text === '') return refusal('no_text');
		const limit = this.limits.get(channel) ?? new ServerLimit(1, 1_000);
		this.limits.set(channel, limit);
		const waitMs = this.clock === undefined ? 0 : limit.admit(this.clock.now());
		if (waitMs > 0) {
			this.turnedAway += 1;
			return {
				status: 429,
				json: { ok: false, error: 'ratelimited' },
				headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
			};
		}
		const thread = body['thread_ts'] as string | undefined;
		if (thread !== undefined && !this.messages.some(({ ts }) => ts === thread)) {
			return refusal('thread_not_found');
		}
		const ts = `${(this.lastTs += 1)}.000100`;
		// It splits what's longer than 4,000, and takes no more than 40,000.
		const pieces = text.slice(0, 40_000).match(/[^]{1,4000}/g) ?? [];
		for (const piece of pieces) {
			this.messages.push({
				channel,
				ts,
				text: piece,
				...(thread === undefined ? {} : { thread_ts: thread }),
				edits: 0,
			});
		}
		return success({ channel, ts, message: { text } });
	}

	private update(body: Record<string, any>): ApiReply {
		const { channel, ts, text } = body as Record<string, string>;
		if (!this.channels.has(channel ?? '')) return refusal('channel_not_found');
		const index = this.messages.findIndex((one) => one.channel === channel && one.ts === ts);
		const old = this.messages[index];
		if (old === undefined) return refusal('message_not_found');
		if (text === undefined || text === '') return refusal('no_text');
		if (text.length > 4_000) return refusal('msg_too_long');
		this.messages[index] = { ...old, text, edits: old.edits + 1 };
		return success({ channel, ts, text });
	}
}

const success = (more: object): ApiReply => ({ status: 200, json: { ok: true, ...more } });
const refusal = (error: string): ApiReply => ({ status: 200, json: { ok: false, error } });

/** What people read in Slack: the entities are gone. @throws on a `<…>` that Slack would make something of */
export function readSlack(mrkdwn: string): string {
	if (/[<>]/.test(mrkdwn)) throw new Error(`Slack would see a link or a mention in: ${mrkdwn}`);
	if (/&(?!amp;|lt;|gt;)/.test(mrkdwn)) throw new Error(`A lone & in: ${mrkdwn}`);
	return mrkdwn.replace(
		/&(amp|lt|gt);/g,
		(_, name) => ({ amp: '&', lt: '<', gt: '>' })[name as 'lt'],
	);
}
