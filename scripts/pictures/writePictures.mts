// `npm run pictures`: what each channel's alerts look like, for docs/alerts.md. One alert and its end go through the channels to
// servers on loopback; the pictures are made of what those have got.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { openBrowser } from '../../test/e2e/Editor.mts';
import { openDiscord, openPagerDuty, openSlack, openTelegram } from '../../test/e2e/fakes.mts';
import { MailReceiver } from '../n8n/receivers.mts';
import { drawing, fromDiscord, fromPagerDuty, fromSlack, fromTelegram } from './drawings.mts';

const root = resolve(import.meta.dirname, '..', '..');
const require = createRequire(join(root, 'package.json'));
const delivery = require('./dist/core/delivery');
const { compose } = require('./dist/core/delivery/chat/compose.js');
const { nodemailerTransport, systemClock } = require('./dist/core/ports/system');

const STARTED_AT = Date.UTC(2026, 0, 5, 15, 4, 0);
const bareAlert = (state: 'firing' | 'resolved', price: number, minutes: number) => ({
	alert: {
		id: `alert-${state}`,
		episodeId: 'episode-1',
		ruleId: 'shop-cheap',
		ruleName: 'Shopify Simple Rule',
		symbol: 'SHOP',
		state,
		severity: 'warning',
		labels: { desk: 'tech' },
		startedAt: STARTED_AT,
		eventAt: STARTED_AT + minutes * 60_000,
		eventId: `event-${state}`,
		test: false,
		deliver: [],
	},
	facts: { price, peRatio: 55.1, 'rsi(14, 5m)': 28.4 },
	because: [
		{ fact: 'price', operator: 'lessThan', left: price, right: 60, holds: price < 60 },
		{
			fact: 'rsi',
			params: { period: 14, interval: '5m' },
			operator: 'lessThan',
			left: 28.4,
			right: 30,
			holds: true,
		},
	],
});
const templates = {
	title: 'Time to buy [[symbol]]!',
	message: '[[symbol]] trades at [[price | currency]], P/E [[peRatio]]',
};
const alertOf = async (...of: Parameters<typeof bareAlert>) => {
	const bare = bareAlert(...of);
	return { ...bare, ...(await delivery.renderAlert(bare, templates)) };
};
const fell = await alertOf('firing', 59.2, 0);
const rose = await alertOf('resolved', 61.05, 12);

const http = {
	request: async (asked: { url: string; method: string; headers: HeadersInit; body: string }) => {
		const { method, headers, body } = asked;
		const answer = await fetch(asked.url, { method, headers, body });
		return { status: answer.status, headers: {}, body: await answer.text() };
	},
};
const ports = { http, clock: systemClock };

/** The alert and its end in one chat: how its first message ends up, and what else came. */
async function tell(chat: any, followUp: 'edit' | 'reply'): Promise<void> {
	const wordsOf = (item: typeof fell) =>
		compose(
			[
				{
					key: 'k',
					title: item.title,
					text: delivery.addReasons(item.text, item),
					tone: 'warning',
				},
			],
			chat.form,
		);
	const posted = await chat.post(wordsOf(fell), 'warning');
	if (posted.status !== 'sent') throw new Error(posted.message);
	const followed = await chat[followUp](posted.messageId, wordsOf(rose), 'resolved');
	if (followed.status !== 'sent') throw new Error(JSON.stringify(followed));
}

async function sendMail(): Promise<string> {
	const mail = new MailReceiver();
	await mail.start();
	const { title, text, facts, because, alert } = fell;
	const footer = delivery.describeOrigin(fell, 'en-US', 'America/New_York');
	const transport = nodemailerTransport({
		host: '127.0.0.1',
		port: mail.port,
		security: 'none',
		user: '',
		password: '',
		allowUnauthorizedCerts: false,
		timeoutMs: 5_000,
	});
	const content = { title, text, facts, because, severity: alert.severity, footer };
	const envelope = {
		alertId: alert.id,
		from: 'Market Alerts <alerts@example.com>',
		to: 'me@example.com',
		test: false,
	};
	const sent = await delivery.sendEmail(delivery.toMail(content, envelope), transport);
	transport.close();
	await mail.stop();
	if (sent.status !== 'sent') throw new Error(sent.message);
	return mail.mails[0]!.html;
}

