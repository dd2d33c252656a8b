import { FactSheet, type Observation } from '../../../core/facts';
import { toEventId, toStream } from '../../../core/market';
import { judgeBatch, rehearseBatch, type BatchEntry, type Judged } from '../../../core/pipeline';
import { epochMs, type Store } from '../../../core/ports';
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

	it('carries the facts its texts name, without being told to include them', async () => {
		const texts = { include: [], title: '[[symbol]] [[high]]', message: 'Of {{volume}}, [[rsi]]' };
		const columns = { price: 59.5, high: 61, low: 58, volume: 9 };
		const [judged] = await judgeBatch([entry(1, columns, {}, [rule(texts)])], scope, open());
		expect(judged?.alerts[0]).toMatchObject({ title: 'SHOP 61', text: 'Of 9, ?' });
		expect(judged?.alerts[0]?.facts).toEqual({ price: 59.5, high: 61, volume: 9 });
	});

	it('names a multiplied fact as such, and by its bare name as it stands', async () => {
		const above = { fact: 'volume', operator: 'greaterThan' };
		const conditions = {
			all: [{ ...above, value: { fact: 'sma', params: { period: 1, times: 3 } } }],
		};
		const message = '[[volume]] > [[facts["3 × sma(1)"]]], 3 × [[sma]]';
		const columns = { price: 59.5, volume: 200 };
		const rules = [rule({ include: [], conditions, message })];
		const [judged] = await judgeBatch([entry(1, columns, {}, rules)], scope, open());
		expect(judged?.alerts[0]?.text).toBe('200 > 178.5, 3 × 59.5');
		expect(judged?.alerts[0]?.because[0]?.rightFact).toBe('3 × sma(1)');
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

	it.each([
		['Uses [[rsi]]', [{ fact: 'rsi', params: { period: 2 } }], 'Uses 50'],
		[
			'Both [[sma]]',
			[
				{ fact: 'sma', params: { period: 2 } },
				{ fact: 'sma', params: { period: 3 } },
			],
			'Both ?',
		],
		[
			'By name [[facts["sma(3)"]]]',
			[{ fact: 'sma', params: { period: 3 } }],
			'By name 58.6666666667',
		],
		['Mine [[volume]]', ['volume', { fact: 'volume', params: { symbol: 'SPY' } }], 'Mine 7'],
		['Still mine [[volume]]', [{ fact: 'volume', params: { symbol: 'SPY' } }], 'Still mine 7'],
	])('fills %j with the fact it can only mean', async (message, include, text) => {
		const rules = [rule({ fire: 'everyMatch', symbols: ['SHOP'], message, include })];
		const judged = await judgeBatch(
			[
				entry(1, { price: 100, volume: 900 }, { symbol: 'SPY' }, rules),
				entry(2, { price: 59, volume: 5 }, {}, rules),
				entry(3, { price: 58, volume: 6 }, {}, rules),
				entry(4, { price: 59, volume: 7 }, {}, rules),
				entry(5, { price: 59, volume: 7 }, {}, rules),
				entry(6, { price: 59, volume: 7 }, {}, rules),
			],
			scope,
			open(),
		);
		expect(judged[3]?.alerts[0]?.text).toBe(text);
	});

	const closing = { price: 59, size: 1 };
	it.each<[string, string[], string[]]>([
		['a candle of the session that an event after it closes', ['15:57', '16:00'], ['16:00']],
		['no candle from before the session, though its first event closes it', ['09:27', '09:30'], []],
		['the first candle of the session', ['09:27', '09:30', '09:35'], ['09:35']],
	])('judges by candle, within a schedule, %s', async (_, clocks, alerts) => {
		const rules = [
			rule({ fire: 'onCandleClose', interval: '5m', schedule: { session: 'regular' } }),
		];
		const judged = await judgeBatch(
			clocks.map((clock, row) =>
				entry(row, closing, { eventAt: epochMs(Date.parse(`2026-12-01T${clock}-05:00`)) }, rules),
			),
			scope,
			open(),
		);
		expect(clocks.filter((__, row) => judged[row]?.alerts.length === 1)).toEqual(alerts);
	});

	it('takes a closed candle of the feed for one of the session it ended in', async () => {
		const rules = [rule({ fire: 'onCandleClose', schedule: { session: 'regular' } })];
		const candle = (startAt: string, endAt: string) =>
			entry(
				1,
				{ type: 'candle', startAt, endAt, closed: true, open: 59, high: 59, low: 59, close: 59 },
				{ eventAt: epochMs(Date.parse(endAt)) },
				rules,
			);
		const last = candle('2026-12-01T15:55-05:00', '2026-12-01T16:00-05:00');
		const before = candle('2026-12-01T09:25-05:00', '2026-12-01T09:30-05:00');
		expect(told(await judgeBatch([last], scope, open()))).toEqual([1]);
		expect(told(await judgeBatch([before], scope, open()))).toEqual([0]);
	});

	it('reads the running candle where each event is one, and where it has just closed', async () => {
		const running = (params: object) => [
			rule({
				conditions: {
					all: [
						{
							fact: 'high',
							params: { candle: 'running', ...params },
							operator: 'greaterThan',
							value: 60,
						},
					],
				},
			}),
		];
		const each = running({});
		expect(told(await judgeBatch([entry(1, { price: 61 }, {}, each)], scope, open()))).toEqual([1]);
		const minute = {
			type: 'candle',
			interval: '1m',
			startAt: second(0),
			closed: true,
			open: 59,
			high: 61,
			low: 59,
			close: 59,
		};
		const byMinute = running({ interval: '1m' });
		expect(told(await judgeBatch([entry(60, minute, {}, byMinute)], scope, open()))).toEqual([1]);
	});

	it.each(['vwap', 'highest', 'movePercent'])(
		'reads %s from a field where it has no parameters, and works nothing out',
		async (fact) => {
			const rules = [rule({ conditions: { all: [{ fact, operator: 'greaterThan', value: 0 }] } })];
			const judged = await judgeBatch(
				[
					entry(1, { price: 59, size: 1 }, {}, rules),
					entry(2, { price: 60, size: 1 }, {}, rules),
					entry(3, { price: 60, [fact]: '7' }, {}, rules),
				],
				scope,
				open(),
			);
			expect(judged.slice(0, 2).map(({ unknown }) => unknown[0]?.missing)).toEqual([
				[{ fact, reason: 'notOffered' }],
				[{ fact, reason: 'notOffered' }],
			]);
			expect(judged[2]?.alerts).toHaveLength(1);
		},
	);

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

describe('rules that differ from item to item', () => {
	it('looks at the facts of each a few times, however many there are', async () => {
		let looks = 0;
		const entries = Array.from({ length: 200 }, (_, row) => {
			const one = rule({
				conditions: { all: [{ fact: 'rsi', operator: 'lessThan', value: row }] },
			});
			const { facts } = one;
			const counted = Object.defineProperty({ ...one }, 'facts', {
				get: () => {
					looks += 1;
					return facts;
				},
			});
			return entry(row, { price: 59 }, { symbol: `S${row}` }, [counted]);
		});
		await judgeBatch(entries, scope, open());
		expect(looks).toBeLessThan(10 * entries.length);
	});
});

describe('names of any kind', () => {
	it('takes a symbol for the same in capitals and in small letters', async () => {
		const judged = await judgeBatch(
			[
				entry(1, { price: 59 }),
				entry(2, { price: 58 }, { symbol: 'shop' }),
				entry(3, { price: 61 }, { symbol: 'Shop' }),
			],
			scope,
			open(),
		);
		expect(told(judged)).toEqual([1, 0, 0]);
	});

	it.each(['a/b', 'ö ☃ 💰', '__proto__', 'half a \uD83D'])(
		'knows the event and the symbol %j again',
		async (name) => {
			const store = open();
			const event = () => [entry(1, { price: 59 }, { eventId: name, symbol: name })];
			const first = await judgeBatch(event(), scope, store);
			expect(told(first)).toEqual([1]);
			expect(await judgeBatch(event(), scope, store)).toMatchObject([{ alerts: first[0]?.alerts }]);
		},
	);
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

	it('judges rows of other origin oldest first, as production does', async () => {
		const crossing = [
			rule({ conditions: { all: [{ fact: 'price', operator: 'crossesBelow', value: 60 }] } }),
		];
		const newestFirst = [
			entry(2, { price: 59 }, { eventId: undefined }, crossing),
			entry(1, { price: 61 }, { eventId: undefined }, crossing),
		];
		expect(told(await rehearseBatch(newestFirst, scope, open()))).toEqual([1, 0]);
	});
});
