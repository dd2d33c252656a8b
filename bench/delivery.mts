// In the real n8n: 10,000 alerts to a webhook that fails three times out of ten, with n8n killed twice, once when the
// receiver has taken alerts and n8n hasn't heard so. What was lost, what came twice, and how many a second that were.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import {
	lastLines,
	node,
	replayTrigger,
	restartN8n,
	startN8n,
	stopAll,
	until,
	workflow,
	type Running,
} from '../test/e2e/harness.mts';
import { FlakyReceiver } from './FlakyReceiver.mts';
import { seededRandom } from './seededRandom.mts';

const ALERTS = 10_000;
/** An execution sends one after the other and waits where it fails; so many feeds wait at the same time. */
const FEEDS = 100;
const FAILS = 0.3;
/** How many alerts the receiver has taken when n8n is killed: at once, and while it waits for answers. */
const KILL_AT = 0.3 * ALERTS;
const KILL_UNANSWERED_AT = 0.6 * ALERTS;
/** Answers that n8n is waiting for when it's killed the second time. */
const UNANSWERED = 10;
/** n8n takes a trigger it was just starting for busy for two minutes, unless told otherwise. */
const ENV = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '3' };

const chance = seededRandom(1);
const receiver = new FlakyReceiver(
	({ alert }) => ({ alert: `${alert.symbol}@${alert.eventAt}`, sender: alert.symbol }),
	() => chance() < FAILS,
);

/** One tape a feed: a symbol of its own, whose every trade is an alert. */
function writeTapes(userFolder: string): string[] {
	const folder = join(userFolder, '.n8n', 'market-alerts', 'tapes');
	mkdirSync(folder, { recursive: true });
	return Array.from({ length: FEEDS }, (_, feed) => {
		const rows = Array.from(
			{ length: ALERTS / FEEDS },
			(_, row) => `${1_700_000_000_000 + row * 1_000},S${feed},${50 + (row % 10)},1`,
		);
		const file = `feed-${feed}.csv`;
		writeFileSync(join(folder, file), ['time,symbol,price,size', ...rows].join('\n'));
		return file;
	});
}

function alertsToWebhook(files: readonly string[], url: string) {
	const feeds = files.map((file, feed) => ({ ...replayTrigger(file), name: `Feed ${feed}` }));
	const rule = node('marketRule', 'Rule', {
		ruleName: 'Under 60',
		ruleSource: 'builder',
		match: 'all',
		conditions: {
			condition: [{ fact: 'price', operator: 'lessThan', compareWith: 'value', value: '60' }],
		},
		fire: 'everyMatch',
		cooldown: '',
	});
	return workflow(
		'Delivery',
		[...feeds, rule, node('alertWebhook', 'Webhook', { url })],
		[...feeds.map(({ name }) => [name, 0, 'Rule'] as const), ['Rule', 0, 'Webhook']],
	);
}

const takenAll = (count: number) => () => receiver.taken.size >= count;

type Kill = {
	readonly running: Running;
	readonly inFlight: ReadonlySet<string>;
	readonly ms: number;
};

/** Killed the moment something holds, whatever is on its way; and started again. */
async function killWhen(running: Running, what: string, holds: () => boolean): Promise<Kill> {
	let killed: Promise<void> | undefined;
	let startedAt = Number.NaN;
	receiver.onTaken = () => {
		if (!holds() || killed !== undefined) return;
		startedAt = performance.now();
		killed = running.n8n.kill();
	};
	await until(what, () => killed !== undefined, 600_000);
	await killed;
	const inFlight = receiver.inFlight();
	receiver.onTaken = () => {};
	receiver.held = undefined;
	return {
		running: await restartN8n(running, ENV),
		inFlight,
		ms: performance.now() - startedAt,
	};
}

let running = await startN8n('bench-delivery', ENV);
try {
	const url = await receiver.listen();
	const { id } = await running.api.createWorkflow(
		alertsToWebhook(writeTapes(running.userFolder), url),
	);
	const startedAt = performance.now();
	await running.api.publish(id);

	const first = await killWhen(running, 'the first kill', takenAll(KILL_AT));
	({ running } = first);
	await until('the second kill is near', takenAll(KILL_UNANSWERED_AT), 600_000);
	const unanswered = new Set<string>();
	receiver.held = unanswered;
	const second = await killWhen(running, 'the second kill', () => unanswered.size >= UNANSWERED);
	({ running } = second);
	await until('every alert is there', takenAll(ALERTS), 600_000);
	const ms = performance.now() - startedAt;
	await until('what was not answered came again', () =>
		[...unanswered].every((key) => receiver.repeats.has(key)),
	);

	const sent = new Set(receiver.taken.values()).size;
	const inFlight = new Set([...first.inFlight, ...second.inFlight]);
	const repeats = [...receiver.repeats.values()].reduce((sum, times) => sum + times, 0);
	const strangers = [...receiver.repeats.keys()].filter((key) => !inFlight.has(key));
	const result = {
		bench: 'delivery',
		node: process.version,
		cpu: cpus()[0]?.model ?? 'unknown',
		alerts: ALERTS,
		sent,
		lost: ALERTS - sent,
		duplicates: receiver.taken.size - sent,
		repeats,
		inFlightAtKills: first.inFlight.size + second.inFlight.size,
		killedBetweenSendAndLog: unanswered.size,
		requests: receiver.requests,
		perSecond: Number((ALERTS / (ms / 1_000)).toFixed(1)),
		perSecondWhileUp: Number((ALERTS / ((ms - first.ms - second.ms) / 1_000)).toFixed(1)),
		seconds: Math.round(ms / 1_000),
	};
	console.log(
		`${sent} alerts in ${result.requests} requests and ${result.seconds} s, n8n killed twice: ${result.lost} lost, ${result.duplicates} told twice; ` +
			`${repeats} of the ${result.inFlightAtKills} on their way at a kill came again under their first id`,
	);
	console.log(JSON.stringify(result));
	if (result.lost !== 0 || result.duplicates !== 0) throw new Error('Not every alert came once.');
	if (strangers.length > 0 || repeats > result.inFlightAtKills) {
		throw new Error(`${strangers.length} alerts came again that were written down before.`);
	}
} catch (error) {
	console.error(lastLines());
	throw error;
} finally {
	await stopAll();
	await receiver.close();
}
