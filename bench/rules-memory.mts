// What a rule and its symbol take in memory: 100,000 rules on 10,000 symbols, each rule judged and some of them firing.
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { makeQuotes, makeRule, seededRandom, toDocument } from './market/market.mts';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { LiveRules } = require('./dist/core/pipeline');
const { compileRule } = require('./dist/core/rules');
const { observe } = require('./dist/core/facts');

const SYMBOLS = 10_000;
const RULES = 100_000;
const BATCH = 500;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** What something still holds: heap and the buffers beside it. */
function held(): number {
	for (let times = 0; times < 4; times += 1) collect();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
}

/** Made anew for each rule and thrown away: only what the rules themselves hold is to be counted. */
const { opens } = makeQuotes(SYMBOLS, SYMBOLS);
const random = seededRandom(7);
const documentOf = (number: number) => {
	const symbol = number % SYMBOLS;
	return toDocument(makeRule(`r${number}`, symbol, opens[symbol]!, random, [0.2, 8]));
};

type Live = {
	put(rule: unknown): void;
	observe(observation: unknown): void;
	drain(): Promise<readonly unknown[]>;
	takeChanges(): unknown;
};
const open = (): Live =>
	new LiveRules({ scope: { workflowId: 'w', nodeId: 'n' }, gate: 'askChanged' });

/** Each symbol comes three times; what is told is handed on, and what changed is written down. */
async function play(live: Live): Promise<number> {
	let alerts = 0;
	const { quotes } = makeQuotes(SYMBOLS, SYMBOLS * 3);
	for (let begin = 0; begin < quotes.length; begin += BATCH) {
		for (const quote of quotes.slice(begin, begin + BATCH)) live.observe(observe(quote));
		alerts += (await live.drain()).length;
		live.takeChanges();
	}
	return alerts;
}

// Code is compiled and shapes are known before it's measured.
const trial = open();
for (let number = 0; number < 1_000; number += 1) trial.put(compileRule(documentOf(number)));
await play(trial);

/** The instruments alone, without a rule: what of the rest is the rules'. */
const bare = open();
const beforeBare = held();
await play(bare);
const bareBytes = held() - beforeBare;

const live = open();
const before = held();
for (let number = 0; number < RULES; number += 1) live.put(compileRule(documentOf(number)));
const put = held();
const alerts = await play(live);
const after = held();
if (alerts === 0) throw new Error('No rule fired: states were not made.');

const result = {
	bench: 'rules-memory',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	symbols: SYMBOLS,
	rules: RULES,
	alerts,
	bytesPerRuleSymbol: Math.round((after - before) / RULES),
	bytesPerRuleBeforeEvents: Math.round((put - before) / RULES),
	bytesPerInstrumentAlone: Math.round(bareBytes / SYMBOLS),
};
console.log(
	`${RULES} rules take ${result.bytesPerRuleSymbol} bytes each with their state, instruments included; ${result.bytesPerRuleBeforeEvents} before the first event`,
);
console.log(JSON.stringify(result));
// Held to the end, or there would be nothing to measure.
if (Object.keys(live).length + Object.keys(bare).length === 0) throw new Error('nothing is held');
