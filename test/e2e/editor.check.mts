import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';

import { DEMO_OWNER } from '../../scripts/n8n/N8nApi.mts';
import { MailReceiver, WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { output, until, type Running } from './harness.mts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser(): Promise<Browser> {
	const executablePath = BROWSERS.find((path) => existsSync(path));
	if (executablePath === undefined)
		throw new Error('There is no chromium: apt-get install chromium');
	selectors.setTestIdAttribute('data-test-id'); // n8n's
	return await chromium.launch({
		executablePath,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--no-first-run',
		],
	});
}

/** n8n's editor, driven as a user drives it: by its keys, its fields and its lists. */
export class Editor {
	readonly page: Page;

	private shots = 0;

	constructor(page: Page) {
		this.page = page;
		page.setDefaultTimeout(20_000);
	}

	async shoot(name: string): Promise<void> {
		this.shots += 1;
		await this.page.waitForTimeout(400); // animations
		await this.page.screenshot({
			path: join(output, `editor-${String(this.shots).padStart(2, '0')}-${name}.png`),
		});
	}

	async logIn(url: string): Promise<void> {
		await this.page.goto(`${url}/signin`);
		await this.page.locator('input[name=emailOrLdapLoginId]').fill(DEMO_OWNER.email);
		await this.page.locator('input[type=password]').fill(DEMO_OWNER.password);
		await this.page.keyboard.press('Enter');
		await this.page.waitForURL((to) => !to.pathname.includes('signin'));
	}

	async newWorkflow(url: string): Promise<void> {
		await this.page.goto(`${url}/workflow/new`);
		await this.page.getByTestId('canvas-add-button').waitFor();
		const mark = this.page.getByRole('button', { name: 'Got it' }); // a coach mark covers what it explains
		if (
			await mark
				.first()
				.isVisible()
				.catch(() => false)
		)
			await mark.first().click();
	}

	/** Adds a node behind the one that was open last, and leaves it open. */
	async addNode(title: string): Promise<void> {
		await this.page.keyboard.press('n');
		await this.page.getByTestId('node-creator-search-bar').fill(title);
		await this.page
			.getByTestId('node-creator-item-name')
			.filter({ hasText: title })
			.first()
			.click();
		const add = this.page.getByRole('button', { name: 'Add to workflow' });
		const fields = this.page.getByTestId('node-parameters');
		await add.or(fields).first().waitFor();
		if (await add.isVisible()) await add.click();
		await fields.waitFor();
	}

	async closeNode(): Promise<void> {
		await this.page.getByTestId('ndv-close-button').first().click();
		await this.page.getByTestId('node-parameters').waitFor({ state: 'hidden' });
	}

	/** Makes a node of the canvas the one that the next is added behind. */
	async select(name: string): Promise<void> {
		await this.page.getByTestId('canvas-node').filter({ hasText: name }).first().click();
	}

	field(name: string): Locator {
		return this.page
			.getByTestId(`parameter-input-${name}`)
			.locator('input, textarea, .cm-content')
			.last();
	}

	/** Clicks into a field, empties it, and types. */
	async type(name: string, text: string): Promise<void> {
		await this.field(name).click();
		await this.page.keyboard.press('ControlOrMeta+A');
		await this.page.keyboard.type(text);
		await this.page.waitForTimeout(500); // the editor takes a value over when the typing has paused
	}

	/** Clicks into a field and pastes. */
	async paste(name: string, text: string): Promise<void> {
		await this.page.evaluate((clip) => navigator.clipboard.writeText(clip), text);
		await this.field(name).click();
		await this.page.keyboard.press('ControlOrMeta+V');
	}

	/** Switches a field to Expression and types one. The editor closes the braces itself. */
	async typeExpression(name: string, inside: string): Promise<void> {
		const item = this.page
			.getByTestId('parameter-item')
			.filter({ has: this.page.getByTestId(`parameter-input-${name}`) })
			.last();
		await item.hover();
		await item.getByTestId('radio-button-expression').click();
		await this.page.getByTestId(`parameter-input-${name}`).locator('.cm-content').click();
		await this.page.keyboard.press('ControlOrMeta+A');
		await this.page.keyboard.type(`{{ ${inside}`);
	}

	async choose(name: string, option: string): Promise<void> {
		await this.page.getByTestId(`parameter-input-${name}`).click();
		await this.page
			.getByRole('option', { name: option })
			.or(this.page.locator('.el-select-dropdown__item').filter({ hasText: option }))
			.filter({ visible: true })
			.first()
			.click();
	}

	async addOption(option: string): Promise<void> {
		await this.page.getByTestId('tab-params').click(); // leaves the field before, whose tip covers the button
		await this.page.getByTestId('collection-parameter-add').last().click();
		const items = this.page
			.locator('.el-select-dropdown__item, [role=option], [role=menuitem]')
			.filter({ visible: true });
		await items
			.filter({ hasText: new RegExp(`^\\s*${option}\\s*$`) })
			.first()
			.click();
	}
}

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

	await editor.addNode('Alert Email');
	await createCredential(editor, mailPort);
	await editor.type('fromEmail', 'Market Alerts <alerts@example.com>');
	await editor.type('toEmail', 'me@example.com');
	await editor.shoot('email');
	await editor.closeNode();

	await editor.select('Market Rule');
	await editor.addNode('Alert Webhook');
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
