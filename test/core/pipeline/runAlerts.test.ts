import { compileNoise } from '../../../core/alerts';
import type { FeedReport, MarketEvent, SourceSink } from '../../../core/market';
import {
	pruneStore,
	runAlerts,
	type AlertLoad,
	type AlertSettings,
	type OpenBatch,
	type RunEnd,
} from '../../../core/pipeline';
import { epochMs, StoreError, type Store } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { createMemoryStore } from '../../../core/storage';
import { trade } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';
import { silentLog } from '../../fakes/silentLog';

const NOW = 1_700_000_000_000;
const under60 = (more: object = {}) =>
	compileRule({
		version: 1,
		id: 'r',
		name: 'r',
		conditions: { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] },
		...more,
	});
const settle = async () => await new Promise((resolve) => setImmediate(resolve));
const turns = async () => {
	for (let turn = 0; turn < 6; turn += 1) await settle();
};

/** Quiet at NOW, which is 22:13. */
const ALL_BUT_A_MINUTE = { times: [{ from: '12:01', to: '12:00' }] };

let owners = 0;

/** A trigger whose events the test gives, on a clock that the test moves. */
function setUp(
	settings: Partial<AlertSettings> = {},
	{ clock = new FakeClock(NOW), store = createMemoryStore(clock) } = {},
) {
	const runs: Array<OpenBatch<AlertLoad>> = [];
	const stop = new AbortController();
	let sink: SourceSink | undefined;
	let cursor = 0;
	let answer = async (_batch: OpenBatch<AlertLoad>): Promise<RunEnd> => ({ kind: 'settled' });
	const owner = settings.owner ?? { workflowId: `alerts ${(owners += 1)}`, nodeId: 'n' };
	const log = silentLog();
	const start = (more: Partial<AlertSettings> = {}) =>
		runAlerts(
			{
				owner,
				rules: [under60()],
				time: 'wall',
				source: 'test',
				fingerprint: 'f',
				startedByUser: true,
				...settings,
				...more,
			},
			{
				store: async () => store,
				clock,
				timer: clock,
				log,
				showFailure: () => {},
				openSource: () => ({
					async run(given, signal) {
						sink = given;
						await new Promise<void>((resolve) =>
							signal.addEventListener('abort', () => resolve(), { once: true }),
						);
					},
				}),
				run: async (batch) => {
					runs.push(batch);
					return await answer(batch);
				},
			},
			stop.signal,
		);
	const give = async (...events: MarketEvent[]) => {
		while (sink === undefined) await settle();
		cursor += events.length;
		await sink.accept(events, cursor);
		await turns();
	};
	return {
		start,
		give,
		/** An event that happens now. */
		tick: async (price: number, more: object = {}) =>
			await give(trade((cursor + 1) * 10, price, { eventAt: clock.now(), ...more })),
		report: async (kind: FeedReport['kind']) => {
			sink?.report({ kind, source: 'test', at: clock.now(), since: clock.now(), reason: kind });
			await turns();
		},
		advance: async (ms: number) => {
			await clock.advance(ms);
			await turns();
		},
		onRun: (run: typeof answer) => void (answer = run),
		told: () =>
			runs.map(({ alerts }) =>
				alerts
					.map(({ alert }) => `${alert.symbol} ${alert.state} ${(alert.eventAt - NOW) / 1_000}`)
					.join(', '),
			),
		runs,
		stop,
		store,
		owner,
		clock,
		log,
	};
}

