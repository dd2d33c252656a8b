import type { DatabaseSync, StatementSync } from 'node:sqlite';

import {
	epochMs,
	StoreError,
	type Change,
	type Clock,
	type Entry,
	type ListOptions,
	type Space,
	type Store,
	type Timer,
} from '../ports';
import { migrations } from './migrations';

export type SqliteSettings = {
	/** The file; its folder must be there. */
	readonly path: string;
	/** Largest size of the file; without it the disk is the limit. */
	readonly maxBytes?: number;
};

type Row = { key: string; value: string; revision: number; written_at: number };

/** How long one statement waits for another process; the thread is blocked meanwhile. */
const BUSY_MS = 500;
/** How often a locked commit is tried again, with the thread free in between. */
const LOCKED_TRIES = 10;
const LOCKED_WAIT_MS = 100;
/** As many keys as one statement asks for; SQLite allows 32,766. */
const KEYS_PER_READ = 500;

/**
 * The embedded home of the Store: one SQLite file through Node's own `node:sqlite`.
 *
 * Safe for several processes at once on one disk (not on network drives). A transaction is one
 * synchronous function, so nothing else of this process can run inside it. `synchronous=FULL`: a commit
 * that was answered survives a power cut.
 */
export async function openSqliteStore(
	settings: SqliteSettings,
	ports: { readonly clock: Clock; readonly timer: Timer },
): Promise<Store> {
	const { DatabaseSync: Database } = await import('node:sqlite');
	return await whileLocked(settings, ports.timer, () => {
		const database = new Database(settings.path, { timeout: BUSY_MS });
		try {
			prepare(database, settings);
			return new SqliteStore(database, settings, ports);
		} catch (error) {
			database.close();
			throw error;
		}
	});
}

class SqliteStore implements Store {
	private readonly statements: Record<
		| 'get'
		| 'list'
		| 'listNewest'
		| 'insert'
		| 'update'
		| 'upsert'
		| 'delete'
		| 'deleteAt'
		| 'prune',
		StatementSync
	>;
	private readonly readMany = new Map<number, StatementSync>();

	constructor(
		private readonly database: DatabaseSync,
		private readonly settings: SqliteSettings,
		private readonly ports: { readonly clock: Clock; readonly timer: Timer },
	) {
		const sql = (text: string) => database.prepare(text);
		this.statements = {
			get: sql('SELECT key, value, revision, written_at FROM entry WHERE space = ? AND key = ?'),
			list: sql(
				'SELECT key, value, revision, written_at FROM entry WHERE space = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
			),
			listNewest: sql(
				'SELECT key, value, revision, written_at FROM entry INDEXED BY entry_written WHERE space = ? AND key >= ? AND key < ? ORDER BY written_at DESC, key LIMIT ?',
			),
			insert: sql(
				'INSERT INTO entry (space, key, value, revision, written_at) VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING',
			),
			update: sql(
				'UPDATE entry SET value = ?, revision = revision + 1, written_at = ? WHERE space = ? AND key = ? AND revision = ?',
			),
			upsert: sql(
				'INSERT INTO entry (space, key, value, revision, written_at) VALUES (?, ?, ?, 1, ?) ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, revision = revision + 1, written_at = excluded.written_at',
			),
			delete: sql('DELETE FROM entry WHERE space = ? AND key = ?'),
			deleteAt: sql('DELETE FROM entry WHERE space = ? AND key = ? AND revision = ?'),
			prune: sql('DELETE FROM entry WHERE space = ? AND written_at < ?'),
		};
	}

	async read(space: Space, keys: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
		return await this.run(() => {
			const found = new Map<string, Entry>();
			for (let at = 0; at < keys.length; at += KEYS_PER_READ) {
				const some = keys.slice(at, at + KEYS_PER_READ);
				const rows = this.readStatement(some.length).all(space, ...some) as unknown as Row[];
				for (const row of rows) found.set(row.key, toEntry(row));
			}
			return found;
		});
	}

	async list(space: Space, prefix: string, options?: ListOptions) {
		return await this.run(() => {
			const end = `${prefix}\u{10FFFF}`;
			const { list, listNewest } = this.statements;
			const rows = (options?.newestFirst === true ? listNewest : list).all(
				space,
				prefix,
				end,
				options?.limit ?? -1,
			);
			return (rows as unknown as Row[]).map(toEntry);
		});
	}

	async commit(changes: readonly Change[]): Promise<'committed' | 'conflict'> {
		// JSON first: a value that can't be written must not leave a transaction open.
		const prepared = changes.map((change) => ({
			change,
			text: 'put' in change ? JSON.stringify(change.put.value) : '',
		}));
		return await this.run(() => {
			this.database.exec('BEGIN IMMEDIATE');
			try {
				const writtenAt = this.ports.clock.now();
				const applied = prepared.every(({ change, text }) => this.apply(change, text, writtenAt));
				this.database.exec(applied ? 'COMMIT' : 'ROLLBACK');
				return applied ? 'committed' : 'conflict';
			} catch (error) {
				// A full disk rolls back by itself.
				if (this.database.isTransaction) this.database.exec('ROLLBACK');
				throw error;
			}
		});
	}

