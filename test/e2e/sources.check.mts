import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { WorkflowNode } from '../../scripts/n8n/N8nApi.mts';
import { WebhookReceiver } from '../../scripts/n8n/receivers.mts';
import { openFake, type Fake, type FakeName } from './providers.mts';
import { node, restartN8n, startN8n, until, workflow, type Running } from './harness.mts';
import { Line } from './Line.mts';

/** One way in which data comes: how it's set up, and how its server is made to speak. */
type Shape = {
	readonly name: string;
	readonly fake: FakeName;
	readonly isStream: boolean;
	/** @param host where the provider is */
	readonly parameters: (host: string, symbol: string) => Record<string, unknown>;
	readonly prepare?: (server: Fake) => void;
	/** Something happens to a symbol. */
	readonly speak: (server: Fake, symbol: string, n: number) => void;
	/** Whether it's asked, or listened to, for the symbol. */
	readonly isWanted: (server: Fake, symbol: string) => boolean;
};

const FIRST = 'AAA';
const SECOND = 'BBB';
const QUIET_MS = 3_000;
const asked = (server: Fake): string =>
	(server.requests ?? [])
		.slice(-1)
		.map((request) => (typeof request === 'string' ? request : request.url))
		.join();

function setProduct(server: Fake, symbol: string, n: number): void {
	server['products'].set(`${symbol}-USD`, {
		product_id: `${symbol}-USD`,
		price: String(100 + n),
		price_percentage_change_24h: '1',
		volume_24h: '3',
		best_bid_price: '1',
		best_ask_price: '2',
	});
}

const SHAPES: readonly Shape[] = [
	{
		name: 'streaming',
		fake: 'Binance',
		isStream: true,
		parameters: (host, symbol) => ({
			source: 'binance',
			receive: 'trades',
			symbols: `${symbol}/USDT`,
			options: { restBaseUrl: `http://${host}`, streamBaseUrl: `ws://${host}` },
		}),
		prepare: (server) => {
			for (const symbol of [FIRST, SECOND]) server['trades'].set(`${symbol}USDT`, []);
		},
		speak: (server, symbol, n) => {
			const trade = { ...TRADE, s: `${symbol}USDT`, a: n, E: Date.now(), T: Date.now() };
			server['trades'].get(`${symbol}USDT`).push(trade);
			server['emit'](`${symbol.toLowerCase()}usdt@aggTrade`, trade);
		},
		isWanted: (server, symbol) => server['isListenedTo'](`${symbol.toLowerCase()}usdt@aggTrade`),
	},
	{
		name: 'polling',
		fake: 'Coinbase',
		isStream: false,
		parameters: (host, symbol) => ({
			source: 'coinbase',
			receive: 'quotes',
			delivery: 'poll',
			pollEvery: '1s',
			symbols: `${symbol}/USD`,
			options: { restBaseUrl: `http://${host}`, streamBaseUrl: `ws://${host}` },
		}),
		prepare: (server) => {
			for (const symbol of [FIRST, SECOND]) setProduct(server, symbol, 0);
		},
		speak: setProduct,
		isWanted: (server, symbol) => asked(server).includes(symbol),
	},
	{
		name: 'custom REST',
		fake: 'Json',
		isStream: false,
		parameters: (host, symbol) => ({
			source: 'customRest',
			url: `http://${host}/quotes?symbols=[[symbols]]`,
			pollEvery: '1s',
			symbols: symbol,
			columns: { column: [{ column: 'symbol', field: 'symbol' }] },
		}),
		prepare: (server) => {
			server['answer'] = () => ({ body: server['rows'] ?? [] });
		},
		speak: (server, symbol, n) => {
			server['rows'] = [{ symbol, price: 100 + n }];
		},
		isWanted: (server, symbol) => asked(server).includes(symbol),
	},
	{
		name: 'custom WebSocket',
		fake: 'JsonSocket',
		isStream: true,
		parameters: (host, symbol) => ({
			source: 'customWebSocket',
			url: `ws://${host}/`,
			subscribeMessage: '{"sub":[[symbols]]}',
			symbols: symbol,
			columns: { column: [{ column: 'symbol', field: 'symbol' }] },
		}),
		speak: (server, symbol, n) => server['send']({ symbol, price: 100 + n }),
		isWanted: (server, symbol) =>
			server.open > 0 && String(server['heard'].at(-1)).includes(`"${symbol}"`),
	},
];
const TRADE = { e: 'aggTrade', p: '50000.1', q: '0.5', f: 1, l: 1, m: true, M: true };

