import type { IDataObject, INode } from 'n8n-workflow';

import type { Clock } from '../../../core/ports';
import { AlertMessage } from '../../../nodes/AlertMessage/AlertMessage.node';
import { closeSharedStore } from '../../../nodes/host/store';
import { alertItem } from '../../fakes/alertItem';
import { DISCORD_TOKEN, DiscordServer, readDiscord } from '../../fakes/DiscordServer';
import { useProductionExpressions, useSimpleExpressions } from '../../fakes/expressionEngine';
import { errorOf, outputOf, runNode } from '../../fakes/runWorkflow';
import { readSlack, SLACK_TOKEN, SlackServer } from '../../fakes/SlackServer';
import { TELEGRAM_TOKEN, TelegramServer } from '../../fakes/TelegramServer';

jest.mock('../../../core/ports/system', () => {
	const real: object = jest.requireActual('../../../core/ports/system');
	const { FakeClock } =
		jest.requireActual<typeof import('../../fakes/FakeClock')>('../../fakes/FakeClock');
	const clock = new FakeClock(1_700_000_000_000, true);
	return { ...real, systemClock: clock, systemTimer: clock };
});
const { systemClock: clock } = jest.requireMock<{ systemClock: Clock }>(
	'../../../core/ports/system',
);

let telegram: TelegramServer;
let slack: SlackServer;
let discord: DiscordServer;
beforeEach(async () => {
	telegram = await TelegramServer.open(clock);
	slack = await SlackServer.open(clock);
	discord = await DiscordServer.open(clock);
});
afterEach(async () => {
	for (const server of [telegram, slack, discord]) await server.close();
});
afterAll(async () => await closeSharedStore());

/** Every alert of this file has an id of its own: they share a store. */
let lastId = 0;
type Told = Parameters<typeof alertItem>[0];
const alert = (more: Told = {}, words: IDataObject = {}) => {
	const id = `alert-${(lastId += 1)}`;
	return {
		...(alertItem({ id, episodeId: `episode of ${id}`, ...more }) as unknown as IDataObject),
		...words,
	};
};
/** An alert and what comes later of its episode. */
const episode = () => {
	const episodeId = `episode ${(lastId += 1)}`;
	const later = (state: 'reminder' | 'resolved', minutes: number, words: IDataObject) =>
		alert({ episodeId, state, eventAt: 1_700_000_060_000 + minutes * 60_000 }, words);
	return {
		firing: alert({ episodeId }),
		reminder: later('reminder', 5, { title: 'Still cheap', text: 'SHOP trades at 58.' }),
		resolved: later('resolved', 9, { title: 'Resolved: cheap', text: 'SHOP: now 61 & rising.' }),
	};
};

const DEFAULTS = {
	title: '={{ $json.title }}',
	text: '={{ $json.text }}',
	alertId: '={{ $json.alert.id }}',
};

const ACCOUNTS = {
	telegram: () => ({
		parameters: { channel: 'telegram', chatId: '42' },
		credentials: { marketAlertsTelegramApi: telegram.credential() },
	}),
	slack: () => ({
		parameters: { channel: 'slack', slackChannel: '#alerts' },
		credentials: { marketAlertsSlackApi: slack.credential() },
	}),
	discord: () => ({
		parameters: { channel: 'discord' },
		credentials: { marketAlertsDiscordApi: { webhookUrl: discord.webhookUrl } },
	}),
};
type Channel = keyof typeof ACCOUNTS;

const send = async (
	channel: Channel,
	items: IDataObject[],
	options: {
		parameters?: Record<string, IDataObject | string>;
		credentials?: Record<string, IDataObject>;
		node?: Partial<INode>;
		mode?: 'manual' | 'trigger';
		executionId?: string;
		signal?: AbortSignal;
	} = {},
) => {
	const account = ACCOUNTS[channel]();
	const { parameters, credentials, ...rest } = options;
	return await runNode({
		...rest,
		type: new AlertMessage(),
		items,
		parameters: { ...DEFAULTS, ...account.parameters, ...parameters },
		credentials: { ...account.credentials, ...credentials },
	});
};

