import fc from 'fast-check';

import { compileNoise } from '../../../core/alerts';
import { FactSheet } from '../../../core/facts';
import { toEventId, toStream } from '../../../core/market';
import {
	explainGivenUp,
	judgeBatch,
	listHeldBack,
	NoiseControl,
	quietenBatch,
	type BatchEntry,
} from '../../../core/pipeline';
import type { Change, Store } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { createMemoryStore } from '../../../core/storage';
import { alertItem } from '../../fakes/alertItem';
import { second } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';

const scope = { workflowId: 'w', nodeId: 'n' };
const stream = toStream('replay', 'tape', 'one');
const rule = (id: string, more: object = {}) =>
	compileRule({
		version: 1,
		id,
		name: `Rule ${id}`,
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		...more,
	});
const above = (value: number) => ({ fact: 'price', operator: 'greaterThan', value });
const cheap = rule('cheap', { symbols: ['SHOP', 'AAPL'] });
const index = rule('index', { symbols: ['SPY'] });

/** `SHOP 59`: a row of a batch, a second later than the one before. */
const batchOf = (first: number, rows: string, rules = [cheap, index]): BatchEntry[] =>
	rows.split(', ').map((row, offset) => {
		const [symbol = '', price] = row.split(' ');
		return {
			observation: {
				symbol,
				eventAt: second(first + offset),
				eventId: toEventId(stream, first + offset),
				quality: [],
				facts: new FactSheet({ price: Number(price) }),
			},
			standInId: '',
			rules,
		};
	});

const untilSecond = (end: number) => new Date(second(end)).toISOString();
const silence = (end: number) =>
	compileNoise({ silences: [{ matchers: ['symbol=SHOP'], until: untilSecond(end) }] });
const inhibit = compileNoise({ inhibit: [{ source: ['rule=index'], target: ['rule!=index'] }] });

const open = () => createMemoryStore(new FakeClock());
const run = async (
	store: Store,
	batch: readonly BatchEntry[],
	policy = inhibit,
	rules?: BatchEntry['rules'],
) => {
	const judged = await judgeBatch(batch, scope, store);
	const { judged: quietened, released } = await quietenBatch(
		batch,
		judged,
		policy,
		scope,
		store,
		rules,
	);
	return {
		told: quietened.map(({ alerts }) => alerts.map(({ alert }) => alert.state).join('+')),
		held: quietened.map(({ heldBack }) => heldBack.map(({ by }) => by).join('+')),
		released: released.map(({ alert }) => `${alert.symbol} ${alert.state}`),
		items: quietened,
		again: released,
	};
};
const ledgerOf = async (store: Store) =>
	(await listHeldBack({ limit: 100 }, store)).map(
		({ alert, by, count, ended }) => `${by} ${alert.symbol} ${count} ${ended?.as ?? 'waiting'}`,
	);

