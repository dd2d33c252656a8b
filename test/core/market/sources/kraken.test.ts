import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	createKraken,
	type Candle,
	type PairSettings,
	type Quote,
	type Trade,
} from '../../../../core/market';
import { describeLiveSource, playing, type LiveSetup } from '../../../contracts/liveSource';
import { FastClock } from '../../../fakes/FastClock';
import { KrakenServer, type KrakenRow, type KrakenTrade } from '../../../fakes/KrakenServer';
import type { RestAnswer } from '../../../fakes/LoopbackProvider';
import { pairSetup } from '../../../fakes/pairSetup';

type Setup = LiveSetup & { readonly kraken: KrakenServer; readonly trades: KrakenTrade[] };

const MINUTE = 60_000;
const ticker = (last: string) => ({
	a: ['50123.46', '1', '1.000'],
	b: ['50123.44', '1', '1.000'],
	c: [last, '0.001'],
	v: ['0.7', '163.2'],
	p: ['1', '2'],
	t: [35, 3_276],
	l: ['49600', '49500'],
	h: ['50800', '50900'],
	o: '50100',
});

async function setUp(more: Partial<PairSettings> = {}): Promise<Setup> {
	const clock = new FastClock();
	const kraken = await KrakenServer.open(() => clock.now(), clock.realMs(1_000));
	const trades: KrakenTrade[] = [];
	kraken.pairs.set('BTC/USD', 'XXBTZUSD');
	kraken.tickers.set('BTC/USD', ticker('50123.45'));
	kraken.trades.set('BTC/USD', trades);
	const happen = (): KrakenTrade => {
		const trade_id = 1_000 + trades.length;
		const trade: KrakenTrade = {
			symbol: 'BTC/USD',
			side: 'sell',
			price: 50_000 + (trade_id % 7),
			qty: 0.01,
			ord_type: 'limit',
			trade_id,
			timestamp: new Date(clock.now()).toISOString(),
		};
		trades.push(trade);
		return trade;
	};
	const floor = {
		listened: async () => await kraken.until(() => kraken.isListenedTo('trade BTC/USD')),
		happen,
		tell: (trade: object) => kraken.emit('trade', [trade]),
		last: () => trades.at(-1) ?? happen(),
	};
	const settings = { interval: '1m', ...more };
	return { ...pairSetup(createKraken, kraken, clock, floor, settings), kraken, trades };
}

describeLiveSource('Kraken', setUp, { fills: true });

const row = (startAt: number, close: number, count = 3): KrakenRow => [
	startAt / 1_000,
	'100',
	'110',
	'90',
	String(close),
	'100.0',
	'5.00000000',
	count,
];
const candle = (startAt: number, close: number, trades: number) => ({
	symbol: 'BTC/USD',
	interval: 1,
	interval_begin: new Date(startAt).toISOString(),
	open: 100,
	high: 110,
	low: 90,
	close,
	volume: 5,
	vwap: 100,
	trades,
});

