// The JSON Schemas that ship: what a rule looks like, and what an alert looks like.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { ruleJsonSchema } = require('./dist/core/rules/jsonSchema.js');
const { alertJsonSchema } = require('./dist/core/alerts/jsonSchema.js');

const folder = join(root, 'dist', 'schemas');
mkdirSync(folder, { recursive: true });
const write = (name, schema) =>
	writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(schema, undefined, 2)}\n`);

write('rule.v1', ruleJsonSchema());
write('alert.v1', alertJsonSchema());
