import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { cleanEnvironment, npm } from './installN8n.mts';

const root = resolve(import.meta.dirname, '..', '..');

/** Packs the built package as npm would publish it; the path of the tarball. */
export function packPackage(): string {
	const folder = mkdtempSync(join(tmpdir(), 'market-alerts-pack-'));
	const packed = spawnSync(
		'npm',
		['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
		{
			cwd: root,
			env: cleanEnvironment(),
			encoding: 'utf8',
			shell: process.platform === 'win32',
		},
	);
	if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
	const answer = JSON.parse(packed.stdout) as unknown;
	const [first] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as Array<{
		filename: string;
	}>;
	if (first === undefined) throw new Error('npm pack named no tarball');
	return join(folder, first.filename.replace(/^@/, '').replace('/', '-'));
}

/**
 * Installs the tarball where n8n looks for community packages, so that nodes have their real type names.
 * Without peers: a second n8n-workflow would break `instanceof` on its errors.
 */
export async function installPackage(tarball: string, userFolder: string): Promise<void> {
	const nodes = join(userFolder, '.n8n', 'nodes');
	mkdirSync(nodes, { recursive: true });
	rmSync(join(nodes, 'package-lock.json'), { force: true });
	rmSync(join(nodes, 'node_modules', 'n8n-nodes-market-alerts'), { recursive: true, force: true });
	writeFileSync(join(nodes, 'package.json'), '{ "name": "installed-nodes", "private": true }');
	await npm(
		[
			'install',
			tarball,
			'--ignore-scripts',
			'--omit=peer',
			'--omit=optional',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
		],
		nodes,
		() => {},
	);
	if (
		!existsSync(
			join(nodes, 'node_modules', 'n8n-nodes-market-alerts', 'dist', 'known', 'nodes.json'),
		)
	) {
		throw new Error(`The package was not installed into ${nodes}.`);
	}
}