	async prune(space: Space, before: number): Promise<number> {
		return await this.run(() => Number(this.statements.prune.run(space, before).changes));
	}

	async close(): Promise<void> {
		if (this.database.isOpen) this.database.close();
	}

	private apply(change: Change, text: string, writtenAt: number): boolean {
		const { expect } = change;
		if ('remove' in change) {
			const { space, key } = change.remove;
			if (expect === undefined) this.statements.delete.run(space, key);
			return expect === undefined || this.statements.deleteAt.run(space, key, expect).changes === 1;
		}
		const { space, key } = change.put;
		if (expect === undefined) {
			this.statements.upsert.run(space, key, text, writtenAt);
			return true;
		}
		const written =
			expect === 0
				? this.statements.insert.run(space, key, text, writtenAt)
				: this.statements.update.run(text, writtenAt, space, key, expect);
		return written.changes === 1;
	}

	private readStatement(count: number): StatementSync {
		let statement = this.readMany.get(count);
		if (statement === undefined) {
			statement = this.database.prepare(
				`SELECT key, value, revision, written_at FROM entry WHERE space = ? AND key IN (${Array(count).fill('?').join(', ')})`,
			);
			this.readMany.set(count, statement);
		}
		return statement;
	}

	private async run<T>(work: () => T): Promise<T> {
		return await whileLocked(this.settings, this.ports.timer, work);
	}
}

function prepare(database: DatabaseSync, settings: SqliteSettings): void {
	database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
	if (settings.maxBytes !== undefined) {
		const row = database.prepare('PRAGMA page_size').get() as { page_size: number };
		const pages = Math.max(1, Math.floor(settings.maxBytes / row.page_size));
		database.exec(`PRAGMA max_page_count = ${pages}`);
	}
	migrate(database, settings);
}

function migrate(database: DatabaseSync, settings: SqliteSettings): void {
	const version = () =>
		(database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
	if (version() > migrations.length) {
		throw new StoreError(
			'damaged',
			`The store ${settings.path} has version ${version()}, this package knows version ${migrations.length}; it was written by a newer release. Update n8n-nodes-market-alerts, or give it another N8N_USER_FOLDER.`,
		);
	}
	if (version() === migrations.length) return;
	database.exec('BEGIN IMMEDIATE');
	try {
		// Another process may have been quicker.
		for (const migration of migrations.slice(version())) database.exec(migration);
		database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
	} catch (error) {
		if (database.isTransaction) database.exec('ROLLBACK');
		throw error;
	}
}

/** Runs synchronous database work; when another process holds the lock, tries again a little later. */
async function whileLocked<T>(settings: SqliteSettings, timer: Timer, work: () => T): Promise<T> {
	for (let tries = 1; ; tries += 1) {
		try {
			return work();
		} catch (error) {
			const failure = asStoreError(error, settings);
			if (failure.code !== 'locked' || tries === LOCKED_TRIES) throw failure;
		}
		await timer.sleep(LOCKED_WAIT_MS * tries);
	}
}

const CODES: Readonly<Record<number, StoreError['code']>> = {
	5: 'locked', // SQLITE_BUSY
	6: 'locked', // SQLITE_LOCKED
	13: 'full', // SQLITE_FULL
	11: 'damaged', // SQLITE_CORRUPT
	26: 'damaged', // SQLITE_NOTADB
};

function asStoreError(error: unknown, settings: SqliteSettings): StoreError {
	if (error instanceof StoreError) return error;
	const errcode = (error as { errcode?: unknown }).errcode;
	if (typeof errcode !== 'number') throw error; // a defect of ours, not the database's answer
	const code = CODES[errcode & 0xff] ?? 'unavailable';
	return new StoreError(code, explain(code, settings, error), { cause: error });
}

function explain(code: StoreError['code'], settings: SqliteSettings, error: unknown): string {
	const file = `The market-alerts store ${settings.path}`;
	switch (code) {
		case 'full':
			return settings.maxBytes === undefined
				? `${file} can't grow: the disk is full. Free some space; nothing that was stored is lost.`
				: `${file} is full: its limit is ${settings.maxBytes} bytes (MARKET_ALERTS_STORE_MAX_MB). Raise the limit; nothing that was stored is lost.`;
		case 'locked':
			return `${file} is held by another process; tried ${LOCKED_TRIES} times. Look for a second n8n or a backup that keeps it locked.`;
		case 'damaged':
			return `${file} can't be read as a database. Restore it from a backup, or move it away to begin anew.`;
		case 'unavailable':
			return `${file} can't be used (${(error as Error).message}). Check that n8n may write there.`;
	}
}

const toEntry = (row: Row): Entry => ({
	key: row.key,
	value: JSON.parse(row.value) as unknown,
	revision: row.revision,
	writtenAt: epochMs(row.written_at),
});