describe('quietenBatch', () => {
	it('inhibits within a batch, also what comes before its source', async () => {
		const store = open();
		const { told, held, items } = await run(store, batchOf(1, 'SHOP 59, SPY 59, AAPL 59, AAPL 61'));
		expect([told, held]).toEqual([
			['', 'firing', '', ''],
			['inhibit', '', 'inhibit', ''],
		]);
		expect(items[0]?.heldBack).toEqual([
			{ ruleId: 'cheap', ruleName: 'Rule cheap', by: 'inhibit', cause: 'SPY: Rule index' },
		]);
		expect(await ledgerOf(store)).toEqual(['inhibit AAPL 1 over', 'inhibit SHOP 1 waiting']);
	});

	it('inhibits against what fired in an earlier batch, until its state says it is over', async () => {
		const store = open();
		await run(store, batchOf(1, 'SPY 59'));
		expect(await run(store, batchOf(2, 'SHOP 59, AAPL 59'))).toMatchObject({ told: ['', ''] });
		expect(await run(store, batchOf(4, 'AAPL 61'))).toMatchObject({ released: [] });
		// The rule doesn't tell when it's over.
		expect(await run(store, batchOf(5, 'SPY 61'))).toMatchObject({
			told: [''],
			released: ['SHOP firing'],
		});
		expect(await run(store, batchOf(6, 'AAPL 59'))).toMatchObject({ told: ['firing'] });
		expect(await ledgerOf(store)).toEqual(['inhibit AAPL 1 over', 'inhibit SHOP 1 released']);
	});

	it.each([
		['was taken out', [cheap]],
		['was taken off the symbol', [cheap, rule('index', { symbols: ['QQQ'] })]],
		[
			'has other conditions',
			[cheap, rule('index', { symbols: ['SPY'], resetWhen: { all: [above(99)] } })],
		],
	])('inhibits no more by a rule that %s, as far as the rules are known', async (_, rules) => {
		const store = open();
		await run(store, batchOf(1, 'SPY 59'));
		const next = batchOf(2, 'SHOP 59', rules);
		expect(await run(store, next)).toMatchObject({ held: ['inhibit'] });
		expect(await run(store, batchOf(3, 'AAPL 61', rules), inhibit, rules)).toMatchObject({
			released: ['SHOP firing'],
		});
		expect(await run(store, batchOf(4, 'AAPL 59', rules), inhibit, rules)).toMatchObject({
			told: ['firing'],
		});
	});

	it('says whom it gave up', async () => {
		const alerts = Array.from({ length: 10_001 }, (_, at) =>
			alertItem({ id: `alert ${at}`, symbol: `S${at}`, eventAt: second(1) }),
		);
		const judged = [{ alerts, unknown: [], heldBack: [], answers: [] }];
		const silenced = compileNoise({
			silences: [{ matchers: ['symbol=*'], until: untilSecond(99_999) }],
		});
		const batch = batchOf(1, 'SHOP 59');
		const { givenUp } = await quietenBatch(batch, judged, silenced, scope, open());
		expect(givenUp).toHaveLength(1);
		expect(explainGivenUp(givenUp)).toMatch(/^More than 10,000 alerts are muted .*: 1 more/);
	});

	it('tells at the first batch after a silence what still holds then, and nothing else', async () => {
		const store = open();
		const both = batchOf(1, 'SHOP 59, AAPL 59');
		expect(await run(store, both, silence(10))).toMatchObject({
			told: ['', 'firing'],
			held: ['silence', ''],
		});
		expect(await run(store, batchOf(9, 'AAPL 58'), silence(10))).toMatchObject({ released: [] });
		const { released, again } = await run(store, batchOf(10, 'AAPL 57'), silence(10));
		expect(released).toEqual(['SHOP firing']);
		expect(again[0]?.alert.startedAt).toBe(second(1));
		expect(await run(store, batchOf(11, 'AAPL 57'), silence(10))).toMatchObject({ released: [] });
	});

	it('lets go what waits when the settings are taken away', async () => {
		const store = open();
		await run(store, batchOf(1, 'SHOP 59'), silence(1_000));
		expect(await run(store, batchOf(2, 'AAPL 61'), compileNoise({}))).toMatchObject({
			released: ['SHOP firing'],
		});
	});

	it('writes nothing where nothing is set', async () => {
		const store = open();
		const written: Change[] = [];
		const batch = batchOf(1, 'SHOP 59');
		const judged = await judgeBatch(batch, scope, store);
		const spied: Store = {
			...store,
			commit: async (changes) => {
				written.push(...changes);
				return await store.commit(changes);
			},
		};
		const quietened = await quietenBatch(batch, judged, compileNoise({}), scope, spied);
		expect([quietened.judged, written]).toEqual([judged, []]);
	});

	it('tells the alert that is too many as flapping, and says so again when it comes again', async () => {
		const policy = compileNoise({ flapping: { maxChanges: 2, window: '1m', calmFor: '1m' } });
		const store = open();
		const rows = 'SHOP 59, SHOP 61, SHOP 59, SHOP 61, SHOP 59, SHOP 61, SHOP 59';
		const batch = batchOf(1, rows);
		const first = await run(store, batch, policy);
		expect([first.told, first.held]).toEqual([
			['firing', '', 'firing', '', 'firing', '', ''],
			['', '', '', '', '', '', 'flapping'],
		]);
		expect(first.items[4]?.alerts[0]).toMatchObject({
			title: 'Flapping: SHOP: Rule cheap',
			alert: { flapping: { changes: 3 } },
		});
		const again = await run(store, batch, policy);
		expect([again.told, again.items[4]?.alerts]).toEqual([first.told, first.items[4]?.alerts]);
		expect(await run(store, batchOf(66, 'AAPL 61'), policy)).toMatchObject({ released: [] });
		expect(await run(store, batchOf(67, 'AAPL 61'), policy)).toMatchObject({
			released: ['SHOP firing'],
		});
	});

	it('decides about events that come again as it did before', async () => {
		const store = open();
		const muted = batchOf(1, 'SPY 59, SHOP 59');
		const { told, held } = await run(store, muted);
		await run(store, batchOf(3, 'SPY 61'));
		expect(await run(store, muted)).toMatchObject({ told, held, released: [] });
		expect(await ledgerOf(store)).toEqual(['inhibit SHOP 1 released']);
	});

	it('decides anew when another process was quicker', async () => {
		const store = open();
		const batch = batchOf(2, 'SHOP 59');
		const judged = await judgeBatch(batch, scope, store);
		let intrudes = true;
		const contested: Store = {
			...store,
			commit: async (changes) => {
				if (intrudes) {
					intrudes = false;
					await writeSource(store);
				}
				return await store.commit(changes);
			},
		};
		const { judged: quietened } = await quietenBatch(batch, judged, inhibit, scope, contested);
		expect(quietened[0]).toMatchObject({ alerts: [], heldBack: [{ by: 'inhibit' }] });
	});

	it('loses nothing and tells nothing twice under two ids, wherever the process dies', async () => {
		let crashes = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.constantFrom('SHOP 59', 'SHOP 61', 'AAPL 59', 'AAPL 61', 'SPY 59', 'SPY 61'), {
					minLength: 2,
					maxLength: 16,
				}),
				fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }),
				async (rows, deadly) => {
					const batches = rows.map((row, at) => batchOf(at + 1, row));
					const calm = await live(batches, []);
					const stormy = await live(batches, deadly);
					crashes += stormy.crashes;
					expect([...new Set(stormy.given)]).toEqual(calm.given);
					expect(stormy.ledger).toEqual(calm.ledger);
				},
			),
			{ numRuns: 100 },
		);
		expect(crashes).toBeGreaterThan(100);
	});
});

