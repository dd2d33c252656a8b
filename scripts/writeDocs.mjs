// The pages of docs/ that are made from the code.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { factsPage } = require('./dist/core/facts/factsPage.js');

writeFileSync(join(root, 'docs', 'facts.md'), factsPage());
