import assert from 'node:assert/strict';

import { Editor, openBrowser } from './Editor.mts';
import type { Running } from './harness.mts';

const SUMMARY =
	'Alerts on SHOP or AAPL when RSI(7) on 1-minute candles is less than 30 ' +
	'or price is within 2 % of 60 ' +
	'or move in percent over 5 min is between -5 and -2 ' +
	'or highest price of the last 12 15-minute candles is greater than SMA(50) on 1-hour candles ' +
	'or session of us-equities is one of pre, post ' +
	'or time of day in New York is between 09:30 and 12:00 ' +
	'or order.total is at least 100 for 30 s; ' +
	'over when price is greater than 62 and has been for 2 min; ' +
	"reminds every 4 h; at most once an hour; at most 5 a day; at most 7 in all; tells when it's over; " +
	'New York regular session, Monday and Friday, 09:30 to 16:00, New York time, from 2026-01-01T05:00:00.000Z.';

/**
 * Every field of the rule builder, filled in by typing and clicking; what the rule does is read in its output,
 * and so is what's wrong with a wrong one.
 */
export async function checkRuleBuilder({ n8n }: Running): Promise<string> {
	const browser = await openBrowser();
	const context = await browser.newContext({
		viewport: { width: 1440, height: 1400 },
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	const editor = new Editor(await context.newPage(), 'builder');
	const { page } = editor;
	try {
		await editor.logIn(n8n.url);
		await editor.newWorkflow(n8n.url);
		await editor.addNode('Market Data Trigger');
		await editor.type('symbols', 'SHOP, AAPL');
		await page.getByTestId('node-execute-button').click();
		await page.getByText('Events Branch (2 items)').waitFor();
		await editor.closeNode();
		await editor.addNode('Market Rule');
		await editor.type('ruleName', 'Everything');
		await editor.choose('match', 'Any Condition');
		await fillConditions(editor);
		await editor.shoot('conditions');
		await editor.choose('fire', 'On Change');
		await editor.type('cooldown', '1h');
		await fillOptions(editor);
		await editor.shoot('options');
		await page.getByTestId('node-execute-button').click();
		await page.getByText('Alerts on SHOP or AAPL').waitFor();
		await editor.shoot('summary');
		const summary = await page.getByText('Alerts on SHOP or AAPL').innerText();
		assert.equal(summary.trim(), SUMMARY);

		await editor.type('cooldown', 'soon');
		await page.getByTestId('node-execute-button').click();
		const wrong = page.getByText('"cooldown" is "soon"').first();
		await wrong.waitFor();
		await editor.shoot('wrong');
		return `${await wrong.innerText()}; screenshots in test-output/`;
	} catch (error) {
		await editor.shoot('failed');
		throw error;
	} finally {
		await browser.close();
	}
}

async function fillConditions(editor: Editor): Promise<void> {
	await editor.choose('fact', 'RSI');
	await editor.type('period', '7');
	await editor.choose('interval', '1 Minute');
	await editor.choose('operator', 'Is Less Than');
	await editor.type('value', '30');

	await addCondition(editor);
	await editor.choose('operator', 'Is Within Percent Of');
	await editor.type('percent', '2');
	await editor.type('value', '60');

	await addCondition(editor);
	await editor.choose('fact', 'Move in Percent');
	await editor.type('over', '5m');
	await editor.choose('operator', 'Is Between');
	await editor.type('value', '-5');
	await editor.type('upperValue', '-2');

	await addCondition(editor);
	await editor.choose('fact', 'Highest Price');
	await editor.choose('span', 'Of Candles');
	await editor.type('last', '12');
	await editor.choose('interval', '15 Minutes');
	await editor.choose('operator', 'Is Greater Than');
	await editor.choose('compareWith', 'Another Fact');
	await editor.choose('otherFact', 'SMA');
	await editor.type('otherPeriod', '50');
	await editor.choose('otherInterval', '1 Hour');

	await addCondition(editor);
	await editor.choose('fact', 'Session');
	await editor.choose('operator', 'Is One Of');
	await editor.type('value', 'pre, post');
	await addParameter(editor, 'Calendar');
	await editor.choose('calendar', 'US Equities');

	await addCondition(editor);
	await editor.choose('fact', 'Time of Day');
	await editor.choose('operator', 'Is Between Times');
	await editor.type('value', '09:30');
	await editor.type('upperValue', '12:00');
	await addParameter(editor, 'Time Zone');
	await editor.type('timezone', 'America/New_York');

	await addCondition(editor);
	await editor.choose('fact', 'Item Field');
	await editor.type('field', 'order.total');
	await editor.choose('operator', 'Is at Least');
	await editor.type('value', '100');
}

const addCondition = async (editor: Editor): Promise<void> => await press(editor, 'Add Condition');

async function addParameter(editor: Editor, name: string): Promise<void> {
	await editor.addOption(name, 'Add Parameter');
}

async function fillOptions(editor: Editor): Promise<void> {
	const typed: ReadonlyArray<readonly [label: string, name: string, text: string]> = [
		['Hold For', 'holdFor', '30s'],
		['Keep Firing For', 'keepFiringFor', '2m'],
		['Remind Every', 'remindEvery', '4h'],
		['Max Alerts', 'maxAlerts', '7'],
		['Max per Day', 'maxPerDay', '5'],
		['Include', 'include', 'peRatio, high'],
		['Symbols', 'symbols', 'SHOP, AAPL'],
		['Title', 'title', '[[symbol]]!'],
		['Message', 'message', 'at [[price]]'],
		['Symbol Field', 'symbolField', 'symbol'],
		['Time Field', 'timeField', 'eventAt'],
		['Event ID Field', 'eventIdField', 'eventId'],
	];
	for (const [label, name, text] of typed) {
		await editor.addOption(label);
		await editor.type(name, text);
	}
	await editor.addOption('Severity');
	await editor.choose('severity', 'Warning');
	await editor.addOption('Candle Interval');
	await editor.choose('interval', '1 Hour');
	await editor.addOption('Outputs');
	await editor.choose('outputs', 'One for All Rules');
	for (const name of ['Notify Resolved', 'Explain']) await switchOn(editor, name);

	await editor.addOption('Labels');
	await press(editor, 'Add Label');
	await editor.type('name', 'desk');
	await editor.type('value', 'tech');
	await editor.addOption('Columns');
	await press(editor, 'Add Column');
	await editor.type('field', 'price');
	await editor.addOption('Splits');
	await editor.paste('splits', '[{ "symbol": "SHOP", "date": "2022-06-29", "ratio": 10 }]');

	await editor.addOption('Schedule');
	await press(editor, 'Add Schedule');
	await editor.choose('calendar', 'US Equities');
	await pick(editor, 'session', ['Regular']);
	await pick(editor, 'days', ['Monday', 'Friday']);
	await editor.type('times', '09:30-16:00');
	await editor.type('timezone', 'America/New_York');
	await editor.type('from', '2026-01-01 00:00:00');
	await editor.page.keyboard.press('Enter');

	await editor.addOption('Reset When');
	await press(editor, 'Add Condition', -1);
	await editor.choose('operator', 'Is Greater Than');
	await editor.type('value', '62');
}

async function switchOn(editor: Editor, option: string): Promise<void> {
	await editor.addOption(option);
	const name = `${option.charAt(0).toLowerCase()}${option.slice(1)}`.replaceAll(' ', '');
	await editor.page.getByTestId(`parameter-input-${name}`).locator('.el-switch').click();
}

async function press({ page }: Editor, button: string, at = 0): Promise<void> {
	const buttons = page.getByRole('button', { name: button, exact: true });
	await (at < 0 ? buttons.last() : buttons.first()).click();
}

/** Chooses several of a list that stays open meanwhile. */
async function pick({ page }: Editor, name: string, options: readonly string[]): Promise<void> {
	await page.getByTestId(`parameter-input-${name}`).last().click();
	for (const option of options) {
		await page
			.locator('.el-select-dropdown__item')
			.filter({ has: page.getByText(option, { exact: true }) })
			.filter({ visible: true })
			.first()
			.click();
	}
	await page.keyboard.press('Escape');
}
