// `npm start`: the main job in a real n8n, with a simulated market and no account anywhere.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { cacheFolder, installN8n } from './n8n/installN8n.mts';
import { installPackage, packPackage } from './n8n/installPackage.mts';
import { DEMO_OWNER, N8nApi, type WorkflowJson } from './n8n/N8nApi.mts';
import { N8nProcess } from './n8n/N8nProcess.mts';
import { MailReceiver, WebhookReceiver } from './n8n/receivers.mts';

const USAGE = 'npm start -- [--port 5678] [--no-demo]';
const DEMO = resolve(import.meta.dirname, '..', 'examples', 'shopify-simple-rule.json');
const CREDENTIAL = 'Demo mail server';

const say = (message: string): void => console.log(`» ${message}`);

function readOptions(): { port: number; demo: boolean } {
	try {
		const { values } = parseArgs({
			options: {
				port: { type: 'string', default: '5678' },
				'no-demo': { type: 'boolean', default: false },
			},
		});
		const port = Number(values.port);
		if (!Number.isInteger(port) || port < 1 || port > 65_535) {
			throw new Error(`--port is ${JSON.stringify(values.port)}; use a number from 1 to 65535.`);
		}
		return { port, demo: values['no-demo'] !== true };
	} catch (error) {
		console.error(`${(error as Error).message}\n${USAGE}`);
		process.exit(1);
	}
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	return await new Promise((settle) => {
		server.once('error', () => settle(false));
		server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
	});
}

const clock = (): string => new Date().toTimeString().slice(0, 8);

async function main(): Promise<void> {
	const { port, demo } = readOptions();
	if (!(await isFree(port))) {
		console.error(
			`Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port 5679`,
		);
		process.exit(1);
	}
	const home = await installN8n(say);
	const userFolder = join(cacheFolder(), 'demo');
	say('Installing the package into n8n …');
	await installPackage(packPackage(), userFolder);

	let readyAt = Number.NaN;
	let alerts = 0;
	const show = (channel: string, line: string) => {
		alerts += 1;
		const first =
			alerts === 1
				? `  (first alert, ${((Date.now() - readyAt) / 1_000).toFixed(1)} s after n8n was ready)`
				: '';
		console.log(`${clock()}  ${channel}  ${line}${first}`);
	};
	const mail = new MailReceiver({
		onMail: ({ to, subject, text }) =>
			show('e-mail ', `to ${to}: ${subject}  ${text.split('\n')[0] ?? ''}`),
	});
	const webhook = new WebhookReceiver(({ body }) =>
		show('webhook', `${String(body['title'])}  because ${because(body)}`),
	);
	const n8n = new N8nProcess({ home, userFolder, port });
	let stopping = false;
	const stop = async (code: number): Promise<void> => {
		if (stopping) return;
		stopping = true;
		say('Stopping …');
		await n8n.stop();
		await Promise.all([mail.stop(), webhook.stop()]);
		process.exit(code);
	};
	process.on('SIGINT', () => void stop(0));
	process.on('SIGTERM', () => void stop(0));

	await mail.start();
	await webhook.start();
	say('Starting n8n …');
	try {
		await n8n.start();
		readyAt = Date.now();
		const api = new N8nApi(n8n.url);
		await api.logIn();
		if (demo) await publishDemo(api, mail.port, webhook.url);
	} catch (error) {
		if (stopping) return;
		console.error((error as Error).message);
		await stop(1);
		return;
	}
	console.log(`
  n8n is ready:   ${n8n.url}
  log in with:    ${DEMO_OWNER.email}
  password:       ${DEMO_OWNER.password}

  ${demo ? 'The workflow "Shopify Simple Rule" is published. Its alerts appear here:' : 'The nodes are there: add a Market Data Trigger to a new workflow.'}
  (Ctrl-C stops everything)
`);
}

/** Imports the example anew, with the local mail server and receiver in place of the user's. */
async function publishDemo(api: N8nApi, mailPort: number, webhookUrl: string): Promise<void> {
	const workflow = JSON.parse(readFileSync(DEMO, 'utf8')) as WorkflowJson;
	for (const old of await api.listWorkflows()) {
		if (old.name !== workflow.name) continue;
		if (old.active) await api.unpublish(old.id);
		await api.deleteWorkflow(old.id);
	}
	for (const old of await api.listCredentials()) {
		if (old.name === CREDENTIAL) await api.deleteCredential(old.id);
	}
	const credential = await api.createCredential(CREDENTIAL, 'marketAlertsSmtpApi', {
		host: '127.0.0.1',
		port: mailPort,
		security: 'none',
		user: '',
		password: '',
		allowUnauthorizedCerts: false,
	});
	for (const node of workflow.nodes) {
		if (node.type.endsWith('.alertEmail')) node.credentials = { marketAlertsSmtpApi: credential };
		if (node.type.endsWith('.alertWebhook')) node.parameters['url'] = `${webhookUrl}/alerts`;
	}
	const { id } = await api.createWorkflow(workflow);
	await api.publish(id);
}

function because(body: Record<string, any>): string {
	const reasons = Array.isArray(body['because'])
		? (body['because'] as Array<Record<string, any>>)
		: [];
	return reasons
		.map(
			(one) =>
				`${String(one['fact'])} ${String(one['left'])} ${String(one['operator'])} ${String(one['right'])}`,
		)
		.join(', ');
}

await main();
