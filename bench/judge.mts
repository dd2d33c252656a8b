// What judging a batch costs beside a plain json-rules-engine run per item: the price of state, reasons and unknown.
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { judgeBatch } = require('./dist/core/pipeline');
const { compileRule } = require('./dist/core/rules');
const { createMemoryStore } = require('./dist/core/storage');
const { FactSheet } = require('./dist/core/facts');
const { Engine } = require('json-rules-engine');

const ITEMS = 1_000;
const ROUNDS = 9;
const conditions = {
	all: [
		{ fact: 'price', operator: 'lessThan', value: 60 },
		{ fact: 'changePercent', operator: 'lessThan', value: 5 },
	],
};
const rule = compileRule({ version: 1, id: 'r', name: 'r', conditions });

/** 5 % of the items change the rule's state. */
const priceOf = (row: number): number => (Math.floor(row / 20) % 2 === 0 ? 61 : 59);
const columnsOf = (row: number) => ({ price: priceOf(row), changePercent: 1 });

const median = (values: number[]): number =>
	values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function time(work: () => Promise<number>): Promise<{ ms: number; found: number }> {
	const startedAt = performance.now();
	const found = await work();
	return { ms: performance.now() - startedAt, found };
}

const store = createMemoryStore({ now: () => 0 });
let batch = 0;
const ours = async (): Promise<number> => {
	batch += 1;
	const entries = Array.from({ length: ITEMS }, (_, row) => ({
		observation: {
			symbol: 'SHOP',
			eventAt: batch * ITEMS + row,
			eventId: `replay:bench~p#${batch * ITEMS + row}`,
			quality: [],
			facts: new FactSheet(columnsOf(row)),
		},
		standInId: '',
		rules: [rule],
	}));
	const judged = await judgeBatch(entries, { workflowId: 'w', nodeId: 'n' }, store);
	return judged.reduce((sum: number, one: { alerts: unknown[] }) => sum + one.alerts.length, 0);
};
const plain = async (): Promise<number> => {
	const engine = new Engine([{ conditions, event: { type: 'e' } }]);
	let changes = 0;
	let held = false;
	for (let row = 0; row < ITEMS; row += 1) {
		const { results } = await engine.run(columnsOf(row));
		const holds = results.length === 1;
		if (holds && !held) changes += 1;
		held = holds;
	}
	return changes;
};

const pairs: Array<{ ours: number; plain: number }> = [];
for (let round = 0; round < ROUNDS + 2; round += 1) {
	const [one, other] = [await time(ours), await time(plain)];
	if (one.found !== other.found)
		throw new Error(`${one.found} alerts here, ${other.found} changes by the plain engine`);
	if (round >= 2) pairs.push({ ours: one.ms, plain: other.ms });
}
const result = {
	bench: 'judge',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	items: ITEMS,
	rounds: ROUNDS,
	judgeMs: Number(median(pairs.map((pair) => pair.ours)).toFixed(2)),
	plainEngineMs: Number(median(pairs.map((pair) => pair.plain)).toFixed(2)),
	vsPlainEngine: Number(median(pairs.map((pair) => pair.plain / pair.ours)).toFixed(2)),
};
console.log(
	`${ITEMS} items: ${result.judgeMs} ms here, ${result.plainEngineMs} ms by a plain engine`,
);
console.log(JSON.stringify(result));
