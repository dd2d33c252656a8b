import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';

import {
	checkFinnhub,
	createFinnhub,
	finnhubFree,
	type FinnhubKey,
	type FinnhubSettings,
} from '../../../../core/market';
import { parseFrame } from '../../../../core/market/sources/finnhub/frames';
import {
	describeLiveSource,
	playing,
	type LiveSetup,
	type WaitingSink,
} from '../../../contracts/liveSource';
import { FastClock } from '../../../fakes/FastClock';
import { FinnhubServer, type FinnhubTrade } from '../../../fakes/FinnhubServer';
import { livePorts, liveServer } from '../../../fakes/liveSetup';
import type { RestAnswer } from '../../../fakes/LoopbackProvider';

type Setup = LiveSetup & {
	readonly finnhub: FinnhubServer;
	readonly account: { id: string; read: () => Promise<FinnhubKey> };
	/** The same process with other settings. */
	readonly openAlso: (more: Partial<FinnhubSettings>) => LiveSetup;
};

const settingsFor = (host: string): FinnhubSettings => ({
	symbols: ['BINANCE:BTCUSDT'],
	receive: 'trades',
	delivery: 'stream',
	pollEveryMs: 15_000,
	silentAfterMs: 20_000,
	plan: finnhubFree,
	streamBaseUrl: `ws://${host}`,
	restBaseUrl: `http://${host}/api/v1`,
});

async function setUp(more: Partial<FinnhubSettings> = {}): Promise<Setup> {
	const clock = new FastClock();
	const finnhub = await FinnhubServer.open(() => clock.now(), clock.realMs(60_000));
	finnhub.remaining = 10_000;
	const ports = livePorts(clock);
	const [s = ''] = more.symbols ?? ['BINANCE:BTCUSDT'];
	const trades: FinnhubTrade[] = [];
	const happen = (): FinnhubTrade => {
		const trade = { c: null, p: 50_000 + (trades.length % 7), s, t: clock.now(), v: 0.01 };
		trades.push(trade);
		return trade;
	};
	const server = liveServer(finnhub, {
		listened: async () => await finnhub.until(() => finnhub.isListenedTo(s)),
		happen,
		tell: (trade) => finnhub.emit(trade),
		last: () => trades.at(-1) ?? happen(),
	});
	const account = { id: 'credential-1', read: async () => ({ apiKey: finnhub.apiKey }) };
	const openAlso = (other: Partial<FinnhubSettings>): LiveSetup => ({
		server,
		clock,
		open: (start) =>
			createFinnhub({ ...settingsFor(finnhub.host), ...other }, { ...ports, account }, start),
	});
	return { ...openAlso(more), finnhub, account, openAlso };
}

describeLiveSource('Finnhub', setUp, { fills: false });

const AT = 1_700_000_000_000;
const KEY = /s3cr3t-token/;

/** Plays it and closes everything, which must leave nothing. */
async function play(
	more: Partial<FinnhubSettings>,
	work: (sink: WaitingSink, setup: Setup) => Promise<void>,
	prepare: (setup: Setup) => void = () => {},
	cursor?: unknown,
): Promise<WaitingSink> {
	const setup = await setUp(more);
	prepare(setup);
	const { sink } = await playing(setup, async (sink) => await work(sink, setup), cursor);
	await setup.finnhub.until(() => setup.finnhub.open === 0);
	expect([setup.finnhub.open, setup.clock.waiting]).toEqual([0, 0]);
	await setup.server.close();
	expect(JSON.stringify([sink.reports, sink.events])).not.toMatch(KEY);
	return sink;
}

