import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../../scripts/n8n/N8nProcess.mts';
import { WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { node, startN8n, until, workflow } from './harness.mts';
import { Inspector } from './Inspector.mts';

const SYMBOLS = 100;
const INTERVAL_MS = 20;
const EVENTS_PER_SECOND = (SYMBOLS * 1_000) / INTERVAL_MS;
const RULES_PER_SYMBOL = 100;

/** When the heap is what a run that has settled in needs; shorter runs settle sooner. */
const settledAfter = (minutes: number): number => Math.min(10, minutes / 2);

const MAX_HEAP_RATIO = 1.05;
const MAX_LAG_MS = 50;

const symbolOf = (index: number): string => `S${String(index).padStart(2, '0')}`;

/** Levels around the start, a tenth of a percent apart: some are crossed every minute, most within the hour. */
const rules = Array.from({ length: SYMBOLS * RULES_PER_SYMBOL }, (_, index) => {
	const symbol = symbolOf(Math.floor(index / RULES_PER_SYMBOL));
	const step = (index % RULES_PER_SYMBOL) - RULES_PER_SYMBOL / 2;
	const operator = step < 0 ? 'lessThan' : 'greaterThan';
	return {
		version: 1,
		id: `rule-${index}`,
		name: `${symbol} ${operator} ${step / 10} %`,
		symbols: [symbol],
		conditions: {
			all: [
				{ fact: 'price', operator, value: Number((100 * (1 + step / 1_000)).toFixed(2)) },
				{ fact: 'volume', operator: 'greaterThan', value: 0 },
			],
		},
		fire: 'onChange',
		cooldown: '10m',
	};
});

/** Quotes the simulated market has given, as its cursor says; none before there is a store. */
function quotesGiven(userFolder: string): number {
	const path = join(userFolder, '.n8n', 'market-alerts', 'store.sqlite');
	if (!existsSync(path)) return 0;
	const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
	try {
		if (database.prepare('PRAGMA user_version').get()?.['user_version'] === 0) return 0;
		const rows = database.prepare("SELECT value FROM entry WHERE space = 'cursor'").all();
		const cursors = rows.map(({ value }) => JSON.parse(String(value)).cursor?.sequence);
		return Math.max(0, ...cursors.filter(Number.isSafeInteger));
	} finally {
		database.close();
	}
}

/** `monitorEventLoopDelay` counts the time between two looks; what is above its resolution is lag. */
const LAG_RESOLUTION_MS = 10;
const START_LAG_WATCH = `
	globalThis.lagWatch = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: ${LAG_RESOLUTION_MS} });
	lagWatch.enable()`;
const READ_LAG = `
	[50, 99, 99.9, 100].map((percent) => lagWatch.percentile(percent) / 1e6 - ${LAG_RESOLUTION_MS})`;

/**
 * A feed of 5,000 events a second through 10,000 rules for an hour: memory stays what it is, and n8n stays quick
 * enough for everything else it does.
 */
export async function checkFeedHour(minutes: number): Promise<string> {
	const inspectPort = await freePort();
	const hook = new WebhookReceiver();
	await hook.start();
	const { n8n, api, userFolder } = await startN8n('feed-hour', {}, [
		`--inspect=127.0.0.1:${inspectPort}`,
	]);
	const inspector = await Inspector.connect(inspectPort);
	try {
		const symbols = Array.from({ length: SYMBOLS }, (_, index) => symbolOf(index));
		const { id } = await api.createWorkflow(
			workflow(
				'An hour',
				[
					node('marketAlertTrigger', 'Trigger', {
						source: 'simulated',
						symbols: symbols.join(', '),
						interval: `${INTERVAL_MS}ms`,
						scenario: 'calm',
						instruments: {
							instrument: symbols.map((symbol) => ({
								symbol,
								startPrice: 100,
								driftPercent: 0,
								volatilityPercent: 10,
							})),
						},
						ruleName: 'An hour',
						ruleSource: 'json',
						ruleJson: JSON.stringify(rules),
					}),
					node('alertWebhook', 'Webhook', { url: `${hook.url}/alerts` }),
				],
				[['Trigger', 0, 'Webhook']],
			),
		);
		await api.publish(id);
		await until('the first quotes are there', () => quotesGiven(userFolder) > 0);
		const begun = { at: Date.now(), quotes: quotesGiven(userFolder) };
		const toMinute = async (minute: number) => {
			for (;;) {
				const left = begun.at + minute * 60_000 - Date.now();
				if (left <= 0) return;
				await sleep(Math.min(left, 300_000));
				const heap = Number(await inspector.evaluate('process.memoryUsage().heapUsed'));
				const passed = (Date.now() - begun.at) / 60_000;
				console.log(
					`» minute ${passed.toFixed(0)}: ${hook.requests.length} alerts, heap ${(heap / 1e6).toFixed(0)} MB before a collection`,
				);
			}
		};
		await toMinute(settledAfter(minutes));
		const settledHeap = await inspector.heapUsed();
		await inspector.evaluate(START_LAG_WATCH);
		// This process does next to nothing: what it lags is the machine's doing.
		const idle = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
		idle.enable();
		await toMinute(minutes);
		const [p50, p99, p999, max] = (await inspector.evaluate(READ_LAG)) as number[];
		const heap = await inspector.heapUsed();
		const quotes = quotesGiven(userFolder) - begun.quotes;
		const perSecond = quotes / ((Date.now() - begun.at) / 1_000);
		const found = {
			eventsPerSecond: Math.round(perSecond),
			alerts: hook.requests.length,
			executions: (await api.listExecutions(id)).length,
			settledHeapMB: Number((settledHeap / 1e6).toFixed(1)),
			heapMB: Number((heap / 1e6).toFixed(1)),
			heapRatio: Number((heap / settledHeap).toFixed(3)),
			lagMs: Object.fromEntries(
				Object.entries({ p50, p99, p999, max }).map(([name, ms]) => [name, Number(ms!.toFixed(1))]),
			),
			idleProcessP99Ms: Number((idle.percentile(99) / 1e6 - LAG_RESOLUTION_MS).toFixed(1)),
		};
		const says = JSON.stringify(found);
		assert.ok(found.alerts > 0, `no alert came: ${says}`);
		assert.ok(perSecond > EVENTS_PER_SECOND * 0.95, `the feed fell behind: ${says}`);
		assert.ok(found.heapRatio <= MAX_HEAP_RATIO, `the heap grew: ${says}`);
		assert.ok(p99! < MAX_LAG_MS, `n8n stalled: ${says}`);
		return `${minutes} minutes: ${says}`;
	} finally {
		inspector.close();
		await n8n.kill();
		await hook.stop();
	}
}
