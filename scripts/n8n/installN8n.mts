import { spawn, spawnSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statfsSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The n8n that everything here is tried with. */
export const N8N_VERSION = '2.41.1';

const DRIVER = '@appthreat/sqlite3@9.0.2';
const NEEDED_BYTES = 3.5e9;

export const cacheFolder = (): string => {
	const folder = process.env['MARKET_ALERTS_CACHE'];
	if (folder === undefined) throw new Error('Run this through npm: `npm start`, `npm run e2e`.');
	return folder;
};

/** npm's own variables would be settings to a child npm. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
	Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/**
 * The folder of an installed n8n, fetched once into the cache: npm's registry is all it needs.
 *
 * n8n's own SQLite driver is compiled or downloaded by an install script; scripts are off here, so a
 * driver that npm ships ready-made takes its place. It's proven by opening a database before the folder counts
 * as installed.
 */
export async function installN8n(say: (message: string) => void): Promise<string> {
	const home = join(cacheFolder(), `n8n-${N8N_VERSION}`);
	if (existsSync(join(home, 'installed.json'))) return home;
	const temporary = `${home}.${process.pid}`;
	rmSync(temporary, { recursive: true, force: true });
	mkdirSync(temporary, { recursive: true });
	checkDisk(temporary);
	say(`Fetching n8n ${N8N_VERSION}: about 3 GB, some four minutes, once …`);
	writeFileSync(join(temporary, 'package.json'), '{ "private": true }');
	await npm(
		[
			'install',
			`n8n@${N8N_VERSION}`,
			DRIVER,
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
		],
		temporary,
		say,
	);
	const driver = provideDriver(temporary, say);
	writeFileSync(
		join(temporary, 'installed.json'),
		JSON.stringify({ version: N8N_VERSION, driver }),
	);
	rmSync(home, { recursive: true, force: true });
	renameSync(temporary, home);
	return home;
}

/** What n8n uses for SQLite: the ready-made driver, or else its own, compiled. */
function provideDriver(home: string, say: (message: string) => void): string {
	const own = join(home, 'node_modules', 'sqlite3');
	const entry = join(own, 'lib', 'sqlite3.js');
	const original = readFileSync(entry, 'utf8');
	writeFileSync(entry, "module.exports = require('@appthreat/sqlite3').default;\n");
	if (opensDatabase(home)) return 'prebuilt';
	say(
		"The ready-made SQLite driver does not load here; compiling n8n's own (needs a C++ compiler and Python) …",
	);
	writeFileSync(entry, original);
	spawnSync('npm', ['rebuild', 'sqlite3'], {
		cwd: home,
		env: {
			...cleanEnvironment(),
			npm_config_ignore_scripts: 'false',
			npm_config_nodedir: dirname(dirname(process.execPath)),
		},
		stdio: ['ignore', 'ignore', 'inherit'],
		shell: process.platform === 'win32',
	});
	if (opensDatabase(home)) return 'compiled';
	throw new Error(
		'n8n has no SQLite driver that works on this machine: neither the ready-made one nor a compiled one. Install a C++ compiler and Python 3.11, and try again.',
	);
}

function opensDatabase(home: string): boolean {
	const proof =
		"new (require('sqlite3').verbose().Database)(':memory:').get('select 1 as one', (error, row) => process.exit(error || row.one !== 1 ? 1 : 0))";
	return spawnSync(process.execPath, ['-e', proof], { cwd: home, stdio: 'ignore' }).status === 0;
}

function checkDisk(folder: string): void {
	const free = freeBytes(folder);
	if (free >= NEEDED_BYTES) return;
	throw new Error(
		`n8n needs 3.5 GB of disk; ${folder} has ${(free / 1e9).toFixed(1)} GB. Free some, or set MARKET_ALERTS_CACHE to another folder.`,
	);
}

/** Runs npm; every fifteen seconds says how long it has taken and how much has come. */
export async function npm(
	args: readonly string[],
	cwd: string,
	say: (message: string) => void,
): Promise<void> {
	const startedAt = Date.now();
	const before = freeBytes(cwd);
	const alive = setInterval(() => {
		const come = Math.max(0, before - freeBytes(cwd)) / 1e9;
		say(`… ${Math.round((Date.now() - startedAt) / 1_000)} s, ${come.toFixed(1)} GB`);
	}, 15_000);
	const code = await new Promise<number>((settle) => {
		const child = spawn('npm', [...args], {
			cwd,
			env: cleanEnvironment(),
			stdio: ['ignore', 'inherit', 'inherit'],
			shell: process.platform === 'win32',
		});
		child.on('error', () => settle(1));
		child.on('exit', (exit) => settle(exit ?? 1));
	});
	clearInterval(alive);
	if (code !== 0) throw new Error(`npm ${args[0] ?? ''} failed in ${cwd}; its message is above.`);
}

function freeBytes(folder: string): number {
	const { bavail, bsize } = statfsSync(folder);
	return Number(bavail) * Number(bsize);
}
