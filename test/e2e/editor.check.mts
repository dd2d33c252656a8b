import assert from 'node:assert/strict';
import { join } from 'node:path';

import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { Editor, openBrowser } from './Editor.mts';
import { output, until, type Running } from './harness.mts';

/** Done when 4: the demo workflow from an empty canvas, by typing and clicking; published, and its alert read. */
export async function checkEditor({ n8n }: Running): Promise<string> {
	const mail = new MailReceiver({ user: 'alerts', password: 'a-password' });
	const hook = new WebhookReceiver();
	await Promise.all([mail.start(), hook.start()]);
	const browser = await openBrowser();
	const context = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	const editor = new Editor(await context.newPage());
	try {
		await editor.logIn(n8n.url);
		await editor.newWorkflow(n8n.url);
		await buildDemo(editor, mail.port, `${hook.url}/alerts`);
		await publish(editor);
		await until('the alert is at the webhook', () => hook.requests.length > 0, 60_000);
		await until('the alert is in the mail', () => mail.mails.length > 0, 30_000);
		const [request] = hook.requests;
		const [message] = mail.mails;
		assert.equal(request?.body['title'], 'Time to buy SHOP!');
		assert.match(String(request?.body['text']), /^SHOP trades at \d+(\.\d+)?, P\/E \d+(\.\d+)?$/);
		assert.deepEqual(
			hook.requests.map(({ body }) => body['alert'].symbol),
			['SHOP'],
			'the expression gives each symbol its own level',
		);
		assert.equal(message?.subject, 'Time to buy SHOP!');
		assert.match(message?.text ?? '', /^SHOP trades at \d+/);
		const page = await context.newPage();
		await page.setViewportSize({ width: 640, height: 340 });
		await page.setContent(message?.html ?? '');
		await page.screenshot({ path: join(output, 'email.png') });
		return `"${String(request?.body['title'])} ${String(request?.body['text'])}"; screenshots in test-output/`;
	} catch (error) {
		await editor.shoot('failed');
		throw error;
	} finally {
		await browser.close();
		await Promise.all([mail.stop(), hook.stop()]);
	}
}

async function buildDemo(editor: Editor, mailPort: number, url: string): Promise<void> {
	const { page } = editor;
	await editor.addNode('Market Data Trigger');
	await editor.type('symbols', 'SHOP, AAPL');
	await page.getByTestId('node-execute-button').click();
	await page.getByText('Events Branch (2 items)').waitFor(); // a test-run ends with real events
	await editor.shoot('trigger');
	await editor.closeNode();

	await editor.addNode('Market Rule');
	await editor.type('ruleName', 'Shopify Simple Rule');
	await editor.choose('operator', 'Is Between');
	await page.getByText('Lower Value').waitFor(); // a range has two ends …
	await page.getByTestId('parameter-input-upperValue').waitFor();
	await editor.type('value', '55');
	await editor.type('upperValue', '60');
	await page.getByTestId('parameter-input-compareWith').waitFor({ state: 'hidden' });
	await editor.shoot('rule-range');
	await editor.choose('operator', 'Is Less Than');
	await page.getByTestId('parameter-input-upperValue').waitFor({ state: 'hidden' });
	await editor.typeExpression('value', '$json.symbol === "SHOP" ? 60 : 0');
	await editor.shoot('rule-expression');
	await editor.type('cooldown', '1m');
	await editor.addOption('Title');
	await editor.type('title', 'Time to buy [[symbol]]!');
	await editor.addOption('Message');
	await editor.paste('message', '[[symbol]] trades at [[price]]');
	await page.keyboard.type(', P/E [[peRatio]]');
	await editor.addOption('Include');
	await editor.type('include', 'peRatio, high');
	await editor.shoot('rule');
	await editor.closeNode();

	await editor.addNode('Alert Email', 'Send an alert');
	await createCredential(editor, mailPort);
	await editor.type('fromEmail', 'Market Alerts <alerts@example.com>');
	await editor.type('toEmail', 'me@example.com');
	await editor.shoot('email');
	await editor.closeNode();

	await editor.select('Market Rule');
	await editor.addNode('Alert Webhook', 'Send an alert');
	await editor.type('url', url);
	await editor.shoot('webhook');
	await editor.closeNode();
}

/** A credential of one's own, with the test n8n makes when it's saved. */
async function createCredential(editor: Editor, port: number): Promise<void> {
	const { page } = editor;
	const first = page.getByText('Connect to Market Alerts');
	const list = page.getByTestId('node-credentials-select');
	await first.or(list).first().click();
	// Where there are some already, a new one is made from their list.
	if (await list.isVisible()) await page.getByText('Create new credential').first().click();
	await editor.type('host', '127.0.0.1');
	await editor.type('port', String(port));
	await editor.choose('security', 'None');
	await editor.type('user', 'alerts');
	await editor.type('password', 'a-password');
	await editor.shoot('credential');
	await page.getByTestId('credential-save-button').click();
	// n8n tries it, and closes the dialog when it works.
	await page.getByTestId('credential-save-button').waitFor({ state: 'hidden' });
}

async function publish(editor: Editor): Promise<void> {
	const { page } = editor;
	await page.getByTestId('workflow-open-publish-modal-button').click();
	await page
		.getByTestId('workflow-publish-button')
		.or(page.getByRole('dialog').getByRole('button', { name: 'Publish' }))
		.first()
		.click();
	await editor.shoot('published');
	await page.getByRole('button', { name: 'Got it' }).click();
	await page.getByTestId('zoom-to-fit').click();
	await editor.shoot('demo');
}
