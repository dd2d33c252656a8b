import { epochMs, type Clock, type Space, type Store } from '../ports';

const DAY_MS = 86_400_000;

/**
 * How long entries are kept after they were last written. Market Rule writes a state at each event; of rules in
 * a trigger `refreshStates` writes those again that nothing happened to.
 */
const KEEP_DAYS: ReadonlyArray<readonly [Space, number]> = [
	['alert', 7],
	['batch', 7],
	['state', 400],
	['history', 400],
	['cursor', 400],
	['noise', 400],
	['ledger', 90],
];

/** Long before it would be removed. */
const REFRESH_AFTER_DAYS = 100;

const EVERY_MS = 3_600_000;
const prunedAt = new WeakMap<Store, number>();

/** Removes what nobody will ask for again: alerts of old events, failed batches, states of deleted workflows. */
export async function pruneStore(store: Store, clock: Clock): Promise<void> {
	const now = clock.now();
	if (now - (prunedAt.get(store) ?? 0) < EVERY_MS) return;
	prunedAt.set(store, now);
	for (const [space, days] of KEEP_DAYS) await store.prune(space, epochMs(now - days * DAY_MS));
}

/** What is kept of rules that live stays, however long nothing has happened to them. @param prefix workflow and node */
export async function refreshStates(prefix: string, store: Store, clock: Clock): Promise<void> {
	const before = clock.now() - REFRESH_AFTER_DAYS * DAY_MS;
	const states = await store.list('state', `${prefix}/`);
	const old = states.filter(({ writtenAt }) => writtenAt < before);
	if (old.length === 0) return;
	await store.commit(
		old.map(({ key, value }) => ({ put: { space: 'state' as const, key, value } })),
	);
}
