import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Our folder within n8n's user folder. */
export const dataFolder = (): string =>
	join(process.env['N8N_USER_FOLDER'] ?? homedir(), '.n8n', 'market-alerts');

/** Where tapes lie when nothing else is said. */
export const tapesFolder = (): string => join(dataFolder(), 'tapes');

/** The folders files may be read from: the tapes folder, and what the administrator allows n8n. */
export function readableFolders(): string[] {
	const allowed = process.env['N8N_RESTRICT_FILE_ACCESS_TO'] ?? '';
	const folders = allowed
		.split(';')
		.map((folder) => folder.trim())
		.filter((folder) => folder !== '')
		.map((folder) => resolve(folder.replace(/^~(?=$|[\\/])/, homedir())));
	return [tapesFolder(), ...folders];
}
