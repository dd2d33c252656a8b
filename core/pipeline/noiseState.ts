import { noNoise, type AlertKey, type Held, type NoiseState, type NoiseStep } from '../alerts';
import type { Change, Store } from '../ports';
import type { WatchScope } from './advanceWatch';
import { ledgerChanges } from './heldLedger';
import { ownerKey } from './ownerKey';

export type StoredNoise = { readonly state: NoiseState; readonly revision: number };

/** Where an alert waits: a part of the state, and its keys in there. */
type Place =
	| readonly ['muted' | 'changes' | 'quiet', key: string]
	| readonly ['groups' | 'budget', of: string, key: string];

/** An alert that waits, as the store keeps it: each by itself, so that a step writes only what it changed. */
type KeptHeld = { readonly place: Place; readonly held: Held };

export async function readNoise(scope: WatchScope, store: Store): Promise<StoredNoise> {
	const key = ownerKey(scope);
	const entry = (await store.read('noise', [key])).get(key);
	if (entry === undefined) return { state: noNoise, revision: 0 };
	const kept = await store.list('noise', ownerKey(scope, HELD, ''));
	const waiting = kept.map(({ value }) => value as KeptHeld).sort(asTheyCame);
	// Only `noiseChanges` writes there.
	return { state: putIn(entry.value as NoiseState, waiting), revision: entry.revision };
}

/** Rules and symbols whose end matters. */
export const keysIn = ({ sources, muted, changes }: NoiseState): Set<AlertKey> =>
	new Set([
		...Object.keys(sources),
		...Object.keys(muted),
		...Object.keys(changes).filter((key) => changes[key]?.held !== undefined),
	]);

/** For a history that begins anew. The ledger says what was held back before. */
export async function forgetNoise(scope: WatchScope, store: Store): Promise<Change[]> {
	const kept = await store.list('noise', ownerKey(scope));
	const own = kept.filter(
		({ key }) => key === ownerKey(scope) || key.startsWith(ownerKey(scope, '')),
	);
	return own.map(({ key }) => removal(key));
}

/**
 * What a step changes in the store; nothing when it left everything as it was.
 *
 * @param guard of a node that isn't alone: another process may have been quicker, and then it's a conflict.
 *   `always` writes in any case, for only what is written is checked
 */
export function noiseChanges(
	before: StoredNoise,
	{ state, held }: Omit<NoiseStep, 'told'>,
	scope: WatchScope,
	guard?: { readonly always: boolean },
): Change[] {
	const kept = heldChanges(placesOf(before.state), placesOf(state), scope);
	const [value, earlier] = [withoutHeld(state), withoutHeld(before.state)];
	const isSame = JSON.stringify(value) === JSON.stringify(earlier);
	if (isSame && kept.length === 0 && held.length === 0 && guard?.always !== true) return [];
	return [
		{
			put: { space: 'noise', key: ownerKey(scope), value },
			...(guard === undefined ? {} : { expect: before.revision }),
		},
		...kept,
		...ledgerChanges(held, state.nextNumber, scope),
	];
}

const HELD = 'held';

type Places = ReadonlyArray<readonly [of: readonly string[], held: Readonly<Record<string, Held>>]>;

/** Everybody who waits, by the place where they do. */
function placesOf({ muted, changes, groups, quiet, budget }: NoiseState): Places {
	const flapping = Object.entries(changes).flatMap(([key, { held }]) =>
		held === undefined ? [] : [[key, held] as const],
	);
	return [
		[['muted'], muted],
		[['changes'], Object.fromEntries(flapping)],
		[['quiet'], quiet.held],
		...Object.entries(groups).map(([of, { waiting }]) => [['groups', of], waiting] as const),
		...Object.entries(budget.held).map(([of, held]) => [['budget', of], held] as const),
	];
}

/** Who came, changed or left. A held one is never changed in place. */
function heldChanges(before: Places, after: Places, scope: WatchScope): Change[] {
	const changes: Change[] = [];
	const then = new Map(before.map(([of, held]) => [JSON.stringify(of), held]));
	const keyOf = (of: readonly string[], key: string) =>
		ownerKey(scope, HELD, JSON.stringify([...of, key]));
	for (const [of, held] of after) {
		const earlier = then.get(JSON.stringify(of)) ?? {};
		then.delete(JSON.stringify(of));
		for (const [key, one] of Object.entries(held)) {
			if (earlier[key] === one) continue;
			const value = { place: [...of, key], held: one };
			changes.push({ put: { space: 'noise', key: keyOf(of, key), value } });
		}
		for (const key of Object.keys(earlier)) {
			if (held[key] === undefined) changes.push(removal(keyOf(of, key)));
		}
	}
	for (const [of, held] of then) {
		const path = JSON.parse(of) as string[];
		for (const key of Object.keys(held)) changes.push(removal(keyOf(path, key)));
	}
	return changes;
}

const removal = (key: string): Change => ({ remove: { space: 'noise', key } });

const withoutHeld = (state: NoiseState): NoiseState => ({
	...state,
	muted: {},
	changes: Object.fromEntries(
		Object.entries(state.changes).map(([key, { held: _, ...rest }]) => [key, rest]),
	),
	groups: Object.fromEntries(
		Object.entries(state.groups).map(([of, group]) => [of, { ...group, waiting: {} }]),
	),
	quiet: { ...state.quiet, held: {} },
	budget: { ...state.budget, held: {} },
});

function putIn(state: NoiseState, kept: readonly KeptHeld[]): NoiseState {
	const muted: Record<string, Held> = {};
	const quiet: Record<string, Held> = {};
	const budget: Record<string, Record<string, Held>> = {};
	const waiting: Record<string, Record<string, Held>> = {};
	const changes = { ...state.changes };
	for (const { place, held } of kept) {
		const [part, of, key = ''] = place;
		switch (part) {
			case 'muted':
				muted[of] = held;
				break;
			case 'quiet':
				quiet[of] = held;
				break;
			case 'changes': {
				const own = changes[of];
				if (own !== undefined) changes[of] = { ...own, held };
				break;
			}
			case 'groups':
				(waiting[of] ??= {})[key] = held;
				break;
			case 'budget':
				(budget[of] ??= {})[key] = held;
				break;
		}
	}
	const groups = Object.entries(state.groups).map(
		([of, group]) => [of, { ...group, waiting: waiting[of] ?? {} }] as const,
	);
	return {
		...state,
		muted,
		changes,
		groups: Object.fromEntries(groups),
		quiet: { ...state.quiet, held: quiet },
		budget: { ...state.budget, held: budget },
	};
}

const asTheyCame = ({ held: one }: KeptHeld, { held: other }: KeptHeld): number =>
	(one.hold?.number ?? -1) - (other.hold?.number ?? -1) ||
	one.alert.alert.eventAt - other.alert.alert.eventAt;
