/**
 * Homes for what must survive: an SQLite file, or this process's memory.
 * Both are the same `Store` (ports); `test/contracts/store.ts` says what that means.
 */
export { createMemoryStore } from './memory';
export { openSqliteStore, type SqliteSettings } from './sqlite';