describe('runAlerts', () => {
	it('starts a run when an alert is to be told, and not for every event', async () => {
		const { start, tick, told, stop } = setUp();
		const running = start();
		for (const price of [61, 62, 59, 58, 61, 60, 59]) await tick(price);
		expect(told()).toEqual(['SHOP firing 0', 'SHOP firing 0']);
		stop.abort();
		await running;
	});

	it('lets the clock tell what falls due while no event comes', async () => {
		const { start, tick, told, stop, advance } = setUp({
			rules: [under60({ holdFor: '30s', remindEvery: '60s' })],
		});
		const running = start();
		await tick(59);
		await advance(29_000);
		expect(told()).toEqual([]);
		await advance(3_000);
		expect(told()).toEqual(['SHOP firing 30']);
		await advance(120_000);
		expect(told()).toEqual(['SHOP firing 30', 'SHOP reminder 90', 'SHOP reminder 150']);
		stop.abort();
		await running;
	});

	it('has a clock that is as late as the feed', async () => {
		const { start, give, told, stop, advance, clock } = setUp({
			rules: [under60({ holdFor: '30s' })],
		});
		const running = start();
		const late = 900_000;
		await give(trade(1, 59, { eventAt: epochMs(clock.now() - late) }));
		await advance(29_000);
		expect(told()).toEqual([]);
		await advance(3_000);
		expect(told()).toEqual(['SHOP firing -870']);
		stop.abort();
		await running;
	});

	it('knows nothing of a symbol that has been silent for too long, until it is heard again', async () => {
		const { start, tick, told, stop, advance } = setUp({
			rules: [under60({ remindEvery: '60s' })],
			unknownAfterMs: 90_000,
		});
		const running = start();
		await tick(59);
		await advance(400_000);
		expect(told()).toEqual(['SHOP firing 0', 'SHOP reminder 60']);
		await tick(58);
		expect(told()).toEqual(['SHOP firing 0', 'SHOP reminder 60', 'SHOP reminder 400']);
		stop.abort();
		await running;
	});

	it('gathers what comes while a run is on, on disk as well, and gives it out as one', async () => {
		const { start, tick, told, stop, onRun, store, owner } = setUp({
			rules: [under60({ fire: 'everyMatch' })],
		});
		let end: () => void = () => {};
		onRun(async () => {
			await new Promise<void>((resolve) => (end = resolve));
			return { kind: 'settled' };
		});
		const running = start();
		for (const price of [59, 58, 57, 56]) await tick(price);
		expect(told()).toEqual(['SHOP firing 0']);
		const pieces = await store.list('batch', `${encodeURIComponent(owner.workflowId)}/`);
		expect(pieces.map(({ value }) => (value as AlertLoad).alerts.length)).toEqual([1, 1, 1, 1]);
		end();
		await turns();
		expect(told()).toEqual(['SHOP firing 0', 'SHOP firing 0, SHOP firing 0, SHOP firing 0']);
		end();
		await turns();
		expect(await store.list('batch', '')).toEqual([]);
		stop.abort();
		await running;
	});

	it('gives a failed run another try with the same members, then keeps it and says so', async () => {
		const { start, tick, stop, onRun, runs, advance, store, log } = setUp();
		onRun(async ({ alerts }) =>
			alerts.length === 0
				? { kind: 'settled' }
				: { kind: 'failed', reason: 'mail server down', again: true },
		);
		const running = start();
		await tick(59);
		await advance(50_000);
		const ids = runs.map(({ alerts }) => alerts.map(({ alert }) => alert.id).join());
		expect(new Set(ids.slice(0, 4)).size).toBe(1);
		expect(runs[4]?.reports).toMatchObject([
			{
				kind: 'undelivered',
				count: 1,
				symbols: ['SHOP'],
				reason:
					'1 alerts (batch 1) were given to the workflow 4 times; its runs ended in error: mail server down',
			},
		]);
		const kept = await store.list('batch', '');
		expect(kept.map(({ value }) => (value as OpenBatch<AlertLoad>).status)).toEqual(['failed']);
		expect(log.said.filter((line) => line.startsWith('1 alerts'))).toHaveLength(1);
		stop.abort();
		await running;
	});

	it('logs news that no run would take, and makes no news of it', async () => {
		const { start, report, stop, onRun, runs, advance, log } = setUp();
		onRun(async () => ({ kind: 'failed', reason: 'a node is missing', again: true }));
		const running = start();
		await turns();
		await report('down');
		await advance(50_000);
		expect(runs).toHaveLength(4);
		expect(log.said).toContain(
			'1 piece of news of the feed (batch 1) were given to the workflow 4 times; its runs ended in error: a node is missing',
		);
		stop.abort();
		await running;
	});

	it('writes down where it stands now and then though nothing is told', async () => {
		const { start, tick, stop, advance, store } = setUp();
		const running = start();
		await tick(61);
		expect(await store.list('state', '')).toEqual([]);
		await advance(11_000);
		expect((await store.list('cursor', '')).map(({ value }) => value)).toMatchObject([
			{ cursor: 1, closed: false },
		]);
		expect(await store.list('state', '')).toHaveLength(1);
		stop.abort();
		await running;
		expect((await store.list('cursor', '')).map(({ value }) => value)).toMatchObject([
			{ closed: true },
		]);
	});

	it.each([
		['keeps a cooldown over a restart by the user: the market is the same', 'wall', 1],
		['begins anew with a tape that is played anew', 'tape', 2],
	] as const)('%s', async (_, time, alerts) => {
		const rules = [under60({ cooldown: '1h' })];
		const first = setUp({ rules, time });
		const running = first.start();
		await first.tick(59);
		first.stop.abort();
		await running;
		const { owner, store, clock } = first;
		const second = setUp({ rules, time, owner }, { store, clock });
		const again = second.start();
		await second.tick(61, { eventId: 'replay:tape.csv~p2#1' });
		await second.tick(59, { eventId: 'replay:tape.csv~p2#2' });
		second.stop.abort();
		await again;
		expect(first.told().length + second.told().length).toBe(alerts);
	});

	it('forgets ticks when there are too many, says how many, and drops no alert', async () => {
		const clock = new FakeClock(NOW);
		const kept = createMemoryStore(clock);
		let release: () => void = () => {};
		let isHeld = false;
		const store: Store = {
			...kept,
			commit: async (changes) => {
				if (isHeld) await new Promise<void>((resolve) => (release = resolve));
				return await kept.commit(changes);
			},
		};
		const { start, give, tick, stop, runs } = setUp({}, { clock, store });
		const running = start();
		await tick(61);
		isHeld = true;
		await tick(59); // its alert is being written down for a long time
		const flood = Array.from({ length: 5_000 }, (_, row) => trade(5_000 + row, 62));
		await give(...flood);
		await give(trade(20_000, 58));
		isHeld = false;
		release();
		await turns();
		expect(runs.flatMap(({ alerts }) => alerts)).toHaveLength(2);
		const conflated = runs
			.flatMap(({ reports }) => reports)
			.filter(({ kind }) => kind === 'conflated');
		expect(conflated).toMatchObject([
			{ reason: expect.stringMatching(/^Judging was slower/) as string },
		]);
		expect(conflated[0]?.count).toBeGreaterThan(4_000);
		stop.abort();
		await running;
	});
});