describe('Kraken, polled', () => {
	let setup: Setup;
	const setUpPoll = async (more: Partial<PairSettings> = {}) =>
		(setup = await setUp({
			delivery: 'poll',
			receive: 'quotes',
			silentAfterMs: 3_600_000,
			...more,
		}));
	afterEach(async () => {
		expect(setup.clock.waiting).toBe(0);
		await setup.server.close();
	});

	it.each<[string, RestAnswer, RegExp, number, number]>([
		[
			'429 with a time',
			{ status: 429, headers: { 'retry-after': '7' } },
			/^Kraken asks to slow down; waiting 7 s\. Poll less often, or stream/,
			7_000,
			8_000,
		],
		['429 without', { status: 429 }, /^Kraken asks to slow down; waiting 60 s\./, 60_000, 61_000],
		[
			'a limit in a 200',
			{ status: 200, body: '{"error":["EAPI:Rate limit exceeded; apiKey=s3cr3t-token"]}' },
			/^Kraken asks to slow down; waiting 15 s\. .*It says: EAPI:Rate limit exceeded/,
			15_000,
			16_000,
		],
		[
			'too many requests in a 200',
			{ status: 200, body: '{"error":["EGeneral:Too many requests"]}' },
			/^Kraken asks to slow down; waiting 15 s\./,
			15_000,
			16_000,
		],
		[
			'a lockout in a 200',
			{ status: 200, body: '{"error":["EGeneral:Temporary lockout"]}' },
			/^Kraken asks to slow down; waiting 15 min\./,
			900_000,
			901_000,
		],
		[
			'maintenance in a 200',
			{ status: 200, body: '{"error":["EService:Unavailable"]}' },
			/^Kraken has a problem of its own; trying again\. It says: EService:Unavailable/,
			3_000,
			6_000,
		],
		[
			'a bad argument in a 200',
			{ status: 200, body: '{"error":["EGeneral:Invalid arguments:interval"]}' },
			/^Kraken doesn't take the request\. .*Invalid arguments:interval/,
			600_000,
			601_000,
		],
		[
			'403, a firewall',
			{ status: 403, body: '<html>no</html>' },
			/^Kraken refuses the request\. Check the proxy/,
			3_600_000,
			3_601_000,
		],
		[
			'404',
			{ status: 404, body: 'nothing' },
			/^Kraken doesn't have what was asked for\. Check the address/,
			600_000,
			601_000,
		],
		[
			"520, Cloudflare's own",
			{ status: 520, body: '<html>no</html>' },
			/^Kraken has a problem of its own; trying again/,
			3_000,
			6_000,
		],
		[
			'half an answer',
			{ status: 200, body: '{"error":[],"result":{"XXBTZ' },
			/^Kraken gave an answer that is not JSON/,
			60_000,
			61_000,
		],
		[
			'an answer of another shape',
			{ status: 200, body: '{"error":[]}' },
			/^Kraken gave an answer in a shape we do not know/,
			60_000,
			61_000,
		],
		['a cut line', 'cut', /^Kraken can't be reached\. No connection/, 3_000, 6_000],
		['no answer', 'silence', /^Kraken gave no answer within 12 s/, 3_000, 6_000],
		['a byte now and then', 'dribble', /^Kraken gave no answer within 12 s/, 3_000, 6_000],
	])('says once what %s means and when it tries again', async (_, answer, reason, least, most) => {
		const { kraken } = await setUpPoll();
		kraken.instead.set('/Ticker', [answer]);
		const comesBack = most < 20_000;
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.reportsOf('down').length > 0);
			if (comesBack) await sink.until(() => sink.reportsOf('back').length > 0);
		});
		const [down] = sink.reportsOf('down');
		expect(sink.reportsOf('down')).toHaveLength(1);
		expect(down).toMatchObject({ reason: expect.stringMatching(reason), symbols: ['BTC/USD'] });
		const wait = (down?.nextAttemptAt ?? 0) - (down?.at ?? 0);
		// The clock is fast: a millisecond of ours is 50 of its own.
		expect(wait).toBeGreaterThan(least - 2_500);
		expect(wait).toBeLessThanOrEqual(most);
		expect(sink.events).toHaveLength(comesBack ? 1 : 0);
		expect(JSON.stringify(sink.reports)).not.toContain('s3cr3t');
	});

	it('does not take a warning for an error', async () => {
		const { kraken } = await setUpPoll();
		const body = JSON.stringify({ error: ['WGeneral:Danger'], result: { XXBTZUSD: ticker('7') } });
		kraken.instead.set('/Ticker', [{ status: 200, body }]);
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length > 0),
		);
		expect(sink.events).toMatchObject([{ price: 7 }]);
	});

	it("gives 24 hours' figures, and nothing for what the answer does not say", async () => {
		await setUpPoll();
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length > 0),
		);
		expect(sink.events[0]).toMatchObject({
			source: 'kraken',
			symbol: 'BTC/USD',
			providerSymbol: 'BTC/USD',
			price: 50_123.45,
			bid: 50_123.44,
			ask: 50_123.46,
			open: null,
			high: 50_900,
			low: 49_500,
			change: null,
			changePercent: null,
			volume: 163.2,
			quality: [],
		});
	});

	it("matches answers by name, in whatever form it is Kraken's", async () => {
		const names: ReadonlyArray<readonly [string, string]> = [
			['ETH/BTC', 'XETHXXBT'],
			['DOGE/USD', 'XDGUSD'],
			['DOGE/EUR', 'XXDGZEUR'],
			['BTC/USDT', 'XBTUSDT'],
			['SOL/USD', 'SOLUSD'],
			['ADA/USD', 'ADA/USD'],
		];
		const { kraken } = await setUpPoll({ symbols: names.map(([symbol]) => symbol).reverse() });
		for (const [index, [symbol, name]] of names.entries()) {
			kraken.pairs.set(symbol, name);
			kraken.tickers.set(symbol, ticker(String(index + 1)));
		}
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= names.length),
		);
		expect(new Map(sink.events.map((event) => [event.symbol, (event as Quote).price]))).toEqual(
			new Map(names.map(([symbol], index) => [symbol, index + 1])),
		);
		expect(sink.reports).toEqual([]);
	});

	it('names a symbol that Kraken does not know, and goes on with the others', async () => {
		await setUpPoll({ symbols: ['NOPE/USD', 'BTC/USD'] });
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length > 0),
		);
		expect(sink.reports).toMatchObject([
			{
				kind: 'unknownSymbol',
				symbols: ['NOPE/USD'],
				reason: expect.stringMatching(/^Kraken doesn't know NOPE\/USD\. Check the spelling/),
			},
		]);
		expect(sink.events.map(({ symbol }) => symbol)).toEqual(['BTC/USD']);
	});

	it('asks once a second at most', async () => {
		const { kraken, clock } = await setUpPoll({ callsPerMinute: 60, pollEveryMs: 1_000 });
		const begun = clock.now();
		const { sink } = await playing(
			setup,
			async () => await kraken.until(() => kraken.requests.length >= 20),
		);
		expect(clock.now() - begun).toBeGreaterThanOrEqual(18_500);
		expect(sink.reports).toEqual([]);
	});

	it('never takes the last row for a closed candle, and fetches those of a time it was down', async () => {
		const { kraken, clock } = await setUpPoll({ receive: 'candles', pollEveryMs: 5_000 });
		const from = Math.floor(clock.now() / MINUTE) * MINUTE - 10 * MINUTE;
		const rows = (count: number) =>
			Array.from({ length: count }, (_, n) => row(from + n * MINUTE, 100 + n));
		kraken.rows.set('BTC/USD 1', rows(3));
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.events.length === 1);
			kraken.instead.set('/OHLC', [
				{ status: 200, body: '{"error":["EService:Busy"]}' },
				{ status: 200, body: '{"error":["EService:Busy"]}' },
			]);
			await sink.until(() => sink.reportsOf('down').length > 0);
			kraken.rows.set('BTC/USD 1', rows(9));
			await sink.until(() => sink.events.length === 7);
		});
		expect(
			sink.events.map((event) => [
				(event as Candle).startAt,
				(event as Candle).close,
				event.quality,
			]),
		).toEqual(Array.from({ length: 7 }, (_, n) => [from + (n + 1) * MINUTE, 101 + n, []]));
	});

	it('tells candles as missing that are older than the 720 there are', async () => {
		const { kraken, clock } = await setUpPoll({ receive: 'candles' });
		const now = Math.floor(clock.now() / MINUTE) * MINUTE;
		const rows = Array.from({ length: 800 }, (_, n) =>
			row(now - (799 - n) * MINUTE, 100 + (n % 5)),
		);
		kraken.rows.set('BTC/USD 1', rows);
		const { sink } = await playing(
			setup,
			async (sink) => {
				await sink.until(() => sink.events.length >= 719);
				await sink.until(() => sink.reportsOf('missing').length > 0);
			},
			{ lanes: { 'BTC/USD': { next: now - 799 * MINUTE, within: null } } },
		);
		expect(sink.events[0]?.quality).toEqual(['gapBefore']);
		expect(sink.reportsOf('missing')).toMatchObject([{ count: 80 }]);
	});
});

