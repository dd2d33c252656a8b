import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** n8n's own folder: its database, its keys. */
export const userDataFolder = (): string =>
	join(process.env['N8N_USER_FOLDER'] ?? homedir(), '.n8n');

/** Our folder within it. */
export const dataFolder = (): string => join(userDataFolder(), 'market-alerts');

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
