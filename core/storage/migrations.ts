/**
 * The store's layout, version by version. A migration is never changed once released; a new one is
 * added below. The version stands in SQLite's `user_version`.
 */
export const migrations: readonly string[] = [
	`CREATE TABLE entry (
		space TEXT NOT NULL,
		key TEXT NOT NULL,
		value TEXT NOT NULL,
		revision INTEGER NOT NULL,
		written_at INTEGER NOT NULL,
		PRIMARY KEY (space, key)
	) WITHOUT ROWID;
	CREATE INDEX entry_written ON entry (space, written_at);`,
];
