import {
	ProviderFailure,
	SourceError,
	type Candle,
	type CandlesWanted,
} from '../../../core/market';
import {
	runAlerts,
	runFeed,
	type AlertLoad,
	type AlertSettings,
	type EventLoad,
	type OpenBatch,
	type Past,
} from '../../../core/pipeline';
import { WarmUp } from '../../../core/pipeline/WarmUp';
import { epochMs, type Store } from '../../../core/ports';
import { compileRule } from '../../../core/rules';
import { createMemoryStore } from '../../../core/storage';
import type { FeedReport, MarketEvent, SourceSink } from '../../../core/market';
import { trade } from '../../fakes/events';
import { FakeClock } from '../../fakes/FakeClock';
import { silentLog } from '../../fakes/silentLog';

const HOUR_MS = 3_600_000;
/** Half an hour into a candle. */
const NOW = Math.floor(1_700_000_000_000 / HOUR_MS) * HOUR_MS + HOUR_MS / 2;
const rsi = { fact: 'rsi', params: { period: 14, interval: '1h' } };
const ruleOn = (condition: object, more: object = {}) =>
	compileRule({ version: 1, id: 'r', name: 'r', conditions: { all: [condition] }, ...more });
const oversold = ruleOn({ ...rsi, operator: 'lessThan', value: 30 });
const turns = async (count = 12) => {
	for (let turn = 0; turn < count; turn += 1) {
		await new Promise((resolve) => setImmediate(resolve));
	}
};

/** Candles that fall by one a candle down to 60, the last of them running. */
function falling({ range, interval }: CandlesWanted, now: number): Candle[] {
	const lengthMs = { '1h': HOUR_MS, '30m': HOUR_MS / 2 }[interval] ?? 60_000;
	const count = 'last' in range ? range.last : 0;
	return Array.from({ length: count }, (_, index) => {
		const startAt = epochMs(Math.floor(now / lengthMs - (count - 1 - index)) * lengthMs);
		const endAt = epochMs(startAt + lengthMs);
		const close = 60 + count - 1 - index;
		const closed = endAt <= now;
		return {
			type: 'candle',
			source: 'test',
			symbol: 'SHOP',
			providerSymbol: 'SHOP',
			eventId: String(startAt),
			eventAt: epochMs(closed ? endAt : now),
			receivedAt: epochMs(now),
			quality: [],
			interval,
			...{
				startAt,
				endAt,
				open: close + 1,
				high: close + 1,
				low: close,
				close,
				volume: 10,
				closed,
			},
		};
	});
}

type Answer = (wanted: CandlesWanted, signal?: AbortSignal) => Promise<readonly Candle[]>;
/** What one life of a trigger leaves to the next. */
type Life = {
	readonly clock: FakeClock;
	readonly store: Store;
	readonly owner: AlertSettings['owner'];
};
let owners = 0;

function setUp(
	more: Partial<Exclude<Past, { none: string }>> | { readonly none: string } = {},
	before?: Life,
) {
	const clock: FakeClock = before?.clock ?? new FakeClock(NOW);
	const asked: CandlesWanted[] = [];
	let answer: Answer = async (wanted) => falling(wanted, clock.now());
	const past: Past =
		'none' in more
			? { symbols: ['SHOP'], ...more }
			: {
					symbols: ['SHOP'],
					requests: {
						provider: 'Test Exchange',
						intervals: ['1m', '30m', '1h'],
						candles: async (wanted, signal) => {
							asked.push(wanted);
							const candles = await answer(wanted, signal);
							return { candles: candles.map((event) => ({ event, raw: event })) };
						},
					},
					...more,
				};
	const stop = new AbortController();
	const log = silentLog();
	const store: Store = before?.store ?? createMemoryStore(clock);
	const runs: Array<OpenBatch<AlertLoad>> = [];
	const fed: MarketEvent[] = [];
	const reports: FeedReport[] = [];
	let sink: SourceSink | undefined;
	const ports = {
		store: async () => store,
		clock,
		timer: clock,
		log,
		showFailure: () => {},
		openSource: () => ({
			async run(given: SourceSink, signal: AbortSignal) {
				sink = given;
				await new Promise<void>((resolve) =>
					signal.addEventListener('abort', () => resolve(), { once: true }),
				);
			},
		}),
	};
	const owner: AlertSettings['owner'] = before?.owner ?? {
		workflowId: `warm ${(owners += 1)}`,
		nodeId: 'n',
	};
	const common = { owner, source: 'test', fingerprint: 'f', startedByUser: false, past };
	let row = before === undefined ? 0 : 1_000;
	return {
		watch: (settings: Partial<AlertSettings> = {}) =>
			runAlerts(
				{ ...common, rules: [oversold], time: 'wall', ...settings },
				{
					...ports,
					run: async (batch) => {
						runs.push(batch);
						reports.push(...batch.reports);
						return { kind: 'settled' };
					},
				},
				stop.signal,
			),
		feed: () =>
			runFeed(
				{
					...common,
					maxBatchSize: 100,
					whileBusy: 'gather',
					columns: [{ name: 'rsi', fact: rsi }],
				},
				{
					...ports,
					run: async ({ events, reports: news }: OpenBatch<EventLoad>) => {
						fed.push(...events);
						reports.push(...news);
						return { kind: 'settled' };
					},
				},
				stop.signal,
			),
		/** An event that happens now; nobody waits for it. */
		tick: async (price: number, symbol = 'SHOP') => {
			row += 1;
			await turns();
			void sink?.accept([trade(row, price, { symbol, eventAt: clock.now() })], row);
			await turns();
		},
		answers: (next: Answer) => void (answer = next),
		told: () =>
			runs.flatMap(({ alerts }) => alerts.map(({ alert }) => `${alert.symbol} ${alert.state}`)),
		advance: async (ms: number) => {
			await clock.advance(ms);
			await turns();
		},
		end: async (running: Promise<void>) => {
			stop.abort();
			await running;
			expect(clock.waiting).toBe(0);
		},
		...{ owner, asked, runs, fed, reports, log, clock, store },
	};
}

