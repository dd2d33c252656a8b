import { telegramChat } from '../../../../../core/delivery';
import {
	isTelegramChat,
	telegramForm,
} from '../../../../../core/delivery/channels/telegram/format';
import type { HttpClient } from '../../../../../core/ports';
import { ON_THE_WAY, openApiBench } from '../../../../contracts/apiBench';
import { itIsAChannel } from '../../../../contracts/channel';
import { FakeClock } from '../../../../fakes/FakeClock';
import { n8nHttp } from '../../../../fakes/n8nHttp';
import { TELEGRAM_TOKEN, TelegramServer } from '../../../../fakes/TelegramServer';

const clock = new FakeClock();

const settings = (baseUrl: string) => ({
	baseUrl,
	token: TELEGRAM_TOKEN,
	chatId: '42',
	silent: false,
	timeoutMs: 1_500,
});

const tooMany = (seconds?: number) => ({
	status: 429,
	json: {
		ok: false,
		error_code: 429,
		description: 'Too Many Requests: retry after 7',
		...(seconds === undefined ? {} : { parameters: { retry_after: seconds } }),
	},
});

const CONDITIONS: Record<string, (server: TelegramServer) => void> = {
	'all well': () => {},
	'too many requests': (server) => (server.mishaps = [tooMany(7)]),
	'an unknown chat': (server) => server.chats.delete('42'),
	'a chat that blocked the bot': (server) => server.blocked.add('42'),
	'no right to write': (server) =>
		(server.mishaps = [
			{
				status: 400,
				json: {
					ok: false,
					error_code: 400,
					description: 'Bad Request: not enough rights to send text messages to the chat',
				},
			},
		]),
	'a revoked token, repeated in the answer': (server) =>
		(server.mishaps = [
			{
				status: 401,
				json: { ok: false, error_code: 401, description: `Unauthorized: ${TELEGRAM_TOKEN}` },
			},
		]),
	'a failure of its own': (server) =>
		(server.mishaps = [
			{ status: 500, json: { ok: false, error_code: 500, description: 'Internal Server Error' } },
		]),
	'a text it cannot read': (server) =>
		(server.mishaps = [
			{
				status: 400,
				json: { ok: false, error_code: 400, description: "Bad Request: can't parse entities" },
			},
		]),
};

itIsAChannel(
	'Telegram',
	async () => {
		const http = await n8nHttp();
		return await openApiBench(
			await TelegramServer.open(),
			async (_, baseUrl) => {
				const answer = await telegramChat(settings(baseUrl), { http, clock }).post('Hello', 'info');
				return answer.status === 'sent' ? { status: 'sent', receipt: answer.messageId } : answer;
			},
			CONDITIONS,
			(server) => server.messages.length,
		);
	},
	[
		['all well', 'sent'],
		['too many requests', ['rateLimited', true]],
		['an unknown chat', ['invalidRecipient', false]],
		['a chat that blocked the bot', ['invalidRecipient', false]],
		['no right to write', ['invalidRecipient', false]],
		['a revoked token, repeated in the answer', ['auth', false]],
		['a failure of its own', ['serverError', true]],
		['a text it cannot read', ['refused', false]],
		...ON_THE_WAY,
	],
	[TELEGRAM_TOKEN, 's3cr3t'],
);

