import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createAlpaca, type AlpacaKey, type AlpacaSettings } from '../../../../core/market';
import { parseFrame } from '../../../../core/market/sources/alpaca/frames';
import {
	describeLiveSource,
	playing,
	type LiveSetup,
	type WaitingSink,
} from '../../../contracts/liveSource';
import { AlpacaServer, type AlpacaTrade } from '../../../fakes/AlpacaServer';
import { FastClock } from '../../../fakes/FastClock';
import { livePorts, liveServer } from '../../../fakes/liveSetup';
import type { RestAnswer } from '../../../fakes/LoopbackProvider';

type Setup = LiveSetup & {
	readonly alpaca: AlpacaServer;
	readonly account: { id: string; read: () => Promise<AlpacaKey> };
};

const settingsFor = (server: AlpacaServer): AlpacaSettings => ({
	symbols: ['BTC/USD'],
	feed: 'crypto',
	receive: 'trades',
	interval: '1m',
	delivery: 'stream',
	pollEveryMs: 15_000,
	silentAfterMs: 20_000,
	plan: 'basic',
	streamBaseUrl: `ws://${server.host}`,
	dataBaseUrl: `http://${server.host}`,
});

async function setUp(more: Partial<AlpacaSettings> = {}): Promise<Setup> {
	// Not faster: a busy machine stalls for a tenth of a second, which mustn't look like a dead socket.
	const clock = new FastClock(30);
	const alpaca = await AlpacaServer.open();
	alpaca.remaining = 10_000;
	const ports = livePorts(clock);
	const [symbol = ''] = more.symbols ?? ['BTC/USD'];
	const trades: AlpacaTrade[] = [];
	alpaca.trades.set(symbol, trades);
	alpaca.snapshots.set(symbol, {});
	const next = (): AlpacaTrade => {
		const i = 1_000 + trades.length;
		const t = new Date(clock.now()).toISOString();
		const trade = { t, p: 50_000 + (i % 7), s: 0.01, i, x: 'V', c: ['@'] };
		trades.push(trade);
		return trade;
	};
	const tell = (trade: AlpacaTrade) =>
		alpaca.emit(`trades:${symbol}`, { T: 't', S: symbol, ...trade });
	const server = liveServer(alpaca, {
		listened: async () => await alpaca.until(() => alpaca.isListenedTo(`trades:${symbol}`)),
		happen: next,
		tell,
		last: () => trades.at(-1) ?? next(),
	});
	const account = {
		id: 'credential-1',
		read: async () => ({ keyId: alpaca.keyId, secretKey: alpaca.secretKey }),
	};
	const open = (start: { cursor: unknown; play: string }) =>
		createAlpaca({ ...settingsFor(alpaca), ...more }, { ...ports, account }, start);
	return { server, alpaca, clock, account, open };
}

describeLiveSource('Alpaca', setUp, { fills: true });

const AT = 1_700_000_000_000;
const iso = (ms: number) => new Date(ms).toISOString();
const KEY = /s3cr3t-token|PKTEST/;
const noKey = (sink: WaitingSink) =>
	expect(JSON.stringify([sink.reports, sink.events])).not.toMatch(KEY);

/** Plays it and closes everything, which must leave nothing. */
async function play(
	more: Partial<AlpacaSettings>,
	work: (sink: WaitingSink, setup: Setup) => Promise<void>,
	prepare: (setup: Setup) => void = () => {},
	cursor?: unknown,
): Promise<WaitingSink> {
	const setup = await setUp(more);
	prepare(setup);
	const { sink } = await playing(setup, async (sink) => await work(sink, setup), cursor);
	await setup.alpaca.until(() => setup.alpaca.open === 0);
	expect([setup.alpaca.open, setup.clock.waiting]).toEqual([0, 0]);
	await setup.server.close();
	noKey(sink);
	return sink;
}

