// Alerts to a webhook that fails three times out of ten: that each arrives once, and what keeping that promise costs
// beside a bare POST. Waits between tries pass at once: what's measured is work, not patience.
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { seededRandom } from './seededRandom.mts';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { deliver, retryFor, sendWebhook } = require('./dist/core/delivery');
const { openSqliteStore } = require('./dist/core/storage');

const ALERTS = 10_000;
const FAILS = 0.3;
const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** How often each alert was taken, by its id. */
const taken = new Map<string, number>();
let requests = 0;
let fails = FAILS;
const chance = seededRandom(1);
const receiver = createServer((incoming, answer) => {
	incoming.resume().on('end', () => {
		requests += 1;
		if (chance() < fails) return answer.writeHead(503).end();
		const id = String(incoming.headers['idempotency-key']);
		taken.set(id, (taken.get(id) ?? 0) + 1);
		return answer.writeHead(200).end();
	});
});
await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;

const agent = new Agent({ keepAlive: true });
const http = {
	request: async (asked: { url: string; method: string; headers: object; body: string }) =>
		await new Promise<{ status: number; headers: object; body: string }>((done, fail) => {
			const headers = { ...asked.headers };
			request(asked.url, { method: asked.method, headers, agent }, (answer) => {
				answer.resume().on('end', () => {
					done({ status: answer.statusCode ?? 0, headers: answer.headers, body: '' });
				});
			})
				.on('error', fail)
				.end(asked.body);
		}),
};

let now = 1_700_000_000_000;
const clock = { now: () => now };
const timer = { sleep: async (ms: number) => void (now += ms) };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const bodyOf = (index: number): string =>
	JSON.stringify({ alert: { id: `alert-${index}` }, text: 'x'.repeat(2_000) });
const post = (index: number, signed: boolean) => async () =>
	await sendWebhook(
		{
			url,
			body: bodyOf(index),
			alertId: `alert-${index}`,
			headers: {},
			timeoutMs: 5_000,
			...(signed ? { signingSecrets: SIGNING_SECRET } : {}),
		},
		http,
		clock,
	);

const folder = mkdtempSync(join(tmpdir(), 'bench-deliver-'));
const store = await openSqliteStore({ path: join(folder, 'store.sqlite') }, { clock, timer });
const ports = { store, clock, timer, random: { next: seededRandom(2) }, log: silent };

/** Every alert by the path the outputs take; says how many were delivered now and how many before. */
async function deliverAll(): Promise<{ ms: number; delivered: number; repeated: number }> {
	const startedAt = performance.now();
	let [delivered, repeated] = [0, 0];
	for (let index = 0; index < ALERTS; index += 1) {
		const outcome = await deliver(
			{
				alertId: `alert-${index}`,
				channel: 'webhook',
				recipient: url,
				test: false,
				subject: { ruleId: 'r', ruleName: 'r', symbol: 'SHOP', state: 'firing', title: 'SHOP' },
				message: { body: bodyOf(index) },
			},
			post(index, true),
			retryFor(120_000),
			ports,
		);
		if (outcome.status !== 'delivered') continue;
		if (outcome.repeated === true) repeated += 1;
		else delivered += 1;
	}
	return { ms: performance.now() - startedAt, delivered, repeated };
}

for (let index = 0; index < 500; index += 1) await post(index, true)(); // warms up both ends
taken.clear();
requests = 0;
const first = await deliverAll();
const firstRequests = requests;
const second = await deliverAll();
const sentInSecond = requests - firstRequests;
const most = Math.max(...taken.values());

fails = 0;
const startedAt = performance.now();
for (let index = 0; index < firstRequests; index += 1) await post(index, false)();
const bareMs = performance.now() - startedAt;
await store.close();
agent.destroy();
receiver.close();
rmSync(folder, { recursive: true, force: true });

const asPromised =
	first.delivered === ALERTS && second.repeated === ALERTS && sentInSecond === 0 && most === 1;
const result = {
	bench: 'deliver',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	alerts: ALERTS,
	delivered: first.delivered,
	mostTimesOne: most,
	requests: firstRequests,
	sentOnRepeat: sentInSecond,
	deliverMs: Number((first.ms / ALERTS).toFixed(3)),
	barePostMs: Number((bareMs / firstRequests).toFixed(3)),
	vsBarePosts: Number((first.ms / bareMs).toFixed(2)),
	skipMs: Number((second.ms / ALERTS).toFixed(4)),
};
console.log(
	`${ALERTS} alerts in ${firstRequests} requests: ${result.deliverMs} ms each, ${result.vsBarePosts} times the same number of bare POSTs; a repeat costs ${result.skipMs} ms`,
);
console.log(JSON.stringify(result));
if (!asPromised) throw new Error('Not every alert was delivered once.');
