import { FactSheet, type Observation } from '../../../core/facts';
import { toEventId, toStream } from '../../../core/market';
import { judgeBatch, rehearseBatch, type BatchEntry, type Judged } from '../../../core/pipeline';
import { type Store } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { createMemoryStore } from '../../../core/storage';
import { second } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';

const scope = { workflowId: 'w', nodeId: 'n' };
const stream = toStream('replay', 'tape', 'one');
const rule = (more: object = {}) =>
	compileRule({
		version: 1,
		id: 'r',
		name: 'SHOP is cheap',
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		include: ['peRatio'],
		...more,
	});
const entry = (
	row: number,
	columns: Record<string, unknown>,
	more: Partial<Observation> = {},
	rules = [rule()],
): BatchEntry => ({
	observation: {
		symbol: 'SHOP',
		eventAt: second(row),
		eventId: toEventId(stream, row),
		quality: [],
		facts: new FactSheet(columns),
		...more,
	},
	standInId: `stand-in ${row}`,
	rules,
});
const open = () => createMemoryStore(new FakeClock());
const ids = (judged: readonly Judged[]) =>
	judged.map(({ alerts }) => alerts.map(({ alert }) => alert.id.slice(0, 4)).join('+'));
const told = (judged: readonly Judged[]) => judged.map(({ alerts }) => alerts.length);

