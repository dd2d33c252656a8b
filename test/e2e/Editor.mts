import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';

import { DEMO_OWNER } from '../../scripts/n8n/N8nApi.mts';
import { output } from './harness.mts';

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

	private readonly series: string;

	/** @param series what its pictures' names begin with */
	constructor(page: Page, series = 'editor') {
		this.page = page;
		this.series = series;
		page.setDefaultTimeout(20_000);
	}

	async shoot(name: string): Promise<void> {
		this.shots += 1;
		await this.page.waitForTimeout(400); // animations
		await this.page.screenshot({
			path: join(output, `${this.series}-${String(this.shots).padStart(2, '0')}-${name}.png`),
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

	/**
	 * Adds a node behind the one that was open last, and leaves it open.
	 * @param action which of them, where the node has several
	 */
	async addNode(title: string, action?: string): Promise<void> {
		await this.page.keyboard.press('n');
		await this.page.getByTestId('node-creator-search-bar').fill(title);
		// The editor lists a trigger under the node of its name, where there is one.
		const base = title.replace(/ Trigger$/, '');
		const own = this.listed(title).first();
		const shared = this.listed(base).first();
		await own.or(shared).first().waitFor();
		if (await own.isVisible()) await own.click();
		else {
			await shared.click();
			await this.page.getByText(`On new ${base} event`, { exact: true }).first().click();
		}
		const add = this.page.getByRole('button', { name: 'Add to workflow' });
		const fields = this.page.getByTestId('node-parameters');
		if (action !== undefined) await this.page.getByText(action, { exact: true }).first().click();
		await add.or(fields).first().waitFor();
		if (await add.isVisible()) await add.click();
		await fields.waitFor();
	}

	private listed(title: string): Locator {
		return this.page
			.getByTestId('node-creator-item-name')
			.filter({ hasText: new RegExp(`^\\s*${title}\\s*$`) }); // others may begin like it
	}

	/** Begins a workflow with a trigger that has no fields to fill in. */
	async addTrigger(title: string): Promise<void> {
		await this.page.getByTestId('canvas-add-button').click();
		await this.page
			.getByTestId('node-creator-item-name')
			.filter({ hasText: title })
			.first()
			.click();
		await this.page.getByTestId('canvas-node').first().waitFor();
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

	/** Clicks into a field, empties it, and pastes. */
	async paste(name: string, text: string): Promise<void> {
		await this.page.evaluate((clip) => navigator.clipboard.writeText(clip), text);
		await this.field(name).click();
		await this.page.keyboard.press('ControlOrMeta+A');
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
		await this.page.getByTestId(`parameter-input-${name}`).last().click();
		await this.page
			.locator('.el-select-dropdown__item, [role=option]')
			.filter({ has: this.page.getByText(option, { exact: true }) }) // beside it may stand what it is
			.filter({ visible: true })
			.first()
			.click();
	}

	/** @param button of which collection: the last of that name */
	async addOption(option: string, button = 'Add Option'): Promise<void> {
		await this.page.getByTestId('tab-params').click(); // leaves the field before, whose tip covers the button
		const buttons = this.page.getByTestId('collection-parameter-add');
		await buttons
			.filter({ hasText: button })
			.or(buttons.filter({ has: this.page.getByPlaceholder(button, { exact: true }) }))
			.last()
			.click();
		const items = this.page
			.locator('.el-select-dropdown__item, [role=option], [role=menuitem]')
			.filter({ visible: true });
		await items
			.filter({ hasText: new RegExp(`^\\s*${option}\\s*$`) })
			.first()
			.click();
	}
}