/** A workflow of each shape through all that becomes of one; what the servers see is what counts. */
export async function checkSources(): Promise<string> {
	const hook = new WebhookReceiver();
	await hook.start();
	let running = await startN8n('sources');
	const lives = await Promise.all(SHAPES.map(async (shape) => await begin(shape, running, hook)));
	const watch = setInterval(() => lives.forEach((life) => life.look()), 20);
	try {
		await Promise.all(lives.map(async (life) => await life.publishAndChange()));
		await Promise.all(lives.map(async ({ line }) => await line.down()));
		running = await restartN8n(running);
		assert.ok(running.n8n.isRunning);
		assert.ok(lives.every(({ shape, server }) => !shape.isStream || server.open === 0));
		await Promise.all(lives.map(async ({ line }) => await line.up()));
		await Promise.all(
			lives.map(
				async (life) => await life.goOn(running, 'after a restart of n8n without the provider'),
			),
		);
		await Promise.all(lives.map(async (life) => await life.end(running)));
		const events = lives.map(({ shape, events: count }) => `${shape.name} ${count()}`);
		return `events ${events.join(', ')}; never a second socket, none left`;
	} finally {
		clearInterval(watch);
		await running.n8n.stop();
		await Promise.all(lives.flatMap(({ line, server }) => [line.down(), server.close()]));
		await hook.stop();
	}
}

async function begin(shape: Shape, { api }: Running, hook: WebhookReceiver) {
	const server = await openFake(shape.fake);
	shape.prepare?.(server);
	const line = new Line(Number(server.host.split(':')[1]));
	await line.up();
	const path = `/${shape.fake}`;
	const nodes = (symbol: string): WorkflowNode[] => [
		node('marketDataTrigger', 'Trigger', shape.parameters(line.host, symbol)),
		{
			id: randomUUID(),
			name: 'Post',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			position: [200, 0],
			parameters: {
				method: 'POST',
				url: `${hook.url}${path}`,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ JSON.stringify($json) }}',
			},
		},
	];
	const wires = [['Trigger', 0, 'Post']] as const;
	const { id } = await api.createWorkflow(workflow(shape.name, nodes(FIRST), wires));
	const of = (symbol: string) =>
		hook.requests.filter(
			(request) => request.path === path && String(request.body['symbol']).startsWith(symbol),
		).length;
	let [most, said] = [0, 0];
	/** Speaks until one more event has come. */
	const hear = async (symbol: string, when: string): Promise<void> => {
		const before = of(symbol);
		await until(`${shape.name} is asked for ${symbol} ${when}`, () =>
			shape.isWanted(server, symbol),
		);
		let spokenAt = 0;
		await until(`${shape.name} brings ${symbol} ${when}`, () => {
			if (Date.now() - spokenAt > 1_500) {
				said += 1;
				shape.speak(server, symbol, said);
				spokenAt = Date.now();
			}
			return of(symbol) > before;
		});
	};
	/** Nothing is open and nothing is asked; n8n closes a trigger soon after it has said so. */
	const isQuiet = async (when: string): Promise<void> => {
		await until(`${shape.name} has no socket ${when}`, () => !shape.isStream || server.open === 0);
		await until(`${shape.name} is quiet ${when}`, async () => {
			const before = server.requests?.length;
			await sleep(QUIET_MS);
			return server.requests?.length === before && (!shape.isStream || server.open === 0);
		});
	};
	return {
		shape,
		server,
		line,
		events: () => of(FIRST) + of(SECOND),
		look: () => {
			if (shape.isStream) most = Math.max(most, server.open);
		},
		publishAndChange: async () => {
			await api.publish(id);
			await hear(FIRST, 'when published');
			await api.unpublish(id);
			await isQuiet('when unpublished');
			const { connections } = server;
			await api.updateWorkflow(id, {
				nodes: nodes(SECOND),
				versionId: (await api.getWorkflow(id)).versionId,
			});
			await api.publish(id);
			await hear(SECOND, 'when published again');
			assert.ok(!shape.isWanted(server, FIRST), `${shape.name} still wants ${FIRST}`);
			if (shape.isStream) assert.equal(server.connections, connections + 1);
		},
		goOn: async ({ api: now }: Running, when: string) => {
			await hear(SECOND, when);
			assert.ok((await now.getWorkflow(id)).active, `${shape.name} isn't active ${when}`);
		},
		end: async ({ api: now }: Running) => {
			await now.unpublish(id);
			await isQuiet('at the end');
			if (shape.isStream) assert.equal(most, 1, `${shape.name} had ${most} sockets at a time`);
		},
	};
}