describe('Kraken, streamed', () => {
	let setup: Setup;
	afterEach(async () => await setup.server.close());
	const listened = async (channel: string) =>
		await setup.kraken.until(() => setup.kraken.isListenedTo(channel));

	it('names symbols it does not take, and goes on with the others', async () => {
		setup = await setUp({ symbols: ['BTC/USD', 'NOPE/USD'] });
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1 && sink.reports.length === 2);
		});
		expect(sink.reports.map(({ kind, reason }) => [kind, reason]).sort()).toEqual([
			[
				'unknownSymbol',
				"Kraken doesn't know NOPE/USD. Check the spelling, such as BTC/USD; the other symbols go on.",
			],
			[
				'unknownSymbol',
				"Kraken doesn't take NOPE/USD: Currency pair not supported NOPE/USD token=***. Check the symbol; the others go on.",
			],
		]);
	});

	it('pings while nothing is granted, and keeps the connection', async () => {
		setup = await setUp({ symbols: ['NOPE/USD'] });
		const { sink } = await playing(setup, async () => await setup.clock.sleep(60_000));
		expect(sink.reportsOf('down')).toEqual([]);
		expect(setup.kraken.connections).toBe(1);
		expect(setup.kraken.heard.filter((text) => text.includes('ping')).length).toBeGreaterThan(5);
	});

	it('says so when no subscription is answered at all', async () => {
		setup = await setUp();
		setup.kraken.grants = false;
		const { sink } = await playing(setup, async (sink, server) => {
			await sink.until(() => sink.reportsOf('down').length > 0);
			setup.kraken.grants = true;
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1);
		});
		expect(sink.reportsOf('down')[0]?.reason).toMatch(
			/^Kraken gave no answer to the subscription within 15 s/,
		);
	});

	it('says so when neither heartbeats nor answers to pings come any more', async () => {
		setup = await setUp();
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			setup.kraken.beats = false;
			await sink.until(() => sink.reportsOf('down').length > 0);
		});
		expect(sink.reportsOf('down')[0]?.reason).toMatch(/^Kraken gave no sign of life for \d+ s/);
	});

	it('counts an error that answers nothing', async () => {
		setup = await setUp();
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			setup.kraken.sendAll('{"Error":"Exceeded msg rate"}');
			await sink.until(() => sink.reportsOf('unreadable').length > 0);
		});
		expect(sink.reportsOf('unreadable')[0]?.reason).toContain('Exceeded msg rate');
	});

	it.each([
		['and none before', 0],
		['and many before, among which it looks at first', 5_000],
	])(
		'finds trades it missed by their time, however many there are, %s',
		async (_, before) => {
			setup = await setUp({ silentAfterMs: 3_600_000 });
			const { trades, clock } = setup;
			const { sink } = await playing(setup, async (sink, server) => {
				await server.listened();
				server.happen(before);
				// Spread over time, as trades are.
				const spread = (last: number) => {
					for (const [index, trade] of trades.entries()) {
						trade.timestamp = new Date(last - (trades.length - index) * 2).toISOString();
					}
				};
				spread(clock.now() - 6_000);
				server.tell(1);
				await sink.until(() => sink.events.length === 1);
				server.happen(2_500);
				spread(clock.now());
				server.tell(1);
				await sink.until(() => sink.events.length >= 2_502);
			});
			expect(sink.events.map(({ eventId }) => Number(eventId.split('#')[1]))).toEqual(
				Array.from({ length: 2_502 }, (_, n) => 1_000 + before + n),
			);
			expect(sink.reportsOf('missing')).toEqual([]);
			expect(sink.events.every((event) => (event as Trade).side === 'sell')).toBe(true);
		},
		15_000,
	);

	it('tells a quote once, also when the state at hand is told again after a cut', async () => {
		setup = await setUp({ receive: 'quotes' });
		const { kraken } = setup;
		const quote = (last: number, timestamp: string) => ({
			symbol: 'BTC/USD',
			bid: 0,
			ask: 3,
			last,
			volume: 4,
			low: 1,
			high: 2,
			change: 0.5,
			change_pct: 33.33,
			timestamp,
		});
		const [one, two] = [0, 1].map((n) => new Date(setup.clock.now() + n).toISOString());
		const { sink } = await playing(setup, async (sink) => {
			await listened('ticker BTC/USD');
			kraken.emit('ticker', [quote(1.5, one ?? '')], 'snapshot');
			await sink.until(() => sink.events.length === 1);
			kraken.cut();
			await sink.until(() => sink.reportsOf('down').length > 0);
			await listened('ticker BTC/USD');
			kraken.emit('ticker', [quote(1.5, one ?? '')], 'snapshot');
			kraken.emit('ticker', [quote(1.6, two ?? '')]);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toMatchObject([
			{ price: 1.5, bid: null, ask: 3, change: 0.5, changePercent: 33.33, quality: [] },
			{ price: 1.6, quality: ['gapBefore'] },
		]);
		expect(sink.reportsOf('doubtful')).toEqual([]);
	});

	it('closes a candle when the next begins, and fetches one it heard only part of', async () => {
		setup = await setUp({ receive: 'candles', silentAfterMs: 3_600_000 });
		const { kraken, clock } = setup;
		const from = Math.floor(clock.now() / MINUTE) * MINUTE;
		const say = (n: number, close: number, trades: number) =>
			kraken.emit('ohlc', [candle(from + n * MINUTE, close, trades)]);
		const { sink } = await playing(setup, async (sink) => {
			await listened('ohlc 1 BTC/USD');
			say(0, 101, 1);
			say(0, 102, 2);
			say(1, 103, 1);
			await sink.until(() => sink.events.length === 1);
			kraken.cut();
			await sink.until(() => sink.reportsOf('down').length > 0);
			kraken.rows.set(
				'BTC/USD 1',
				[102, 104, 105].map((close, n) => row(from + n * MINUTE, close)),
			);
			await listened('ohlc 1 BTC/USD');
			say(2, 105, 1);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toMatchObject([
			{ startAt: from, endAt: from + MINUTE, eventAt: from + MINUTE, close: 102, closed: true },
			{ startAt: from + MINUTE, close: 104, closed: true },
		]);
		expect(sink.events.every(({ quality }) => quality.length === 0)).toBe(true);
	});

	it('gives a quiet minute as the history has it', async () => {
		setup = await setUp({ receive: 'candles', silentAfterMs: 3_600_000 });
		const { kraken, clock } = setup;
		const from = Math.floor(clock.now() / MINUTE) * MINUTE;
		const flat = (n: number): KrakenRow => [
			from / 1_000 + n * 60,
			'102',
			'102',
			'102',
			'102',
			'0.0',
			'0.00000000',
			0,
		];
		kraken.rows.set('BTC/USD 1', [row(from, 102), flat(1), row(from + 2 * MINUTE, 103)]);
		const { sink } = await playing(setup, async (sink) => {
			await listened('ohlc 1 BTC/USD');
			kraken.emit('ohlc', [candle(from, 102, 3)]);
			kraken.emit('ohlc', [candle(from + 2 * MINUTE, 103, 1)]);
			await sink.until(() => sink.events.length === 1);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toMatchObject([
			{ startAt: from, volume: 5 },
			{ startAt: from + MINUTE, open: 102, close: 102, volume: 0, quality: [] },
		]);
	});

	it('gives running candles as they change, under ids that rise', async () => {
		setup = await setUp({ receive: 'runningCandles' });
		const { kraken, clock } = setup;
		const from = Math.floor(clock.now() / MINUTE) * MINUTE;
		const { sink } = await playing(setup, async (sink) => {
			await listened('ohlc 1 BTC/USD');
			kraken.emit('ohlc', [candle(from, 101, 1)]);
			kraken.emit('ohlc', [candle(from, 102, 2)]);
			kraken.emit('ohlc', [candle(from, 102, 2)]);
			kraken.emit('ohlc', [candle(from + MINUTE, 103, 1)]);
			await sink.until(() => sink.events.length === 4);
		});
		expect(sink.events.map((event) => [(event as Candle).close, (event as Candle).closed])).toEqual(
			[
				[101, false],
				[102, false],
				[102, true],
				[103, false],
			],
		);
		const running = sink.events.filter((event) => !(event as Candle).closed);
		expect(running.map(({ eventId }) => Number(eventId.split('#')[1]))).toEqual([
			from + 1,
			from + 2,
			from + MINUTE + 1,
		]);
		expect(sink.reports).toEqual([]);
	});
});

const RECORDED = join(__dirname, '../../../../../shared/data/payloads/kraken');
const isThere = existsSync(RECORDED);
const recorded = (file: string, own: object): string =>
	isThere ? readFileSync(join(RECORDED, file), 'utf8') : JSON.stringify(own);

describe(`Kraken's frames, ${isThere ? 'recorded' : 'our own, since ../shared is not there'}`, () => {
	let setup: Setup;
	afterEach(async () => await setup.server.close());

	const streamed = async (
		receive: PairSettings['receive'],
		channel: string,
		frames: readonly string[],
		count: number,
	) => {
		setup = await setUp({ receive });
		const { sink } = await playing(setup, async (sink) => {
			await setup.kraken.until(() => setup.kraken.isListenedTo(channel));
			for (const frame of frames) setup.kraken.sendAll(frame);
			await sink.until(() => sink.events.length >= count);
		});
		expect(sink.events).toHaveLength(count);
		expect(sink.reportsOf('unreadable')).toEqual([]);
		return sink.events;
	};

	it('reads trades from them as they are', async () => {
		const text = recorded('ws-v2-trade-update.json', {
			channel: 'trade',
			type: 'update',
			data: [
				{
					symbol: 'BTC/USD',
					side: 'buy',
					price: 105_944.2,
					qty: 0.1,
					ord_type: 'limit',
					trade_id: 7,
					timestamp: '2023-10-06T17:35:55.440295Z',
				},
			],
		});
		const { data } = JSON.parse(text) as { data: KrakenTrade[] };
		const events = await streamed('trades', 'trade BTC/USD', [text], data.length);
		expect(events).toMatchObject(
			data.map(({ trade_id: id, price, qty, side, timestamp }) => ({
				eventId: expect.stringMatching(new RegExp(`#${id}$`)),
				price,
				size: qty,
				side,
				eventAt: Date.parse(timestamp),
			})),
		);
	});

	it('reads a ticker, and passes by pongs, books and answers to others', async () => {
		const text = recorded('ws-v2-ticker-snapshot.json', {
			channel: 'ticker',
			type: 'snapshot',
			data: [
				{
					symbol: 'BTC/USD',
					bid: 105_944.2,
					ask: 105_944.3,
					last: 105_899.4,
					volume: 163.28908096,
					low: 104_711,
					high: 106_613.1,
					change: 250,
					change_pct: 0.24,
					timestamp: '2022-12-25T09:30:59.123456Z',
				},
			],
		});
		const others = [
			recorded('ws-v2-pong.json', { method: 'pong', req_id: 42 }),
			recorded('ws-v2-book-snapshot.json', { channel: 'book', type: 'snapshot', data: [] }),
			recorded('ws-v2-subscribe-response.json', {
				method: 'subscribe',
				result: { channel: 'ticker', symbol: 'BTC/USD', snapshot: true },
				success: true,
			}),
		];
		const [quote] = await streamed('quotes', 'ticker BTC/USD', [...others, text], 1);
		expect(quote).toMatchObject({
			price: 105_899.4,
			bid: 105_944.2,
			ask: 105_944.3,
			high: 106_613.1,
			low: 104_711,
			change: 250,
			changePercent: 0.24,
			volume: 163.28908096,
		});
	});

	it('reads candles and statistics from answers as they are', async () => {
		const ohlc = recorded('rest-ohlc-1m-xbtusdt.json', {
			error: [],
			result: {
				XBTUSDT: [0, 1, 2].map((n) => row(1_762_813_080_000 + n * MINUTE, 100 + n)),
				last: 1,
			},
		});
		const [, rows = []] =
			Object.entries((JSON.parse(ohlc) as { result: Record<string, KrakenRow[]> }).result).find(
				([name]) => name !== 'last',
			) ?? [];
		const oldest = (rows[0]?.[0] ?? 0) * 1_000;
		setup = await setUp({ delivery: 'poll', receive: 'candles', symbols: ['BTC/USDT'] });
		setup.kraken.pairs.set('BTC/USDT', 'XBTUSDT');
		setup.kraken.fixed.set('/OHLC', ohlc);
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= rows.length - 1),
			{ lanes: { 'BTC/USDT': { next: oldest, within: null } } },
		);
		// The newest is still running.
		expect(
			sink.events.map((event) => [
				(event as Candle).startAt,
				(event as Candle).open,
				(event as Candle).close,
				(event as Candle).volume,
			]),
		).toEqual(
			rows
				.slice(0, -1)
				.map(([start, open, , , close, , volume]) => [
					start * 1_000,
					Number(open),
					Number(close),
					Number(volume),
				]),
		);
		await setup.server.close();

		setup = await setUp({ delivery: 'poll', receive: 'quotes', symbols: ['BTC/USDT'] });
		setup.kraken.pairs.set('BTC/USDT', 'XBTUSDT');
		setup.kraken.fixed.set(
			'/AssetPairs',
			recorded('rest-asset-pairs.json', { error: [], result: { XBTUSDT: { wsname: 'XBT/USDT' } } }),
		);
		setup.kraken.fixed.set(
			'/Ticker',
			recorded('rest-ticker.json', { error: [], result: { XBTUSDT: ticker('105899.4') } }),
		);
		const quotes = await playing(setup, async (sink) => {
			await sink.until(() => sink.events.length > 0);
			await setup.kraken.until(() => setup.kraken.requests.length >= 3);
		});
		expect(quotes.sink.events).toMatchObject([{ symbol: 'BTC/USDT', price: 105_899.4 }]);
		expect(quotes.sink.reports).toEqual([]);
	});

	it('reads trades from an answer as it is', async () => {
		const answer = recorded('rest-trades-xbtusdt.json', {
			error: [],
			result: {
				XBTUSDT: [7, 8].map((id) => ['1.5', '2', 1_762_795_433.97, 'b', 'l', '', id]),
				last: '1762795433970000000',
			},
		});
		const [, rows = []] =
			Object.entries((JSON.parse(answer) as { result: Record<string, unknown[][]> }).result).find(
				([name]) => name !== 'last',
			) ?? [];
		setup = await setUp();
		setup.kraken.fixed.set('/Trades', answer);
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= rows.length),
			{ lanes: { 'BTC/USD': { next: Number(rows[0]?.[6]), within: null } } },
		);
		expect(sink.events.map((event) => [(event as Trade).price, (event as Trade).side])).toEqual(
			rows.map(([price, , , side]) => [Number(price), side === 'b' ? 'buy' : 'sell']),
		);
	});

	it.each([
		['rest-error-rate-limit.json', 'EAPI:Rate limit exceeded', /slow down; waiting 15 s/],
		['rest-error-unknown-pair.json', 'EQuery:Unknown asset pair', /doesn't know a symbol/],
	])('knows the error body %s', async (file, error, reason) => {
		setup = await setUp({ delivery: 'poll', receive: 'quotes' });
		setup.kraken.fixed.set('/Ticker', recorded(file, { error: [error] }));
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.reportsOf('down').length > 0),
		);
		expect(sink.reportsOf('down')[0]?.reason).toMatch(reason);
	});
});