describe('telegramChat', () => {
	let server: TelegramServer;
	let http: HttpClient;
	beforeEach(async () => {
		server = await TelegramServer.open();
		http = await n8nHttp();
	});
	afterEach(async () => await server.close());

	const chat = (more: Partial<Parameters<typeof telegramChat>[0]> = {}) =>
		telegramChat({ ...settings(server.baseUrl), ...more }, { http, clock });
	const idOf = (answer: object) => (answer as { messageId: string }).messageId;

	it('posts HTML, and says under which id', async () => {
		const answer = await chat().post('<b>Fell</b>\nSHOP &lt; 60', 'warning');
		expect(server.messages).toMatchObject([
			{ chat: '42', text: 'Fell\nSHOP < 60', bold: ['Fell'], silent: false, edits: 0 },
		]);
		expect(answer).toEqual({ status: 'sent', messageId: String(server.messages[0]?.message_id) });
		expect(server.requests[0]?.json['link_preview_options']).toEqual({ is_disabled: true });
	});

	it('posts silently, and to a topic, when asked', async () => {
		await chat({ silent: true, topicId: 7 }).post('Hello', 'info');
		expect(server.messages).toMatchObject([{ silent: true, thread: 7 }]);
	});

	it('changes a message', async () => {
		const id = idOf(await chat().post('Fell', 'warning'));
		expect(await chat().edit(id, 'Rose', 'resolved')).toEqual({ status: 'sent', messageId: id });
		expect(server.messages).toMatchObject([{ text: 'Rose', edits: 1 }]);
	});

	it('takes a message that says so already for changed', async () => {
		const id = idOf(await chat().post('Fell', 'warning'));
		expect(await chat().edit(id, 'Fell', 'warning')).toEqual({ status: 'sent', messageId: id });
		expect(server.messages).toMatchObject([{ text: 'Fell', edits: 0 }]);
	});

	it('says that a message is gone', async () => {
		expect(await chat().edit('5', 'Rose', 'resolved')).toEqual({ status: 'gone' });
	});

	it('does not take a failure for a message that is gone', async () => {
		server.mishaps = [tooMany(3)];
		expect(await chat().edit('5', 'Rose', 'resolved')).toMatchObject({
			reason: 'rateLimited',
			retryAfterMs: 3_000,
		});
	});

	it('replies, and sends all the same when what it replies to is gone', async () => {
		const id = idOf(await chat().post('Fell', 'warning'));
		await chat().reply(id, 'Rose', 'resolved');
		await chat().reply('5', 'Rose again', 'resolved');
		expect(server.messages.map(({ replyTo }) => replyTo)).toEqual([
			undefined,
			Number(id),
			undefined,
		]);
	});

	it('follows a group that became a supergroup', async () => {
		server.moved.set('42', '-100200300');
		expect(await chat().post('Hello', 'info')).toMatchObject({ status: 'sent' });
		expect(server.in('-100200300')).toHaveLength(1);
	});

	it.each([
		[7, 7_000],
		[0, 0],
		[undefined, undefined],
	])('reads that it shall wait %s s', async (seconds, expected) => {
		server.mishaps = [tooMany(seconds)];
		const answer = await chat().post('Hello', 'info');
		expect((answer as { retryAfterMs?: number }).retryAfterMs).toBe(expected);
	});

	it('quotes what Telegram says, and says what to do', async () => {
		server.chats.delete('42');
		expect(await chat().post('Hello', 'info')).toMatchObject({
			message:
				'Telegram answered 400: "Bad Request: chat not found". Check the chat ID, and that the bot was started or added there.',
		});
	});

	it.each([['42:wrong'], ['not a token']])('calls the token %j wrong', async (token) => {
		expect(await chat({ token }).post('Hello', 'info')).toMatchObject({
			reason: 'auth',
			again: false,
		});
	});

	it('takes as much as a message may have, and the server no more', async () => {
		expect(await chat().post('x'.repeat(telegramForm.limit), 'info')).toMatchObject({
			status: 'sent',
		});
		expect(await chat().post('x'.repeat(telegramForm.limit + 1), 'info')).toMatchObject({
			reason: 'refused',
		});
	});

	it('hands a bug on', async () => {
		const broken: HttpClient = {
			request: async () => await Promise.reject(new TypeError('a bug')),
		};
		await expect(
			telegramChat(settings(server.baseUrl), { http: broken, clock }).post('x', 'info'),
		).rejects.toThrow('a bug');
	});
});

describe('isTelegramChat', () => {
	it.each(['42', '-100200300', '@market_alerts'])('takes %s', (good) => {
		expect(isTelegramChat(good)).toBe(true);
	});

	it.each(['', 'alerts', '@a', '4 2', '@market-alerts', '1.5', 'https://t.me/alerts'])(
		'refuses %j',
		(bad) => {
			expect(isTelegramChat(bad)).toBe(false);
		},
	);
});