describe('runAlerts after a restart', () => {
	/** Plays one life after the other over the same store; what each told. */
	const lives = async (
		...scenes: ReadonlyArray<{
			readonly settings: Partial<AlertSettings>;
			readonly play: (trigger: ReturnType<typeof setUp>) => Promise<void>;
		}>
	) => {
		const clock = new FakeClock(NOW);
		const store = createMemoryStore(clock);
		const owner = { workflowId: `lives ${(owners += 1)}`, nodeId: 'n' };
		const told: string[][] = [];
		for (const { settings, play } of scenes) {
			const trigger = setUp({ ...settings, owner }, { clock, store });
			const running = trigger.start({ startedByUser: false });
			await turns();
			await play(trigger);
			trigger.stop.abort();
			await running;
			told.push(trigger.told());
		}
		return { told, store };
	};
	const tick =
		(price: number, row: number, more: object = {}) =>
		async (trigger: ReturnType<typeof setUp>) => {
			await trigger.advance(1_000);
			await trigger.tick(price, { eventId: `replay:tape.csv~p1#${row}`, ...more });
		};

	it('goes on where it was', async () => {
		const settings = { rules: [under60()] };
		const { told } = await lives({ settings, play: tick(59, 1) }, { settings, play: tick(58, 2) });
		expect(told).toEqual([['SHOP firing 1'], []]);
	});

	it.each([
		['that was taken out and put back', [under60({ id: 'another' })]],
		['that was taken off the symbol and put back', [under60({ symbols: ['AAPL'] })]],
		[
			'whose conditions were others meanwhile',
			[under60({ resetWhen: { all: [{ fact: 'price', operator: 'greaterThan', value: 99 }] } })],
		],
	])('begins anew with a rule %s', async (_, meanwhile) => {
		const { told, store } = await lives(
			{ settings: { rules: [under60()] }, play: tick(59, 1) },
			{ settings: { rules: meanwhile }, play: async () => {} },
			{ settings: { rules: [under60()] }, play: tick(58, 2) },
		);
		expect(told).toEqual([['SHOP firing 1'], [], ['SHOP firing 2']]);
		expect(await store.list('state', '')).toHaveLength(1);
	});

	it('forgets a symbol that stays silent, from its last event on', async () => {
		const settings = { rules: [under60({ remindEvery: '60s' })], unknownAfterMs: 90_000 };
		const { told } = await lives(
			{
				settings,
				play: async (trigger) => {
					await tick(59, 1)(trigger);
					await trigger.advance(40_000);
					await trigger.tick(59, { eventId: 'replay:tape.csv~p1#2' });
				},
			},
			{
				settings,
				play: async (trigger) => {
					await trigger.tick(70, { symbol: 'OTHER', eventId: 'replay:tape.csv~p1#3' });
					await trigger.advance(400_000);
				},
			},
		);
		expect(told).toEqual([['SHOP firing 1'], ['SHOP reminder 61', 'SHOP reminder 121']]);
	});
});