describe("Finnhub's settings", () => {
	const settings = settingsFor('127.0.0.1');
	const polled = { receive: 'quotes', delivery: 'poll' } as const;
	it.each<[string, Partial<FinnhubSettings>]>([
		['a stock', { symbols: ['aapl', 'BRK.B', 'VOD.L'] }],
		['pairs with their venue', { symbols: ['BINANCE:BTCUSDT', 'OANDA:EUR_USD', 'IC MARKETS:1'] }],
		['50 streamed symbols', { symbols: Array.from({ length: 50 }, (_, n) => `A${n}`) }],
		['12 quotes every 15 s', { ...polled, symbols: Array.from({ length: 12 }, (_, n) => `A${n}`) }],
	])('takes %s', (_, more) => {
		expect(() => checkFinnhub({ ...settings, ...more })).not.toThrow();
	});
	it.each<[string, Partial<FinnhubSettings>, RegExp]>([
		['no symbol', { symbols: [] }, /Symbols is empty/],
		['a pair without its venue', { symbols: ['BTC/USD'] }, /"BTC\/USD".*BINANCE:BTCUSDT/],
		['a symbol twice', { symbols: ['AAPL', 'aapl'] }, /AAPL is named twice/],
		['candles', { receive: 'candles' }, /no candles for free keys; receive Trades or Quotes/],
		['quotes by stream', { receive: 'quotes' }, /for Quotes choose Delivery: Poll/],
		['trades by poll', { delivery: 'poll' }, /come by stream only; choose Delivery: Stream/],
		['a time too short', { ...polled, pollEveryMs: 500 }, /Poll Every is 500 ms; 1s is the least/],
		[
			'more calls than the plan has',
			{ ...polled, symbols: Array.from({ length: 13 }, (_, n) => `A${n}`) },
			/13 calls each time make 52 a minute.*of the 60.*50 can be kept up\. Use 16s or more/,
		],
		[
			'more symbols than the plan streams',
			{ symbols: Array.from({ length: 51 }, (_, n) => `A${n}`) },
			/names 51; the plan of this credential streams 50\. The first too many is A50/,
		],
		[
			'an address with a key in it, which is not quoted',
			{ streamBaseUrl: 'wss://ws.finnhub.io?token=s3cr3t-token' },
			/^The credential's stream address isn't one(?!.*s3cr3t)/,
		],
		[
			'a key in clear',
			{ restBaseUrl: 'http://finnhub.io/api/v1' },
			/REST address isn't one; use https:/,
		],
	])('refuses %s', (_, more, message) => {
		expect(() => checkFinnhub({ ...settings, ...more })).toThrow(message);
	});
});