/** What another process writes that sees the index fall. */
async function writeSource(store: Store): Promise<void> {
	const judged = await judgeBatch(batchOf(1, 'SPY 59'), scope, store);
	const alerts = judged.flatMap((one) => one.alerts);
	const control = await NoiseControl.open(inhibit, scope, store);
	control.step({ kind: 'alerts', at: second(1), alerts });
	await store.commit(control.takeChanges().changes);
}

/** Runs batches one by one; one during which the process dies is run again from its beginning. */
async function live(batches: ReadonlyArray<readonly BatchEntry[]>, deadly: readonly number[]) {
	const store = open();
	const given: string[] = [];
	const dying = new Set(deadly);
	let crashes = 0;
	let steps = 0;
	const mortal: Store = {
		...store,
		commit: async (changes) => {
			if (dying.has((steps += 1))) throw new Error('dead before it was written');
			const answer = await store.commit(changes);
			if (dying.has((steps += 1))) throw new Error('dead after it was written');
			return answer;
		},
	};
	for (const batch of batches) {
		for (let isDone = false; !isDone;) {
			try {
				const judged = await judgeBatch(batch, scope, mortal);
				const quietened = await quietenBatch(batch, judged, inhibit, scope, mortal);
				const alerts = [...quietened.released, ...quietened.judged.flatMap((one) => one.alerts)];
				given.push(...alerts.map(({ alert }) => `${alert.id} ${alert.symbol}`));
				isDone = true;
			} catch (error) {
				if (!(error as Error).message.startsWith('dead')) throw error;
				crashes += 1;
			}
		}
	}
	return { given, crashes, ledger: await ledgerOf(store) };
}