describe('runAlerts with a store that is out when it is closed', () => {
	/** A store whose next commits fail. */
	const setUpStore = () => {
		const clock = new FakeClock(NOW);
		const kept = createMemoryStore(clock);
		let failures = 0;
		const store: Store = {
			...kept,
			commit: async (changes) => {
				if (failures === 0) return await kept.commit(changes);
				failures -= 1;
				throw new StoreError('locked', 'The store is locked.');
			},
		};
		return { clock, store, kept, failNext: (count: number) => void (failures = count) };
	};
	/** Closes it in the middle of an outage that ends right after. */
	const close = async ({ stop }: ReturnType<typeof setUp>, running: Promise<void>) => {
		stop.abort();
		await running;
	};
	const at = (row: number, price: number, seconds: number) =>
		trade(row, price, {
			eventId: `replay:tape.csv~p1#${row}`,
			eventAt: epochMs(NOW + seconds * 1_000),
		});
	const cursorIn = async (store: Store) =>
		(await store.list('cursor', '')).map(({ value }) => (value as { cursor?: unknown }).cursor);

	it('leaves the cursor where the states are that were written', async () => {
		const { clock, store, kept, failNext } = setUpStore();
		const trigger = setUp({}, { clock, store });
		const running = trigger.start();
		await trigger.tick(61);
		failNext(2);
		await trigger.advance(11_000);
		await close(trigger, running);
		expect(await kept.list('state', '')).toEqual([]);
		expect(await cursorIn(kept)).toEqual([undefined]);
	});

	it('tells in its next life what it could not write down', async () => {
		const { clock, store, kept, failNext } = setUpStore();
		const rules = [under60({ holdFor: '30s' })];
		const first = setUp({ rules }, { clock, store });
		const running = first.start();
		await first.give(at(1, 59, 0));
		await first.advance(11_000);
		expect(await cursorIn(kept)).toEqual([1]);
		failNext(2);
		await first.advance(21_000); // the clock's alert can't be written
		await first.give(at(2, 70, 33));
		await close(first, running);
		expect(first.told()).toEqual([]);
		expect(await cursorIn(kept)).toEqual([1]);
		const second = setUp({ rules, owner: first.owner }, { clock, store });
		const again = second.start({ startedByUser: false });
		await second.give(at(2, 70, 33));
		await close(second, again);
		expect(second.told()).toEqual(['SHOP firing 30']);
	});
});

