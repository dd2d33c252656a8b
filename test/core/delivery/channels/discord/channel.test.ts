import { discordChat, isDiscordWebhook } from '../../../../../core/delivery';
import type { HttpClient } from '../../../../../core/ports';
import { ON_THE_WAY, openApiBench } from '../../../../contracts/apiBench';
import { itIsAChannel } from '../../../../contracts/channel';
import { DISCORD_TOKEN, DiscordServer } from '../../../../fakes/DiscordServer';
import { FakeClock } from '../../../../fakes/FakeClock';
import { n8nHttp } from '../../../../fakes/n8nHttp';

const clock = new FakeClock();
const settings = (url: string) => ({ url, silent: false, timeoutMs: 1_500 });

const limited = (retryAfter: number) => ({
	status: 429,
	json: { message: 'You are being rate limited.', retry_after: retryAfter, global: false },
	headers: { 'retry-after': '1' },
});

itIsAChannel(
	'Discord',
	async () => {
		const http = await n8nHttp();
		return await openApiBench(
			await DiscordServer.open(),
			async (server, baseUrl) => {
				const url = server.webhookUrl.replace(server.baseUrl, baseUrl);
				const answer = await discordChat(settings(url), { http, clock }).post('Hello', 'info');
				return answer.status === 'sent' ? { status: 'sent', receipt: answer.messageId } : answer;
			},
			{
				'all well': () => {},
				'too many': (server) => (server.mishaps = [limited(0.65)]),
				'a deleted webhook': (server) => (server.deleted = true),
				'a wrong token, repeated in the answer': (server) =>
					(server.mishaps = [
						{
							status: 401,
							json: { code: 50_027, message: `Invalid Webhook Token ${DISCORD_TOKEN}` },
						},
					]),
				'a body it does not take': (server) =>
					(server.mishaps = [
						{ status: 400, json: { code: 50_035, message: 'Invalid Form Body' } },
					]),
				'a failure of its own': (server) =>
					(server.mishaps = [
						{ status: 500, json: { code: 0, message: '500: Internal Server Error' } },
					]),
			},
			(server) => server.messages.length,
		);
	},
	[
		['all well', 'sent'],
		['too many', ['rateLimited', true]],
		['a deleted webhook', ['invalidRecipient', false]],
		['a wrong token, repeated in the answer', ['auth', false]],
		['a body it does not take', ['refused', false]],
		['a failure of its own', ['serverError', true]],
		...ON_THE_WAY,
	],
	[DISCORD_TOKEN, 's3cr3t', '112233'],
);

describe('discordChat', () => {
	let server: DiscordServer;
	let http: HttpClient;
	beforeEach(async () => {
		server = await DiscordServer.open();
		http = await n8nHttp();
	});
	afterEach(async () => await server.close());

	const chat = (more: Partial<Parameters<typeof discordChat>[0]> = {}) =>
		discordChat({ ...settings(server.webhookUrl), ...more }, { http, clock });
	const idOf = (answer: object) => (answer as { messageId: string }).messageId;

	it('posts an embed that pings nobody, and says under which id', async () => {
		const answer = await chat().post('**Fell**', 'critical');
		expect(server.messages).toMatchObject([
			{ description: '**Fell**', color: 0xe03131, flags: 0, parse: [] },
		]);
		expect(answer).toEqual({ status: 'sent', messageId: server.messages[0]?.id });
	});

	it('posts silently, and in a thread, when asked', async () => {
		await chat({ silent: true, threadId: '777' }).post('Hello', 'info');
		expect(server.messages).toMatchObject([{ flags: 4_096, thread: '777' }]);
	});

	it('changes a message, its colour too, in its thread', async () => {
		const id = idOf(await chat({ threadId: '777' }).post('Fell', 'critical'));
		await chat({ threadId: '777' }).edit(id, 'Rose', 'resolved');
		expect(server.messages).toMatchObject([{ description: 'Rose', color: 0x2f9e44, edits: 1 }]);
		expect(server.requests.map(({ method, query }) => [method, query.get('thread_id')])).toEqual([
			['POST', '777'],
			['PATCH', '777'],
		]);
	});

	it('says that a message is gone, and that a webhook is', async () => {
		expect(await chat().edit('5', 'x', 'info')).toEqual({ status: 'gone' });
		server.deleted = true;
		expect(await chat().edit('5', 'x', 'info')).toMatchObject({ reason: 'invalidRecipient' });
	});

	it('reads seconds with a fraction', async () => {
		server.mishaps = [limited(0.6512)];
		expect(await chat().post('Hello', 'info')).toMatchObject({ retryAfterMs: 652 });
	});

	it("waits as Cloudflare says, which doesn't speak JSON", async () => {
		server.mishaps = [{ status: 429, text: 'error code: 1015', headers: { 'retry-after': '12' } }];
		expect(await chat().post('Hello', 'info')).toMatchObject({
			reason: 'rateLimited',
			retryAfterMs: 12_000,
		});
	});

	it('rests when that was the last one for now', async () => {
		const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.25' };
		server.mishaps = [{ status: 200, json: { id: '1' }, headers }];
		expect(await chat().post('Hello', 'info')).toMatchObject({ status: 'sent', restMs: 1_250 });
	});

	it('names the thread it does not know', async () => {
		expect(await chat({ threadId: '1' }).post('Hello', 'info')).toMatchObject({
			reason: 'invalidRecipient',
			message: 'Discord answered 404: "Unknown Channel". Check the thread ID.',
		});
	});
});

describe('isDiscordWebhook', () => {
	it.each([
		'https://discord.com/api/webhooks/123/a-b_c',
		'https://discord.com/api/v10/webhooks/123/abc/',
		'http://127.0.0.1:5000/api/webhooks/123/abc',
	])('takes %s', (good) => {
		expect(isDiscordWebhook(good)).toBe(true);
	});

	it.each([
		'',
		'#alerts',
		'https://discord.com/api/webhooks/123',
		'https://discord.com/channels/1/2',
		'ftp://discord.com/api/webhooks/123/abc',
		'https://discord.com/api/webhooks/123/abc?wait=true',
	])('refuses %j', (bad) => {
		expect(isDiscordWebhook(bad)).toBe(false);
	});
});
