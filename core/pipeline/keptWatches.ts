import type { InstrumentState } from '../facts';
import type { Change, Store } from '../ports';
import type { CompiledRule } from '../rules';
import type { KeptLastSeen } from './keptLastSeen';
import { beginWatch, type WatchState } from './watchState';

/** What is kept of one rule and symbol. */
export type KeptWatch = {
	readonly ruleId: string;
	/** In upper case. */
	readonly symbol: string;
	readonly state: KeptState;
};
/** With what it saw last, where an alert waits for the clock. */
export type KeptState = WatchState & { readonly last?: KeptLastSeen };

/** What is kept of the rules and instruments of one trigger. */
export type KeptWatches = {
	readonly watches: readonly KeptWatch[];
	/** By symbol in upper case. */
	readonly instruments: ReadonlyMap<string, InstrumentState>;
};

export const nothingKept: KeptWatches = { watches: [], instruments: new Map() };

/** What changed, and what changed after that. */
export function mergeKept(earlier: KeptWatches, later: KeptWatches): KeptWatches {
	if (earlier === nothingKept) return later;
	const keyed = [...earlier.watches, ...later.watches].map(
		(watch) => [JSON.stringify([watch.ruleId, watch.symbol]), watch] as const,
	);
	return {
		watches: [...new Map(keyed).values()],
		instruments: new Map([...earlier.instruments, ...later.instruments]),
	};
}

/** @param prefix workflow and node */
export async function readKept(prefix: string, store: Store): Promise<KeptWatches> {
	const states = await store.list('state', `${prefix}/`);
	const histories = await store.list('history', `${prefix}/`);
	const names = (key: string) =>
		key
			.slice(prefix.length + 1)
			.split('/')
			.map(decodeURIComponent);
	return {
		watches: states.map(({ key, value }) => {
			const [ruleId = '', symbol = ''] = names(key);
			return { ruleId, symbol, state: value as KeptState }; // only `keepChanges` writes there
		}),
		instruments: new Map(
			histories.map(({ key, value }) => [names(key)[0] ?? '', value as InstrumentState]),
		),
	};
}

/**
 * What is kept of the rules there are. A rule that was taken out, or off a symbol, begins anew when it comes back; of one
 * with other conditions only what it has seen goes on.
 */
export function partKept(
	kept: KeptWatches,
	rules: readonly CompiledRule[],
): { readonly kept: KeptWatches; readonly renewed: KeptWatches; readonly gone: KeptWatches } {
	const byId = new Map(rules.map((rule) => [rule.document.id, rule]));
	const watches: KeptWatch[] = [];
	const renewed: KeptWatch[] = [];
	const gone: KeptWatch[] = [];
	for (const watch of kept.watches) {
		const { ruleId, symbol, state } = watch;
		const rule = byId.get(ruleId);
		if (rule === undefined || rule.symbols?.has(symbol) === false) gone.push(watch);
		else if (state.fingerprint === rule.fingerprint) watches.push(watch);
		else {
			const { seen, lastEventAt } = state;
			const begun = beginWatch(rule.fingerprint);
			renewed.push({
				...watch,
				state: { ...begun, seen, ...(lastEventAt === undefined ? {} : { lastEventAt }) },
			});
		}
	}
	const only = (some: readonly KeptWatch[]): KeptWatches => ({ ...nothingKept, watches: some });
	return {
		kept: { ...kept, watches: [...watches, ...renewed] },
		renewed: only(renewed),
		gone: only(gone),
	};
}

export const keepChanges = (prefix: string, { watches, instruments }: KeptWatches): Change[] => [
	...watches.map(({ ruleId, symbol, state }) => ({
		put: { space: 'state' as const, key: keyOf(prefix, ruleId, symbol), value: state },
	})),
	...[...instruments].map(([symbol, value]) => ({
		put: { space: 'history' as const, key: keyOf(prefix, symbol), value },
	})),
];

export const forgetKept = (prefix: string, { watches, instruments }: KeptWatches): Change[] => [
	...watches.map(({ ruleId, symbol }) => ({
		remove: { space: 'state' as const, key: keyOf(prefix, ruleId, symbol) },
	})),
	...[...instruments.keys()].map((symbol) => ({
		remove: { space: 'history' as const, key: keyOf(prefix, symbol) },
	})),
];

const keyOf = (prefix: string, ...names: readonly string[]): string =>
	[prefix, ...names.map(encode)].join('/');

/** Half a character, as text that was cut has at its end, can't be encoded. */
const encode = (name: string): string =>
	encodeURIComponent(name.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