describe('runAlerts over a long time', () => {
	const DAY_MS = 86_400_000;

	it('waits with its clock for events that are fetched after a break', async () => {
		const { start, give, tick, told, stop, advance, clock } = setUp({
			rules: [under60({ holdFor: '60s' })],
		});
		const running = start();
		await tick(61);
		await advance(600_000);
		// What was missed comes in pieces; it went back over 60 after ten seconds.
		const missed = (row: number, price: number, secondsAgo: number) =>
			trade(1_000 + row, price, { eventAt: epochMs(clock.now() - secondsAgo * 1_000) });
		await give(missed(1, 59, 590));
		await give(missed(2, 61, 580));
		await give(missed(3, 59, 20));
		expect(told()).toEqual([]);
		await tick(59);
		await advance(41_000);
		expect(told()).toEqual([]);
		await advance(20_000);
		expect(told()).toEqual(['SHOP firing 640']);
		stop.abort();
		await running;
	});

	it('is as late as the feed has become, without a break as well', async () => {
		const { start, give, tick, told, stop, advance, clock } = setUp({
			rules: [under60({ holdFor: '20s' })],
		});
		const running = start();
		await tick(61);
		for (let second = 1; second <= 30; second += 1) {
			await advance(1_000);
			const late = second < 5 ? 0 : 15_000;
			const price = second < 30 ? 61 : 59;
			await give(trade(5_000 + second * 10, price, { eventAt: epochMs(clock.now() - late) }));
		}
		await advance(20_000); // 19 s there
		expect(told()).toEqual([]);
		await advance(2_000);
		expect(told()).toEqual(['SHOP firing 35']);
		stop.abort();
		await running;
	});

	it('does not forget an alert that has been firing for years while its rule lives', async () => {
		const clock = new FakeClock(NOW);
		const store = createMemoryStore(clock);
		const rules = [under60({ symbols: ['SHOP'] }), under60({ id: 'o', symbols: ['OTHER'] })];
		const first = setUp({ rules }, { clock, store });
		const running = first.start();
		await first.tick(59);
		for (let days = 0; days < 420; days += 30) {
			await first.advance(30 * DAY_MS);
			await first.tick(61, { symbol: 'OTHER' });
		}
		await pruneStore(store, clock);
		first.stop.abort();
		await running;
		const second = setUp({ rules, owner: first.owner }, { store, clock });
		const again = second.start({ startedByUser: false });
		await second.tick(58, { eventId: 'replay:tape.csv~p1#9999' });
		second.stop.abort();
		await again;
		expect([first.told(), second.told()]).toEqual([['SHOP firing 0'], []]);
	});
});

