import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { createReplay, SourceError, type ReplaySettings } from '../../../core/market';
import { FileFailure, type FileSource } from '../../../core/ports';
import { nodeFileSource } from '../../../core/ports/system';
import { readableFolders, tapesFolder, userDataFolder } from '../../host/paths';
import { textOf } from '../../host/texts';
import { readSymbols, refuse } from '../readLive';
import type { ReadSource, SourceRequest } from '../SourceFace';

export const readReplay: ReadSource = async (request) => {
	const settings = readSettings(request);
	const { path, symbols } = settings;
	const files = await openFiles();
	await checkFile(path, files);
	return {
		name: 'replay',
		isLive: false,
		symbols,
		identity: ['replay', path, symbols],
		description: `the file ${join(path)}`,
		create: (ports, start) => createReplay(settings, { ...ports, files }, start),
	};
};

function readSettings(request: SourceRequest): ReplaySettings {
	const { read, maxBatchSize } = request;
	const path = textOf(read('filePath', '')).trim();
	if (path === '') refuse('File is empty; name the file to replay, such as trades.csv.gz.');
	const speed = Number(read('speed', 1));
	if (!(speed > 0)) refuse(`Speed is ${JSON.stringify(read('speed', 1))}; use a number above 0.`);
	return {
		path,
		symbols: readSymbols(request),
		pace: read('pace', 'asFastAsPossible') === 'recorded' ? 'recorded' : 'asFastAsPossible',
		speed,
		chunkSize: Math.min(500, maxBatchSize),
	};
}

async function openFiles(): Promise<FileSource> {
	await mkdir(tapesFolder(), { recursive: true });
	return nodeFileSource({
		base: tapesFolder(),
		allowed: readableFolders(),
		forbidden: [userDataFolder()],
	});
}

/** A file that isn't there or may not be read is for the user to fix, now. */
async function checkFile(path: string, files: FileSource): Promise<void> {
	try {
		for await (const _ of files.open(path)) return;
	} catch (error) {
		// A damaged file is told on the Feed output, after the events it holds.
		if (error instanceof FileFailure && ['truncated', 'unreadable'].includes(error.reason)) return;
		throw new SourceError('notFound', (error as Error).message, { cause: error });
	}
}