const deliveriesOf = (run: Awaited<ReturnType<typeof send>>, item = 0): unknown => {
	const report = outputOf(run)[item]?.json['marketAlerts'] as IDataObject | undefined;
	return (report?.['delivery'] as IDataObject | undefined)?.['deliveries'];
};

describe('Alert Message on Telegram', () => {
	it('sends an alert and passes the item on, with what became of it', async () => {
		const item = alert();
		const run = await send('telegram', [item]);
		expect(telegram.messages).toMatchObject([
			{
				chat: '42',
				text: 'Time to buy SHOP!\nSHOP: price 59.2 is less than 60.',
				bold: ['Time to buy SHOP!'],
				silent: false,
			},
		]);
		const [passed] = outputOf(run);
		const { marketAlerts, ...untouched } = passed?.json ?? {};
		expect(untouched).toEqual(item);
		expect(passed?.pairedItem).toEqual({ item: 0 });
		expect(marketAlerts).toEqual({
			delivery: {
				channel: 'telegram',
				deliveries: [
					{
						status: 'delivered',
						to: '…',
						at: expect.any(Number),
						attempts: 1,
						receipt: String(telegram.messages[0]?.message_id),
					},
				],
			},
		});
	});

	it('changes the first message of an episode when it goes on and when it ends', async () => {
		const { firing, reminder, resolved } = episode();
		await send('telegram', [firing]);
		await send('telegram', [reminder], { executionId: '2' });
		expect(telegram.messages).toMatchObject([{ text: expect.stringMatching(/^Still cheap\n/) }]);
		await send('telegram', [resolved], { executionId: '3' });
		expect(telegram.messages).toMatchObject([
			{ text: 'Resolved: cheap\nSHOP: now 61 & rising.', bold: ['Resolved: cheap'], edits: 2 },
		]);
	});

	it('replies, or sends anew, when that is wanted', async () => {
		for (const followUp of ['reply', 'new']) {
			const { firing, resolved } = episode();
			const parameters = { options: { followUp } };
			await send('telegram', [firing], { parameters });
			await send('telegram', [resolved], { parameters, executionId: '2' });
		}
		const [first] = telegram.messages;
		expect(telegram.messages.map(({ replyTo, edits }) => [replyTo, edits])).toEqual([
			[undefined, 0],
			[first?.message_id, 0],
			[undefined, 0],
			[undefined, 0],
		]);
	});

	it('sends the end of an alert whose first message it does not know', async () => {
		await send('telegram', [episode().resolved]);
		expect(telegram.messages).toMatchObject([
			{ text: 'Resolved: cheap\nSHOP: now 61 & rising.', edits: 0 },
		]);
	});

	it('finds the first message in each of several chats', async () => {
		const { firing, resolved } = episode();
		const parameters = { chatId: '42, -100200300' };
		await send('telegram', [firing], { parameters });
		await send('telegram', [resolved], { parameters, executionId: '2' });
		expect(telegram.messages.map(({ chat, edits }) => [chat, edits])).toEqual([
			['42', 1],
			['-100200300', 1],
		]);
	});

	it('sends silently to a topic', async () => {
		await send('telegram', [alert()], {
			parameters: { options: { silent: true, threadId: '7' } },
		});
		expect(telegram.messages).toMatchObject([{ silent: true, thread: 7 }]);
	});

	it('shows any text as it is', async () => {
		const title = 'P/E < 10 & <b>more</b> &amp; *stars* @all #1';
		await send('telegram', [alert({}, { title, text: '<script>&lt;😀' })]);
		expect(telegram.messages[0]?.text).toMatch(
			/^P\/E < 10 & <b>more<\/b> &amp; \*stars\* @all #1\n<script>&lt;😀\n/,
		);
	});

	it('cuts what is too long, with a note', async () => {
		await send('telegram', [alert({}, { text: '<😀> and '.repeat(2_000) })], {
			parameters: { options: { appendReasons: false } },
		});
		const text = telegram.messages[0]?.text ?? '';
		expect(text.length).toBeLessThanOrEqual(4_096);
		expect(text).toMatch(/ and… \(shortened\)$|<😀>… \(shortened\)$/);
	});
});

