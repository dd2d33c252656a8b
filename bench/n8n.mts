// In the real n8n: Market Rule against the built-in Filter, an event's way to a webhook against a bare trigger and an
// HTTP Request, and ten thousand alerts in one moment.
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import axios from 'axios';
import { WebSocketServer } from 'ws';

import type { WorkflowNode } from '../scripts/n8n/N8nApi.mts';
import { WebhookReceiver } from '../scripts/n8n/receivers.mts';
import {
	lastLines,
	node,
	startN8n,
	stopAll,
	until,
	workflow,
	type Running,
} from '../test/e2e/harness.mts';

const ITEMS = 1_000;
const CHANGING = 50;
const RUNS = 9;
const WARM_UP = 3;

const SAMPLES = 60;
const PAUSE_MS = 250;

const STORM_SYMBOLS = 1_000;
const STORM_RULES = 10;

const { values } = parseArgs({
	options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
});

const builtIn = (
	type: string,
	name: string,
	version: number,
	parameters: object,
): WorkflowNode => ({
	id: randomUUID(),
	name,
	type: `n8n-nodes-base.${type}`,
	typeVersion: version,
	position: [0, 0],
	parameters: { ...parameters },
});

const median = (numbers: readonly number[]): number =>
	[...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** n8n stores run data flattened: a list whose members point at each other by position. */
function nodeTimes(data: string): Record<string, number> {
	const flat = JSON.parse(data) as unknown[];
	const at = (pointer: unknown): any =>
		typeof pointer === 'string' ? flat[Number(pointer)] : pointer;
	const runData = at(at(at('0').resultData).runData) as Record<string, unknown>;
	return Object.fromEntries(
		Object.entries(runData).map(([name, runs]) => [
			name,
			Number(at((at(runs) as unknown[])[0]).executionTime),
		]),
	);
}

/** Webhook → a thousand items → Filter and Market Rule, the same two conditions on the same items. */
async function compareNodes({ api, n8n }: Running) {
	const path = randomUUID();
	const condition = (field: string, operation: 'lt' | 'gt', value: number) => ({
		id: randomUUID(),
		leftValue: `={{ $json.${field} }}`,
		rightValue: value,
		operator: { type: 'number', operation },
	});
	const { id } = await api.createWorkflow(
		workflow(
			'Nodes',
			[
				builtIn('webhook', 'Webhook', 2, { httpMethod: 'POST', path, responseMode: 'lastNode' }),
				builtIn('splitOut', 'Items', 1, { fieldToSplitOut: 'body.items', options: {} }),
				builtIn('filter', 'Filter', 2.2, {
					conditions: {
						options: { version: 2, caseSensitive: true, typeValidation: 'strict' },
						combinator: 'and',
						conditions: [condition('price', 'lt', 60), condition('volume', 'gt', 100)],
					},
					options: {},
				}),
				node('marketRule', 'Rule', {
					ruleName: 'Cheap and traded',
					ruleSource: 'json',
					ruleJson: JSON.stringify({
						all: [
							{ fact: 'price', operator: 'lessThan', value: 60 },
							{ fact: 'volume', operator: 'greaterThan', value: 100 },
						],
					}),
				}),
			],
			[
				['Webhook', 0, 'Items'],
				['Items', 0, 'Filter'],
				['Items', 0, 'Rule'],
			],
		),
	);
	await api.publish(id);
	const holds = Array.from({ length: ITEMS }, (_, index) => index % 2 === 0);
	const times: Array<{ filter: number; rule: number }> = [];
	for (let run = 0; run < RUNS + WARM_UP; run += 1) {
		for (let change = 0; change < CHANGING; change += 1) {
			const at = (run * CHANGING + change) % ITEMS;
			holds[at] = !holds[at];
		}
		const items = holds.map((low, index) => ({
			symbol: `S${index}`,
			price: low ? 59 : 61,
			volume: 200,
			eventAt: 1_700_000_000_000 + run * 60_000 + index,
			eventId: `bench ${run} ${index}`,
		}));
		await until('the webhook is there', async () => {
			const answer = await axios.post(
				`${n8n.url}/webhook/${path}`,
				{ items },
				{ validateStatus: () => true },
			);
			return answer.status === 200;
		});
		const [last] = await until('the run is over', async () => {
			// On a busy machine n8n says now and then that its database isn't ready.
			const listed = await api.listExecutions(id).catch(() => []);
			const done = listed.filter(({ status }) => status === 'success');
			return done.length > run ? done : undefined;
		});
		const { Filter: filter = 0, Rule: rule = 0 } = nodeTimes(
			(await api.getExecution(last!.id)).data,
		);
		if (run >= WARM_UP) times.push({ filter, rule });
	}
	await api.unpublish(id);
	const filterMs = median(times.map(({ filter }) => filter));
	const ruleMs = median(times.map(({ rule }) => rule));
	return {
		filterNodeTimeRatio: Number((filterMs / Math.max(ruleMs, 1)).toFixed(1)),
		filterMs,
		ruleMs,
	};
}

/** A market of ours: rows for the trigger on a WebSocket, the same for n8n's own SSE Trigger. */
async function openMarket() {
	const streams = new Set<ServerResponse>();
	const server = createServer((_, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
		response.write(': hello\n\n');
		streams.add(response);
	});
	const sockets = new WebSocketServer({ server });
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		host: `127.0.0.1:${port}`,
		listeners: () => ({ sockets: sockets.clients.size, streams: streams.size }),
		send: (rows: readonly object[]) => {
			const frame = JSON.stringify({ rows });
			for (const client of sockets.clients) client.send(frame);
		},
		push: (data: object) => {
			for (const stream of streams) stream.write(`data: ${JSON.stringify(data)}\n\n`);
		},
		close: () => {
			for (const client of sockets.clients) client.terminate();
			for (const stream of streams) stream.destroy();
			sockets.close();
			server.closeAllConnections();
			server.close();
		},
	};
}
type Market = Awaited<ReturnType<typeof openMarket>>;