describe('judgeBatch', () => {
	it('gives an alert that says what, when and why', async () => {
		const [judged] = await judgeBatch(
			[entry(1, { price: 59.5, peRatio: 70, volume: 9 })],
			scope,
			open(),
		);
		expect(judged?.alerts[0]).toMatchObject({
			alert: {
				ruleId: 'r',
				ruleName: 'SHOP is cheap',
				symbol: 'SHOP',
				state: 'firing',
				severity: 'info',
				startedAt: second(1),
				eventAt: second(1),
				eventId: 'replay:tape~one#1',
				test: false,
				firstSight: true,
			},
			title: 'SHOP: SHOP is cheap',
			text: 'SHOP: price 59.5 is less than 60.',
			facts: { price: 59.5, peRatio: 70 },
			because: [{ fact: 'price', operator: 'lessThan', left: 59.5, right: 60, holds: true }],
		});
	});

	it('goes on from batch to batch', async () => {
		const store = open();
		const batches = [[61, 59, 58], [57, 61], [59]];
		let row = 0;
		const out: number[][] = [];
		for (const prices of batches) {
			out.push(
				told(
					await judgeBatch(
						prices.map((price) => entry((row += 1), { price })),
						scope,
						store,
					),
				),
			);
		}
		expect(out).toEqual([[0, 1, 0], [0, 0], [1]]);
	});

	it('gives the recorded alert again when a batch comes again, under the same id, though the price is another by now', async () => {
		const store = open();
		const batch = [entry(1, { price: 61 }), entry(2, { price: 59 }), entry(3, { price: 61 })];
		const first = await judgeBatch(batch, scope, store);
		await judgeBatch([entry(4, { price: 59 })], scope, store);
		const again = await judgeBatch(batch, scope, store);
		expect(ids(again)).toEqual(ids(first));
		expect(again[1]?.alerts).toEqual(first[1]?.alerts);
		expect(told(await judgeBatch([entry(5, { price: 58 })], scope, store))).toEqual([0]);
	});

	it('tells an event once that comes twice in one batch', async () => {
		expect(
			told(await judgeBatch([entry(1, { price: 59 }), entry(1, { price: 59 })], scope, open())),
		).toEqual([1, 0]);
	});

	it('loses nothing when the store fails: the next run of the batch tells it', async () => {
		const store = open();
		const failing: Store = {
			...store,
			commit: async () => await Promise.reject(new Error('full')),
		};
		const batch = [entry(1, { price: 59 })];
		await expect(judgeBatch(batch, scope, failing)).rejects.toThrow('full');
		expect(told(await judgeBatch(batch, scope, store))).toEqual([1]);
	});

	it('judges anew when another process was quicker, and tells no alert twice', async () => {
		const store = open();
		let interrupted = false;
		const racing: Store = {
			...store,
			commit: async (changes) => {
				if (!interrupted) {
					interrupted = true;
					// The other process tells the same event, and writes its state first.
					await store.commit(changes);
				}
				return await store.commit(changes);
			},
		};
		const batch = [entry(1, { price: 59 })];
		const mine = await judgeBatch(batch, scope, racing);
		const [other] = await store.list('alert', '');
		expect(ids(mine)).toEqual([(other?.value as { alert: { id: string } }).alert.id.slice(0, 4)]);
		expect((await store.list('state', '')).map(({ revision }) => revision)).toEqual([2]);
	});

	it('gives one alert a change when fifty batches come at once', async () => {
		const store = open();
		const prices = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 61 : 59));
		const all = await Promise.all(
			prices.map(
				async (price, index) => await judgeBatch([entry(index + 1, { price })], scope, store),
			),
		);
		expect(told(all.flat()).reduce((sum, one) => sum + one, 0)).toBe(25);
	});

	it('says which facts are missing where a rule cannot be answered', async () => {
		const [judged] = await judgeBatch([entry(1, { price: 'n/a' })], scope, open());
		expect(judged).toMatchObject({
			alerts: [],
			unknown: [{ ruleId: 'r', missing: [{ fact: 'price', reason: 'invalid' }] }],
		});
	});

	it('says until when an alert is held back', async () => {
		const cooling = [rule({ cooldown: '60s' })];
		const judged = await judgeBatch(
			[
				entry(1, { price: 59 }, {}, cooling),
				entry(2, { price: 61 }, {}, cooling),
				entry(3, { price: 59 }, {}, cooling),
			],
			scope,
			open(),
		);
		expect(judged[2]?.heldBack).toMatchObject([{ by: 'cooldown', until: second(61) }]);
	});

	it('judges rows of other origin oldest first, and answers them in their own order', async () => {
		const newestFirst = [
			[3, 59],
			[2, 61],
			[1, 59],
		].map(([row = 0, price]) => entry(row, { price }, { eventId: `row ${row}` }));
		expect(told(await judgeBatch(newestFirst, scope, open()))).toEqual([1, 0, 1]);
	});

	it('marks a crossing that happened somewhere in a gap of the feed', async () => {
		const crossing = [
			rule({ conditions: { all: [{ fact: 'price', operator: 'crossesBelow', value: 60 }] } }),
		];
		const judged = await judgeBatch(
			[
				entry(1, { price: 61 }, {}, crossing),
				entry(2, { price: 59 }, { quality: ['gapBefore'] }, crossing),
				entry(3, { price: 61 }, {}, crossing),
				entry(4, { price: 59 }, {}, crossing),
			],
			scope,
			open(),
		);
		expect(judged.flatMap(({ alerts }) => alerts.map(({ alert }) => alert.acrossGap))).toEqual([
			true,
			undefined,
		]);
	});

	it('keeps the symbols apart, and the rules', async () => {
		const two = [rule(), rule({ id: 'r2', symbols: ['AAPL'] })];
		const judged = await judgeBatch(
			[entry(1, { price: 59 }, {}, two), entry(2, { price: 59 }, { symbol: 'AAPL' }, two)],
			scope,
			open(),
		);
		expect(
			judged.map(({ alerts }) => alerts.map(({ alert }) => `${alert.ruleId} ${alert.symbol}`)),
		).toEqual([['r SHOP'], ['r AAPL', 'r2 AAPL']]);
	});
});

describe('rehearseBatch', () => {
	it('shows each item for which the rule holds, marked as a test, and writes nothing', async () => {
		const store = open();
		const batch = [entry(1, { price: 59 }), entry(2, { price: 58 }), entry(3, { price: 61 })];
		const judged = await rehearseBatch(batch, scope, store);
		expect(told(judged)).toEqual([1, 1, 0]);
		expect(judged[0]?.alerts[0]?.alert.test).toBe(true);
		expect(await store.list('state', '')).toEqual([]);
		expect(told(await judgeBatch(batch, scope, store))).toEqual([1, 0, 0]);
	});

	it('compares crossings with what production saw last', async () => {
		const store = open();
		const crossing = [
			rule({ conditions: { all: [{ fact: 'price', operator: 'crossesBelow', value: 60 }] } }),
		];
		await judgeBatch([entry(1, { price: 61 }, {}, crossing)], scope, store);
		expect(
			told(await rehearseBatch([entry(2, { price: 59 }, {}, crossing)], scope, store)),
		).toEqual([1]);
	});
});
