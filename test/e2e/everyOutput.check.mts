import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { openDiscord, openPagerDuty, openSlack, openTelegram } from './fakes.mts';
import {
	node,
	replayTrigger,
	restartN8n,
	smtpCredential,
	startN8n,
	until,
	workflow,
	type Running,
} from './harness.mts';

/** n8n takes a trigger it was just starting for busy for two minutes, unless told otherwise. */
const ENV = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '3' };

/** Each symbol falls under 60; all but the last two recover. One event an execution. */
const TAPE: ReadonlyArray<readonly [symbol: string, price: number]> = [
	['ONE', 59],
	['TWO', 58],
	['TEN', 57],
	['ONE', 61],
	['TWO', 62],
	['SIX', 56],
];
const SYMBOLS = ['ONE', 'SIX', 'TEN', 'TWO'];
const OVER = ['ONE', 'TWO'];

/** What has just reached a server when n8n is killed: it was sent, and n8n doesn't know. */
const KILLED_AT = [
	/^slack chat\.postMessage .*TWO/,
	/^mail .*TEN/,
	/^telegram editMessageText .*ONE/,
];

const GREEN = 0x2f9e44;

/** Told what reaches any of the servers, before it's answered. */
type Hear = (news: string) => void;

type Servers = Awaited<ReturnType<typeof openServers>>;

async function openServers(hear: Hear) {
	const mail = new MailReceiver({ onMail: ({ subject }) => hear(`mail ${subject}`) });
	const hook = new WebhookReceiver();
	await Promise.all([mail.start(), hook.start()]);
	const [telegram, slack, discord, pagerDuty] = await Promise.all([
		openTelegram(),
		openSlack(),
		openDiscord(),
		openPagerDuty(),
	]);
	for (const [name, service] of Object.entries({ telegram, slack })) {
		service.onRequest = () => {
			const { path, json } = service.requests.at(-1)!;
			hear(`${name} ${path.split('/').at(-1)} ${String(json['text']).replaceAll('\n', ' ')}`);
		};
	}
	return { mail, hook, telegram, slack, discord, pagerDuty };
}

const close = async (servers: Servers): Promise<unknown> => {
	const { mail, hook, ...services } = servers;
	const closing = Object.values(services).map(async (service) => await service.close());
	return await Promise.all([mail.stop(), hook.stop(), ...closing]);
};

/**
 * One workflow with every output. n8n is killed three times with a message on its way; at the end each alert is
 * at every server, and only what was on its way is there twice.
 */
export async function checkEveryOutput(): Promise<string> {
	const kills = [...KILLED_AT];
	let killed: Promise<void> | undefined;
	const servers = await openServers((news) => {
		if (killed !== undefined || kills[0]?.test(news) !== true) return;
		kills.shift();
		killed = running.n8n.kill();
	});
	let running = await startN8n('every-output', ENV);
	try {
		await publish(running, servers);
		for (const news of KILLED_AT) {
			await until(`${news} comes`, () => killed !== undefined, 120_000);
			await killed;
			killed = undefined;
			running = await restartN8n(running, ENV);
		}
		await until('the last one is told everywhere', () => hasAll(servers), 90_000);
		await sleep(1_500); // anything told once too often would come now
		return judge(servers);
	} finally {
		await running.n8n.kill();
		await close(servers);
	}
}

async function publish({ api, userFolder }: Running, servers: Servers): Promise<void> {
	const { mail, hook, telegram, slack, discord, pagerDuty } = servers;
	const folder = join(userFolder, '.n8n', 'market-alerts', 'tapes');
	mkdirSync(folder, { recursive: true });
	const rows = TAPE.map(
		([symbol, price], row) => `${1_700_000_000_000 + row * 60_000},${symbol},${price},1`,
	);
	writeFileSync(join(folder, 'outputs.csv'), ['time,symbol,price,size', ...rows].join('\n'));
	const credential = async (type: string, data: object) => ({
		credentials: { [type]: await api.createCredential(type, type, data) },
	});
	const outputs = [
		node(
			'alertEmail',
			'Email',
			{ fromEmail: 'alerts@example.com', toEmail: 'me@example.com' },
			{ credentials: await smtpCredential(api, mail.port) },
		),
		node('alertWebhook', 'Webhook', { url: `${hook.url}/alerts` }),
		node(
			'alertMessage',
			'Telegram',
			{ channel: 'telegram', chatId: '42' },
			await credential('marketAlertsTelegramApi', telegram.credential()),
		),
		node(
			'alertMessage',
			'Slack',
			{ channel: 'slack', slackChannel: '#alerts' },
			await credential('marketAlertsSlackApi', slack.credential()),
		),
		node(
			'alertMessage',
			'Discord',
			{ channel: 'discord' },
			await credential('marketAlertsDiscordApi', { webhookUrl: discord.webhookUrl }),
		),
		node(
			'alertPager',
			'Pager',
			{},
			await credential('marketAlertsPagerDutyApi', pagerDuty.credential()),
		),
	];
	const rule = node('marketRule', 'Rule', {
		ruleName: 'Under 60',
		conditions: { condition: [{ fact: 'price', operator: 'lessThan', value: '60' }] },
		options: { notifyResolved: true },
	});
	const trigger = replayTrigger('outputs.csv', { options: { batchSize: 1 } });
	const { id } = await api.createWorkflow(
		workflow(
			'Every Output',
			[trigger, rule, ...outputs],
			[['Trigger', 0, 'Rule'], ...outputs.map(({ name }) => ['Rule', 0, name] as const)],
		),
	);
	await api.publish(id);
}

