import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { Editor, openBrowser } from './Editor.mts';
import { expectedAlerts, type PlainRule } from './expectedAlerts.mts';
import { node, restartN8n, startN8n, until, workflow, type Running } from './harness.mts';
import { lineOf, lineOfBody, RULES } from './tapes.check.mts';
import { hasRealTapes, provideTape, readTape, type Trade } from './tapes.mts';

/** n8n takes a trigger it was just starting for busy for two minutes, unless told otherwise; and for failed after that. */
const ENV = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '20' };

/** How long the receiver takes for a request: long enough for a kill to come in between. */
const SLOW_HOOK_MS = 120;
/** What was answered that shortly before a kill may not have been written down. */
const JUST_ANSWERED_MS = 100;

/** The fast path: one trigger with all the rules, and a webhook. */
function fastWorkflow(
	name: string,
	trigger: Record<string, unknown>,
	rules: readonly PlainRule[],
	url: string,
) {
	return workflow(
		name,
		[
			node('marketAlertTrigger', 'Trigger', {
				source: 'replay',
				symbols: '',
				pace: 'asFastAsPossible',
				ruleName: name,
				ruleSource: 'json',
				ruleJson: JSON.stringify(rules.map(toDocument)),
				fire: 'onChange',
				...trigger,
			}),
			node('alertWebhook', 'Webhook', { url: `${url}/alerts` }),
			node('alertWebhook', 'Feed', { url: `${url}/feed`, alertId: '' }),
		],
		[
			['Trigger', 0, 'Webhook'],
			['Trigger', 1, 'Feed'],
		],
	);
}

const toDocument = ({ name, symbol, operator, level, fire, cooldownMs }: PlainRule) => ({
	version: 1,
	id: name,
	name,
	symbols: [symbol],
	conditions: { all: [{ fact: 'price', operator, value: level }] },
	fire,
	...(cooldownMs === 0 ? {} : { cooldown: `${cooldownMs / 1_000}s` }),
});

const expectedOf = (trades: readonly Trade[], rules: readonly PlainRule[]): string[] => {
	const until = trades.reduce((last, { at }) => Math.max(last, at), 0);
	return rules
		.flatMap((rule) => expectedAlerts(trades, rule, until))
		.map(lineOf)
		.sort();
};

const isOver = (hook: WebhookReceiver): boolean =>
	hook.requests.some(({ body }) => body['feed']?.kind === 'ended');
const alertsOf = (hook: WebhookReceiver) => hook.requests.filter(({ path }) => path === '/alerts');

/** A tape through the trigger gives the alerts the independent script computes; restarted, it tells none again. */
export async function checkAlertTrigger(): Promise<string> {
	const hook = new WebhookReceiver();
	await hook.start();
	let running = await startN8n('alert-trigger', ENV);
	try {
		const { file, path } = provideTape('binance', running.userFolder);
		const trades = readTape(path);
		const rules = RULES.binance;
		const expected = expectedOf(trades, rules);
		assert.ok(expected.length >= 20, `the tape gives only ${expected.length} alerts`);
		const { id } = await running.api.createWorkflow(
			fastWorkflow('Fast', { filePath: file }, rules, hook.url),
		);
		await running.api.publish(id);
		await until('the tape is over', () => isOver(hook), 120_000);
		await until('the last alerts are there', () => alertsOf(hook).length >= expected.length);
		running = await restartN8n(running, ENV);
		await sleep(5_000); // anything told once too often would come now
		const lines = alertsOf(hook).map(({ body }) => lineOfBody(body));
		assert.deepEqual(lines.sort(), expected);
		const executions = (await running.api.listExecutions(id)).length;
		return `${trades.length} ${hasRealTapes ? 'real' : 'made-up'} trades, ${rules.length} rules, ${expected.length} alerts in ${executions} executions; none again after a restart`;
	} finally {
		await running.n8n.kill();
		await hook.stop();
	}
}

/** Levels all over where prices were, so that there's always an alert on its way. */
function levelsOf(trades: readonly Trade[], perSymbol: number): PlainRule[] {
	return [...new Set(trades.map(({ symbol }) => symbol))].flatMap((symbol) => {
		const prices = trades
			.filter((trade) => trade.symbol === symbol)
			.map(({ price }) => price)
			.sort((a, b) => a - b);
		return Array.from({ length: perSymbol }, (_, index): PlainRule => {
			const level = prices[Math.floor((prices.length * (index + 1)) / (perSymbol + 1))]!;
			return {
				name: `${symbol} ${index}`,
				symbol,
				operator: index % 2 === 0 ? 'lessThan' : 'greaterThan',
				level,
				fire: 'onChange',
				cooldownMs: 5_000 * (index % 3),
			};
		});
	});
}

/**
 * n8n killed at seeded moments of a replay through Market Alert Trigger → Alert Webhook. Every alert arrives;
 * what comes twice is at most what was on its way at a kill, under its first id.
 */
