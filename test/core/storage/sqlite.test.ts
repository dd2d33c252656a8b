import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { StoreError, type Store } from '../../../core/ports';
import { systemTimer } from '../../../core/ports/system';
import { openSqliteStore } from '../../../core/storage';
import { describeStore } from '../../contracts/store';
import { FakeClock } from '../../fakes/FakeClock';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(folder, `${(files += 1)}.sqlite`);
const clock = new FakeClock();
const open = async (path: string, maxBytes?: number): Promise<Store> =>
	await openSqliteStore(
		{ path, ...(maxBytes === undefined ? {} : { maxBytes }) },
		{ clock, timer: systemTimer },
	);

describeStore(
	'the SQLite file',
	async () => await open(newPath()),
	async (durationMs) => await clock.advance(durationMs),
);

describe('openSqliteStore', () => {
	it('finds everything again after it was closed', async () => {
		const path = newPath();
		const first = await open(path);
		await first.commit([{ put: { space: 'state', key: 'a', value: 1 } }]);
		await first.close();
		const second = await open(path);
		expect((await second.read('state', ['a'])).get('a')?.value).toBe(1);
		await second.close();
	});

	it('answers a full store with what to do, and keeps what it had', async () => {
		const store = await open(newPath(), 64 * 1024);
		await store.commit([{ put: { space: 'state', key: 'kept', value: 'kept' } }]);
		const large = { put: { space: 'state' as const, key: 'large', value: 'x'.repeat(200_000) } };
		await expect(store.commit([large])).rejects.toMatchObject({
			name: 'StoreError',
			code: 'full',
			message: expect.stringMatching(
				/is full: its limit is 65536 bytes \(MARKET_ALERTS_STORE_MAX_MB\)/,
			),
		});
		expect((await store.read('state', ['kept'])).get('kept')?.value).toBe('kept');
		expect(await store.commit([{ put: { space: 'state', key: 'small', value: 1 } }])).toBe(
			'committed',
		);
		await store.close();
	});

	it('says so when the file is no database', async () => {
		const path = newPath();
		writeFileSync(
			path,
			'this is a letter to a friend, and quite long enough to be looked at twice',
		);
		await expect(open(path)).rejects.toMatchObject({ name: 'StoreError', code: 'damaged' });
		expect(readFileSync(path, 'utf8')).toMatch(/^this is a letter/);
	});

	it('says so when the folder is missing', async () => {
		await expect(open(join(folder, 'none', 'store.sqlite'))).rejects.toMatchObject({
			name: 'StoreError',
			code: 'unavailable',
		});
	});

	it('refuses a store that a newer release wrote', async () => {
		const path = newPath();
		const newer = new DatabaseSync(path);
		newer.exec('PRAGMA user_version = 99');
		newer.close();
		await expect(open(path)).rejects.toThrow(/version 99, this package knows version 1/);
	});

	it('waits for another process that holds the lock', async () => {
		const path = newPath();
		const store = await open(path);
		const holder = new DatabaseSync(path);
		holder.exec('BEGIN IMMEDIATE');
		const commit = store.commit([{ put: { space: 'state', key: 'a', value: 1 } }]);
		holder.exec('COMMIT');
		holder.close();
		expect(await commit).toBe('committed');
		await store.close();
	});

	it('gives up on a lock that is never released, saying where to look', async () => {
		const path = newPath();
		const timer = new FakeClock(0, true);
		const store = await openSqliteStore({ path }, { clock, timer });
		const holder = new DatabaseSync(path);
		holder.exec('BEGIN IMMEDIATE');
		await expect(store.commit([{ put: { space: 'state', key: 'a', value: 1 } }])).rejects.toThrow(
			/held by another process; tried 10 times/,
		);
		expect(timer.slept.length).toBe(9);
		holder.close();
		await store.close();
	}, 15_000);

	it('counts right when two processes write at once', async () => {
		const path = newPath();
		const store = await open(path);
		await store.commit([{ put: { space: 'state', key: 'count', value: 0 } }]);
		const other = spawn(process.execPath, ['-e', otherProcess(path, 200)], { stdio: 'ignore' });
		const ended = new Promise((resolve) => other.on('exit', resolve));
		for (let done = 0; done < 200;) done += (await addOne(store)) ? 1 : 0;
		expect(await ended).toBe(0);
		expect((await store.read('state', ['count'])).get('count')).toMatchObject({
			value: 400,
			revision: 401,
		});
		await store.close();
	}, 30_000);

	it('lets a defect of ours through as it is', async () => {
		const store = await open(newPath());
		const circular: Record<string, unknown> = {};
		circular['self'] = circular;
		const commit = store.commit([{ put: { space: 'state', key: 'a', value: circular } }]);
		await expect(commit).rejects.not.toBeInstanceOf(StoreError);
		expect(await store.commit([{ put: { space: 'state', key: 'a', value: 1 } }])).toBe('committed');
		await store.close();
	});
});

async function addOne(store: Store): Promise<boolean> {
	const entry = (await store.read('state', ['count'])).get('count');
	const change = {
		put: { space: 'state' as const, key: 'count', value: Number(entry?.value) + 1 },
	};
	return (await store.commit([{ ...change, expect: entry?.revision ?? 0 }])) === 'committed';
}

/** The same step in SQL, as a process of its own. */
const otherProcess = (path: string, times: number) => `
	const { DatabaseSync } = require('node:sqlite');
	const db = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
	for (let done = 0; done < ${times};) {
		const row = db.prepare("SELECT value, revision FROM entry WHERE space = 'state' AND key = 'count'").get();
		const change = db.prepare("UPDATE entry SET value = ?, revision = revision + 1 WHERE space = 'state' AND key = 'count' AND revision = ?");
		done += Number(change.run(String(Number(row.value) + 1), row.revision).changes);
	}`;
