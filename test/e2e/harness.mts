import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { installN8n } from '../../scripts/n8n/installN8n.mts';
import { installPackage, packPackage } from '../../scripts/n8n/installPackage.mts';
import { N8nApi, type WorkflowJson, type WorkflowNode } from '../../scripts/n8n/N8nApi.mts';
import { freePort, N8nProcess } from '../../scripts/n8n/N8nProcess.mts';

export const output = resolve(import.meta.dirname, '..', '..', 'test-output');
mkdirSync(output, { recursive: true });

const root = mkdtempSync(join(tmpdir(), 'market-alerts-e2e-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));

let prepared: Promise<{ home: string; template: string }> | undefined;

/** n8n and the packed tarball, installed once for all checks. */
async function prepare(): Promise<{ home: string; template: string }> {
	prepared ??= (async () => {
		const home = await installN8n((message) => console.log(`» ${message}`));
		const template = join(root, 'template');
		console.log('» Packing and installing the package …');
		await installPackage(packPackage(), template);
		return { home, template };
	})();
	return await prepared;
}

export type Running = {
	readonly n8n: N8nProcess;
	readonly api: N8nApi;
	readonly userFolder: string;
};

const running = new Set<N8nProcess>();
/** n8n processes don't outlive the checks, however these end. */
export const stopAll = async (): Promise<void> => {
	await Promise.all([...running].map(async (n8n) => await n8n.kill()));
};

/** What each n8n said last, for a check that failed. */
export const lastLines = (): string =>
	[...running]
		.map((n8n) => `» ${n8n.logFile}:\n${n8n.log.trimEnd().split('\n').slice(-25).join('\n')}`)
		.join('\n');

/** A fresh n8n with the package, on a port of its own. */
export async function startN8n(
	name: string,
	env: Record<string, string> = {},
	nodeOptions: readonly string[] = [],
): Promise<Running> {
	const { home, template } = await prepare();
	const userFolder = join(root, name);
	cpSync(template, userFolder, { recursive: true });
	const n8n = new N8nProcess({ home, userFolder, port: await freePort(), env, nodeOptions });
	running.add(n8n);
	await n8n.start();
	const api = new N8nApi(n8n.url);
	await api.logIn();
	return { n8n, api, userFolder };
}

/** Starts an n8n again that was stopped or killed, perhaps with other settings. */
export async function restartN8n(
	{ userFolder, n8n }: Running,
	env: Record<string, string> = {},
): Promise<Running> {
	await n8n.kill();
	const next = new N8nProcess({
		home: (await prepare()).home,
		userFolder,
		port: Number(new URL(n8n.url).port),
		env,
	});
	running.add(next);
	await next.start();
	const api = new N8nApi(next.url);
	await api.logIn();
	return { n8n: next, api, userFolder };
}

/** Waits until something is so. @throws when it isn't within the time, saying what was waited for */
export async function until<T>(
	what: string,
	look: () => T | undefined | false | Promise<T | undefined | false>,
	withinMs = 60_000,
): Promise<T> {
	const end = Date.now() + withinMs;
	for (;;) {
		const seen = await look();
		if (seen !== undefined && seen !== false) return seen;
		if (Date.now() > end) throw new Error(`waited ${withinMs / 1_000} s in vain until ${what}`);
		await sleep(100);
	}
}

const PACKAGE = 'n8n-nodes-market-alerts';

/** A node of ours; `more` for credentials and settings. */
export const node = (
	type: string,
	name: string,
	parameters: Record<string, unknown>,
	more: Partial<WorkflowNode> = {},
): WorkflowNode => ({
	id: randomUUID(),
	name,
	type: `${PACKAGE}.${type}`,
	typeVersion: 1,
	position: [0, 0],
	parameters,
	...more,
});

/** A workflow from nodes and `from>output>to` wires. */
export function workflow(
	name: string,
	nodes: WorkflowNode[],
	wires: ReadonlyArray<readonly [string, number, string]>,
): WorkflowJson {
	const connections: Record<
		string,
		{ main: Array<Array<{ node: string; type: 'main'; index: 0 }>> }
	> = {};
	for (const [from, outputIndex, to] of wires) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= outputIndex) main.push([]);
		main[outputIndex]!.push({ node: to, type: 'main', index: 0 });
	}
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}

export const replayTrigger = (
	file: string,
	parameters: Record<string, unknown> = {},
): WorkflowNode =>
	node('marketDataTrigger', 'Trigger', {
		source: 'replay',
		symbols: '',
		filePath: file,
		pace: 'asFastAsPossible',
		...parameters,
	});

export async function smtpCredential(
	api: N8nApi,
	port: number,
	login: { user?: string; password?: string } = {},
) {
	return {
		marketAlertsSmtpApi: await api.createCredential(`mail ${randomUUID()}`, 'marketAlertsSmtpApi', {
			host: '127.0.0.1',
			port,
			security: 'none',
			user: login.user ?? '',
			password: login.password ?? '',
			allowUnauthorizedCerts: false,
		}),
	};
}

/** The message of the error a failed execution shows. */
export async function failureOf(api: N8nApi, executionId: string): Promise<string> {
	const { data } = await api.getExecution(executionId);
	// n8n stores run data flattened: a list whose members point at each other by position.
	const flat = JSON.parse(data) as unknown[];
	const errors = flat.filter(
		(part): part is { message: unknown } =>
			typeof part === 'object' &&
			part !== null &&
			'message' in part &&
			('stack' in part || 'timestamp' in part),
	);
	const at = errors[0]?.message;
	const message = typeof at === 'string' && /^\d+$/.test(at) ? flat[Number(at)] : at;
	return typeof message === 'string' ? message : `no message in ${data.slice(0, 500)}`;
}