describe('a trigger with a past', () => {
	it('knows an indicator of hours from its first event on, and tells nothing before that', async () => {
		const { watch, tick, told, end, asked } = setUp();
		const running = watch();
		await turns();
		expect(asked).toMatchObject([{ symbol: 'SHOP', interval: '1h', running: true }]);
		expect(told()).toEqual([]);
		await tick(60);
		expect(told()).toEqual(['SHOP firing']);
		await end(running);
	});

	it('tells no crossing that lies in the past, only one that an event brings', async () => {
		const { watch, tick, told, end, advance } = setUp();
		const rules = [ruleOn({ ...rsi, operator: 'crossesAbove', value: 30 })];
		const running = watch({ rules });
		await tick(60);
		await advance(HOUR_MS);
		await tick(90); // the falling candle closes
		expect(told()).toEqual([]);
		await advance(HOUR_MS);
		await tick(90); // the one that rose closes
		expect(told()).toEqual(['SHOP firing']);
		await end(running);
	});

	it('adds facts to the first event of a feed, too, and writes them down', async () => {
		const { feed, tick, end, fed, store } = setUp();
		const running = feed();
		await tick(60);
		expect(fed).toMatchObject([{ price: 60, rsi: 0 }]);
		const [history] = await store.list('history', '');
		expect(history?.value).toMatchObject({ series: { [HOUR_MS]: { depth: 309 } } });
		await end(running);
	});

	it('makes candles of a length the source lacks of shorter ones', async () => {
		const { watch, tick, told, end, asked } = setUp();
		const twoHours = { ...rsi, params: { period: 14, interval: '2h' } };
		const running = watch({ rules: [ruleOn({ ...twoHours, operator: 'lessThan', value: 30 })] });
		await tick(60);
		expect(asked).toMatchObject([{ interval: '1h', range: { last: 310 * 2 + 1 } }]);
		expect(told()).toEqual(['SHOP firing']);
		await end(running);
	});

	it('lets events wait for the past of their symbol, in order, and no longer than ten seconds', async () => {
		const { watch, tick, told, end, answers, advance, clock } = setUp({
			symbols: ['SHOP', 'AAPL'],
		});
		let release: () => void = () => {};
		answers(async (wanted) => {
			if (wanted.symbol === 'AAPL') return falling(wanted, clock.now());
			await new Promise<void>((resolve) => (release = resolve));
			return falling(wanted, NOW);
		});
		const price = ruleOn(
			{ fact: 'price', operator: 'lessThan', value: 70 },
			{ id: 'p', name: 'p' },
		);
		const running = watch({ rules: [price, oversold] });
		await tick(60, 'AAPL');
		expect(told()).toEqual(['AAPL firing', 'AAPL firing']);
		await tick(60);
		await advance(9_000);
		expect(told()).toHaveLength(2);
		await advance(1_000);
		expect(told()).toEqual(['AAPL firing', 'AAPL firing', 'SHOP firing']);
		release();
		await tick(60);
		expect(told()).toHaveLength(4);
		await end(running);
	});

	it('tells a failing network once, goes on without, and fetches it later', async () => {
		const { watch, tick, told, end, answers, advance, reports, clock, asked, log } = setUp();
		answers(async () => {
			throw new ProviderFailure('transient', "can't be reached (ECONNREFUSED); trying again.");
		});
		const running = watch();
		await tick(60);
		await advance(60_000);
		expect(told()).toEqual([]);
		expect(asked.length).toBeGreaterThan(3);
		expect(asked.length).toBeLessThan(9);
		expect(reports).toMatchObject([
			{
				kind: 'noHistory',
				symbols: ['SHOP'],
				reason:
					"Past candles of SHOP can't be fetched: Test Exchange can't be reached (ECONNREFUSED). It's tried again; until then their candles begin with the trigger's start.",
			},
		]);
		answers(async (wanted) => falling(wanted, clock.now()));
		await advance(300_000);
		await tick(60);
		expect(told()).toEqual(['SHOP firing']);
		expect(log.said).toContain('The missing past candles were fetched.');
		await end(running);
	});

	it.each([
		[
			'has no history',
			setUp({ none: 'this source has no history' }),
			undefined,
			'rsi(14, 1h) of SHOP knows its value after 15 more candles (15 hours): this source has no history.',
		],
		[
			'has too little',
			setUp(),
			async (wanted: CandlesWanted) => falling(wanted, NOW).slice(-6),
			'rsi(14, 1h) of SHOP knows its value after 10 more candles (10 hours): Test Exchange has no more.',
		],
		[
			"doesn't know the symbol",
			setUp(),
			async () => {
				throw new ProviderFailure('symbol', `doesn't know the symbol "SHOP".`);
			},
			`rsi(14, 1h) of SHOP knows its value after 15 more candles (15 hours): Test Exchange doesn't know the symbol "SHOP".`,
		],
		[
			"doesn't take the request",
			setUp(),
			async () => {
				throw new SourceError('invalidSetting', 'Interval is "1h"; it has 1m.');
			},
			'rsi(14, 1h) of SHOP knows its value after 15 more candles (15 hours): Interval is "1h"; it has 1m.',
		],
		[
			'has only longer candles',
			setUp({
				requests: { provider: 'Slow', intervals: ['1d'], candles: async () => ({ candles: [] }) },
			}),
			undefined,
			'rsi(14, 1h) of SHOP knows its value after 15 more candles (15 hours): Slow has no candles it can be made of.',
		],
	])(
		'says once what stays unknown for how long where the source %s',
		async (_, trigger, answer, line) => {
			const { watch, tick, told, end, answers, advance, log, reports } = trigger;
			if (answer !== undefined) answers(answer);
			const running = watch();
			await tick(60);
			await advance(900_000);
			await tick(59);
			expect(log.said.filter((said) => said.startsWith('rsi'))).toEqual([line]);
			expect(reports).toEqual([]);
			expect(told()).toEqual([]);
			await end(running);
		},
	);

	it.each([
		['fetches what was missed while it was down', {}, [1, 1], 'SHOP firing'],
		['leaves what it has where the past is made up', { onlyAtFirst: true }, [1, 0], undefined],
	])('%s', async (_, more, asked, told) => {
		const first = setUp(more);
		const rising = async (wanted: CandlesWanted) =>
			falling(wanted, first.clock.now()).map((candle, index) => ({ ...candle, close: index }));
		first.answers(rising);
		const running = first.watch();
		await first.tick(400);
		await first.end(running);
		await first.advance(20 * HOUR_MS);
		const second = setUp(more, first);
		const again = second.watch();
		await second.tick(60);
		expect([first.asked.length, second.asked.length]).toEqual(asked);
		expect([first.told(), second.told()]).toEqual([[], told === undefined ? [] : [told]]);
		await second.end(again);
	});

	it('gives what came before the source failed, and only then fails', async () => {
		const clock = new FakeClock(NOW);
		const warmUp = new WarmUp(
			'test',
			{
				symbols: ['SHOP'],
				requests: {
					provider: 'Test Exchange',
					intervals: ['1h'],
					candles: async () => await new Promise(() => {}),
				},
			},
			{
				needs: () => [{ intervalMs: HOUR_MS, depth: 1, known: 0, facts: [rsi] }],
				fill: () => {},
			},
			{ clock, timer: clock, log: silentLog() },
			() => {},
		);
		const given: string[] = [];
		const failing = warmUp.hold({
			async run(sink) {
				void sink.accept([trade(1, 60)], 1);
				sink.report({
					kind: 'down',
					source: 'test',
					at: clock.now(),
					since: clock.now(),
					reason: '',
				});
				throw new Error('gone');
			},
		});
		const stop = new AbortController();
		void warmUp.run(stop.signal);
		const running = failing.run(
			{
				accept: async () => void given.push('event'),
				report: ({ kind }) => void given.push(kind),
			},
			stop.signal,
		);
		const failure = running.catch((error: Error) => given.push(error.message));
		await clock.advance(10_000);
		await failure;
		expect(given).toEqual(['event', 'down', 'gone']);
	});

	it('stops when the trigger is closed while it asks', async () => {
		const { watch, end, answers, tick, reports, log } = setUp();
		answers(async (_, signal) => {
			await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
			throw new ProviderFailure('transient', 'was stopped.');
		});
		const running = watch();
		await tick(60);
		await end(running);
		expect(reports).toEqual([]);
		expect(log.said.filter((said) => said.startsWith('Past'))).toEqual([]);
	});
});
