import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { createGunzip } from 'node:zlib';

import { FileFailure, type FileSource } from '../index';

export type FileAccess = {
	/** Files must lie in one of these, symbolic links followed. */
	readonly allowed: readonly string[];
	/** Never read, even if it lies in an allowed one; the base is. */
	readonly forbidden?: readonly string[];
	/** Where relative paths begin; allowed itself. */
	readonly base: string;
};

/** Files of this machine, within the folders they may lie in. */
export const nodeFileSource = (access: FileAccess): FileSource => ({
	async *open(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
		const file = await locate(path, access);
		const raw = createReadStream(file, signal === undefined ? {} : { signal });
		const packed = path.toLowerCase().endsWith('.gz');
		try {
			for await (const piece of packed ? gunzip(raw) : raw) {
				if (signal?.aborted) return;
				yield piece as Uint8Array; // streams without an encoding give buffers
			}
		} catch (error) {
			if (signal?.aborted) return;
			throw asFileFailure(error, path);
		} finally {
			raw.destroy();
		}
	},
});

/**
 * What's packed in the pieces. Data that breaks off or is damaged is told after all that came before it:
 * the stream itself would throw away what nobody had read yet.
 */
async function* gunzip(pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
	const stream = createGunzip();
	const ready: Uint8Array[] = [];
	let failure: Error | undefined;
	const closed = new Promise<void>((resolve) => stream.once('close', resolve));
	stream.on('data', (plain: Uint8Array) => ready.push(plain));
	stream.on('error', (error) => (failure = error));
	try {
		for await (const piece of pieces) {
			// Damaged data closes the stream without a word to the writer.
			const unpacked = new Promise<void>((resolve) => stream.write(piece, () => resolve()));
			await Promise.race([unpacked, closed]);
			yield* ready.splice(0);
			if (failure !== undefined) break;
		}
		stream.end();
		await closed;
		yield* ready.splice(0);
		if (failure !== undefined) throw failure;
	} finally {
		stream.destroy();
	}
}

/** The file itself, wherever links lead to. @throws FileFailure */
async function locate(path: string, access: FileAccess): Promise<string> {
	const wanted = resolve(access.base, path);
	let file: string;
	try {
		file = await realpath(wanted);
	} catch (error) {
		// Whether a file outside exists is nobody's business.
		if (!(await isWithin(wanted, access, false))) throw notAllowed(path, access);
		throw asFileFailure(error, path);
	}
	if (!(await isWithin(file, access, true))) throw notAllowed(path, access);
	const { isFile } = await stat(file).then(
		(found) => ({ isFile: found.isFile() }),
		(error: unknown) => {
			throw asFileFailure(error, path);
		},
	);
	if (isFile) return file;
	throw new FileFailure('notFound', `"${path}" is not a file. Name a CSV, NDJSON or JSON file.`);
}

async function isWithin(file: string, access: FileAccess, followed: boolean): Promise<boolean> {
	const real = async (folder: string) =>
		followed ? await realpath(folder).catch(() => resolve(folder)) : resolve(folder);
	const lies = async (folder: string) => {
		const path = relative(await real(folder), file);
		return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
	};
	if (await lies(access.base)) return true;
	for (const folder of access.forbidden ?? []) if (await lies(folder)) return false;
	for (const folder of access.allowed) if (await lies(folder)) return true;
	return false;
}

const notAllowed = (path: string, { base, allowed }: FileAccess): FileFailure =>
	new FileFailure(
		'notAllowed',
		`"${path}" lies outside the folders that may be read: ${[...new Set([base, ...allowed])].join(', ')}. Put the file there, or let the administrator add its folder to N8N_RESTRICT_FILE_ACCESS_TO.`,
	);

function asFileFailure(error: unknown, path: string): FileFailure {
	const { code } = error as { code?: string };
	if (code === 'ENOENT' || code === 'ENOTDIR') {
		return new FileFailure('notFound', `There is no file "${path}". Check its name and folder.`, {
			cause: error,
		});
	}
	if (code === 'EACCES' || code === 'EPERM') {
		return new FileFailure(
			'notAllowed',
			`n8n may not read "${path}". Check the file's permissions.`,
			{
				cause: error,
			},
		);
	}
	if (code === 'Z_BUF_ERROR') {
		return new FileFailure('truncated', `"${path}" ends in the middle.`, { cause: error });
	}
	if (/^Z_/.test(code ?? '')) {
		return new FileFailure('unreadable', `"${path}" is not gzip data, or damaged.`, {
			cause: error,
		});
	}
	return new FileFailure('unreadable', `"${path}" can't be read (${code ?? 'unknown reason'}).`, {
		cause: error,
	});
}