describe('Alert Message on Slack', () => {
	it('sends an alert, and replies in its thread when it goes on and when it ends', async () => {
		const { firing, reminder, resolved } = episode();
		await send('slack', [firing]);
		await send('slack', [reminder], { executionId: '2' });
		await send('slack', [resolved], { executionId: '3' });
		const [first, ...replies] = slack.messages;
		expect(first).toMatchObject({ channel: 'C0ALERTS01', edits: 0 });
		expect(first).not.toHaveProperty('thread_ts');
		expect(replies.map((reply) => reply.thread_ts)).toEqual([first?.ts, first?.ts]);
		expect(readSlack(replies[1]?.text ?? '')).toBe('*Resolved: cheap*\nSHOP: now 61 & rising.');
	});

	it('changes the first message when that is wanted', async () => {
		const { firing, resolved } = episode();
		const parameters = { options: { followUp: 'edit' } };
		await send('slack', [firing], { parameters });
		await send('slack', [resolved], { parameters, executionId: '2' });
		expect(slack.messages).toMatchObject([
			{ text: '*Resolved: cheap*\nSHOP: now 61 &amp; rising.', edits: 1 },
		]);
	});

	it('mentions nobody, whatever the text says', async () => {
		await send('slack', [alert({}, { title: '<!channel>', text: '<@U1> & <https://a.b|x>' })]);
		expect(readSlack(slack.messages[0]?.text ?? '')).toContain('<@U1> & <https://a.b|x>');
	});
});

describe('Alert Message on Discord', () => {
	it("sends an alert to the credential's webhook, and changes it when it is over", async () => {
		const { firing, resolved } = episode();
		await send('discord', [firing]);
		expect(discord.messages).toMatchObject([{ color: 0xf59f00, parse: [], edits: 0 }]);
		await send('discord', [resolved], { executionId: '2' });
		expect(discord.messages).toMatchObject([{ color: 0x2f9e44, edits: 1 }]);
		expect(readDiscord(discord.messages[0]?.description ?? '').text).toBe(
			'**Resolved: cheap**\nSHOP: now 61 & rising.',
		);
	});

	it("sends to the webhooks the alert's rule names instead", async () => {
		const to = discord.webhookUrl;
		await send('discord', [alert({ deliver: [{ channel: 'discord', to }] })], {
			credentials: {
				marketAlertsDiscordApi: { webhookUrl: 'http://127.0.0.1:1/api/webhooks/1/x' },
			},
		});
		expect(discord.messages).toHaveLength(1);
	});
});

