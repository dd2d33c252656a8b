import assert from 'node:assert/strict';

import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { Editor, openBrowser } from './Editor.mts';
import { openDiscord, openPagerDuty, openSlack, openTelegram } from './fakes.mts';
import { until, type Running } from './harness.mts';

type Servers = Awaited<ReturnType<typeof openServers>>;

async function openServers() {
	const mail = new MailReceiver({ user: 'alerts', password: 'a-password' });
	const hook = new WebhookReceiver();
	await Promise.all([mail.start(), hook.start()]);
	const [telegram, slack, discord, pagerDuty] = await Promise.all([
		openTelegram(),
		openSlack(),
		openDiscord(),
		openPagerDuty(),
	]);
	return { mail, hook, telegram, slack, discord, pagerDuty };
}

const close = async (servers: Servers): Promise<unknown> => {
	const { mail, hook, ...services } = servers;
	const closing = Object.values(services).map(async (service) => await service.close());
	return await Promise.all([mail.stop(), hook.stop(), ...closing]);
};

/**
 * Each output filled in by typing and choosing, its credential tried by n8n, and its operations run: a preview
 * that sends nothing, a test that arrives marked, the list of deliveries, and what a wrong field is told.
 */
export async function checkOutputsEditor({ n8n }: Running): Promise<string> {
	const servers = await openServers();
	const browser = await openBrowser();
	const context = await browser.newContext({
		viewport: { width: 1440, height: 1250 },
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	const editor = new Editor(await context.newPage(), 'outputs');
	try {
		await editor.logIn(n8n.url);
		await editor.newWorkflow(n8n.url);
		await buildAlert(editor);
		await fillEmail(editor, servers);
		await fillWebhook(editor, servers);
		await fillMessage(editor, servers);
		await fillPager(editor, servers);
		return '6 outputs filled in, previewed and tested; screenshots in test-output/';
	} catch (error) {
		await editor.shoot('failed');
		throw error;
	} finally {
		await browser.close();
		await close(servers);
	}
}

/** A rule that holds: an alert for the outputs to tell. */
async function buildAlert(editor: Editor): Promise<void> {
	await editor.addNode('Market Data Trigger');
	await editor.page.getByTestId('parameter-input-source').waitFor();
	await editor.type('symbols', 'SHOP');
	await execute(editor);
	await editor.closeNode();
	await editor.addNode('Market Rule');
	await editor.type('ruleName', 'Shopify');
	await editor.choose('operator', 'Is Greater Than');
	await editor.type('value', '1');
	await execute(editor);
	await editor.page.getByText('Alert Branch (1 item)').first().waitFor();
	await editor.closeNode();
}

async function fillEmail(editor: Editor, { mail }: Servers): Promise<void> {
	await addOutput(editor, 'Alert Email');
	await createCredential(editor, 'smtp', {
		typed: { host: '127.0.0.1', port: String(mail.port), user: 'alerts', password: 'a-password' },
		chosen: { security: 'None' },
	});
	await give(editor, 'fromEmail', 'Market Alerts <alerts@example.com>');
	await give(editor, 'toEmail', 'me@example.com, you@example.com');
	await paste(editor, 'subject', '[[symbol]] at [[price]]');
	await paste(editor, 'text', 'Over [[ 1 | number: 2 ]] at [[ eventAt | time ]].');
	await switchOff(editor, 'Append Tables');
	await addTyped(editor, {
		Locale: 'de-DE',
		'Time Zone': 'Europe/Berlin',
		'Reply To': 'desk@example.com',
		'Retry For': '30s',
	});
	await editor.shoot('email');
	await preview(editor, 'email', 'SHOP at');
	assert.equal(mail.mails.length, 0, 'a preview sends nothing');
	await sendTest(editor);
	await until('both have their mail', () => mail.mails.length === 2);
	assert.match(mail.mails[0]?.subject ?? '', /^\[Test\] SHOP at \d/);
	await editor.choose('operation', 'Send');
	await editor.type('toEmail', 'nobody');
	await fail(editor, 'email', 'nobody');
	await editor.closeNode();
}

async function fillWebhook(editor: Editor, { hook }: Servers): Promise<void> {
	await addOutput(editor, 'Alert Webhook');
	await createCredential(editor, 'webhook', {
		typed: { signingSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
		chosen: {},
	});
	await give(editor, 'url', `${hook.url}/alerts`);
	await editor.addOption('Body Template');
	await paste(editor, 'bodyTemplate', '{ "text": "[[title]]", "price": [[price]] }');
	await editor.addOption('Headers');
	await editor.page.getByRole('button', { name: 'Add Header', exact: true }).first().click();
	await editor.type('name', 'X-Desk');
	await editor.type('value', 'tech');
	await editor.addOption('Payload');
	await editor.choose('payload', 'Item');
	await addTyped(editor, {
		Locale: 'en-US',
		'Time Zone': 'UTC',
		'Retry For': '30s',
		Timeout: '5s',
	});
	await editor.shoot('webhook');
	await preview(editor, 'webhook', 'x-desk');
	assert.equal(hook.requests.length, 0, 'a preview posts nothing');
	await sendTest(editor);
	await until('the test is there', () => hook.requests.length === 1);
	assert.equal(hook.requests[0]?.headers['x-desk'], 'tech');
	assert.match(String(hook.requests[0]?.headers['webhook-signature']), /^v1,/);
	await editor.choose('operation', 'Send');
	await editor.type('url', 'example.com/alerts');
	await fail(editor, 'webhook', 'is not a URL');
	await editor.closeNode();
}

async function fillMessage(editor: Editor, servers: Servers): Promise<void> {
	const { telegram, slack, discord } = servers;
	await addOutput(editor, 'Alert Message');
	await createCredential(editor, 'telegram', { typed: telegram.credential(), chosen: {} });
	await editor.type('chatId', '42, 43');
	await editor.addOption('Follow-Up');
	await editor.choose('followUp', 'Reply to the First Message');
	await addTyped(editor, { 'Retry For': '30s', 'Thread ID': '7' });
	await switchOn(editor, 'Silent');
	await editor.shoot('telegram');
	await preview(editor, 'telegram', 'SHOP: Shopify');
	assert.equal(telegram.messages.length, 0, 'a preview sends nothing');
	await sendTest(editor);
	await until('both chats have it', () => telegram.messages.length === 2);
	await editor.choose('operation', 'Send');
	await editor.type('chatId', 'alerts');
	await fail(editor, 'telegram', 'is not a chat');

	await editor.choose('channel', 'Slack');
	await createCredential(editor, 'slack', { typed: slack.credential(), chosen: {} });
	await editor.type('slackChannel', '#alerts');
	await editor.shoot('slack');
	await sendTest(editor);
	await until('Slack has it', () => slack.messages.length === 1);

	await editor.choose('channel', 'Discord');
	await createCredential(editor, 'discord', {
		typed: { webhookUrl: discord.webhookUrl },
		chosen: {},
	});
	await editor.shoot('discord');
	await sendTest(editor);
	await until('Discord has it', () => discord.messages.length === 1);
	await editor.choose('operation', 'Get Deliveries');
	await editor.shoot('deliveries');
	await editor.closeNode();
}

async function fillPager(editor: Editor, { pagerDuty }: Servers): Promise<void> {
	await addOutput(editor, 'Alert Pager');
	await createCredential(editor, 'pagerduty', { typed: pagerDuty.credential(), chosen: {} });
	await editor.type('severity', 'critical');
	await editor.addOption('Event');
	await editor.choose('event', 'Trigger');
	await addTyped(editor, { 'Retry For': '30s', Source: 'desk' });
	await editor.shoot('pager');
	await preview(editor, 'pager', 'critical');
	assert.equal(pagerDuty.incidents.length, 0, 'a preview opens nothing');
	await sendTest(editor);
	await until('there is an incident', () => pagerDuty.incidents.length === 1);
	assert.equal(pagerDuty.incidents[0]?.payloads[0]?.['source'], 'desk');
	await editor.closeNode();
}

async function addOutput(editor: Editor, title: string): Promise<void> {
	await editor.select('Market Rule');
	await editor.addNode(title, 'Send an alert');
}

/** A credential of one's own; n8n tries it when it's saved, and closes the dialog when it works. */
async function createCredential(
	editor: Editor,
	name: string,
	fields: { typed: Readonly<Record<string, string>>; chosen: Readonly<Record<string, string>> },
): Promise<void> {
	const { page } = editor;
	const first = page.getByText('Connect to Market Alerts');
	const list = page.getByTestId('node-credentials-select');
	await first.or(list).first().click();
	if (await list.isVisible()) await page.getByText('Create new credential').first().click();
	for (const [field, text] of Object.entries(fields.typed)) await give(editor, field, text);
	for (const [field, option] of Object.entries(fields.chosen)) await editor.choose(field, option);
	await editor.shoot(`${name}-credential`);
	await page.getByTestId('credential-save-button').click();
	await page.getByTestId('credential-save-button').waitFor({ state: 'hidden' });
}

async function addTyped(editor: Editor, options: Readonly<Record<string, string>>): Promise<void> {
	for (const [label, text] of Object.entries(options)) {
		await editor.addOption(label);
		await editor.type(nameOf(label), text);
	}
}

/** Short texts are typed, long ones pasted, as keys and addresses are. */
async function give(editor: Editor, name: string, text: string): Promise<void> {
	if (text.length < 12) return await editor.type(name, text);
	await editor.paste(name, text);
	return await editor.page.waitForTimeout(500); // the editor takes a value over after a pause
}

const nameOf = (label: string): string =>
	`${label.charAt(0).toLowerCase()}${label.slice(1)}`
		.replaceAll(' ', '')
		.replace('Zone', 'zone')
		.replace('threadID', 'threadId');

async function switchOn(editor: Editor, option: string): Promise<void> {
	await editor.addOption(option);
	await editor.page
		.getByTestId(`parameter-input-${nameOf(option)}`)
		.locator('.el-switch')
		.click();
}
/** Leaves the field before first: what an expression gives is shown over the fields below it. */
async function paste(editor: Editor, name: string, text: string): Promise<void> {
	await editor.page.getByTestId('tab-params').click();
	await editor.paste(name, text);
}

const switchOff = switchOn; // of one that is on to begin with

const execute = async ({ page }: Editor): Promise<void> => {
	await page.getByTestId('node-execute-button').click();
	await page.getByTestId('node-execute-button').filter({ hasText: 'Execute step' }).waitFor();
	await page
		.getByText(/\d items?/)
		.first()
		.waitFor();
};

async function preview(editor: Editor, name: string, shows: string): Promise<void> {
	await editor.choose('operation', 'Preview');
	await execute(editor);
	await editor.page.getByTestId('output-panel').getByText(shows).first().waitFor();
	await editor.shoot(`${name}-preview`);
}

async function sendTest(editor: Editor): Promise<void> {
	await editor.choose('operation', 'Send Test');
	await execute(editor);
}

async function fail(editor: Editor, name: string, says: string): Promise<void> {
	await editor.page.getByTestId('node-execute-button').click();
	await editor.page.getByTestId('output-panel').getByText(says).first().waitFor();
	await editor.shoot(`${name}-wrong`);
}
