import { type Source, type SourceSink, type Trade } from '../../../core/market';
import {
	compileColumns,
	runFeed,
	type FeedPorts,
	type FeedSettings,
	type OpenBatch,
	type RunEnd,
} from '../../../core/pipeline';
import { StoreError, type Entry, type Store } from '../../../core/ports';
import { createMemoryStore } from '../../../core/storage';
import { trade } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';
import { silentLog } from '../../fakes/silentLog';

const SETTLED: RunEnd = { kind: 'settled' };
const FAILED: RunEnd = { kind: 'failed', reason: 'mail server down', again: true };

let owners = 0;

/** A tape of rows 1 to 6, one a chunk; its cursor is the row. */
const tape =
	(rows = 6): FeedPorts['openSource'] =>
	({ cursor }) => ({
		async run(sink: SourceSink, signal: AbortSignal) {
			for (let row = Number(cursor ?? 0) + 1; row <= rows && !signal.aborted; row += 1) {
				await sink.accept([trade(row, row)], row);
			}
		},
	});

function setUp(more: { settings?: Partial<FeedSettings>; ports?: Partial<FeedPorts> } = {}) {
	const clock = new FakeClock(1_700_000_000_000, true);
	const store = createMemoryStore(clock);
	const stop = new AbortController();
	const runs: OpenBatch[] = [];
	const shown: Error[] = [];
	const log = silentLog();
	const settings: FeedSettings = {
		owner: { workflowId: `w${(owners += 1)}`, nodeId: 'n' },
		columns: [],
		fingerprint: 'f',
		startedByUser: true,
		maxBatchSize: 1,
		whileBusy: 'gather',
		source: 'replay',
		...more.settings,
	};
	const ports: FeedPorts = {
		store: async () => store,
		clock,
		timer: clock,
		log,
		openSource: tape(),
		run: async () => SETTLED,
		showFailure: (error) => void shown.push(error),
		...more.ports,
	};
	/** Runs until a run's answer says stop; `answer` is called with each batch. */
	const start = async (
		answer: (batch: OpenBatch, count: number) => RunEnd | 'stop' | 'crash' | Promise<RunEnd>,
		changed: Partial<FeedSettings> = {},
		stopAt = new AbortController(),
	) => {
		const run = async (batch: OpenBatch): Promise<RunEnd> => {
			runs.push(batch);
			const end = await answer(batch, runs.length);
			if (end === 'stop') {
				stopAt.abort();
				return SETTLED;
			}
			if (end === 'crash') throw new Error('killed'); // nothing after this line ran
			return end;
		};
		const watched = { ...settings, ...changed };
		await runFeed(watched, { ...ports, run }, stopAt.signal).catch((error: Error) => {
			if (error.message !== 'killed') throw error;
		});
	};
	return { store, start, runs, shown, log, clock, settings, stop, ports };
}

const rowsOf = (runs: readonly OpenBatch[]) =>
	runs.map(({ events }) => events.map(({ eventId }) => Number(eventId.split('#')[1])).join('+'));