export async function checkAlertTriggerKills(times: number, seed: number): Promise<string> {
	const onTheirWay = new Map<string, number>();
	const answeredAt: number[] = [];
	const hook = new WebhookReceiver(({ headers }) => {
		onTheirWay.delete(String(headers['idempotency-key']));
		answeredAt.push(Date.now());
	});
	await hook.start();
	hook.answer = ({ headers, path }) => {
		if (path === '/alerts') onTheirWay.set(String(headers['idempotency-key']), Date.now());
		return { status: 200, afterMs: SLOW_HOOK_MS };
	};
	let running = await startN8n(`alert-trigger-kills-${times}`, ENV);
	let seedState = seed;
	const random = () => (seedState = (seedState * 48_271) % 2_147_483_647) / 2_147_483_647;
	try {
		const { file, path } = provideTape('binance', running.userFolder);
		const trades = readTape(path);
		const rules = levelsOf(trades, 12);
		const expected = expectedOf(trades, rules);
		const span = trades.at(-1)!.at - trades[0]!.at;
		// The tape has to last for all the kills.
		const speed = Math.max(1, span / (times * 4_000 + 20_000));
		const { id } = await running.api.createWorkflow(
			fastWorkflow('Killed', { filePath: file, pace: 'recorded', speed }, rules, hook.url),
		);
		await running.api.publish(id);
		let done = 0;
		let inFlight = 0;
		let midRun = 0;
		for (; done < times && !isOver(hook); done += 1) {
			const before = hook.requests.length;
			const goesOn = () => hook.requests.length > before || isOver(hook);
			await until('an alert comes', goesOn, 60_000);
			await sleep(random() * 2_500);
			const justAnswered = answeredAt.filter((at) => Date.now() - at < JUST_ANSWERED_MS).length;
			if (onTheirWay.size > 0) midRun += 1;
			inFlight += onTheirWay.size + justAnswered;
			running = await restartN8n(running, ENV);
			onTheirWay.clear();
		}
		await until('the tape is over', () => isOver(hook), 300_000);
		const ids = () => new Set(alertsOf(hook).map(({ headers }) => headers['idempotency-key']));
		await until('the last alerts are there', () => ids().size >= expected.length, 60_000);
		await sleep(2_000); // anything told once too often would come now

		const byId = new Map<unknown, string>();
		for (const { headers, body } of alertsOf(hook)) {
			const key = headers['idempotency-key'];
			assert.equal(byId.get(key) ?? lineOfBody(body), lineOfBody(body), 'one id, one alert');
			byId.set(key, lineOfBody(body));
		}
		assert.deepEqual([...byId.values()].sort(), expected, 'alerts at the webhook');
		const twice = alertsOf(hook).length - byId.size;
		assert.ok(twice <= inFlight, `${twice} came twice, with ${inFlight} on their way at kills`);
		assert.equal(done, times, `the tape was over after ${done} of ${times} kills`);
		return `${done} kills (${midRun} with alerts on their way), ${expected.length} alerts: 0 lost, ${twice} of ${inFlight} on their way came twice, under the same id`;
	} finally {
		await running.n8n.kill();
		await hook.stop();
	}
}

/** The node opened in the editor, filled in by hand, tested, and wrong settings named. */
export async function checkAlertTriggerEditor({ n8n }: Running): Promise<string> {
	const browser = await openBrowser();
	const context = await browser.newContext({ viewport: { width: 1440, height: 1300 } });
	const editor = new Editor(await context.newPage(), 'alert-trigger');
	const { page } = editor;
	try {
		await editor.logIn(n8n.url);
		await editor.newWorkflow(n8n.url);
		await editor.addNode('Market Alert Trigger');
		await editor.shoot('opened');
		await editor.type('symbols', 'SHOP, AAPL');
		await editor.type('ruleName', 'Under 100');
		await editor.choose('operator', 'Is Less Than');
		await editor.type('value', '100');
		await editor.type('cooldown', '1m');
		for (const [label, name, text] of [
			['Hold For', 'holdFor', '0s'],
			['Unknown After', 'unknownAfter', '5m'],
			['Title', 'title', '[[symbol]] is cheap'],
		] as const) {
			await editor.addOption(label);
			await editor.type(name, text);
		}
		await editor.shoot('filled');
		await page.getByTestId('node-execute-button').click();
		await page.getByText('Feed Branch').first().waitFor();
		await page.getByText('SHOP is cheap').first().waitFor();
		await editor.shoot('tested');
		await page.getByText('Feed Branch').first().click();
		await page.getByText("doesn't hold for AAPL").first().waitFor();
		await editor.shoot('why-not');
		const why = await page.getByText("doesn't hold for AAPL").first().innerText();
		await editor.choose('source', 'Binance');
		await editor.choose('fact', 'P/E Ratio');
		await editor.shoot('binance');
		await page.getByTestId('node-execute-button').click();
		await page.getByText("which Binance doesn't have").first().waitFor();
		await editor.shoot('refused');
		await editor.closeNode();
		await editor.shoot('canvas');
		return `${why} Screenshots in test-output/`;
	} catch (error) {
		await editor.shoot('failed');
		throw error;
	} finally {
		await browser.close();
	}
}
