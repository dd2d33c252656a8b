import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';

import { nodeFileSource } from '../../../../core/ports/system';

const root = mkdtempSync(join(tmpdir(), 'files-'));
const base = join(root, 'n8n', 'market-alerts', 'tapes');
const allowed = join(root, 'data');
const outside = join(root, 'outside');
for (const folder of [base, allowed, outside, join(base, 'folder.csv')])
	mkdirSync(folder, { recursive: true });
const text = 'time,price\n1,2\n'.repeat(50_000);
writeFileSync(join(base, 'tape.csv'), text);
writeFileSync(join(base, 'tape.csv.gz'), gzipSync(text));
writeFileSync(join(base, 'cut.csv.gz'), gzipSync(text).subarray(0, 900));
writeFileSync(join(base, 'plain.csv.gz'), 'this is not compressed');
writeFileSync(join(allowed, 'other.csv'), 'other');
writeFileSync(join(outside, 'secret.csv'), 'secret');
writeFileSync(join(root, 'n8n', 'config'), 'the encryption key');
symlinkSync(join(outside, 'secret.csv'), join(base, 'link.csv'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const files = nodeFileSource({
	base,
	allowed: [allowed, root.concat('/n8n')],
	forbidden: [join(root, 'n8n')],
});
const read = async (path: string, signal?: AbortSignal): Promise<string> => {
	const pieces: Uint8Array[] = [];
	for await (const piece of files.open(path, signal)) pieces.push(piece);
	return Buffer.concat(pieces).toString();
};

describe('nodeFileSource', () => {
	it.each([['tape.csv'], ['tape.csv.gz'], [join(base, 'tape.csv')]])('reads %s', async (path) => {
		expect(await read(path)).toBe(text);
	});

	it('reads what lies in an allowed folder', async () => {
		expect(await read(join(allowed, 'other.csv'))).toBe('other');
	});

	it.each([
		['a file outside', join(outside, 'secret.csv'), 'notAllowed'],
		['a way out by dots', '../../../outside/secret.csv', 'notAllowed'],
		['a link that leads out', 'link.csv', 'notAllowed'],
		['a file outside that is not there', join(outside, 'none.csv'), 'notAllowed'],
		["n8n's own files, allowed or not", join(root, 'n8n', 'config'), 'notAllowed'],
		['a file that is not there', 'none.csv', 'notFound'],
		['a folder', 'folder.csv', 'notFound'],
		['a name with a zero byte', 'tape\0.csv', 'unreadable'],
		['data that is not compressed', 'plain.csv.gz', 'unreadable'],
		['compressed data that breaks off', 'cut.csv.gz', 'truncated'],
	])('refuses %s', async (_, path, reason) => {
		await expect(read(path)).rejects.toMatchObject({ name: 'FileFailure', reason });
		await expect(read(path)).rejects.not.toThrow(/secret$|encryption/);
	});

	describe('a compressed file that breaks off', () => {
		const numbers = Array.from(
			{ length: 16_000 },
			(_, row) => `${row},BTCUSDT,bought,at market,${Math.sin(row)}`,
		);
		const packed = gzipSync(numbers.join('\n'));
		const half = packed.subarray(0, packed.length / 2);
		writeFileSync(join(base, 'half.csv.gz'), half);
		const turns = async (count: number) => {
			for (let turn = 0; turn < count; turn++) await new Promise((done) => setImmediate(done));
		};

		it('gives all that lies before the break, however slowly it is read', async () => {
			const whole = gunzipSync(half, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
			let text = '';
			const reading = (async () => {
				for await (const piece of files.open('half.csv.gz')) {
					text += Buffer.from(piece).toString();
					await turns(1_000);
				}
			})();
			await expect(reading).rejects.toMatchObject({ reason: 'truncated' });
			expect(text.length).toBe(whole.length);
			expect(text).toBe(whole);
		});

		it('lets go of it after a first look, whenever that ends', async () => {
			let looks = 0;
			for (let count = 0; count < 60; count += 3) {
				for await (const _ of files.open('half.csv.gz')) {
					await turns(count);
					break;
				}
				looks += 1;
			}
			expect(looks).toBe(20);
		});
	});

	it('stops in the middle when it is told to', async () => {
		const stop = new AbortController();
		let pieces = 0;
		for await (const _ of files.open('tape.csv.gz', stop.signal)) {
			pieces += 1;
			stop.abort();
		}
		expect(pieces).toBe(1);
	});
});
