import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../../shared/data/payloads');

/** A recorded answer of a provider, as it came; `undefined` on a clone without them. */
export function payload(provider: string, file: string): string | undefined {
	const path = join(FOLDER, provider, file);
	return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