const alertTrigger = (market: Market, more: object): WorkflowNode =>
	node('marketAlertTrigger', 'Trigger', {
		source: 'customWebSocket',
		url: `ws://${market.host}/`,
		subscribeMessage: '',
		symbols: 'S0',
		rowsPath: '$.rows',
		rowsAre: 'trades',
		columns: {
			column: [
				{ column: 'symbol', field: 's' },
				{ column: 'price', field: 'p' },
				{ column: 'id', field: 'id' },
			],
		},
		ruleName: 'Bench',
		ruleSource: 'json',
		fire: 'everyMatch',
		...more,
	});

/** From the moment the market sends an event to the request at the webhook, one event at a time. */
async function compareLatency({ api }: Running, market: Market) {
	const hook = new WebhookReceiver();
	await hook.start();
	const ours = await api.createWorkflow(
		workflow(
			'Ours',
			[
				alertTrigger(market, {
					ruleJson: JSON.stringify({ all: [{ fact: 'price', operator: 'lessThan', value: 60 }] }),
				}),
				node('alertWebhook', 'Webhook', { url: `${hook.url}/ours` }),
			],
			[['Trigger', 0, 'Webhook']],
		),
	);
	const bare = await api.createWorkflow(
		workflow(
			'Bare',
			[
				builtIn('sseTrigger', 'SSE', 1, { url: `http://${market.host}/` }),
				builtIn('httpRequest', 'Request', 4.2, {
					method: 'POST',
					url: `${hook.url}/bare`,
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '={{ JSON.stringify($json) }}',
					options: {},
				}),
			],
			[['SSE', 0, 'Request']],
		),
	);
	await api.publish(ours.id);
	await api.publish(bare.id);
	await until('both listen', () => {
		const { sockets, streams } = market.listeners();
		return sockets > 0 && streams > 0;
	});
	await sleep(2_000);
	const took = async (path: string, send: (sample: number) => void, sample: number) => {
		const before = hook.requests.length;
		const sentAt = performance.now();
		send(sample);
		while (hook.requests.length === before) await sleep(0);
		const ms = performance.now() - sentAt;
		if (hook.requests.at(-1)?.path !== path) throw new Error('a request of another sample came');
		await sleep(PAUSE_MS);
		return ms;
	};
	const oursMs: number[] = [];
	const bareMs: number[] = [];
	for (let sample = 0; sample < SAMPLES + 10; sample += 1) {
		const one = await took('/ours', (id) => market.send([{ s: 'S0', p: 50, id }]), sample);
		const other = await took('/bare', (id) => market.push({ s: 'S0', p: 50, id }), sample);
		if (sample < 10) continue;
		oursMs.push(one);
		bareMs.push(other);
	}
	await api.unpublish(ours.id);
	await api.unpublish(bare.id);
	await hook.stop();
	const [alertMs, bareRequestMs] = [median(oursMs), median(bareMs)];
	return {
		latencyRatio: Number((alertMs / bareRequestMs).toFixed(2)),
		alertMs: Number(alertMs.toFixed(1)),
		bareRequestMs: Number(bareRequestMs.toFixed(1)),
	};
}