async function tellTelegram(): Promise<string> {
	const server = await openTelegram();
	const { token, baseUrl } = server.credential();
	await tell(
		delivery.telegramChat({ baseUrl, token, chatId: '42', silent: false, timeoutMs: 5_000 }, ports),
		'edit',
	);
	await server.close();
	const [first, last] = server.requests.map(({ json }) => fromTelegram(String(json['text'])));
	return drawing('Telegram', [
		{ html: first! },
		{ html: last!, note: 'the same message, changed when the alert was over' },
	]);
}

async function tellSlack(): Promise<string> {
	const server = await openSlack();
	const { token, baseUrl } = server.credential();
	await tell(
		delivery.slackChat({ baseUrl, token, channel: '#alerts', timeoutMs: 5_000 }, ports),
		'reply',
	);
	await server.close();
	return drawing(
		'Slack',
		server.messages.map(({ text, thread_ts: thread }) => ({
			html: fromSlack(text),
			...(thread === undefined ? {} : { isReply: true, note: 'in the thread of the first' }),
		})),
	);
}

async function tellDiscord(): Promise<string> {
	const server = await openDiscord();
	await tell(
		delivery.discordChat({ url: server.webhookUrl, silent: false, timeoutMs: 5_000 }, ports),
		'edit',
	);
	await server.close();
	const embeds = server.requests.map(({ json }) => json['embeds'][0]);
	return drawing(
		'Discord',
		embeds.map(({ description, color }, index) => ({
			html: fromDiscord(description),
			stripe: `#${Number(color).toString(16).padStart(6, '0')}`,
			...(index === 0 ? {} : { note: 'the same message, changed when the alert was over' }),
		})),
	);
}

async function tellPagerDuty(): Promise<string> {
	const server = await openPagerDuty();
	const { routingKey, baseUrl } = server.credential();
	const { title, text, facts, because, alert } = fell;
	const page = (action: 'trigger' | 'resolve') => ({
		baseUrl,
		routingKey,
		alertId: alert.id,
		episodeId: alert.episodeId,
		timeoutMs: 5_000,
		content: {
			action,
			incident: alert.episodeId,
			summary: title,
			text,
			severity: delivery.toPagerSeverity(alert.severity),
			source: alert.symbol,
			eventAt: alert.eventAt,
			group: alert.ruleName,
			facts,
			because,
			labels: alert.labels,
			test: false,
		},
	});
	for (const action of ['trigger', 'resolve'] as const) {
		const sent = await delivery.sendPage(page(action), ports);
		if (sent.status !== 'sent') throw new Error(sent.message);
	}
	await server.close();
	const [incident] = server.incidents;
	return drawing('PagerDuty', [
		{
			html: fromPagerDuty(incident!.payloads[0]!),
			note: `${incident!.state} when the alert was over`,
		},
	]);
}

const html = await sendMail();
const pictures: ReadonlyArray<readonly [name: string, html: string, width: number]> = [
	['email-desktop', html, 640],
	['email-phone', html, 375],
	['telegram', await tellTelegram(), 560],
	['slack', await tellSlack(), 560],
	['discord', await tellDiscord(), 560],
	['pagerduty', await tellPagerDuty(), 560],
];
const browser = await openBrowser();
try {
	for (const [name, content, width] of pictures) {
		const page = await browser.newPage({ viewport: { width, height: 200 } });
		await page.setContent(content);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth);
		if (wide > width) throw new Error(`${name} is ${wide} wide, and has ${width}.`);
		await page.screenshot({
			path: join(root, 'docs', 'images', `alert-${name}.png`),
			fullPage: true,
		});
		await page.close();
		console.log(`docs/images/alert-${name}.png`);
	}
} finally {
	await browser.close();
}