describe('Alert Message', () => {
	const counts: Record<Channel, () => number> = {
		telegram: () => telegram.messages.length,
		slack: () => slack.messages.length,
		discord: () => discord.messages.length,
	};

	it.each(Object.keys(ACCOUNTS) as Channel[])('sends each alert once by %s', async (channel) => {
		const item = alert();
		await send(channel, [item]);
		const run = await send(channel, [item, item], { executionId: '2' });
		expect(counts[channel]()).toBe(1);
		expect(deliveriesOf(run)).toMatchObject([{ status: 'delivered', repeated: true }]);
	});

	it.each(Object.keys(ACCOUNTS) as Channel[])(
		'marks manual runs on %s, sends them each time, and remembers nothing of them',
		async (channel) => {
			const { firing, resolved } = episode();
			await send(channel, [firing], { mode: 'manual' });
			await send(channel, [firing], { mode: 'manual' });
			await send(channel, [resolved]);
			expect(counts[channel]()).toBe(3);
			const bodies = [telegram, slack, discord].flatMap(({ requests }) =>
				requests.map(({ json }) => JSON.stringify(json)),
			);
			expect(bodies.map((body) => body.includes('[Test]') || body.includes('\\\\[Test'))).toEqual([
				true,
				true,
				false,
			]);
		},
	);

	it.each<[Channel, string, () => unknown]>([
		['telegram', '43', () => telegram.messages.map(({ chat }) => chat)],
		['slack', 'C0OTHERS02', () => slack.messages.map(({ channel }) => channel)],
	])(
		"sends by %s to whom the alert's rule names when the field is empty",
		async (channel, to, got) => {
			const deliver = [
				{ channel: 'email', to: 'me@example.com' },
				{ channel, to },
			];
			await send(channel, [alert({ deliver })], { parameters: { chatId: '', slackChannel: '' } });
			expect(got()).toEqual([to]);
		},
	);

	it('takes items of any other node', async () => {
		await send('telegram', [{ order: 7 }], {
			parameters: { title: 'An order', text: '={{ "Number " + $json.order }}', alertId: '' },
		});
		expect(telegram.messages).toMatchObject([{ text: 'An order\nNumber 7' }]);
	});

	it('says why, once', async () => {
		await send('telegram', [alert({}, { text: 'Buy!' })]);
		await send('telegram', [alert()]);
		await send('telegram', [alert({}, { text: 'Buy!' })], {
			parameters: { options: { appendReasons: false } },
		});
		expect(telegram.messages.map(({ text }) => text.replace(/^.*\n/, ''))).toEqual([
			'Buy!\n• price 59.2 is less than 60',
			'SHOP: price 59.2 is less than 60.',
			'Buy!',
		]);
	});

	it('reads parameters with an expression for each item, in production too', async () => {
		await useProductionExpressions();
		try {
			await send('telegram', [alert({ symbol: 'SHOP' }), alert({ symbol: 'AAPL' })], {
				parameters: { title: '={{ $json.alert.symbol }} moved' },
			});
		} finally {
			await useSimpleExpressions();
		}
		expect(telegram.messages[0]?.bold).toEqual(['SHOP moved', 'AAPL moved']);
	});
});

