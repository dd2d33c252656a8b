import type { HeldRecord } from '../alerts';
import type { Change, EpochMs, Store } from '../ports';
import type { WatchScope } from './advanceWatch';
import { ownerKey } from './ownerKey';

/** An entry of the ledger, and whose it is. */
export type LedgerEntry = HeldRecord & WatchScope;

/** What to look for; what isn't given matches everything. */
export type LedgerFilter = {
	readonly workflowId?: string;
	/** Id or name. */
	readonly rule?: string;
	readonly symbol?: string;
	readonly by?: HeldRecord['by'];
	/** `waiting` is what nothing has become of yet. */
	readonly status?: LedgerStatus;
	readonly since?: EpochMs;
	readonly limit: number;
};
export type LedgerStatus = 'waiting' | 'released' | 'over' | 'full';

/** Entries kept of each node; then the oldest make room. */
const MAX_ENTRIES = 5_000;
/** The newest entries that a search looks through. */
const MAX_SEARCHED = 10_000;

/** @param nextNumber of the node's next entry: one that had to make room isn't written again */
export function ledgerChanges(
	records: readonly HeldRecord[],
	nextNumber: number,
	scope: WatchScope,
): Change[] {
	return records
		.filter(({ number }) => number >= nextNumber - MAX_ENTRIES)
		.map((record) => {
			const slot = String(record.number % MAX_ENTRIES).padStart(4, '0');
			const value: LedgerEntry = { ...record, ...scope };
			return { put: { space: 'ledger', key: `${ownerKey(scope)}/${slot}`, value } };
		});
}

/** Those that were given up, for whom it concerns. */
export function explainGivenUp(records: readonly HeldRecord[]): string {
	const count = records.reduce((sum, one) => sum + one.count, 0);
	return `More than 10,000 alerts are muted by silences and inhibition: ${count} more won't be told, even when nothing mutes them any more. Get Held Back lists them as full.`;
}

export const statusOf = ({ ended }: HeldRecord): LedgerStatus => ended?.as ?? 'waiting';

/** Entries of all nodes, the newest first, among the 10,000 that were written last. */
export async function listHeldBack(filter: LedgerFilter, store: Store): Promise<LedgerEntry[]> {
	const { workflowId, rule, symbol, by, status, since, limit } = filter;
	const prefix = workflowId === undefined ? '' : `${encodeURIComponent(workflowId)}/`;
	const entries = await store.list('ledger', prefix, { newestFirst: true, limit: MAX_SEARCHED });
	return entries
		.map(({ value }) => value as LedgerEntry) // only `ledgerChanges` writes there
		.filter(
			(entry) =>
				(rule === undefined || [entry.alert.ruleId, entry.alert.ruleName].includes(rule)) &&
				(symbol === undefined || entry.alert.symbol.toUpperCase() === symbol.toUpperCase()) &&
				(by === undefined || entry.by === by) &&
				(status === undefined || statusOf(entry) === status) &&
				(since === undefined || (entry.ended?.at ?? entry.since) >= since),
		)
		.sort((a, b) => b.since - a.since || b.number - a.number)
		.slice(0, limit);
}