/** Whether what comes last has come everywhere. */
const hasAll = ({ mail, hook, telegram, slack, discord, pagerDuty }: Servers): boolean =>
	[
		mail.mails.map(({ subject }) => subject),
		hook.requests.map(({ body }) => String(body['title'])),
		telegram.messages.map(({ text }) => text),
		slack.messages.map(({ text }) => text),
		discord.messages.map(({ description }) => description),
		pagerDuty.incidents.map(({ payloads }) => String(payloads[0]?.['source'])),
	].every((told) => told.some((words) => words.includes('SIX')));

/** @throws AssertionError when a server doesn't have what it should */
function judge({ mail, hook, telegram, slack, discord, pagerDuty }: Servers): string {
	const alerts = TAPE.length;
	const keys = hook.requests.map(({ headers }) => headers['idempotency-key']);
	assert.equal(new Set(keys).size, alerts, 'one id an alert at the webhook');
	const ids = mail.mails.map(({ messageId }) => messageId);
	assert.equal(new Set(ids).size, alerts, 'one Message-ID an alert');
	assert.deepEqual(
		new Set(mail.mails.map(({ headers }) => headers.get('x-market-alert-id'))),
		new Set(keys),
		'the same alerts by e-mail',
	);

	const isOver = (words: string) => words.includes('Resolved:');
	/** Of chats that change the first message: what stands there, by symbol. */
	const standing = (texts: readonly string[]) =>
		SYMBOLS.filter((symbol) => texts.some((text) => text.includes(symbol) && isOver(text)));
	const telegramTexts = telegram.messages.map(({ text }) => text);
	const discordTexts = discord.messages.map(({ description }) => description);
	assert.deepEqual(standing(telegramTexts), OVER, `changed on Telegram: ${telegramTexts.join()}`);
	assert.deepEqual(standing(discordTexts), OVER, `changed on Discord: ${discordTexts.join()}`);
	assert.deepEqual(
		discord.messages.filter(({ color }) => color === GREEN).length,
		OVER.length,
		'green on Discord',
	);

	const begun = slack.messages.filter(({ thread_ts: thread }) => thread === undefined);
	const replies = slack.messages.filter(({ thread_ts: thread }) => thread !== undefined);
	const repliesTo = (symbol: string) =>
		replies.filter(({ text, thread_ts: thread }) => {
			const first = begun.find(({ ts }) => ts === thread);
			return isOver(text) && text.includes(symbol) && first?.text.includes(symbol) === true;
		});
	for (const symbol of OVER) assert.equal(repliesTo(symbol).length, 1, `${symbol} on Slack`);
	assert.equal(replies.length, OVER.length, 'replies on Slack');

	assert.deepEqual(
		pagerDuty.incidents
			.map(({ state, payloads }) => `${String(payloads[0]?.['source'])} ${state}`)
			.sort(),
		SYMBOLS.map((symbol) => `${symbol} ${OVER.includes(symbol) ? 'resolved' : 'triggered'}`),
	);

	const twice = {
		mail: ids.length - alerts,
		webhook: keys.length - alerts,
		telegram: telegram.messages.length - SYMBOLS.length,
		slack: begun.length - SYMBOLS.length,
		discord: discord.messages.length - SYMBOLS.length,
	};
	// A change that comes again changes nothing; a new message can't be told from the one before it.
	assert.deepEqual(twice, { mail: 1, webhook: 0, telegram: 0, slack: 1, discord: 0 }, 'told twice');
	return `${alerts} alerts by 6 outputs, ${KILLED_AT.length} kills with one on its way: 0 lost; twice are the e-mail and the Slack message that n8n was killed over`;
}