describe('Alert Message, when many come', () => {
	const storm = (count: number) =>
		Array.from({ length: count }, (_, index) =>
			alert({}, { title: `Alert number ${index}.`, text: 'It happened. '.repeat(20) }),
		);
	const missing = (count: number, texts: readonly string[]) =>
		Array.from({ length: count }, (_, index) => `Alert number ${index}.`).filter(
			(title) => !texts.some((text) => text.includes(title)),
		);

	it('tells a batch in few messages, and drops none', async () => {
		const run = await send('telegram', storm(100), { parameters: { chatId: '-100200300' } });
		expect(outputOf(run)).toHaveLength(100);
		expect(telegram.turnedAway).toBe(0);
		expect(telegram.messages).toHaveLength(5);
		expect(
			missing(
				100,
				telegram.messages.map(({ text }) => text),
			),
		).toEqual([]);
	});

	it.each<[Channel, () => { turnedAway: number }, number]>([
		['telegram', () => telegram, 60],
		['slack', () => slack, 60],
		['discord', () => discord, 60],
	])('keeps the limits of %s across executions', async (channel, server, count) => {
		const chats = { chatId: '-100200300' };
		const runs = Array.from({ length: count }, (_, index) =>
			send(channel, [alert({}, { title: `Alert number ${index}.` })], {
				executionId: `e${index}`,
				parameters: chats,
			}),
		);
		for (const run of await Promise.all(runs)) expect(errorOf(run)).toBeUndefined();
		expect(server().turnedAway).toBe(0);
		const texts = [
			...telegram.messages.map(({ text }) => text),
			...slack.messages.map(({ text }) => text),
			...discord.messages.map(({ description }) => readDiscord(description).text),
		];
		expect(missing(count, texts)).toEqual([]);
	});

	it.each<[Channel, number, () => { turnedAway: number; messages: readonly unknown[] }]>([
		['telegram', 45, () => telegram],
		['slack', 5, () => slack],
		['discord', 40, () => discord],
	])('keeps the limits of %s, one execution after the other', async (channel, count, server) => {
		for (let index = 0; index < count; index += 1) {
			await send(channel, [alert()], {
				executionId: `e${index}`,
				parameters: { chatId: '-100200300' },
			});
		}
		expect(server().messages).toHaveLength(count);
		expect(server().turnedAway).toBe(0);
	});

	it('changes what it told together, each by itself', async () => {
		const [one, two] = [episode(), episode()];
		await send('telegram', [one.firing, two.firing]);
		await send('telegram', [two.resolved], { executionId: '2' });
		expect(telegram.messages).toMatchObject([
			{ bold: ['Time to buy SHOP!', 'Resolved: cheap'], edits: 1 },
		]);
	});

	it('waits as long as it is told to, and then sends', async () => {
		telegram.mishaps = [
			{
				status: 429,
				json: {
					ok: false,
					error_code: 429,
					description: 'Too Many Requests: retry after 30',
					parameters: { retry_after: 30 },
				},
			},
		];
		const before = clock.now();
		const run = await send('telegram', [alert(), alert()]);
		expect(clock.now() - before).toBeGreaterThanOrEqual(30_000);
		expect(deliveriesOf(run)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
		expect(telegram.messages).toHaveLength(1);
	});

	it('gives up when it is told to wait longer than it may', async () => {
		telegram.mishaps = [
			{
				status: 429,
				json: {
					ok: false,
					error_code: 429,
					description: 'Too Many Requests: retry after 600',
					parameters: { retry_after: 600 },
				},
			},
		];
		expect(errorOf(await send('telegram', [alert()]))?.message).toMatch(
			/^Telegram answered 429.*\[rateLimited\]$/,
		);
	});
});

describe('Alert Message, when it cannot send', () => {
	it('tries again while the service is busy', async () => {
		slack.mishaps = [{ status: 503, text: 'busy' }, 'cut', 'cut'];
		const run = await send('slack', [alert()]);
		expect(deliveriesOf(run)).toMatchObject([{ status: 'delivered', attempts: 4 }]);
		expect(slack.messages).toHaveLength(1);
	});

	it.each<[Channel, string]>([
		['telegram', TELEGRAM_TOKEN],
		['slack', SLACK_TOKEN],
		['discord', DISCORD_TOKEN],
	])('tells no secret of %s in any error', async (channel, secret) => {
		for (const mishap of [
			'cut',
			{ status: 500, text: secret },
			{ status: 400, text: secret },
		] as const) {
			for (const server of [telegram, slack, discord]) {
				server.mishaps = [mishap];
				server.stays = true;
			}
			const run = await send(channel, [alert()], { parameters: { options: { retryFor: '3s' } } });
			const { message, description, cause, stack, context } = errorOf(run) ?? {};
			expect(message).toMatch(/\[(unreachable|serverError|refused)\]$/);
			expect(
				[message, description, stack, String(cause), JSON.stringify(context)].join(),
			).not.toContain(secret.slice(-12));
			expect(message).not.toMatch(/https?:/);
		}
	});

	it('hands what it cannot send to the error output, with the reason', async () => {
		const items = [alert(), alert({ deliver: [{ channel: 'telegram', to: '99' }] })];
		const run = await send('telegram', items, {
			parameters: { chatId: '={{ $json.alert.deliver.length > 0 ? "" : "42" }}' },
			node: { onError: 'continueErrorOutput' },
		});
		expect(outputOf(run)).toHaveLength(1);
		expect(outputOf(run, 'Tested', 1)[0]?.json['error']).toMatch(
			/chat not found.*\[invalidRecipient\]$/,
		);
	});

	it('sends to one chat though another is closed to it', async () => {
		telegram.blocked.add('43');
		const run = await send('telegram', [alert()], { parameters: { chatId: '43, 42' } });
		expect(telegram.in('42')).toHaveLength(1);
		expect(errorOf(run)?.message).toMatch(/blocked by the user.*\(1 of 2 recipients\)$/);
	});

	it.each<[string, Channel, Record<string, string | IDataObject>, RegExp]>([
		['no chat', 'telegram', { chatId: '' }, /Nowhere to send to: Chat ID is empty/],
		[
			'a chat that is none',
			'telegram',
			{ chatId: 'my chat' },
			/"my chat" is not a chat; use a chat ID/,
		],
		['a channel that is none', 'slack', { slackChannel: 'alerts' }, /"alerts" is not a chat/],
		['a thread that is none', 'telegram', { options: { threadId: 'x' } }, /Thread ID is "x"/],
		['a duration that is none', 'slack', { options: { retryFor: '10' } }, /Retry For is "10"/],
	])('refuses %s', async (_, channel, parameters, message) => {
		expect(errorOf(await send(channel, [alert()], { parameters }))?.message).toMatch(message);
		expect(telegram.requests.length + slack.requests.length).toBe(0);
	});

	it('quotes no webhook that is none', async () => {
		const webhookUrl = 'https://discord.com/s3cr3t';
		const run = await send('discord', [alert()], {
			credentials: { marketAlertsDiscordApi: { webhookUrl } },
		});
		expect(errorOf(run)?.message).toMatch(/not a chat; use a webhook address/);
		expect(errorOf(run)?.message).not.toContain('s3cr3t');
	});

	it('writes down a message that was under way when the execution was stopped', async () => {
		const stop = new AbortController();
		const item = alert();
		telegram.onRequest = () => stop.abort();
		await send('telegram', [item], { signal: stop.signal });
		telegram.onRequest = () => {};
		await send('telegram', [item], { executionId: '2' });
		expect(telegram.messages).toHaveLength(1);
	});
});

describe("Alert Message's operations", () => {
	const run = async (operation: string, item: IDataObject, more: Record<string, string> = {}) =>
		await send('telegram', [item], { parameters: { operation, ...more } });
	const texts = () => telegram.messages.map(({ text }) => text.split('\n')[0]);

	it('shows what would be sent, sends nothing, and needs no credential', async () => {
		const item = alert();
		const shown = await runNode({
			type: new AlertMessage(),
			items: [item],
			parameters: { ...DEFAULTS, channel: 'discord', operation: 'preview' },
		});
		expect(errorOf(shown)).toBeUndefined();
		expect(outputOf(shown)).toMatchObject([
			{
				json: {
					channel: 'discord',
					title: 'Time to buy SHOP!',
					text: expect.stringContaining('SHOP'),
				},
				pairedItem: { item: 0 },
			},
		]);
		expect(discord.messages).toEqual([]);
	});

	it('sends tests marked, as often as asked, and knows nothing of them', async () => {
		const item = alert();
		await run('sendTest', item);
		await run('sendTest', item);
		await run('send', item);
		expect(texts()).toEqual([
			'[Test] Time to buy SHOP!',
			'[Test] Time to buy SHOP!',
			'Time to buy SHOP!',
		]);
	});

	it('sends an alert again as a message of its own, from the item or by its id alone', async () => {
		const item = alert();
		await run('send', item);
		await run('send', item);
		await run('sendAgain', item);
		const alertId = String((item['alert'] as IDataObject)['id']);
		await run('sendAgain', { any: 'item' }, { alertId });
		expect(texts()).toEqual(Array(3).fill('Time to buy SHOP!'));
	});

	it('lists what was delivered', async () => {
		const item = alert({ ruleId: 'listed in a chat' });
		await run('send', item);
		const listed = await send('telegram', [{}], {
			parameters: { operation: 'getDeliveries', filters: { rule: 'listed in a chat' } },
		});
		expect(outputOf(listed)).toMatchObject([
			{ json: { channel: 'telegram', symbol: 'SHOP', status: 'delivered' } },
		]);
	});
});