describe("Alpaca's stream", () => {
	it.each<[number, RegExp, number]>([
		[401, /took no login in time.*not authenticated \(401\)/, 0],
		[402, /refuses the key\. Check key ID and secret.*auth failed \(402\)/, 3_600],
		[404, /took no login in time.*auth timeout \(404\)/, 0],
		[406, /allows one connection per key.*connection limit exceeded \(406\)/, 60],
		[408, /its plan doesn't include this.*v2 not enabled \(408\)/, 3_600],
		[409, /its plan doesn't include this.*insufficient subscription \(409\)/, 3_600],
		[500, /problem of its own.*internal error \(500\)/, 0],
	])('answers the login with error %d: told once, and tried again', async (code, reason, least) => {
		const sink = await play(
			{},
			async (sink, { alpaca, server }) => {
				await sink.until(() => sink.reportsOf('down').length > 0);
				if (least > 60) return;
				await server.listened();
				expect(alpaca.connections).toBeGreaterThan(1);
			},
			({ alpaca }) => void alpaca.logins.push(code),
		);
		const [down] = sink.reportsOf('down');
		expect(sink.reportsOf('down')).toHaveLength(1);
		expect(down?.reason).toMatch(reason);
		const waitMs = (down?.nextAttemptAt ?? 0) - (down?.at ?? Number.NaN);
		// The two were read one after the other, from a fast clock.
		expect(waitMs).toBeGreaterThan(least * 1_000 - 5_000);
	});

	it('says nothing to the login: connects again', async () => {
		const sink = await play(
			{},
			async (_, { server }) => await server.listened(),
			({ alpaca }) => void alpaca.logins.push('silence'),
		);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(/no answer to the login within 15 s/);
	});

	it('says nothing to the subscription: connects again', async () => {
		const sink = await play(
			{},
			async (sink, { alpaca, server }) => {
				await sink.until(() => sink.reportsOf('down').length > 0);
				alpaca.grants = true;
				await server.listened();
			},
			({ alpaca }) => void (alpaca.grants = false),
		);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(/no answer to the subscription within 15 s/);
	});

	it('cuts a slow reader off in the middle: what was missed is fetched', async () => {
		const sink = await play({}, async (sink, { alpaca, server }) => {
			await server.listened();
			server.tell(2);
			await sink.until(() => sink.events.length === 2);
			alpaca.sendAll('[{"T":"error","code":407,"msg":"slow client"}]');
			await sink.until(() => sink.reportsOf('down').length > 0);
			server.happen(3);
			await server.listened();
			await sink.until(() => sink.events.length === 5);
		});
		expect(sink.reportsOf('down')[0]?.reason).toMatch(/cut us off for reading too slowly.*\(407\)/);
		expect(sink.events.flatMap(({ quality }) => quality)).toEqual([]);
	});

	it('reads the key anew at each login', async () => {
		let secretKey = 'an-old-s3cr3t-token';
		const sink = await play(
			{},
			async (sink, { alpaca, server }) => {
				await sink.until(() => sink.reportsOf('down').length > 0);
				secretKey = alpaca.secretKey;
				await server.listened();
			},
			(setup) => {
				setup.account.read = async () => ({ keyId: setup.alpaca.keyId, secretKey });
				// Not an hour later: for the test it's a passing trouble.
				setup.alpaca.logins.push(500);
			},
		);
		expect(sink.reportsOf('down')).toHaveLength(1);
	});

	it('says that its credential cannot be read, and not why in words of others', async () => {
		const sink = await play(
			{},
			async (sink) => await sink.until(() => sink.reportsOf('down').length > 0),
			({ account }) => {
				account.read = async () => await Promise.reject(new Error('no s3cr3t-token-of-alpaca'));
			},
		);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(
			/^Alpaca isn't asked: its credential can't be read/,
		);
	});

	it('names each symbol beyond the limit, and goes on with the others', async () => {
		const symbols = ['A/USD', 'B/USD', 'C/USD', 'D/USD', 'E/USD'];
		const sink = await play(
			{ symbols },
			async (sink, { alpaca }) => {
				await sink.until(() => sink.reportsOf('unknownSymbol').length > 1);
				await alpaca.until(() =>
					symbols.slice(0, 3).every((s) => alpaca.isListenedTo(`trades:${s}`)),
				);
			},
			({ alpaca }) => {
				for (const symbol of symbols) alpaca.snapshots.set(symbol, {});
				alpaca.mostSymbols = 3;
			},
		);
		const refused = sink.reportsOf('unknownSymbol');
		expect(refused.flatMap(({ symbols }) => symbols)).toHaveLength(2);
		for (const { reason } of refused) expect(reason).toMatch(/limit of symbols is reached \(405\)/);
		expect(sink.reportsOf('down')).toEqual([]);
	});

	it('flags the first trade when the history has failed to bring what was missed', async () => {
		const sink = await play(
			{},
			async (sink, { alpaca, server }) => {
				await server.listened();
				server.tell(1);
				await sink.until(() => sink.events.length === 1);
				for (let n = 0; n < 60; n += 1) alpaca.instead.get('/trades')?.push({ status: 500 });
				server.cut();
				await sink.until(() => sink.reportsOf('down').length > 0);
				server.happen(2);
				await server.listened();
				server.tell(1);
				await sink.until(() => sink.events.length === 2);
				await sink.until(() => sink.reportsOf('missing').length > 0);
			},
			({ alpaca }) => void alpaca.instead.set('/trades', []),
		);
		expect(sink.events.map(({ quality }) => quality)).toEqual([[], ['gapBefore']]);
		expect(sink.reportsOf('missing')[0]?.reason).toMatch(
			/^Some trades of BTC\/USD may be missing: Alpaca has a problem of its own/,
		);
	});

	it('puts a quote together from snapshot, book, trades and the running day', async () => {
		const day = { t: iso(AT), o: 10, h: 12, l: 9, c: 11, v: 500 };
		const sink = await play(
			{ receive: 'quotes' },
			async (sink, { alpaca, clock }) => {
				await sink.until(() => sink.events.length === 1);
				await alpaca.until(() => alpaca.isListenedTo('quotes:BTC/USD'));
				const S = 'BTC/USD';
				const t = () => iso(clock.now());
				alpaca.emit(`quotes:${S}`, { T: 'q', S, bp: 10.9, bs: 1, ap: 0, as: 0, t: t() });
				alpaca.emit(`dailyBars:${S}`, { T: 'd', S, ...day, h: 13 });
				alpaca.emit(`trades:${S}`, { T: 't', S, p: 12.5, s: 1, i: 2, t: t(), tks: 'B' });
				await sink.until(() => sink.events.length === 3);
			},
			({ alpaca, clock }) => {
				alpaca.snapshots.set('BTC/USD', {
					latestTrade: { t: iso(clock.now()), p: 11, s: 1, i: 1, tks: 'B' },
					latestQuote: { t: iso(clock.now()), bp: 10.8, ap: 11.2 },
					dailyBar: day,
					prevDailyBar: { t: iso(AT - 86_400_000), o: 9, h: 9, l: 9, c: 10, v: 1 },
				});
			},
		);
		const all = { open: 10, previousClose: 10, low: 9, volume: 500, quality: [] };
		expect(sink.events).toMatchObject([
			{ ...all, price: 11, bid: 10.8, ask: 11.2, high: 12, change: 1, changePercent: 10 },
			{ ...all, price: 11, bid: 10.9, ask: null, high: 12 },
			{ ...all, price: 12.5, bid: 10.9, ask: null, high: 13, changePercent: 25 },
		]);
		expect(new Set(sink.events.map(({ eventId }) => eventId)).size).toBe(3);
	});

	it('gives candles of the minutes that had trades, those of an interruption too', async () => {
		const minute = (n: number) => ({
			t: iso(AT - (AT % 60_000) + n * 60_000),
			o: 1,
			h: 2,
			l: 1,
			c: 2,
			v: 3,
		});
		const sink = await play(
			{ receive: 'candles' },
			async (sink, { alpaca, server }) => {
				const listened = async () => await alpaca.until(() => alpaca.isListenedTo('bars:BTC/USD'));
				await listened();
				alpaca.emit('bars:BTC/USD', { T: 'b', S: 'BTC/USD', ...minute(-9) });
				await sink.until(() => sink.events.length === 1);
				server.cut();
				await sink.until(() => sink.reportsOf('down').length > 0);
				await listened();
				await sink.until(() => sink.events.length === 2);
				alpaca.emit('bars:BTC/USD', { T: 'b', S: 'BTC/USD', ...minute(-3) });
				await sink.until(() => sink.events.length === 3);
			},
			({ alpaca }) => void alpaca.bars.set('BTC/USD 1Min', [minute(-9), minute(-6), minute(40)]),
		);
		const starts = sink.events.map((event) => (event.type === 'candle' ? event.startAt : 0));
		expect(starts).toEqual([-9, -6, -3].map((n) => AT - (AT % 60_000) + n * 60_000));
		expect(sink.reportsOf('missing')).toEqual([]);
	});

	it('replaces a socket that answers and brings nothing, without ever having two', async () => {
		const sink = await play(
			{ receive: 'quotes', silentAfterMs: 3_600_000 },
			async (sink, { alpaca, clock }) => {
				const listened = async () =>
					await alpaca.until(() => alpaca.isListenedTo('quotes:BTC/USD'));
				const tell = (bp: number) =>
					alpaca.emit('quotes:BTC/USD', {
						T: 'q',
						S: 'BTC/USD',
						bp,
						ap: 12,
						t: iso(clock.now()),
					});
				await listened();
				tell(11);
				await alpaca.until(() => alpaca.connections === 2);
				expect(alpaca.open).toBeLessThanOrEqual(1);
				await listened();
				tell(11.5);
				await sink.until(() => sink.events.length === 2);
			},
		);
		expect(sink.events.map(({ quality }) => quality)).toEqual([[], ['gapBefore']]);
		expect(sink.reportsOf('down')).toEqual([]);
	}, 20_000);

	it('tells a halt on Feed, and counts trades that were taken back', async () => {
		const sink = await play(
			{ symbols: ['AAPL'], feed: 'iex', silentAfterMs: 600_000 },
			async (sink, { alpaca, server }) => {
				await server.listened();
				alpaca.emit('statuses:AAPL', {
					T: 's',
					S: 'AAPL',
					sc: 'H',
					sm: 'Trading Halt',
					rc: 'T12',
					rm: 'For information',
					t: iso(AT),
					z: 'C',
				});
				alpaca.emit('trades:AAPL', {
					T: 'x',
					S: 'AAPL',
					i: 7,
					x: 'V',
					p: 1,
					s: 1,
					a: 'C',
					t: iso(AT),
				});
				await sink.until(() => sink.reportsOf('doubtful').length > 0);
			},
		);
		expect(sink.reportsOf('tradingStatus')).toMatchObject([
			{ symbols: ['AAPL'], reason: 'AAPL: Trading Halt: For information, says Alpaca.' },
		]);
		expect(sink.reportsOf('doubtful')[0]?.reason).toMatch(
			/canceled 1 \(the first: a trade of AAPL/,
		);
		expect(sink.events).toEqual([]);
	});

	it.each<[string, string, RegExp]>([
		['a price that is none', '"p":"1.5"', /p \(price\) "1\.5"/],
		['no price', '"x":"V"', /p \(price\) missing/],
		['no time', '"p":1,"t":null', /t \(time\) null/],
		[
			'a time without a zone',
			'"p":1,"t":"2026-10-05T14:30:01"',
			/t \(time\) "2026-10-05T14:30:01"/,
		],
	])('counts a trade with %s, and goes on', async (_, fields, reason) => {
		const sink = await play({}, async (sink, { alpaca, server }) => {
			await server.listened();
			alpaca.sendTo(
				'trades:BTC/USD',
				`[{"T":"t","S":"BTC/USD","i":1,"t":"2026-10-05T14:30:01Z",${fields}}]`,
			);
			server.tell(1);
			await sink.until(() => sink.events.length === 1);
			await sink.until(() => sink.reportsOf('unreadable').length > 0);
		});
		expect(sink.reportsOf('unreadable')[0]?.reason).toMatch(reason);
	});

	it('keeps apart trades of one microsecond, in the same numbers live and from the history', async () => {
		const t = '2023-11-14T22:13:20.123456789Z';
		const tape = [1, 2, 3].map((i) => ({ t, p: 10 + i, s: 1, i, x: 'V', c: ['@'] }));
		const at = [...tape, { ...tape[0], i: 4, t: '2023-11-14T22:13:20.123457Z' }] as AlpacaTrade[];
		let cursor: unknown;
		const live = await play({}, async (sink, { alpaca, server }) => {
			await server.listened();
			for (const trade of at) alpaca.emit('trades:BTC/USD', { T: 't', S: 'BTC/USD', ...trade });
			await sink.until(() => sink.events.length === 4);
			cursor = sink.cursors[0]?.cursor;
		});
		const first = live.cursors[0]?.after ?? 0;
		const fetched = await play(
			{},
			async (sink) => await sink.until(() => sink.events.length === 4 - first),
			({ alpaca }) => void alpaca.trades.set('BTC/USD', at),
			cursor,
		);
		const numbersOf = (sink: WaitingSink) =>
			sink.events.map(({ eventId }) => eventId.split('#')[1]);
		expect([...numbersOf(live)]).toEqual(
			[0, 1, 2, 3].map((n) => String(1_700_000_000_123_456 + n)),
		);
		expect(numbersOf(fetched)).toEqual(numbersOf(live).slice(first));
	});
});

describe("Alpaca's answers", () => {
	const polled = { receive: 'quotes', delivery: 'poll' } as const;
	const quote = (setup: Setup) =>
		setup.alpaca.snapshots.set('BTC/USD', {
			latestTrade: { t: iso(setup.clock.now()), p: 11, s: 1, i: 1, tks: 'B' },
		});
	it.each<[string, RestAnswer, RegExp, number]>([
		[
			'a wrong key',
			{ status: 401, body: '{"message":"bad s3cr3t-token-of-alpaca"}' },
			/refuses the key.*bad \*\*\*/,
			3_600,
		],
		[
			'a plan without it',
			{ status: 403, body: '{"message":"subscription does not permit querying recent SIP data"}' },
			/its plan doesn't include this.*recent SIP data/,
			3_600,
		],
		[
			'too many calls, with when to come back',
			{ status: 429, headers: { 'x-ratelimit-reset': String(AT / 1_000 + 40) } },
			/slow down; waiting \d+ s/,
			1,
		],
		['too many calls, without', { status: 429 }, /slow down; waiting 60 s/, 60],
		[
			'a problem of its own',
			{ status: 500, headers: { 'x-request-id': 'abc-1' } },
			/problem of its own.*\[request abc-1\] \(500\)/,
			0,
		],
		['a page of a proxy', { status: 200, body: '<html>' }, /is not JSON/, 0],
		['half an answer', { status: 200, body: '{"snapshots":{"BTC' }, /is not JSON/, 0],
		['a list', { status: 200, body: '[]' }, /a shape we do not know/, 0],
		['a broken connection', 'cut', /can't be reached/, 0],
		['silence', 'silence', /no answer within 15 s/, 0],
		['a byte now and then', 'dribble', /no answer within 15 s/, 0],
	])('%s: told once, and asked again later', async (_, answer, reason, least) => {
		const sink = await play(
			polled,
			async (sink) => {
				await sink.until(() => sink.reportsOf('down').length > 0);
				if (least <= 60) await sink.until(() => sink.reportsOf('back').length > 0);
			},
			(setup) => {
				quote(setup);
				setup.alpaca.instead.set('/snapshots', [answer]);
			},
		);
		const [down] = sink.reportsOf('down');
		expect(sink.reportsOf('down')).toHaveLength(1);
		expect(down?.reason).toMatch(reason);
		const waitMs = (down?.nextAttemptAt ?? 0) - (down?.at ?? Number.NaN);
		expect(waitMs).toBeGreaterThan(least * 1_000 - 5_000);
		// A trade that old by then says so, too.
		if (least <= 60) {
			expect(sink.events).toMatchObject([
				{ price: 11, quality: expect.arrayContaining(['gapBefore']) },
			]);
		}
	});

	it('stops asking before the limit is reached, by what the headers say', async () => {
		let asked = 0;
		const sink = await play(
			{ ...polled, pollEveryMs: 1_000 },
			async (sink, { alpaca }) => {
				await sink.until(() => sink.events.length > 0);
				const until = Date.now() + 200; // ten seconds by the fast clock
				while (Date.now() < until) await new Promise((resolve) => setImmediate(resolve));
				asked = alpaca.requests.length;
			},
			(setup) => {
				quote(setup);
				setup.alpaca.instead.set('/snapshots', [
					{
						status: 200,
						headers: {
							'x-ratelimit-limit': '200',
							'x-ratelimit-remaining': '0',
							'x-ratelimit-reset': String(AT / 1_000 + 100),
						},
						body: JSON.stringify({
							snapshots: { 'BTC/USD': { latestTrade: { t: iso(AT), p: 11, s: 1, i: 1 } } },
						}),
					},
				]);
			},
		);
		expect(asked).toBe(1);
		expect(sink.reportsOf('down')).toEqual([]);
	});

	it('names a symbol that spoils the call, and goes on with the others', async () => {
		const sink = await play(
			{ ...polled, symbols: ['BTC/USD', 'CSP1/X1'] },
			async (sink) => await sink.until(() => sink.events.length === 1),
			(setup) => {
				quote(setup);
				setup.alpaca.invalid.add('CSP1/X1');
			},
		);
		expect(sink.reportsOf('unknownSymbol')).toMatchObject([
			{ symbols: ['CSP1/X1'], reason: expect.stringMatching(/^Alpaca doesn't know CSP1\/X1\./) },
		]);
	});

	it('polls closed candles only, over several pages, each once', async () => {
		const length = 300_000;
		const start = AT - (AT % length);
		const bar = (n: number) => ({ t: iso(start + n * length), o: 1, h: 2, l: 1, c: 2, v: 3 });
		const symbols = ['BTC/USD', 'ETH/USD'];
		const next = start - 3 * length;
		const sink = await play(
			{ receive: 'candles', delivery: 'poll', interval: '5m', symbols },
			async (sink, { alpaca }) => {
				await sink.until(() => sink.events.length === 5);
				const calls = alpaca.requests.length;
				await alpaca.until(() => alpaca.requests.length > calls + 2);
			},
			({ alpaca }) => {
				for (const symbol of symbols) {
					alpaca.snapshots.set(symbol, {});
					// The last one is still running.
					alpaca.bars.set(`${symbol} 5Min`, [-4, -3, -2, 0].map(bar));
				}
			},
			{
				lanes: {
					'BTC/USD': { next, within: null },
					'ETH/USD': { next: next - length, within: null },
				},
			},
		);
		const seen = sink.events.map(
			(event) =>
				`${event.symbol} ${event.type === 'candle' ? (event.startAt - start) / length : ''}`,
		);
		expect(seen.sort()).toEqual([
			'BTC/USD -2',
			'BTC/USD -3',
			'ETH/USD -2',
			'ETH/USD -3',
			'ETH/USD -4',
		]);
		expect(sink.events.flatMap(({ quality }) => quality)).toEqual([]);
	});
});

describe('frames as Alpaca has sent them', () => {
	const folder = join(__dirname, '../../../../../shared/data/payloads/alpaca');
	const own = [
		'[{"T":"success","msg":"connected"}]',
		'[{"T":"error","code":405,"msg":"symbol limit exceeded"}]',
		'[{"T":"subscription","trades":["AAPL"],"quotes":[],"bars":[]}]',
		'[{"T":"t","S":"AAPL","i":812,"x":"V","p":187.42,"s":100,"c":["@"],"t":"2026-10-05T14:30:01.123456789Z","z":"C"},{"T":"b","S":"AAPL","o":187.3,"h":187.5,"l":187.2,"c":187.42,"v":9011,"t":"2026-10-05T14:29:00Z"}]',
	];
	const recorded = [
		'ws-stock-documented-frames',
		'ws-crypto-documented-frames',
		'ws-crypto-session-frames',
	]
		.map((name) => join(folder, `${name}.ndjson`))
		.filter((path) => existsSync(path))
		.flatMap((path) => readFileSync(path, 'utf8').split('\n'))
		.filter((line) => line !== '');

	it('are all understood, and none is cut off unnoticed', () => {
		for (const frame of [...own, ...recorded]) {
			const messages = [parseFrame(frame)].flat();
			expect(messages.map(({ kind }) => kind)).not.toContain('unreadable');
			const cut = [parseFrame(frame.slice(0, -1))].flat();
			expect(cut).toMatchObject([{ kind: 'unreadable' }]);
		}
	});

	const bodyOf = (name: string, otherwise: object): string =>
		existsSync(join(folder, name))
			? readFileSync(join(folder, name), 'utf8')
			: JSON.stringify(otherwise);

	it.each<[string, string, AlpacaSettings['feed'], object, object]>([
		[
			'rest-snapshot-aapl.json',
			'AAPL',
			'iex',
			{
				AAPL: {
					latestTrade: { t: '2021-05-03T14:45:50.456Z', p: 133.55, s: 200, i: 61_462 },
					latestQuote: { t: '2021-05-03T14:45:50.532316972Z', ap: 133.55, bp: 133.54 },
					dailyBar: {
						t: '2021-05-03T04:00:00Z',
						o: 132.04,
						h: 134.07,
						l: 131.83,
						c: 133.445,
						v: 25_094_213,
					},
					prevDailyBar: {
						t: '2021-04-30T04:00:00Z',
						o: 131.82,
						h: 133.56,
						l: 131.065,
						c: 131.46,
						v: 109_506_363,
					},
				},
			},
			{
				price: 133.55,
				bid: 133.54,
				ask: 133.55,
				previousClose: 131.46,
				high: 134.07,
				volume: 25_094_213,
				session: 'regular',
				eventAt: Date.parse('2021-05-03T14:45:50.532Z'),
			},
		],
		[
			'rest-crypto-snapshot.json',
			'ETH/USD',
			'crypto',
			{
				snapshots: {
					'ETH/USD': {
						latestTrade: {
							t: '2021-12-08T19:26:58.703892Z',
							p: 4393.18,
							s: 0.04,
							tks: 'S',
							i: 191_026_243,
						},
						latestQuote: { t: '2021-12-08T21:39:50.999Z', bp: 4405.27, ap: 4405.28 },
						dailyBar: {
							t: '2021-12-08T06:00:00Z',
							o: 4329.11,
							h: 4455.62,
							l: 4231.55,
							c: 4393.18,
							v: 95_466,
						},
						prevDailyBar: {
							t: '2021-12-07T06:00:00Z',
							o: 4350.15,
							h: 4433.99,
							l: 4261.39,
							c: 4329.11,
							v: 152_391,
						},
					},
				},
			},
			{
				price: 4393.18,
				bid: 4405.27,
				ask: 4405.28,
				previousClose: 4329.11,
				open: 4329.11,
				session: null,
			},
		],
	])('become quotes: %s', async (name, symbol, feed, otherwise, expected) => {
		const sink = await play(
			{ ...{ receive: 'quotes', delivery: 'poll' }, symbols: [symbol], feed },
			async (sink) => await sink.until(() => sink.events.length === 1),
			({ alpaca }) => void alpaca.fixed.set('/snapshots', bodyOf(name, otherwise)),
		);
		// Of 2021: it's old, and says so.
		expect(sink.events[0]).toMatchObject({ ...expected, quality: ['stale'] });
	});

	it('become candles: rest-bars-amzn-15min.json', async () => {
		const otherwise = {
			bars: {
				AMZN: [
					{ t: '2021-10-15T17:00:00Z', o: 3387.56, h: 3390.74, l: 3382.87, c: 3382.87, v: 134_339 },
				],
			},
			next_page_token: null,
		};
		const sink = await play(
			{ receive: 'candles', delivery: 'poll', interval: '15m', symbols: ['AMZN'], feed: 'iex' },
			async (sink) => await sink.until(() => sink.events.length === 1),
			({ alpaca }) =>
				void alpaca.fixed.set('/bars', bodyOf('rest-bars-amzn-15min.json', otherwise)),
		);
		expect(sink.events[0]).toMatchObject({
			startAt: Date.parse('2021-10-15T17:00:00Z'),
			endAt: Date.parse('2021-10-15T17:15:00Z'),
			close: 3382.87,
			volume: 134_339,
			closed: true,
		});
	});
});
