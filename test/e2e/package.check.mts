import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Running } from './harness.mts';

const HEAVY = [
	'json-rules-engine',
	'jsonpath-plus',
	'liquidjs',
	'nodemailer',
	'zod',
	'csv-parse',
	'@streamparser',
	'luxon',
	'trading-signals',
];

/** What n8n installed: complete, loaded lazily under its real names, and light until a node is used. */
export async function checkPackage({ n8n, userFolder }: Running): Promise<string> {
	const modules = join(userFolder, '.n8n', 'nodes', 'node_modules');
	const dist = join(modules, 'n8n-nodes-market-alerts', 'dist');
	for (const file of [
		'known/nodes.json',
		'known/credentials.json',
		'types/nodes.json',
		'types/credentials.json',
		'schemas/rule.v1.json',
		'schemas/alert.v1.json',
		'nodes/MarketRule/marketRule.svg',
		'nodes/MarketRule/MarketRule.node.json',
		'credentials/icons/smtp.svg',
	]) {
		assert.ok(existsSync(join(dist, file)), `${file} is not in the package`);
	}
	assert.ok(
		!existsSync(join(modules, 'n8n-workflow')),
		"a second n8n-workflow came along: n8n's errors would not be recognised",
	);
	assert.match(n8n.log, /Lazy-loading nodes .*n8n-nodes-market-alerts|n8n-nodes-market-alerts/);

	const nodes = readdirSync(join(dist, 'nodes')).filter((name) =>
		existsSync(join(dist, 'nodes', name, `${name}.node.js`)),
	);
	const load = `
		const startedAt = performance.now();
		for (const name of ${JSON.stringify(nodes)}) new (require(${JSON.stringify(join(dist, 'nodes'))} + '/' + name + '/' + name + '.node.js')[name])();
		const ms = performance.now() - startedAt;
		const heavy = Object.keys(require.cache).filter((path) => ${JSON.stringify(HEAVY)}.some((name) => path.startsWith(${JSON.stringify(modules)}) && path.includes('/node_modules/' + name + '/')));
		console.log(JSON.stringify({ ms, heavy }));`;
	const home = join(process.env['MARKET_ALERTS_CACHE'] ?? '', 'n8n-2.41.1', 'node_modules');
	const preload = "require('n8n-workflow');"; // n8n has it loaded long since
	const { stdout, stderr } = spawnSync(process.execPath, ['-e', preload + load], {
		encoding: 'utf8',
		env: { ...process.env, NODE_PATH: home },
	});
	assert.ok(stdout !== '', stderr);
	const { ms, heavy } = JSON.parse(stdout) as { ms: number; heavy: string[] };
	assert.deepEqual(heavy, [], 'heavy libraries are loaded when first used');
	assert.ok(nodes.length >= 4);
	return `${nodes.length} nodes, all of them loaded in ${ms.toFixed(0)} ms, no heavy library among them`;
}