/** A crash: a thousand symbols fall through ten levels each in one moment. */
async function storm({ api, n8n }: Running, market: Market) {
	const hook = new WebhookReceiver();
	await hook.start();
	const symbols = Array.from({ length: STORM_SYMBOLS }, (_, index) => `S${index}`);
	const rules = Array.from({ length: STORM_RULES }, (_, index) => ({
		version: 1,
		id: `level-${index}`,
		name: `under ${60 + index}`,
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 + index }] },
	}));
	const { id } = await api.createWorkflow(
		workflow(
			'Storm',
			[
				alertTrigger(market, {
					symbols: symbols.join(', '),
					ruleJson: JSON.stringify(rules),
					fire: 'onChange',
				}),
				node('alertWebhook', 'Webhook', { url: `${hook.url}/storm` }),
			],
			[['Trigger', 0, 'Webhook']],
		),
	);
	const before = market.listeners().sockets;
	await api.publish(id);
	await until('it listens', () => market.listeners().sockets > before);
	await sleep(1_000);
	const rowsAt = (price: number, from: number) =>
		symbols.map((s, index) => ({ s, p: price, id: from + index }));
	market.send(rowsAt(100, 0));
	await sleep(12_000); // written down, and quiet again
	let healthMaxMs = 0;
	const watching = new AbortController();
	const watch = (async () => {
		while (!watching.signal.aborted) {
			const askedAt = performance.now();
			await axios.get(`${n8n.url}/healthz`, { timeout: 60_000 });
			healthMaxMs = Math.max(healthMaxMs, performance.now() - askedAt);
			await sleep(20);
		}
	})();
	const sentAt = performance.now();
	market.send(rowsAt(50, STORM_SYMBOLS));
	const alerts = STORM_SYMBOLS * STORM_RULES;
	const ids = () => new Set(hook.requests.map(({ headers }) => headers['idempotency-key']));
	await until('every alert is there', () => hook.requests.length >= alerts, 400_000).catch(
		() => {},
	);
	const ms = performance.now() - sentAt;
	await sleep(3_000); // anything told once too often would come now
	watching.abort();
	await watch;
	const executions = (await api.listExecutions(id)).length;
	await api.unpublish(id);
	await hook.stop();
	return {
		storm: {
			alerts,
			lost: alerts - ids().size,
			duplicates: hook.requests.length - ids().size,
			executions,
			healthMaxMs: Math.round(healthMaxMs),
			seconds: Number((ms / 1_000).toFixed(1)),
		},
	};
}

const market = await openMarket();
const running = await startN8n('bench-n8n');
try {
	const wanted = (part: string) =>
		values.only === undefined || values.only.split(',').includes(part);
	const part = async <T extends object>(name: string, measure: () => Promise<T>) => {
		if (!wanted(name)) return {};
		const found = await measure();
		console.log(`${name}: ${JSON.stringify(found)}`);
		return found;
	};
	const result = {
		bench: 'n8n',
		node: process.version,
		cpu: cpus()[0]?.model ?? 'unknown',
		items: ITEMS,
		runs: RUNS,
		...(await part('nodes', async () => await compareNodes(running))),
		...(await part('latency', async () => await compareLatency(running, market))),
		...(await part('storm', async () => await storm(running, market))),
	};
	console.log(JSON.stringify(result));
} catch (error) {
	console.log(lastLines());
	throw error;
} finally {
	market.close();
	await stopAll();
}
process.exit(0);