describe('runAlerts with noise control', () => {
	const noise = (document: object) => compileNoise(document);
	const rules = [under60({ notifyResolved: true })];
	const inhibited = noise({
		inhibit: [{ source: ['rule=index'], target: ['rule=r'] }],
	});
	const index = under60({ id: 'index', name: 'index', symbols: ['SPY'] });
	const cheap = under60({ symbols: ['SHOP'] });

	it('mutes nobody by what began and ended within one batch', async () => {
		const { start, give, tick, told, stop } = setUp({ rules: [index, cheap], noise: inhibited });
		const running = start();
		await give(
			trade(1, 59, { symbol: 'SPY', eventAt: epochMs(NOW) }),
			trade(2, 61, { symbol: 'SPY', eventAt: epochMs(NOW) }),
		);
		await tick(59);
		expect(told()).toEqual(['SPY firing 0', 'SHOP firing 0']);
		stop.abort();
		await running;
	});

	it('lets go of what a rule muted that was taken out', async () => {
		const first = setUp({ rules: [index, cheap], noise: inhibited });
		const running = first.start();
		await first.tick(59, { symbol: 'SPY' });
		await first.tick(59);
		first.stop.abort();
		await running;
		expect(first.told()).toEqual(['SPY firing 0']);
		const { owner, store, clock } = first;
		const second = setUp({ rules: [cheap], noise: inhibited, owner }, { store, clock });
		const again = second.start({ startedByUser: false });
		await turns();
		await turns();
		expect(second.told()).toEqual(['SHOP firing 0']);
		second.stop.abort();
		await again;
	});

	it('begins anew with a tape that is played anew', async () => {
		const settings = { rules: [index, cheap], noise: inhibited, time: 'tape' as const };
		const first = setUp(settings);
		const running = first.start();
		await first.tick(59, { symbol: 'SPY' });
		first.stop.abort();
		await running;
		const { owner, store, clock } = first;
		const second = setUp({ ...settings, owner }, { store, clock });
		const again = second.start();
		await second.tick(59, { eventId: 'replay:tape.csv~p2#1' });
		expect(second.told()).toEqual(['SHOP firing 0']);
		second.stop.abort();
		await again;
	});

	it('groups alerts, and tells them when the wait is over, on the clock', async () => {
		const policy = noise({ groupBy: [], groupWait: '30s', groupInterval: '5m' });
		const { start, tick, runs, stop, advance, store } = setUp({ rules, noise: policy });
		const running = start();
		await tick(59, { symbol: 'A' });
		await advance(5_000);
		await tick(58, { symbol: 'B' });
		await advance(20_000);
		expect(runs).toEqual([]);
		expect(await store.list('noise', '')).not.toEqual([]);
		await advance(10_000);
		expect(runs).toHaveLength(1);
		expect(runs[0]?.alerts).toMatchObject([{ alert: { merged: { by: 'group', count: 2 } } }]);
		stop.abort();
		await running;
	});

	/** A trigger that is stopped and started again with other noise control. */
	const republished = async (
		before: object,
		after: object | undefined,
		happens: (trigger: ReturnType<typeof setUp>) => Promise<void>,
	) => {
		const first = setUp({ rules, noise: noise(before) });
		const running = first.start();
		await happens(first);
		first.stop.abort();
		await running;
		expect(first.runs).toEqual([]);
		const { owner, store, clock } = first;
		const settings = after === undefined ? {} : { noise: noise(after) };
		const second = setUp({ rules, owner, ...settings }, { store, clock });
		const again = second.start();
		await turns();
		await turns();
		return { ...second, running: again };
	};
	const silence = { silences: [{ matchers: ['symbol=*'], until: '2030-01-01T00:00:00Z' }] };
	const groups = { groupBy: [], groupWait: '1h' };
	const others = { flapping: {} };
	it.each([
		['a silence was taken away', silence, others],
		['noise control was taken away, and a silence with it', silence, undefined],
		['groups were taken away', groups, others],
		['noise control was taken away, and groups with it', groups, undefined],
		['quiet hours were taken away', { quietHours: { intervals: [ALL_BUT_A_MINUTE] } }, others],
	])('tells at once what waited when %s', async (_, before, after) => {
		const { runs, store, stop, running } = await republished(before, after, async (trigger) => {
			await trigger.tick(59);
		});
		expect(runs.flatMap(({ alerts }) => alerts)).toMatchObject([
			{ alert: { symbol: 'SHOP', state: 'firing' } },
		]);
		const waiting = await store.list('noise', '');
		expect(waiting.filter(({ key }) => key.includes('held'))).toEqual([]);
		stop.abort();
		await running;
	});

	it('tells nothing of what another silence holds', async () => {
		const { runs, stop, running } = await republished(
			silence,
			{ silences: [{ matchers: ['symbol=SH*'], until: '2030-01-01T00:00:00Z' }] },
			async (trigger) => await trigger.tick(59),
		);
		expect(runs).toEqual([]);
		stop.abort();
		await running;
	});

	it('ends a message of several though noise control was taken away', async () => {
		const first = setUp({ rules, noise: noise({ groupBy: [], groupWait: '0s' }) });
		const running = first.start();
		await first.give(
			trade(1, 59, { symbol: 'A', eventAt: epochMs(NOW) }),
			trade(2, 59, { symbol: 'B', eventAt: epochMs(NOW) }),
		);
		first.stop.abort();
		await running;
		const { owner, store, clock } = first;
		const second = setUp({ rules, owner }, { store, clock });
		const again = second.start();
		await second.advance(1_000);
		await second.tick(61, { symbol: 'A' });
		await second.advance(1_000);
		await second.tick(61, { symbol: 'B' });
		const of = (trigger: typeof first) =>
			trigger.runs.flatMap(({ alerts }) =>
				alerts.map(({ alert: { episodeId, state } }) => ({ episodeId, state })),
			);
		const episodeId = of(first)[0]?.episodeId;
		expect(of(second)).toEqual([
			{ episodeId, state: 'reminder' },
			{ episodeId, state: 'resolved' },
		]);
		second.stop.abort();
		await again;
	});

	it('tells what waits when a tape ends, and not when a live feed has nothing more to say', async () => {
		for (const time of ['tape', 'wall'] as const) {
			const { start, tick, report, runs, stop } = setUp({ rules, time, noise: noise(groups) });
			const running = start();
			await tick(59, { symbol: 'A' });
			await tick(59, { symbol: 'B' });
			await report('ended');
			const told = runs.flatMap(({ alerts }) => alerts.map(({ alert }) => alert.merged?.count));
			expect(told).toEqual(time === 'tape' ? [2] : []);
			stop.abort();
			await running;
		}
	});

	it('is not led ahead by an event from the future', async () => {
		const policy = noise({ groupBy: [], groupWait: '30s', groupInterval: '30s' });
		const { start, tick, runs, stop, advance, clock } = setUp({ rules, noise: policy });
		const running = start();
		await tick(59, { symbol: 'A' });
		await tick(59, { symbol: 'B', eventAt: epochMs(NOW + 86_400_000) });
		expect(runs).toEqual([]);
		await advance(33_000);
		expect(runs).toHaveLength(1);
		await tick(61, { symbol: 'A', eventAt: clock.now() });
		await advance(33_000);
		expect(runs).toHaveLength(2);
		stop.abort();
		await running;
	});

	it('says on the Feed output and in the log whom it gave up', async () => {
		const { start, give, advance, runs, stop, log } = setUp({ rules, noise: noise(silence) });
		const running = start();
		for (let from = 0; from < 10_002; from += 2_000) {
			const rows = Array.from({ length: Math.min(2_000, 10_002 - from) }, (_, row) =>
				trade(from + row + 1, 59, { symbol: `S${from + row}`, eventAt: epochMs(NOW) }),
			);
			await give(...rows);
			// Texts are made in pieces, with a turn for others in between.
			for (let piece = 0; piece < 60; piece += 1) await advance(1);
		}
		expect(runs.flatMap(({ reports }) => reports)).toMatchObject([
			{ kind: 'notTold', count: 2, symbols: ['S10000', 'S10001'] },
		]);
		expect(log.said.filter((line) => line.startsWith('More than 10,000 alerts'))).toHaveLength(1);
		stop.abort();
		await running;
	}, 30_000);

	it('writes nothing of noise, and looks at no state, while nothing is told or held', async () => {
		const { start, tick, stop, store } = setUp({ rules, noise: noise(silence) });
		const running = start();
		for (const price of [61, 62, 63]) await tick(price);
		expect(await store.list('noise', '')).toEqual([]);
		expect(await store.list('state', '')).toEqual([]);
		stop.abort();
		await running;
	});

	it('tells what waited in a group though the process was gone meanwhile', async () => {
		const policy = noise({ groupBy: [], groupWait: '30s', groupInterval: '5m' });
		const first = setUp({ rules, noise: policy });
		const running = first.start();
		await first.tick(59, { symbol: 'A' });
		await first.tick(58, { symbol: 'B' });
		first.stop.abort();
		await running;
		expect(first.runs).toEqual([]);
		const { owner, store, clock } = first;
		await clock.advance(60_000);
		const second = setUp({ rules, noise: policy, owner }, { store, clock });
		const again = second.start({ startedByUser: false });
		await turns();
		await second.advance(3_000);
		expect(second.runs.flatMap(({ alerts }) => alerts)).toMatchObject([
			{ alert: { merged: { by: 'group', count: 2 } } },
		]);
		second.stop.abort();
		await again;
	});
});