describe('runFeed', () => {
	it('hands over one batch after the other, in order', async () => {
		const { start, runs } = setUp();
		await start((_, count) => (count === 6 ? 'stop' : SETTLED));
		expect(rowsOf(runs)).toEqual(['1', '2', '3', '4', '5', '6']);
	});

	it('gathers while a run is on', async () => {
		const { start, runs } = setUp({ settings: { maxBatchSize: 100 } });
		await start(async (_, count) => {
			await new Promise((resolve) => setImmediate(resolve));
			return count === 2 ? ('stop' as never) : SETTLED;
		});
		expect(rowsOf(runs)).toEqual(['1', '2+3+4+5+6']);
	});

	it('hands over again what a crash left open, same members, same number, and goes on behind it', async () => {
		const { start, runs, store } = setUp();
		await start((_, count) => (count === 3 ? 'crash' : SETTLED));
		expect(await store.list('batch', '')).toHaveLength(1);
		await start((_, count) => (count === 7 ? 'stop' : SETTLED), { startedByUser: false });
		expect(rowsOf(runs)).toEqual(['1', '2', '3', '3', '4', '5', '6']);
		expect(runs[3]).toEqual(runs[2]);
		expect(await store.list('batch', '')).toHaveLength(0);
	});

	it('resumes after a crash even if the user is said to have started it', async () => {
		const { start, runs } = setUp();
		await start((_, count) => (count === 2 ? 'crash' : SETTLED));
		await start((_, count) => (count === 4 ? 'stop' : SETTLED), { startedByUser: true });
		expect(rowsOf(runs)).toEqual(['1', '2', '2', '3']);
	});

	it.each([
		['resumes when n8n restarts in an orderly way', false, ['1', '2', '3']],
		['begins a new play when the user starts it again', true, ['1', '2', '1']],
	])('%s', async (_, startedByUser, rows) => {
		const { start, runs } = setUp();
		await start((_batch, count) => (count === 2 ? 'stop' : SETTLED));
		await start(() => 'stop', { startedByUser });
		expect(rowsOf(runs)).toEqual(rows);
	});

	it('begins anew when the settings of the source changed', async () => {
		const { start, runs } = setUp();
		await start((_, count) => (count === 2 ? 'crash' : SETTLED));
		await start((_, count) => (count === 4 ? 'stop' : SETTLED), {
			fingerprint: 'other',
			startedByUser: false,
		});
		expect(rowsOf(runs)).toEqual(['1', '2', '2', '1']);
	});

	it('gives a failed batch to the workflow again, holding the next one back', async () => {
		const { start, runs, clock } = setUp();
		await start((_, count) =>
			count === 2 || count === 3 ? FAILED : count === 5 ? 'stop' : SETTLED,
		);
		expect(rowsOf(runs)).toEqual(['1', '2', '2', '2', '3']);
		expect(clock.slept).toEqual([2_000, 10_000]);
		expect(runs[3]?.failures).toBe(2);
	});

	it('gives up after three more runs, keeps the batch, and says so on the feed', async () => {
		const { start, runs, store } = setUp({ ports: { openSource: tape(1) } });
		await start((batch) => (batch.events.length > 0 ? FAILED : 'stop'));
		expect(rowsOf(runs)).toEqual(['1', '1', '1', '1', '']);
		expect(runs[4]?.reports).toMatchObject([
			{
				kind: 'undelivered',
				count: 1,
				symbols: ['SHOP'],
				reason:
					'1 events (batch 1) were given to the workflow 4 times; its runs ended in error: mail server down',
			},
		]);
		expect((await store.list('batch', '')).map(({ value }) => (value as OpenBatch).status)).toEqual(
			['failed'],
		);
	});

	it('does not try again what cannot end better', async () => {
		const { start, runs } = setUp({ ports: { openSource: tape(1) } });
		await start((batch) => (batch.events.length > 0 ? { ...FAILED, again: false } : 'stop'));
		expect(rowsOf(runs)).toEqual(['1', '']);
	});

	it('tries a failed batch again after a crash, with the failures it had', async () => {
		const { start, runs } = setUp();
		await start((_, count) => (count === 1 ? FAILED : 'crash'));
		await start(() => 'stop', { startedByUser: false });
		expect(rowsOf(runs)).toEqual(['1', '1', '1']);
		expect(runs[2]?.failures).toBe(1);
	});

	it('waits for the store, shows its failure once, and loses nothing', async () => {
		let full = 0;
		const { runs, shown, store, clock } = setUp();
		const failing: Store = {
			...store,
			commit: async (changes) => {
				if (runs.length === 1 && full < 3) {
					full += 1;
					throw new StoreError('full', 'The store is full.');
				}
				return await store.commit(changes);
			},
		};
		const watched = setUp({ ports: { store: async () => failing } });
		await watched.start((batch, count) => {
			runs.push(batch);
			return count === 3 ? 'stop' : SETTLED;
		});
		expect(rowsOf(watched.runs)).toEqual(['1', '2', '3']);
		expect(watched.shown.map(({ message }) => message)).toEqual(['The store is full.']);
		expect([shown, clock.slept]).toEqual([[], []]);
	});

	it('lets go of a source that the user has to mend', async () => {
		const broken: Source = { run: async () => await Promise.reject(new Error('no such file')) };
		const { ports, settings } = setUp({ ports: { openSource: () => broken } });
		await expect(runFeed(settings, ports, new AbortController().signal)).rejects.toThrow(
			'no such file',
		);
	});

	it('does not start a tape again that was over when n8n restarted', async () => {
		const ending: FeedPorts['openSource'] = () => ({
			async run(sink) {
				await sink.accept([trade(1, 1)], 1);
				sink.report({
					kind: 'ended',
					source: 'replay',
					at: 0 as never,
					since: 0 as never,
					reason: 'over',
				});
			},
		});
		const { start, runs, ports, settings } = setUp({
			ports: { openSource: ending },
			settings: { maxBatchSize: 9 },
		});
		await start((_, count) => (count === 2 ? 'stop' : SETTLED));
		let opened = 0;
		const stop = new AbortController();
		const watching = runFeed(
			{ ...settings, startedByUser: false },
			{
				...ports,
				openSource: (at) => ({
					run: async (sink, signal) => ((opened += 1), await ending(at).run(sink, signal)),
				}),
			},
			stop.signal,
		);
		await new Promise((resolve) => setImmediate(resolve));
		stop.abort();
		await watching;
		expect([runs.length, opened]).toEqual([2, 0]);
	});

	it('loses no event of a tape that was read to its end before a crash', async () => {
		const whole: FeedPorts['openSource'] = ({ cursor }) => ({
			async run(sink) {
				for (let row = Number(cursor ?? 0) + 1; row <= 6; row += 1) {
					await sink.accept([trade(row, row)], row);
				}
				sink.report({
					kind: 'ended',
					source: 'replay',
					at: 0 as never,
					since: 0 as never,
					reason: 'over',
				});
			},
		});
		const { start, runs } = setUp({
			settings: { maxBatchSize: 2 },
			ports: { openSource: whole },
		});
		await start(async (_, count) => {
			await new Promise((resolve) => setImmediate(resolve)); // the source has read to its end meanwhile
			return count === 2 ? ('crash' as never) : SETTLED;
		});
		await start(
			(batch) => (batch.reports.some(({ kind }) => kind === 'ended') ? 'stop' : SETTLED),
			{ startedByUser: false },
		);
		const rows = new Set(rowsOf(runs).flatMap((one) => one.split('+')));
		expect([...rows].filter((row) => row !== '').sort()).toEqual(['1', '2', '3', '4', '5', '6']);
	});

	describe('with facts added', () => {
		const columns = compileColumns([
			{ fact: { fact: 'sma', params: { period: 3 } }, name: 'mean' },
		]);
		const meansOf = (runs: readonly OpenBatch[]) =>
			runs.map(({ events }) => events.map((event) => ('mean' in event ? event.mean : 'none'))[0]);
		const pricesOf = (written: readonly Entry[]) =>
			written.flatMap(({ value }) => (value as Trade[]).map(({ price }) => price));
		const withMeans = (more: { ports?: Partial<FeedPorts> } = {}) =>
			setUp({ settings: { columns }, ...more });

		it('goes on after a crash as if there had been none, and hands over the very same again', async () => {
			const { start, runs } = withMeans();
			await start((_, count) => (count === 4 ? 'crash' : SETTLED));
			await start((_, count) => (count === 7 ? 'stop' : SETTLED), { startedByUser: false });
			expect(rowsOf(runs)).toEqual(['1', '2', '3', '4', '4', '5', '6']);
			expect(meansOf(runs)).toEqual(['none', 'none', 2, 3, 3, 4, 5]);
			expect(runs[4]).toEqual(runs[3]);
		});

		it.each([
			[
				'the user starts it again',
				(_: unknown, count: number) => (count === 4 ? 'stop' : SETTLED),
				{},
			],
			[
				'its settings changed',
				(_: unknown, count: number) => (count === 4 ? 'crash' : SETTLED),
				{ fingerprint: 'other' },
			],
		] as const)('begins with no history when %s', async (_, firstLife, changed) => {
			const { start, runs, store } = withMeans();
			await start(firstLife);
			const before = runs.length;
			await start((batch) => (rowsOf([batch])[0] === '3' ? 'stop' : SETTLED), changed);
			expect(rowsOf(runs.slice(before)).slice(-3)).toEqual(['1', '2', '3']);
			expect(meansOf(runs.slice(-3))).toEqual(['none', 'none', 2]);
			expect(pricesOf(await store.list('history', ''))).toEqual([1, 2, 3]);
		});

		it('forgets the histories of a play when the next begins, whatever comes then', async () => {
			let rows = 1;
			const { start, runs, store } = withMeans({
				ports: { openSource: (at) => tape(rows)(at) },
			});
			await start(() => 'stop');
			expect(await store.list('history', '')).toHaveLength(1);
			rows = 0;
			const stop = new AbortController();
			const running = start(() => 'stop', {}, stop);
			await new Promise((resolve) => setImmediate(resolve));
			expect([runs.length, await store.list('history', '')]).toEqual([1, []]);
			stop.abort();
			await running;
		});
	});

	it('begins the new play once more when it dies before its first batch', async () => {
		const kept = createMemoryStore(new FakeClock());
		let commits = Number.POSITIVE_INFINITY;
		const store: Store = {
			...kept,
			commit: async (changes) => {
				if (commits === 0) throw new Error('killed');
				commits -= 1;
				return await kept.commit(changes);
			},
		};
		const { start, runs } = setUp({ ports: { store: async () => store } });
		await start((_, count) => (count === 3 ? 'stop' : SETTLED));
		commits = 1;
		await start(() => SETTLED, { startedByUser: true });
		commits = Number.POSITIVE_INFINITY;
		await start(() => 'stop', { startedByUser: false });
		expect(rowsOf(runs)).toEqual(['1', '2', '3', '1']);
	});

	it('waits for the last run of its predecessor before it hands anything over', async () => {
		const { start, runs, settings, ports } = setUp();
		const first = new AbortController();
		let end: (end: RunEnd) => void = () => {};
		const running = start(() => new Promise<RunEnd>((resolve) => (end = resolve)), {}, first);
		while (runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
		first.abort();
		const second = new AbortController();
		const seen: OpenBatch[] = [];
		const next = runFeed(
			{ ...settings, startedByUser: false },
			{ ...ports, run: async (batch) => (seen.push(batch), second.abort(), SETTLED) },
			second.signal,
		);
		await new Promise((resolve) => setImmediate(resolve));
		expect(seen).toEqual([]);
		end(SETTLED);
		await Promise.all([running, next]);
		expect(rowsOf(seen)).toEqual(['2']);
	});
});
