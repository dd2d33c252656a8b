import { epochMs, type Clock, type Space, type Store } from '../ports';

const DAY_MS = 86_400_000;

/** How long entries are kept after they were last written. A watched symbol writes its state at each event. */
const KEEP_DAYS: ReadonlyArray<readonly [Space, number]> = [
	['alert', 7],
	['batch', 7],
	['state', 400],
	['history', 400],
	['cursor', 400],
	['noise', 400],
	['ledger', 90],
];

const EVERY_MS = 3_600_000;
const prunedAt = new WeakMap<Store, number>();

/** Removes what nobody will ask for again: alerts of old events, failed batches, states of deleted workflows. */
export async function pruneStore(store: Store, clock: Clock): Promise<void> {
	const now = clock.now();
	if (now - (prunedAt.get(store) ?? 0) < EVERY_MS) return;
	prunedAt.set(store, now);
	for (const [space, days] of KEEP_DAYS) await store.prune(space, epochMs(now - days * DAY_MS));
}
