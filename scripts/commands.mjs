// What each npm script does, once bootstrap.mjs has found a Node 24.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '..');
const [command = '', ...rest] = process.argv.slice(2);

/** Runs a Node script of the project or of one of its tools; ends here if it fails. */
function run(script, args = [], options = {}) {
	const { keepGoing = false, ...spawnOptions } = options;
	const done = spawnSync(process.execPath, [...process.execArgv, join(root, script), ...args], {
		cwd: root,
		stdio: 'inherit',
		...spawnOptions,
	});
	if (done.status !== 0 && !keepGoing) process.exit(done.status ?? 1);
	return done.status ?? 1;
}

/** Runs a script in this very process, so that Ctrl-C reaches it and nobody is left behind. */
async function stay(script, args) {
	process.argv = [process.execPath, join(root, script), ...args];
	await import(pathToFileURL(join(root, script)).href);
}

const tool = (path) => join('node_modules', path);

const lint = () => run(tool('eslint/bin/eslint.js'), ['.', '--max-warnings', '0']);

function types() {
	for (const project of ['tsconfig.json', 'test/tsconfig.json', 'scripts/tsconfig.json']) {
		run(tool('typescript/bin/tsc'), ['--noEmit', '-p', project]);
	}
}

/** The suite. A skipped test is a failure wherever it's counted (CI). */
function test() {
	const output = join(root, 'test-output');
	mkdirSync(output, { recursive: true });
	const report = join(output, 'jest.json');
	rmSync(report, { force: true });
	const status = run(tool('jest/bin/jest.js'), ['--json', `--outputFile=${report}`, ...rest], {
		keepGoing: true,
		// jest prints its JSON to standard output as well, unless it's told where to put it.
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	if (!existsSync(report)) process.exit(status || 1);
	const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
		readFileSync(report, 'utf8'),
	);
	const skipped = numPendingTests + numTodoTests;
	console.log(`${numPassedTests} tests passed, ${numFailedTests} failed, ${skipped} skipped`);
	if (status === 0 && process.env.CI && skipped > 0) {
		console.error('A skipped test fails CI.');
		process.exit(1);
	}
	process.exit(status);
}

/** dist/: the compiled code, icons and codex pages, n8n's metadata for lazy loading, and the JSON Schemas. */
function build() {
	rmSync(join(root, 'dist'), { recursive: true, force: true });
	run(tool('typescript/bin/tsc'), ['-p', 'tsconfig.json']);
	run(tool('gulp/bin/gulp.js'), ['--silent']);
	run(tool('n8n-core/bin/generate-metadata'), [], { stdio: ['ignore', 'ignore', 'inherit'] });
	run('scripts/writeSchemas.mjs');
}

const COMMANDS = {
	lint,
	types,
	build,
	test,
	check() {
		lint();
		types();
		test();
	},
	async start() {
		build();
		await stay('scripts/start.mts', rest);
	},
	docs() {
		build();
		run('scripts/writeDocs.mjs');
	},
	pictures() {
		build();
		run('scripts/pictures/writePictures.mts');
	},
	bench() {
		const [name, ...args] = rest;
		const file = `bench/${name}.mts`;
		if (!/^[a-z0-9-]+$/.test(name ?? '') || !existsSync(join(root, file))) {
			console.error(`There is no benchmark ${JSON.stringify(name ?? '')}; see bench/README.md.`);
			process.exit(1);
		}
		build();
		run(file, args);
	},
	async e2e() {
		build();
		await stay('test/e2e/run.mts', rest);
	},
	async soak() {
		build();
		await stay('test/e2e/run.mts', ['--soak', ...rest]);
	},
};

const chosen = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
if (chosen === undefined) {
	console.error(
		`There is no command ${JSON.stringify(command)}; there are ${Object.keys(COMMANDS).join(', ')}.`,
	);
	process.exit(1);
}
await chosen();
