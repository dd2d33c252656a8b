import type { Change, Store } from '../../core/ports';

const put = (key: string, value: unknown, expect?: number): Change => ({
	put: { space: 'state', key, value },
	...(expect === undefined ? {} : { expect }),
});

/** What every home of the Store keeps to; `pass` lets time go by on its clock. */
export function describeStore(
	name: string,
	open: () => Promise<Store>,
	pass: (durationMs: number) => Promise<void>,
): void {
	describe(`${name} as a store`, () => {
		let store: Store;
		beforeEach(async () => (store = await open()));
		afterEach(async () => await store.close());

		it('gives back what was committed, leaving out keys that are not there', async () => {
			await store.commit([put('a', { price: 60.5, list: [1, null, 'x'] }), put('b', 'text')]);
			const found = await store.read('state', ['a', 'b', 'c']);
			expect([...found.keys()].sort()).toEqual(['a', 'b']);
			expect(found.get('a')).toMatchObject({
				value: { price: 60.5, list: [1, null, 'x'] },
				revision: 1,
			});
		});

		it('counts revisions up, and begins at 1 again after a removal', async () => {
			await store.commit([put('a', 1)]);
			await store.commit([put('a', 2)]);
			expect((await store.read('state', ['a'])).get('a')?.revision).toBe(2);
			await store.commit([{ remove: { space: 'state', key: 'a' } }]);
			await store.commit([put('a', 3)]);
			expect((await store.read('state', ['a'])).get('a')?.revision).toBe(1);
		});

		it.each<[string, Change, 'committed' | 'conflict']>([
			['a new key that is expected to be new', put('new', 1, 0), 'committed'],
			['a new key that is expected at revision 1', put('new', 1, 1), 'conflict'],
			['a known key that is expected to be new', put('known', 1, 0), 'conflict'],
			['a known key at its revision', put('known', 1, 1), 'committed'],
			['a known key at another revision', put('known', 1, 2), 'conflict'],
			[
				'a removal at its revision',
				{ remove: { space: 'state', key: 'known' }, expect: 1 },
				'committed',
			],
			[
				'a removal at another revision',
				{ remove: { space: 'state', key: 'known' }, expect: 7 },
				'conflict',
			],
			[
				'a removal of nothing, unconditionally',
				{ remove: { space: 'state', key: 'none' } },
				'committed',
			],
		])('answers %s: %#', async (_, change, answer) => {
			await store.commit([put('known', 'old')]);
			expect(await store.commit([change])).toBe(answer);
		});

		it('applies all changes or none', async () => {
			await store.commit([put('a', 'old')]);
			expect(await store.commit([put('a', 'new'), put('b', 'new'), put('c', 'new', 5)])).toBe(
				'conflict',
			);
			const found = await store.read('state', ['a', 'b', 'c']);
			expect([...found.values()].map((entry) => entry.value)).toEqual(['old']);
		});

		it('keeps the kinds of things apart', async () => {
			await store.commit([
				put('a', 'state'),
				{ put: { space: 'alert', key: 'a', value: 'alert' } },
			]);
			expect((await store.read('alert', ['a'])).get('a')?.value).toBe('alert');
			expect(await store.list('state', '')).toHaveLength(1);
		});

		it('lists by prefix, in the order of the keys, up to a limit', async () => {
			await store.commit(['x/2', 'x/1', 'y/1', 'x/10', 'w'].map((key) => put(key, key)));
			const keys = async (prefix: string, limit?: number) =>
				(await store.list('state', prefix, limit === undefined ? {} : { limit })).map(
					({ key }) => key,
				);
			expect(await keys('x/')).toEqual(['x/1', 'x/10', 'x/2']);
			expect(await keys('x/', 2)).toEqual(['x/1', 'x/10']);
			expect(await keys('z')).toEqual([]);
		});

		it('lists what was written last first when asked, up to a limit', async () => {
			for (const key of ['x/2', 'y/1', 'x/1', 'x/3', 'x/2']) {
				await store.commit([put(key, key)]);
				await pass(10);
			}
			await store.commit([put('x/5', 1), put('x/4', 1)]);
			const keys = async (options: { limit?: number }) =>
				(await store.list('state', 'x/', { ...options, newestFirst: true })).map(({ key }) => key);
			expect(await keys({})).toEqual(['x/4', 'x/5', 'x/2', 'x/3', 'x/1']);
			expect(await keys({ limit: 3 })).toEqual(['x/4', 'x/5', 'x/2']);
		});

		it('reads more keys than one statement could ask for', async () => {
			const keys = Array.from({ length: 1_203 }, (_, index) => `key ${index}`);
			await store.commit(keys.map((key) => put(key, key)));
			expect((await store.read('state', keys)).size).toBe(1_203);
		});

		it('prunes what was written before an instant, in one space only', async () => {
			await store.commit([put('old', 1), { put: { space: 'alert', key: 'old', value: 1 } }]);
			const { writtenAt } = (await store.read('state', ['old'])).get('old') ?? { writtenAt: 0 };
			expect(await store.prune('state', writtenAt as never)).toBe(0);
			expect(await store.prune('state', (writtenAt + 1) as never)).toBe(1);
			expect((await store.read('alert', ['old'])).size).toBe(1);
		});

		it('does not share what it keeps with whoever gave or got it', async () => {
			const value = { list: [1] };
			await store.commit([put('a', value)]);
			value.list.push(2);
			const first = (await store.read('state', ['a'])).get('a')?.value as typeof value;
			first.list.push(3);
			expect((await store.read('state', ['a'])).get('a')?.value).toEqual({ list: [1] });
		});

		it('lets one of two writers through who decided on the same revision', async () => {
			await store.commit([put('a', 0)]);
			const answers = await Promise.all([
				store.commit([put('a', 1, 1)]),
				store.commit([put('a', 2, 1)]),
			]);
			expect(answers.sort()).toEqual(['committed', 'conflict']);
		});

		it('may be closed twice', async () => {
			await store.close();
			await expect(store.close()).resolves.toBeUndefined();
		});
	});
}
