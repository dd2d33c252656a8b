// `npm run e2e`: the done-when list of the foundation in a real n8n. `--only name,name` runs some of it, `--soak` the long ones.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { lastLines, output, startN8n, stopAll, type Running } from './harness.mts';
import { hasRealTapes } from './tapes.mts';
import { checkPackage } from './package.check.mts';
import { checkOwnData } from './ownData.check.mts';
import { checkTape } from './tapes.check.mts';
import { checkKills } from './kills.check.mts';
import { checkParallel } from './parallel.check.mts';
import { checkRuleBuilder } from './ruleBuilder.check.mts';
import { checkSources } from './sources.check.mts';
import { checkSourceEditor } from './sourceEditor.check.mts';
import { checkEditor } from './editor.check.mts';
import { checkOutputsEditor } from './outputsEditor.check.mts';
import { checkEveryOutput } from './everyOutput.check.mts';
import {
	checkAlertTrigger,
	checkAlertTriggerEditor,
	checkAlertTriggerKills,
} from './alertTrigger.check.mts';
import { checkFeedHour } from './feedHour.check.mts';
import { checkMarketData } from './marketData.check.mts';
import * as faults from './faults.check.mts';

const { values } = parseArgs({
	options: {
		only: { type: 'string' },
		soak: { type: 'boolean', default: false },
		seed: { type: 'string', default: '7' },
		minutes: { type: 'string', default: '60' },
	},
});

let shared: Promise<Running> | undefined;
/** One n8n for the checks that leave it as it was. */
const sharedN8n = async (): Promise<Running> => await (shared ??= startN8n('shared'));

const CHECKS: Record<string, () => Promise<string>> = {
	package: async () => await checkPackage(await sharedN8n()),
	'tape-binance': async () => await checkTape('binance', await sharedN8n()),
	'tape-bitstamp': async () => await checkTape('bitstamp', await sharedN8n()),
	'own-data': async () => await checkOwnData(await sharedN8n()),
	parallel: async () => await checkParallel(await sharedN8n()),
	kills: async () => await checkKills(values.soak ? 50 : 5, Number(values.seed)),
	'every-output': async () => await checkEveryOutput(),
	'alert-trigger': async () => await checkAlertTrigger(),
	'alert-trigger-kills': async () =>
		await checkAlertTriggerKills(values.soak ? 50 : 5, Number(values.seed)),
	'feed-hour': async () => await checkFeedHour(Number(values.minutes)),
	'alert-trigger-editor': async () => await checkAlertTriggerEditor(await sharedN8n()),
	editor: async () => await checkEditor(await sharedN8n()),
	'outputs-editor': async () => await checkOutputsEditor(await sharedN8n()),
	'source-editor': async () => await checkSourceEditor(await sharedN8n()),
	sources: async () => await checkSources(),
	'market-data': async () => await checkMarketData(await sharedN8n()),
	'rule-builder': async () => await checkRuleBuilder(await sharedN8n()),
	'wrong-password': async () => await faults.checkWrongPassword(await sharedN8n()),
	'unknown-symbol': async () => await faults.checkUnknownSymbol(await sharedN8n()),
	'malformed-rule': async () => await faults.checkMalformedRule(await sharedN8n()),
	'truncated-file': async () => await faults.checkTruncatedFile(await sharedN8n()),
	'full-store': async () => await faults.checkFullStore(),
	'mail-server-down': async () => await faults.checkMailServerDown(await sharedN8n()),
};
/** The long ones; `feed-hour` is only long. */
const SOAK = ['feed-hour', 'kills', 'alert-trigger-kills'];
const EVERYDAY = Object.keys(CHECKS).filter((name) => name !== 'feed-hour');

const only = values.only?.split(',');
const chosen = Object.entries(CHECKS).filter(
	([name]) => only?.includes(name) ?? (values.soak ? SOAK : EVERYDAY).includes(name),
);
if (!hasRealTapes)
	console.log('» The real tapes (../shared/data) are not there: the checks run on a made-up tape.');
let passed = 0;
const failures: string[] = [];
for (const [name, check] of chosen) {
	const startedAt = Date.now();
	try {
		const found = await check();
		passed += 1;
		console.log(`✓ ${name} (${((Date.now() - startedAt) / 1_000).toFixed(0)} s): ${found}`);
	} catch (error) {
		failures.push(name);
		console.log(
			`✗ ${name} (${((Date.now() - startedAt) / 1_000).toFixed(0)} s): ${(error as Error).stack}\n${lastLines()}`,
		);
	}
}
await stopAll();
writeFileSync(
	join(output, 'e2e.json'),
	JSON.stringify({ passed, failed: failures.length, failures }),
);
console.log(`${passed} checks passed, ${failures.length} failed`);
process.exit(failures.length === 0 && chosen.length > 0 ? 0 : 1);