describe("Finnhub's stream", () => {
	it('refuses a wrong key at the handshake: told once, looked at again in an hour', async () => {
		const sink = await play(
			{},
			async (sink) => await sink.until(() => sink.reportsOf('down').length > 0),
			({ account }) => void (account.read = async () => ({ apiKey: 'wrong-s3cr3t-token' })),
		);
		const [down] = sink.reportsOf('down');
		expect(down?.reason).toMatch(/^Finnhub refuses the key\. Check the API key.*\(401\)/);
		expect((down?.nextAttemptAt ?? 0) - (down?.at ?? Number.NaN)).toBeGreaterThan(3_590_000);
	});

	it('reads the key anew at each connection', async () => {
		let apiKey = 'old-s3cr3t-token';
		const sink = await play(
			{},
			async (sink, { finnhub, server }) => {
				await sink.until(() => sink.reportsOf('down').length > 0);
				({ apiKey } = finnhub);
				await server.listened();
			},
			({ account, finnhub }) => {
				account.read = async () => ({ apiKey });
				// Not an hour later: for the test it's a passing trouble.
				finnhub.refusals.push({ status: 503 });
			},
		);
		expect(sink.reportsOf('down')).toHaveLength(1);
	});

	it('says that its credential cannot be read, and not why in words of others', async () => {
		const sink = await play(
			{},
			async (sink, { finnhub }) => {
				await sink.until(() => sink.reportsOf('down').length > 0);
				expect(finnhub.connections).toBe(0);
			},
			({ account }) => {
				account.read = async () => await Promise.reject(new Error('no s3cr3t-token-of-finnhub'));
			},
		);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(
			/^Finnhub isn't asked: its credential can't be read/,
		);
	});

	it.each([
		['a plan too small', 403, /its plan doesn't include this.*\(403\)/, 3_600],
		['no such address', 404, /doesn't have what was asked for/, 600],
		['a page elsewhere', 302, /problem of its own/, 0],
	])('is refused a connection: %s', async (_, status, reason, least) => {
		const sink = await play(
			{},
			async (sink) => await sink.until(() => sink.reportsOf('down').length > 0),
			({ finnhub }) => void finnhub.refusals.push({ status }),
		);
		const [down] = sink.reportsOf('down');
		expect(down?.reason).toMatch(reason);
		// The two were read one after the other, from a fast clock.
		expect((down?.nextAttemptAt ?? 0) - (down?.at ?? 0)).toBeGreaterThan(least * 1_000 - 5_000);
	});

	it('names each symbol beyond the limit, and goes on with the others', async () => {
		const symbols = ['A', 'B', 'C', 'D', 'E'].map((name) => `BINANCE:${name}`);
		const sink = await play(
			{ symbols },
			async (sink, { finnhub, clock }) => {
				await sink.until(() => sink.reportsOf('unknownSymbol').length > 1);
				finnhub.emit({ p: 1, s: 'BINANCE:A', t: clock.now(), v: 1 });
				await sink.until(() => sink.events.length === 1);
			},
			({ finnhub }) => void (finnhub.mostSymbols = 3),
		);
		const refused = sink.reportsOf('unknownSymbol');
		expect(refused.flatMap(({ symbols: of }) => of).sort()).toEqual(['BINANCE:D', 'BINANCE:E']);
		for (const { reason } of refused) expect(reason).toMatch(/limit of symbols is reached/);
		expect(sink.reportsOf('down')).toEqual([]);
	});

	it('names a symbol whose subscription is refused, whichever was the newest', async () => {
		const sink = await play(
			{ symbols: ['BINANCE:NO', 'BINANCE:A', 'BINANCE:B'] },
			async (sink, { finnhub }) => {
				await sink.until(() => sink.reportsOf('unknownSymbol').length > 0);
				await finnhub.until(() => finnhub.isListenedTo('BINANCE:B'));
			},
			({ finnhub }) => void finnhub.invalid.add('BINANCE:NO'),
		);
		expect(sink.reportsOf('unknownSymbol')).toMatchObject([
			{ symbols: ['BINANCE:NO'], reason: expect.stringMatching(/doesn't take BINANCE:NO/) },
		]);
	});

	it('names stocks it does not know and those the plan lacks, and goes on', async () => {
		const sink = await play(
			{ symbols: ['AAPL', 'NOSUCH', 'VOD.L'], silentAfterMs: 3_600_000 },
			async (sink, { finnhub, clock }) => {
				await sink.until(() => sink.reportsOf('unknownSymbol').length === 2);
				await finnhub.until(() => finnhub.isListenedTo('AAPL'));
				finnhub.emit({ p: 190, s: 'AAPL', t: clock.now(), v: 100 });
				await sink.until(() => sink.events.length === 1);
			},
			({ finnhub }) => {
				finnhub.quotes.set('AAPL', { c: 190, t: AT / 1_000, pc: 189 });
				finnhub.paid.add('VOD.L');
			},
		);
		const told = sink.reportsOf('unknownSymbol');
		expect(told.map(({ symbols }) => symbols).sort()).toEqual([['NOSUCH'], ['VOD.L']]);
		expect(told.map(({ reason }) => reason).sort()).toEqual([
			expect.stringMatching(/^Finnhub doesn't know NOSUCH\./),
			expect.stringMatching(/^Finnhub's plan of this credential doesn't include VOD\.L/),
		]);
	});

	it('has one connection for all triggers with the same key, and takes back what nobody wants', async () => {
		const sink = await play({}, async (_, setup) => {
			const { finnhub, server, openAlso } = setup;
			await server.listened();
			await playing(openAlso({ symbols: ['BINANCE:ETHUSDT'] }), async () => {
				await finnhub.until(() => finnhub.isListenedTo('BINANCE:ETHUSDT'));
			});
			await finnhub.until(() => !finnhub.isListenedTo('BINANCE:ETHUSDT'));
			expect([finnhub.open, finnhub.connections]).toEqual([1, 1]);
			expect(finnhub.isListenedTo('BINANCE:BTCUSDT')).toBe(true);
		});
		expect(sink.reportsOf('down')).toEqual([]);
	});

	it('waits longer each time another program with the key pushes it out', async () => {
		const sink = await play({}, async (sink, { finnhub, server }) => {
			for (let times = 0; times < 4; times += 1) {
				await server.listened();
				finnhub.cut();
				await finnhub.until(() => finnhub.open === 0);
			}
			await server.listened();
			await sink.until(() => sink.reportsOf('back').length === 1);
		});
		expect(sink.reportsOf('down')).toHaveLength(1);
		expect(sink.reportsOf('back')[0]?.reason).toMatch(/after 4 attempts/);
	});

	it('takes trades alike for several in one frame, and for the same in two', async () => {
		const sink = await play({}, async (sink, { finnhub, server, clock }) => {
			await server.listened();
			const trade = { p: 1, s: 'BINANCE:BTCUSDT', t: clock.now(), v: 5 };
			finnhub.emit(trade, trade, { ...trade, v: 6 });
			finnhub.emit(trade);
			await sink.until(() => sink.events.length === 3);
			await sink.until(() => sink.reportsOf('doubtful').length > 0);
		});
		expect(sink.events.map((event) => event.type === 'trade' && event.size)).toEqual([5, 5, 6]);
		expect(new Set(sink.events.map(({ eventId }) => eventId)).size).toBe(3);
		expect(sink.reportsOf('doubtful')[0]?.reason).toMatch(/duplicate 1 /);
	});

	it('flags a trade that is older than the one before it, and gives it', async () => {
		const sink = await play({}, async (sink, { finnhub, server, clock }) => {
			await server.listened();
			const t = clock.now();
			finnhub.emit({ p: 2, s: 'BINANCE:BTCUSDT', t, v: 1 });
			finnhub.emit({ p: 2.1, s: 'BINANCE:BTCUSDT', t: t - 400, v: 1 });
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events.map(({ quality }) => quality)).toEqual([[], ['late']]);
	});

	it('gives a new price without a trade as one without size', async () => {
		const sink = await play(
			{ symbols: ['OANDA:EUR_USD'] },
			async (sink, { finnhub, server, clock }) => {
				await server.listened();
				finnhub.emit({ p: 1.17, s: 'OANDA:EUR_USD', t: clock.now(), v: 0 });
				await sink.until(() => sink.events.length === 1);
			},
		);
		expect(sink.events).toMatchObject([{ type: 'trade', price: 1.17, size: null }]);
	});

	it.each<[string, string, RegExp]>([
		['a price that is none', '"p":"1.5","t":1700000000000', /p \(price\) "1\.5"/],
		['no price', '"t":1700000000000', /p \(price\) missing/],
		['no time', '"p":1,"t":null', /t \(time\) null/],
		['a time in microseconds', '"p":1,"t":1700000000000000', /t \(time\) 1700000000000000/],
	])('counts a trade with %s, and goes on', async (_, fields, reason) => {
		const sink = await play({}, async (sink, { finnhub, server }) => {
			await server.listened();
			finnhub.sendAll(`{"type":"trade","data":[{"s":"BINANCE:BTCUSDT","v":1,${fields}}]}`);
			server.tell(1);
			await sink.until(() => sink.events.length === 1);
			await sink.until(() => sink.reportsOf('unreadable').length > 0);
		});
		expect(sink.reportsOf('unreadable')[0]?.reason).toMatch(reason);
	});

	it('notices a socket that says nothing any more, not even its ping', async () => {
		const sink = await play({ silentAfterMs: 3_600_000 }, async (sink, { finnhub, server }) => {
			await server.listened();
			finnhub.beats = false;
			await sink.until(() => sink.reportsOf('down').length > 0);
		});
		expect(sink.reportsOf('down')[0]?.reason).toMatch(/no sign of life for 15\d s/);
	}, 15_000);

	it('says nothing of silence while a market is closed, or while nobody knows its hours', async () => {
		// AT is a Tuesday, 17:13 in New York; the clock stands at Saturday.
		const sink = await play(
			{ symbols: ['BINANCE:BTCUSDT', 'AAPL', 'VOD.L', 'OANDA:EUR_USD'] },
			async (sink) => {
				await sink.until(() => sink.reportsOf('silent').length > 0);
			},
			({ finnhub, clock }) => {
				const saturday = Date.parse('2023-11-18T12:00:00Z') - AT;
				const now = clock.now.bind(clock);
				clock.now = () => (now() + saturday) as ReturnType<typeof now>;
				for (const symbol of ['AAPL', 'VOD.L']) finnhub.quotes.set(symbol, { c: 1, t: 1, pc: 1 });
			},
		);
		expect(sink.reportsOf('silent').map(({ symbols }) => symbols)).toEqual([['BINANCE:BTCUSDT']]);
	});
});

describe("Finnhub's answers", () => {
	const polled = { receive: 'quotes', delivery: 'poll', symbols: ['AAPL'] } as const;
	const quoteAt = (ms: number, more: object = {}) => ({
		...{ c: 187.42, d: 1.17, dp: 0.6282, h: 188.05, l: 185.9, o: 186.3, pc: 186.25 },
		t: Math.floor(ms / 1_000),
		...more,
	});
	const quote = (setup: Setup, symbol = 'AAPL') =>
		setup.finnhub.quotes.set(symbol, quoteAt(setup.clock.now()));

	it('gives a quote with its fundamentals, which are asked for once a day', async () => {
		const sink = await play(
			polled,
			async (sink, { finnhub, clock }) => {
				await sink.until(() => sink.events.length === 1);
				finnhub.quotes.set('AAPL', quoteAt(clock.now(), { c: 190 }));
				await sink.until(() => sink.events.length === 2);
				expect(finnhub.requests.filter((path) => path.includes('metric'))).toEqual([
					'/api/v1/stock/metric?symbol=AAPL&metric=all',
				]);
			},
			(setup) => {
				quote(setup);
				setup.finnhub.metrics.set('AAPL', {
					peTTM: 29.5,
					'52WeekHigh': 260.1,
					'52WeekLow': 164.08,
					marketCapitalization: 2_900_123.5,
				});
			},
		);
		const slow = {
			peRatio: 29.5,
			week52High: 260.1,
			week52Low: 164.08,
			marketCap: 2_900_123_500_000,
		};
		expect(sink.events).toMatchObject([
			{
				...slow,
				type: 'quote',
				price: 187.42,
				change: 1.17,
				changePercent: 0.6282,
				open: 186.3,
				high: 188.05,
				low: 185.9,
				previousClose: 186.25,
				volume: null,
				bid: null,
				session: 'post',
				quality: [],
			},
			{ ...slow, price: 190 },
		]);
	});

	it('gives a quote without fundamentals where the plan has none, or they cannot be had for now', async () => {
		for (const spoil of [
			({ finnhub }: Setup) => void finnhub.paid.add('/stock/metric'),
			({ finnhub }: Setup) => void finnhub.instead.set('metric', [{ status: 500 }]),
		]) {
			const sink = await play(
				polled,
				async (sink, { finnhub }) => {
					await sink.until(() => sink.events.length === 1);
					const calls = finnhub.requests.length;
					await finnhub.until(() => finnhub.requests.length > calls + 1);
					expect(finnhub.requests.filter((path) => path.includes('metric'))).toHaveLength(1);
				},
				(setup) => {
					quote(setup);
					spoil(setup);
				},
			);
			expect(sink.events[0]).toMatchObject({ price: 187.42, peRatio: null });
			expect(sink.reportsOf('down')).toEqual([]);
		}
	});

	it('gives a quote that has not changed once, after a restart too', async () => {
		let cursor: unknown;
		let told: object | undefined;
		const setOff = async (sink: WaitingSink, { finnhub }: Setup) => {
			await finnhub.until(
				() => finnhub.requests.filter((path) => path.includes('quote')).length > 3,
			);
			cursor = sink.cursors.at(-1)?.cursor;
		};
		const first = await play(polled, setOff, (setup) => {
			quote(setup);
			told = setup.finnhub.quotes.get('AAPL');
		});
		expect(first.events).toHaveLength(1);
		const second = await play(
			polled,
			setOff,
			({ finnhub }) => void finnhub.quotes.set('AAPL', told ?? {}),
			cursor,
		);
		expect(second.events).toEqual([]);
	});

	it.each<[string, RestAnswer, RegExp, number]>([
		[
			'a wrong key',
			{ status: 401, body: '{"error":"Invalid API key s3cr3t-token-of-finnhub"}' },
			/refuses the key.*Invalid API key \*\*\*/,
			3_600,
		],
		[
			'a plan without it',
			{ status: 403, body: '{"error":"You don\'t have access to this resource."}' },
			/its plan doesn't include this.*access to this resource/,
			3_600,
		],
		[
			'too many calls, with when to come back',
			{
				status: 429,
				headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(AT / 1_000 + 40) },
				body: '{"error":"API limit reached. Please try again later. Remaining Limit: 0"}',
			},
			/slow down; waiting \d+ s.*API limit reached/,
			1,
		],
		['too many calls, without', { status: 429 }, /slow down; waiting 60 s/, 60],
		[
			'an error with status 200: the limit',
			{ status: 200, body: '{"error":"API limit reached. Please try again later."}' },
			/slow down; waiting 60 s/,
			60,
		],
		[
			'an error with status 200: the plan',
			{ status: 200, body: '{"error":"You don\'t have access to this resource."}' },
			/its plan doesn't include this/,
			3_600,
		],
		[
			'an error with status 200: the key',
			{ status: 200, body: '{"error":"Invalid API key."}' },
			/refuses the key/,
			3_600,
		],
		[
			'an error with status 200: whatever',
			{ status: 200, body: '{"error":"Wrong parameters, token=s3cr3t-token"}' },
			/doesn't take the request.*token=\*\*\*/,
			600,
		],
		['a problem of its own', { status: 500 }, /problem of its own.*\(500\)/, 0],
		['a page elsewhere', { status: 302, body: '<html>' }, /problem of its own.*\(302\)/, 0],
		['a page of a proxy', { status: 200, body: '<html>' }, /is not JSON/, 60],
		['half an answer', { status: 200, body: '{"c":187.4,"d' }, /is not JSON/, 60],
		['a list', { status: 200, body: '[]' }, /a shape we do not know/, 60],
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
				setup.finnhub.instead.set('/quote', [answer]);
			},
		);
		const [down] = sink.reportsOf('down');
		expect(sink.reportsOf('down')).toHaveLength(1);
		expect(down?.reason).toMatch(reason);
		const waitMs = (down?.nextAttemptAt ?? 0) - (down?.at ?? Number.NaN);
		expect(waitMs).toBeGreaterThan(least * 1_000 - 5_000);
		if (least <= 60) {
			expect(sink.events).toMatchObject([
				{ price: 187.42, quality: expect.arrayContaining(['gapBefore']) },
			]);
		}
	});

	it('stops asking before the limit is reached, by what the headers say', async () => {
		let asked = 0;
		const sink = await play(
			{ ...polled, pollEveryMs: 2_000 },
			async (sink, { finnhub }) => {
				await sink.until(() => sink.events.length > 0);
				const before = finnhub.requests.length;
				const until = Date.now() + 200; // ten seconds by the fast clock
				while (Date.now() < until) await new Promise((resolve) => setImmediate(resolve));
				asked = finnhub.requests.length - before;
			},
			(setup) => {
				quote(setup);
				setup.finnhub.remaining = 2;
			},
		);
		expect(asked).toBe(0);
		expect(sink.reportsOf('down')).toEqual([]);
	});

	it('names symbols it does not know and those the plan lacks, each once, and goes on', async () => {
		const sink = await play(
			{ ...polled, symbols: ['NOSUCH', 'VOD.L', 'AAPL'] },
			async (sink, { finnhub, clock }) => {
				await sink.until(() => sink.events.length === 1);
				await sink.until(() => sink.reportsOf('unknownSymbol').length === 2);
				finnhub.quotes.set('AAPL', quoteAt(clock.now(), { c: 1 }));
				await sink.until(() => sink.events.length === 2);
			},
			(setup) => {
				quote(setup);
				setup.finnhub.paid.add('VOD.L');
			},
		);
		expect(
			sink
				.reportsOf('unknownSymbol')
				.map(({ symbols }) => symbols)
				.sort(),
		).toEqual([['NOSUCH'], ['VOD.L']]);
		expect(sink.reportsOf('down')).toEqual([]);
	});

	it.each<[string, object, RegExp]>([
		['a price that is none', { c: '187.4' }, /c \(price\) "187\.4"/],
		['no time', { t: null }, /t \(time\) null/],
	])('counts a quote with %s', async (_, more, reason) => {
		const sink = await play(
			polled,
			async (sink) => await sink.until(() => sink.reportsOf('unreadable').length > 0),
			({ finnhub, clock }) => void finnhub.quotes.set('AAPL', quoteAt(clock.now(), more)),
		);
		expect(sink.reportsOf('unreadable')[0]?.reason).toMatch(reason);
	});
});

describe('what Finnhub has sent', () => {
	const folder = join(__dirname, '../../../../../shared/data/payloads/finnhub');
	const bodyOf = (name: string, otherwise: string): string =>
		existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : otherwise;
	const frames = [
		...bodyOf(
			'ws-trade-and-ping.ndjson',
			'{"data":[{"c":null,"p":66972.77,"s":"BINANCE:BTCUSDT","t":1721555886208,"v":0.01559}],"type":"trade"}\n{"type":"ping"}',
		).split('\n'),
		bodyOf(
			'ws-trades.json',
			'{"data":[{"p":7296.89,"s":"BINANCE:BTCUSDT","t":1575526691134,"v":0.011467}],"type":"trade"}',
		),
		bodyOf('ws-news.json', '{"data":[{"category":"company","id":1}],"type":"news"}'),
		'{"type":"error","msg":"Subscribing to too many symbols"}',
	].filter((frame) => frame.trim() !== '');

	it('is understood frame by frame, and none is cut off unnoticed', () => {
		for (const frame of frames) {
			expect([parseFrame(frame)].flat().map(({ kind }) => kind)).not.toContain('unreadable');
			const cut = parseFrame(frame.trimEnd().slice(0, -1));
			expect(cut).toMatchObject({ kind: 'unreadable' });
		}
	});

	it('becomes trades', async () => {
		const sink = await play({}, async (sink, { finnhub, server }) => {
			await server.listened();
			for (const frame of frames.slice(0, 3)) finnhub.sendAll(frame);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toMatchObject([
			{ symbol: 'BINANCE:BTCUSDT', price: 66_972.77, size: 0.01559, eventAt: 1_721_555_886_208 },
			{ price: 7_296.89, size: 0.011467, eventAt: 1_575_526_691_134, quality: ['late', 'stale'] },
		]);
	});

	it.each<[string, string, object]>([
		[
			'rest-quote-recorded.json',
			'{"c":82.58,"d":-0.22,"dp":-0.2657,"h":83.19,"l":82.43,"o":82.95,"pc":82.8,"t":1722456000}',
			{ price: 82.58, change: -0.22, changePercent: -0.2657, eventAt: 1_722_456_000_000 },
		],
		[
			'rest-quote.json',
			'{"c":261.74,"h":263.31,"l":260.68,"o":261.07,"pc":259.45,"t":1582641000}',
			// Without d and dp they're worked out.
			{ price: 261.74, change: 261.74 - 259.45, previousClose: 259.45, session: 'regular' },
		],
	])('becomes quotes: %s', async (name, otherwise, expected) => {
		const sink = await play(
			{ receive: 'quotes', delivery: 'poll', symbols: ['AAPL'] },
			async (sink) => await sink.until(() => sink.events.length === 1),
			({ finnhub }) => void finnhub.fixed.set('/quote', bodyOf(name, otherwise)),
		);
		expect(sink.events[0]).toMatchObject(expected);
	});

	it('is refused as the plan: error-no-access-403.json', async () => {
		const body = bodyOf(
			'error-no-access-403.json',
			'{"error":"You don\'t have access to this resource."}',
		);
		const sink = await play(
			{ receive: 'quotes', delivery: 'poll', symbols: ['AAPL'] },
			async (sink) => await sink.until(() => sink.reportsOf('down').length > 0),
			({ finnhub }) => void finnhub.instead.set('/quote', [{ status: 403, body }]),
		);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(/its plan doesn't include this/);
	});

	it('never throws at a frame, whatever it is, and never shows the key', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.string(), fc.json(), fc.constantFrom(...frames)),
				fc.nat(),
				(text, at) => {
					const key = 's3cr3t-token-of-finnhub';
					const spoilt =
						text.slice(0, at % (text.length + 1)) + key + text.slice(at % (text.length + 1));
					const said = JSON.stringify(
						[parseFrame(text, [key]), parseFrame(spoilt, [key])]
							.flat()
							.filter(({ kind }) => kind !== 'data' && kind !== 'refused'),
					);
					return !said.includes(key);
				},
			),
		);
	});
});
