// The JSON Schemas that ship: what a rule looks like, and what an alert looks like.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { z } = require('zod/v4');
const { ruleDocumentSchema } = require('./dist/core/rules/schema.js');
const { alertItemSchema } = require('./dist/core/alerts/alertItem.js');

const folder = join(root, 'dist', 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, title, schema, io] of [
	['rule.v1', 'Market Alerts: rule document, version 1', ruleDocumentSchema, 'input'],
	['alert.v1', 'Market Alerts: alert item, version 1', alertItemSchema, 'output'],
]) {
	const json = { title, ...z.toJSONSchema(schema, { io }) };
	writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(json, undefined, 2)}\n`);
}
