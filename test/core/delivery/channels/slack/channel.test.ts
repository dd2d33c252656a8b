import { isSlackChannel, slackChat } from '../../../../../core/delivery';
import type { HttpClient } from '../../../../../core/ports';
import { ON_THE_WAY, openApiBench } from '../../../../contracts/apiBench';
import { itIsAChannel, type Expected } from '../../../../contracts/channel';
import { FakeClock } from '../../../../fakes/FakeClock';
import { n8nHttp } from '../../../../fakes/n8nHttp';
import { SLACK_TOKEN, SlackServer } from '../../../../fakes/SlackServer';

const clock = new FakeClock();
const settings = (baseUrl: string) => ({
	baseUrl: `${baseUrl}/api`,
	token: SLACK_TOKEN,
	channel: '#alerts',
	timeoutMs: 1_500,
});

/** Slack's own error codes, by what they mean to us. */
const ERRORS: ReadonlyArray<readonly [string, Expected]> = [
	['ratelimited', ['rateLimited', true]],
	['internal_error', ['serverError', true]],
	['fatal_error', ['serverError', true]],
	['invalid_auth', ['auth', false]],
	['token_revoked', ['auth', false]],
	['account_inactive', ['auth', false]],
	['missing_scope', ['auth', false]],
	['channel_not_found', ['invalidRecipient', false]],
	['not_in_channel', ['invalidRecipient', false]],
	['is_archived', ['invalidRecipient', false]],
	['no_text', ['refused', false]],
	['message_not_found', ['refused', false]],
	['one_that_is_new', ['refused', false]],
	[`${SLACK_TOKEN}_in_a_code`, ['refused', false]],
];

itIsAChannel(
	'Slack',
	async () => {
		const http = await n8nHttp();
		return await openApiBench(
			await SlackServer.open(),
			async (_, baseUrl) => {
				const answer = await slackChat(settings(baseUrl), { http, clock }).post('Hello', 'info');
				return answer.status === 'sent' ? { status: 'sent', receipt: answer.messageId } : answer;
			},
			{
				'all well': () => {},
				...Object.fromEntries(
					ERRORS.map(([error]) => [
						error,
						(server: SlackServer) =>
							(server.mishaps = [{ status: 200, json: { ok: false, error } }]),
					]),
				),
			},
			(server) => server.messages.length,
		);
	},
	[['all well', 'sent'], ...ERRORS, ...ON_THE_WAY],
	[SLACK_TOKEN, 's3cr3t'],
);

describe('slackChat', () => {
	let server: SlackServer;
	let http: HttpClient;
	beforeEach(async () => {
		server = await SlackServer.open();
		http = await n8nHttp();
	});
	afterEach(async () => await server.close());

	const chat = (more: Partial<Parameters<typeof slackChat>[0]> = {}) =>
		slackChat({ ...settings(server.baseUrl), ...more }, { http, clock });
	const idOf = (answer: object) => (answer as { messageId: string }).messageId;

	it('posts, and names the message by its channel and its time', async () => {
		const answer = await chat().post('*Fell*\nSHOP &lt; 60', 'warning');
		const [message] = server.messages;
		expect(message).toMatchObject({ channel: 'C0ALERTS01', text: '*Fell*\nSHOP &lt; 60' });
		expect(answer).toEqual({ status: 'sent', messageId: `C0ALERTS01/${message?.ts}` });
		expect(server.requests[0]?.json).toMatchObject({ unfurl_links: false, unfurl_media: false });
	});

	it('replies in the thread of a message', async () => {
		const id = idOf(await chat().post('Fell', 'warning'));
		await chat().reply(id, 'Rose', 'resolved');
		const [first, second] = server.messages;
		expect(first).not.toHaveProperty('thread_ts');
		expect(second).toMatchObject({ text: 'Rose', thread_ts: first?.ts });
	});

	it('changes a message', async () => {
		const id = idOf(await chat().post('Fell', 'warning'));
		expect(await chat().edit(id, 'Rose', 'resolved')).toEqual({ status: 'sent', messageId: id });
		expect(server.messages).toMatchObject([{ text: 'Rose', edits: 1 }]);
	});

	it('says that a message or thread is gone', async () => {
		expect(await chat().edit('C0ALERTS01/1.2', 'x', 'info')).toEqual({ status: 'gone' });
		expect(await chat().reply('C0ALERTS01/1.2', 'x', 'info')).toEqual({ status: 'gone' });
	});

	it('reads Retry-After', async () => {
		server.mishaps = [
			{
				status: 429,
				json: { ok: false, error: 'ratelimited' },
				headers: { 'retry-after': '30' },
			},
		];
		expect(await chat().post('Hello', 'info')).toMatchObject({
			reason: 'rateLimited',
			again: true,
			retryAfterMs: 30_000,
		});
	});

	it('says which scope is missing', async () => {
		server.errors.set('C0ALERTS01', 'missing_scope');
		expect(await chat().post('Hello', 'info')).toMatchObject({
			message: expect.stringMatching(/^Slack answered "missing_scope"\. .*chat:write/),
		});
	});
});

describe('isSlackChannel', () => {
	it.each(['C0123456789', 'D0123456789', '#alerts', '#börse-alarm', '@jane'])(
		'takes %s',
		(good) => {
			expect(isSlackChannel(good)).toBe(true);
		},
	);

	it.each(['', 'alerts', '#', '# alerts', 'c0123456789', 'https://hooks.slack.com/x'])(
		'refuses %j',
		(bad) => {
			expect(isSlackChannel(bad)).toBe(false);
		},
	);
});
