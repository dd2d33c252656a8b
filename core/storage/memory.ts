import type { Change, Clock, Entry, Space, Store } from '../ports';

/** A Store that lives as long as the process: for manual runs, replays and tests. */
export function createMemoryStore(clock: Clock): Store {
	const spaces = new Map<Space, Map<string, Entry>>();
	const entries = (space: Space): Map<string, Entry> => {
		let found = spaces.get(space);
		if (found === undefined) spaces.set(space, (found = new Map<string, Entry>()));
		return found;
	};
	const target = (change: Change) => ('put' in change ? change.put : change.remove);
	const holds = (change: Change): boolean => {
		const { space, key } = target(change);
		return (
			change.expect === undefined || change.expect === (entries(space).get(key)?.revision ?? 0)
		);
	};

	return {
		read: async (space, keys) => {
			const found = keys
				.map((key) => entries(space).get(key))
				.filter((entry) => entry !== undefined);
			return new Map(found.map((entry) => [entry.key, structuredClone(entry)]));
		},
		list: async (space, prefix, options) =>
			[...entries(space).values()]
				.filter((entry) => entry.key.startsWith(prefix))
				.sort((a, b) => {
					const byKey = a.key < b.key ? -1 : 1;
					return options?.newestFirst === true ? b.writtenAt - a.writtenAt || byKey : byKey;
				})
				.slice(0, options?.limit)
				.map((entry) => structuredClone(entry)),
		commit: async (changes) => {
			if (!changes.every(holds)) return 'conflict';
			for (const change of changes) {
				const { space, key } = target(change);
				const revision = (entries(space).get(key)?.revision ?? 0) + 1;
				if ('remove' in change) entries(space).delete(key);
				else {
					const value = JSON.parse(JSON.stringify(change.put.value)) as unknown;
					entries(space).set(key, { key, value, revision, writtenAt: clock.now() });
				}
			}
			return 'committed';
		},
		prune: async (space, before) => {
			const old = [...entries(space).values()].filter((entry) => entry.writtenAt < before);
			for (const entry of old) entries(space).delete(entry.key);
			return old.length;
		},
		close: async () => {},
	};
}
