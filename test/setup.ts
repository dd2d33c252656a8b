import 'reflect-metadata'; // n8n-core's decorators need it before anything else

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env['N8N_LOG_LEVEL'] ??= 'silent';

// n8n-core writes its settings, and our store its file, into a folder of this run only.
process.env['N8N_USER_FOLDER'] ??= mkdtempSync(join(tmpdir(), 'market-alerts-test-'));
