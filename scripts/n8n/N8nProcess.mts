import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type N8nSettings = {
	/** Where n8n is installed. */
	readonly home: string;
	/** Its data. */
	readonly userFolder: string;
	readonly port: number;
	readonly env?: Readonly<Record<string, string>>;
	/** Of Node itself, such as `--inspect=127.0.0.1:9229`. */
	readonly nodeOptions?: readonly string[];
};

const READY_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 40_000;

/** One n8n on 127.0.0.1: started, waited for, stopped or killed, started again. */
export class N8nProcess {
	readonly url: string;

	private child: ChildProcess | undefined;

	private readonly settings: N8nSettings;

	constructor(settings: N8nSettings) {
		this.settings = settings;
		this.url = `http://127.0.0.1:${settings.port}`;
	}

	get logFile(): string {
		return join(this.settings.userFolder, 'n8n.log');
	}

	get log(): string {
		return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
	}

	get isRunning(): boolean {
		return (
			this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null
		);
	}

	/** Starts it and waits until it answers. @returns milliseconds that took */
	async start(): Promise<number> {
		const { home, userFolder, port, env, nodeOptions = [] } = this.settings;
		mkdirSync(userFolder, { recursive: true });
		const log = openSync(this.logFile, 'a');
		const brokerPort = await freePort();
		const startedAt = Date.now();
		this.child = spawn(
			process.execPath,
			[...nodeOptions, join(home, 'node_modules', 'n8n', 'bin', 'n8n'), 'start'],
			{
				cwd: userFolder,
				stdio: ['ignore', log, log],
				env: {
					PATH: process.env['PATH'] ?? '',
					HOME: userFolder,
					...(process.env['SystemRoot'] === undefined
						? {}
						: { SystemRoot: process.env['SystemRoot'] }),
					N8N_USER_FOLDER: userFolder,
					N8N_PORT: String(port),
					N8N_LISTEN_ADDRESS: '127.0.0.1',
					N8N_HOST: '127.0.0.1',
					N8N_SECURE_COOKIE: 'false',
					N8N_DIAGNOSTICS_ENABLED: 'false',
					N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
					N8N_TEMPLATES_ENABLED: 'false',
					N8N_PERSONALIZATION_ENABLED: 'false',
					N8N_HIRING_BANNER_ENABLED: 'false',
					N8N_RUNNERS_BROKER_PORT: String(brokerPort),
					N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
					EXECUTIONS_DATA_PRUNE: 'true',
					N8N_LOG_LEVEL: 'info',
					...env,
				},
			},
		);
		closeSync(log);
		await this.waitUntilReady(startedAt);
		return Date.now() - startedAt;
	}

	/** Asks it to stop, and ends it when it doesn't. @returns milliseconds that took */
	async stop(): Promise<number> {
		const startedAt = Date.now();
		if (await this.end('SIGTERM', STOP_WITHIN_MS)) return Date.now() - startedAt;
		await this.kill();
		return Date.now() - startedAt;
	}

	/** Ends it as a power cut would. */
	async kill(): Promise<void> {
		await this.end('SIGKILL', STOP_WITHIN_MS);
	}

	private async end(signal: NodeJS.Signals, withinMs: number): Promise<boolean> {
		const { child } = this;
		if (child === undefined || !this.isRunning) return true;
		const exited = new Promise<boolean>((resolve) => child.once('exit', () => resolve(true)));
		child.kill(signal);
		return await Promise.race([exited, sleep(withinMs, false, { ref: false })]);
	}

	private async waitUntilReady(startedAt: number): Promise<void> {
		while (Date.now() - startedAt < READY_WITHIN_MS) {
			if (!this.isRunning) throw new Error(`n8n ended while it started:\n${this.tail()}`);
			const answer = await fetch(`${this.url}/healthz/readiness`).catch(() => undefined);
			if (answer?.ok === true) return;
			await sleep(150);
		}
		await this.kill();
		throw new Error(`n8n was not ready within ${READY_WITHIN_MS / 1_000} s:\n${this.tail()}`);
	}

	/** The end of its log. */
	tail(lines = 25): string {
		return this.log.trimEnd().split('\n').slice(-lines).join('\n');
	}
}

/** A port of 127.0.0.1 that nobody uses. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('no port to be had');
	return address.port;
}
