import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	createCoinbase,
	type Candle,
	type PairSettings,
	type Quote,
	type Trade,
} from '../../../../core/market';
import { describeLiveSource, playing, type LiveSetup } from '../../../contracts/liveSource';
import { CoinbaseServer, type CoinbaseTrade } from '../../../fakes/CoinbaseServer';
import { FastClock } from '../../../fakes/FastClock';
import type { RestAnswer } from '../../../fakes/LoopbackProvider';
import { pairSetup } from '../../../fakes/pairSetup';

type Setup = LiveSetup & { readonly coinbase: CoinbaseServer };

const product = (id: string, more: object = {}) => ({
	product_id: id,
	price: '50123.45',
	price_percentage_change_24h: '-0.24',
	volume_24h: '15000.5',
	best_bid_price: '50123.44',
	best_ask_price: '',
	alias: '',
	...more,
});

async function setUp(more: Partial<PairSettings> = {}): Promise<Setup> {
	const clock = new FastClock();
	const coinbase = await CoinbaseServer.open(() => clock.now(), clock.realMs(1_000));
	const trades: CoinbaseTrade[] = [];
	coinbase.products.set('BTC-USD', product('BTC-USD'));
	coinbase.trades.set('BTC-USD', trades);
	const happen = (): CoinbaseTrade => {
		const id = 1_000 + trades.length;
		const trade: CoinbaseTrade = {
			trade_id: String(id),
			product_id: 'BTC-USD',
			price: (50_000 + (id % 7)).toFixed(2),
			size: '0.01',
			side: 'BUY',
			time: new Date(clock.now()).toISOString(),
		};
		trades.push(trade);
		return trade;
	};
	const floor = {
		listened: async () =>
			await coinbase.until(() => coinbase.isListenedTo('market_trades BTC-USD')),
		happen,
		tell: (trade: object) => coinbase.emit('market_trades', [trade]),
		last: () => trades.at(-1) ?? happen(),
	};
	return { ...pairSetup(createCoinbase, coinbase, clock, floor, more), coinbase };
}

describeLiveSource('Coinbase', setUp, { fills: true });

const candle = (startAt: number, close: number) => ({
	start: String(startAt / 1_000),
	low: '90',
	high: '110',
	open: '100',
	close: String(close),
	volume: '5',
	product_id: 'BTC-USD',
});
const FIVE_MINUTES = 300_000;

describe('Coinbase, polled', () => {
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
			{
				status: 429,
				headers: { 'retry-after': '7' },
				body: '{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests; apiKey=s3cr3t-token"}]}',
			},
			/^Coinbase asks to slow down; waiting 7 s\. Poll less often, or stream.*It says: Too many/,
			7_000,
			8_000,
		],
		[
			'429 with a reset in seconds',
			{ status: 429, headers: { 'x-ratelimit-reset': '9' } },
			/^Coinbase asks to slow down; waiting 9 s\./,
			9_000,
			10_000,
		],
		['429 without', { status: 429 }, /^Coinbase asks to slow down; waiting 60 s\./, 60_000, 61_000],
		[
			'a limit in the body of a 200',
			{
				status: 200,
				body: '{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]}',
			},
			/^Coinbase asks to slow down; waiting 60 s\./,
			60_000,
			61_000,
		],
		['401', { status: 401 }, /^Coinbase wants a key for this\./, 3_600_000, 3_601_000],
		[
			'403, a firewall',
			{ status: 403, body: '<html>no</html>' },
			/^Coinbase refuses the request\. Check the proxy/,
			3_600_000,
			3_601_000,
		],
		[
			'404 of an address that is another one',
			{ status: 404, body: 'nothing here' },
			/^Coinbase doesn't have what was asked for\. Check the address/,
			600_000,
			601_000,
		],
		[
			'a bad parameter',
			{
				status: 400,
				body: '{"error":"invalid_request","error_description":"granularity is required"}',
			},
			/^Coinbase doesn't take the request\. .*It says: granularity is required \(400\)/,
			600_000,
			601_000,
		],
		[
			'500',
			{ status: 500, body: '{"error":"unknown","error_details":"boom","message":"boom"}' },
			/^Coinbase has a problem of its own; trying again\. It says: boom/,
			3_000,
			6_000,
		],
		[
			'half an answer',
			{ status: 200, body: '{"products":[{"product_id":"BTC-US' },
			/^Coinbase gave an answer that is not JSON/,
			60_000,
			61_000,
		],
		[
			'an answer of another shape',
			{ status: 200, body: '{"product":[]}' },
			/^Coinbase gave an answer in a shape we do not know/,
			60_000,
			61_000,
		],
		['a cut line', 'cut', /^Coinbase can't be reached\. No connection/, 3_000, 6_000],
		['no answer', 'silence', /^Coinbase gave no answer within 12 s/, 3_000, 6_000],
		['a byte now and then', 'dribble', /^Coinbase gave no answer within 12 s/, 3_000, 6_000],
	])('says once what %s means and when it tries again', async (_, answer, reason, least, most) => {
		const { coinbase } = await setUpPoll();
		// The symbols are checked by the same call.
		coinbase.instead.set('/market/products', [answer, answer]);
		const comesBack = most < 10_000;
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

	it('asks for 100 products at a time, and matches answers by name', async () => {
		const symbols = Array.from({ length: 150 }, (_, n) => `A${n}/USD`);
		const { coinbase } = await setUpPoll({ symbols });
		for (const [n, symbol] of symbols.entries()) {
			const id = symbol.replace('/', '-');
			coinbase.products.set(id, product(id, { price: String(n + 1) }));
		}
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= 150),
		);
		expect(coinbase.requests).toHaveLength(4); // two to check the symbols
		expect(new Map(sink.events.map((event) => [event.symbol, (event as Quote).price]))).toEqual(
			new Map(symbols.map((symbol, n) => [symbol, n + 1])),
		);
	});

	it('gives what a product says, and nothing for what it does not', async () => {
		await setUpPoll();
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length > 0),
		);
		expect(sink.events[0]).toMatchObject({
			source: 'coinbase',
			providerSymbol: 'BTC-USD',
			price: 50_123.45,
			bid: 50_123.44,
			ask: null,
			high: null,
			low: null,
			change: null,
			changePercent: -0.24,
			volume: 15_000.5,
			quality: [],
		});
	});

	it.each<[string, RestAnswer[]]>([
		['is left out of the answer', []],
		[
			'spoils the answer for all',
			Array.from({ length: 2 }, () => ({
				status: 404,
				body: '{"errors":[{"id":"not_found","message":"Not found"}]}',
			})),
		],
	])('names a symbol that %s, and goes on with the others', async (_, answers) => {
		const { coinbase } = await setUpPoll({ symbols: ['NOPE/USD', 'BTC/USD'] });
		coinbase.instead.set('/market/products?', answers);
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length > 0 && sink.reports.length > 0),
		);
		expect(sink.reports).toMatchObject([
			{
				kind: 'unknownSymbol',
				symbols: ['NOPE/USD'],
				reason: expect.stringMatching(/^Coinbase doesn't know NOPE\/USD\. Check the spelling/),
			},
		]);
		expect(sink.events.map(({ symbol }) => symbol)).toEqual(['BTC/USD']);
	});

	it('gives a quote again only when it has changed', async () => {
		const { coinbase } = await setUpPoll({ pollEveryMs: 2_000 });
		const { sink } = await playing(setup, async (sink) => {
			await coinbase.until(() => coinbase.requests.length >= 5);
			coinbase.products.set('BTC-USD', product('BTC-USD', { price: '50124' }));
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events.map((event) => (event as Quote).price)).toEqual([50_123.45, 50_124]);
		expect(sink.reports).toEqual([]);
	});

	it('gives each closed candle once, those of a time it was down included, and none for quiet intervals', async () => {
		await setUpPoll({ receive: 'candles', interval: '1m', pollEveryMs: 5_000 });
		const { coinbase, clock } = setup;
		const from = Math.floor(clock.now() / 60_000) * 60_000 - 480_000;
		const rows = [0, 1, 2, 4, 6].map((n) => candle(from + n * 60_000, 100 + n));
		coinbase.candles.set('BTC-USD ONE_MINUTE', rows.slice(0, 2));
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.events.length === 1);
			coinbase.instead.set('/candles', [{ status: 500 }, { status: 500 }]);
			await sink.until(() => sink.reportsOf('down').length > 0);
			coinbase.candles.set('BTC-USD ONE_MINUTE', rows);
			coinbase.candles.get('BTC-USD ONE_MINUTE')?.push(candle(from + 480_000, 107));
			await sink.until(() => sink.reportsOf('back').length > 0);
			await clock.sleep(from + 545_000 - clock.now());
			coinbase.candles.get('BTC-USD ONE_MINUTE')?.push(candle(from + 540_000, 108));
			await sink.until(() => sink.events.some((event) => (event as Candle).close === 107));
		});
		expect(sink.events.map((event) => [(event as Candle).close, event.quality])).toEqual([
			[101, []],
			[107, []],
		]);
		expect(sink.reportsOf('missing')).toEqual([]);
	});

	it('asks for many candles page by page', async () => {
		const { coinbase, clock } = await setUpPoll({ receive: 'candles', interval: '1m' });
		const now = Math.floor(clock.now() / 60_000) * 60_000;
		const rows = Array.from({ length: 901 }, (_, n) =>
			candle(now - (900 - n) * 60_000, 100 + (n % 5)),
		);
		coinbase.candles.set('BTC-USD ONE_MINUTE', rows);
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= 900),
			{ lanes: { 'BTC/USD': { next: now - 900 * 60_000, within: null } } },
		);
		expect(sink.events.slice(0, 900).map((event) => (event as Candle).startAt)).toEqual(
			rows.slice(0, 900).map(({ start }) => Number(start) * 1_000),
		);
		expect(sink.events.every(({ quality }) => quality.length === 0)).toBe(true);
		const asked = coinbase.requests.filter((path) => path.includes('/candles'));
		expect(asked).toHaveLength(3);
	});
});

describe('Coinbase, streamed', () => {
	let setup: Setup;
	afterEach(async () => await setup.server.close());
	const listened = async (channel: string) =>
		await setup.coinbase.until(() => setup.coinbase.isListenedTo(channel));

	it('asks for one channel a message, heartbeats first', async () => {
		setup = await setUp({ symbols: ['BTC/USD', 'ETH/USD'] });
		await playing(setup, async () => await listened('market_trades ETH-USD'));
		expect(setup.coinbase.heard.slice(0, 2)).toEqual([
			'{"type":"subscribe","channel":"heartbeats"}',
			'{"type":"subscribe","product_ids":["BTC-USD","ETH-USD"],"channel":"market_trades"}',
		]);
	});

	it('names symbols it does not know or take, and goes on with the others', async () => {
		setup = await setUp({
			symbols: ['BTC/USD', 'NOPE/USD', 'BAD/USD'],
			silentAfterMs: 3_600_000,
		});
		setup.coinbase.products.set('BAD-USD', product('BAD-USD'));
		setup.coinbase.refused.add('BAD-USD');
		setup.coinbase.ignored.add('NOPE-USD');
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1 && sink.reports.length === 2);
			// One that's never granted isn't waited for.
			await setup.clock.sleep(30_000);
			server.tell(1);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.reportsOf('down')).toEqual([]);
		expect(sink.reports.map(({ kind, reason }) => [kind, reason]).sort()).toEqual([
			[
				'unknownSymbol',
				"Coinbase doesn't know NOPE/USD. Check the spelling, such as BTC/USD; the other symbols go on.",
			],
			[
				'unknownSymbol',
				"Coinbase doesn't take BAD/USD: failed to subscribe: invalid product, token=***. Check the symbol; the others go on.",
			],
		]);
	});

	it('keeps the connection when all it is asked for is unknown', async () => {
		setup = await setUp({ symbols: ['NOPE/USD'] });
		setup.coinbase.ignored.add('NOPE-USD');
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.reports.length > 0);
			await setup.clock.sleep(40_000);
		});
		expect(sink.reports.map(({ kind }) => kind)).toEqual(['unknownSymbol']);
		expect(setup.coinbase.connections).toBe(1);
	});

	it('says so when no subscription is answered at all', async () => {
		setup = await setUp();
		setup.coinbase.grants = false;
		const { sink } = await playing(setup, async (sink, server) => {
			await sink.until(() => sink.reportsOf('down').length > 0);
			setup.coinbase.grants = true;
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1);
		});
		expect(sink.reportsOf('down')[0]?.reason).toMatch(
			/^Coinbase gave no (answer to the subscription within 15 s|sign of life)/,
		);
	});

	it('fetches trades that its numbers say were lost, and tells how many messages', async () => {
		setup = await setUp({ silentAfterMs: 3_600_000 });
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			server.tell(2);
			await sink.until(() => sink.events.length === 2);
			server.happen(3);
			setup.coinbase.lose(2);
			server.tell(1);
			await sink.until(() => sink.events.length === 6);
			await sink.until(() => sink.reportsOf('missing').length > 0);
		});
		expect(sink.events.every(({ quality }) => quality.length === 0)).toBe(true);
		expect(sink.reports).toMatchObject([
			{
				kind: 'missing',
				count: 2,
				symbols: ['BTC/USD'],
				reason:
					'2 messages of Coinbase were lost on the way, by its own numbers. The trades in them are fetched.',
			},
		]);
	});

	it('tells what is missing when it is too old for the history', async () => {
		setup = await setUp({ silentAfterMs: 3_600_000 });
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1);
			server.happen(1_500);
			server.tell(1);
			await sink.until(() => sink.events.length === 1_001);
			await sink.until(() => sink.reportsOf('missing').length > 0);
		});
		expect(sink.events.map(({ quality }) => quality).filter((flags) => flags.length > 0)).toEqual([
			['gapBefore'],
		]);
		expect(sink.events[1]?.quality).toEqual(['gapBefore']);
		expect(sink.reportsOf('missing')).toMatchObject([
			{ count: 501, missing: [{ symbol: 'BTC/USD', from: 1_001, to: 1_502, count: 501 }] },
		]);
	});

	it('leaves out trades of a snapshot that were before it came, and sorts those of a message', async () => {
		setup = await setUp();
		const { coinbase, clock } = setup;
		const trade = (id: number) => ({
			trade_id: String(id),
			product_id: 'BTC-USD',
			price: '1',
			size: '2',
			side: 'SELL',
			time: new Date(clock.now()).toISOString(),
		});
		const { sink } = await playing(setup, async (sink) => {
			await listened('market_trades BTC-USD');
			coinbase.emit('market_trades', [trade(9), trade(8), trade(7)], 'snapshot');
			coinbase.emit('market_trades', [trade(12), trade(11), trade(10)]);
			await sink.until(() => sink.events.length === 3);
			coinbase.emit('market_trades', [trade(13), trade(12), trade(11)], 'snapshot');
			await sink.until(() => sink.events.length === 4);
		});
		expect(sink.events.map(({ eventId }) => eventId.split('#')[1])).toEqual([
			'10',
			'11',
			'12',
			'13',
		]);
		expect(sink.events.every((event) => (event as Trade).side === null)).toBe(true);
		expect(sink.reports).toEqual([]);
	});

	it('answers a pair in USDC with the book in USD', async () => {
		setup = await setUp({ symbols: ['BTC/USDC'] });
		setup.coinbase.products.set('BTC-USDC', product('BTC-USDC', { alias: 'BTC-USD' }));
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1);
		});
		expect(sink.events).toMatchObject([{ symbol: 'BTC/USDC', providerSymbol: 'BTC-USDC' }]);
		expect(sink.reports).toEqual([]);
	});

	it('says of the first quote after lost messages, and after a cut, that something may be missing', async () => {
		setup = await setUp({ receive: 'quotes' });
		const { coinbase } = setup;
		const tell = (price: string) =>
			coinbase.emit('ticker', [
				{ type: 'ticker', product_id: 'BTC-USD', price, best_bid: '0', best_ask: '2' },
			]);
		const { sink } = await playing(setup, async (sink) => {
			const next = async (count: number) => await sink.until(() => sink.events.length === count);
			await listened('ticker BTC-USD');
			tell('');
			tell('1');
			await next(1);
			coinbase.lose(1);
			tell('1.01');
			await next(2);
			tell('1.02');
			await next(3);
			coinbase.cut();
			await sink.until(() => sink.reportsOf('down').length > 0);
			await listened('ticker BTC-USD');
			tell('1.03');
			await next(4);
		});
		expect(sink.events.map(({ quality }) => quality)).toEqual([
			[],
			['gapBefore'],
			[],
			['gapBefore'],
		]);
		expect(sink.events[0]).toMatchObject({ price: 1, bid: null, ask: 2, high: null });
	});

	it('closes a candle when the next begins, and fetches one it heard only part of', async () => {
		setup = await setUp({ receive: 'candles', silentAfterMs: 3_600_000 });
		const { coinbase, clock } = setup;
		const from = Math.floor(clock.now() / FIVE_MINUTES) * FIVE_MINUTES;
		const say = (n: number, close: number) =>
			coinbase.emit('candles', [candle(from + n * FIVE_MINUTES, close)]);
		const rows = [102, 104, 105].map((close, n) => candle(from + n * FIVE_MINUTES, close));
		const { sink } = await playing(setup, async (sink) => {
			await listened('candles BTC-USD');
			coinbase.emit('candles', [candle(from, 101), candle(from - FIVE_MINUTES, 99)], 'snapshot');
			say(0, 102);
			say(1, 103);
			await sink.until(() => sink.events.length === 1);
			coinbase.cut();
			await sink.until(() => sink.reportsOf('down').length > 0);
			coinbase.candles.set('BTC-USD FIVE_MINUTE', rows);
			await listened('candles BTC-USD');
			say(2, 105);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toMatchObject([
			{
				startAt: from,
				endAt: from + FIVE_MINUTES,
				eventAt: from + FIVE_MINUTES,
				close: 102,
				closed: true,
				quality: [],
			},
			{ startAt: from + FIVE_MINUTES, close: 104, closed: true, quality: [] },
		]);
		expect(new Set(sink.events.map(({ eventId }) => eventId)).size).toBe(2);
	}, 20_000);

	it('fetches a candle that no other follows, once its end has passed', async () => {
		setup = await setUp({ receive: 'candles', silentAfterMs: 3_600_000 });
		const { coinbase, clock } = setup;
		const from = Math.floor(clock.now() / FIVE_MINUTES) * FIVE_MINUTES;
		const { sink } = await playing(setup, async (sink) => {
			await listened('candles BTC-USD');
			coinbase.emit('candles', [candle(from, 101)]);
			coinbase.candles.set('BTC-USD FIVE_MINUTE', [candle(from, 102)]);
			await sink.until(() => sink.events.length === 1);
		});
		expect(sink.events).toMatchObject([{ startAt: from, close: 102, closed: true, quality: [] }]);
		expect(sink.reports).toEqual([]);
		expect(clock.now()).toBeGreaterThan(from + FIVE_MINUTES);
	});

	it('gives running candles as they change, and the closed one at their end', async () => {
		setup = await setUp({ receive: 'runningCandles' });
		const { coinbase, clock } = setup;
		const from = Math.floor(clock.now() / FIVE_MINUTES) * FIVE_MINUTES;
		const { sink } = await playing(setup, async (sink) => {
			const say = async (n: number, close: number, count: number) => {
				coinbase.emit('candles', [candle(from + n * FIVE_MINUTES, close)]);
				await sink.until(() => sink.events.length === count);
			};
			await listened('candles BTC-USD');
			await say(0, 101, 1);
			await say(0, 102, 2);
			await say(1, 103, 4);
		});
		expect(sink.events.map((event) => [(event as Candle).close, (event as Candle).closed])).toEqual(
			[
				[101, false],
				[102, false],
				[102, true],
				[103, false],
			],
		);
		expect(new Set(sink.events.map(({ eventId }) => eventId)).size).toBe(4);
	});
});

const RECORDED = join(__dirname, '../../../../../shared/data/payloads/coinbase');
const isThere = existsSync(RECORDED);
const recorded = (file: string, own: object): string =>
	isThere ? readFileSync(join(RECORDED, file), 'utf8') : JSON.stringify(own);
const envelope = (channel: string, events: object[]) => ({
	channel,
	client_id: '',
	timestamp: '2026-04-07T14:30:02.789012Z',
	sequence_num: 5,
	events,
});

describe(`Coinbase's frames, ${isThere ? 'recorded' : 'our own, since ../shared is not there'}`, () => {
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
			await setup.coinbase.until(() => setup.coinbase.isListenedTo(channel));
			for (const frame of frames) setup.coinbase.sendAll(frame);
			await sink.until(() => sink.events.length >= count);
		});
		expect(sink.events).toHaveLength(count);
		expect(sink.reportsOf('unreadable')).toEqual([]);
		return sink.events;
	};

	it('reads trades from them as they are', async () => {
		const own = envelope('market_trades', [
			{
				type: 'update',
				trades: [
					{
						trade_id: '7',
						product_id: 'BTC-USD',
						price: '68900.50',
						size: '0.5',
						side: 'BUY',
						time: '2026-04-07T14:30:02.789012Z',
					},
				],
			},
		]);
		const text = recorded('ws-advanced-market-trades.json', own);
		const { trades } = (JSON.parse(text) as { events: Array<{ trades: CoinbaseTrade[] }> })
			.events[0] ?? { trades: [] };
		const events = await streamed('trades', 'market_trades BTC-USD', [text], trades.length);
		expect(events).toMatchObject(
			trades.map(({ trade_id: id, price, size, time }) => ({
				eventId: expect.stringMatching(new RegExp(`#${id}$`)),
				price: Number(price),
				size: Number(size),
				eventAt: Date.parse(time),
			})),
		);
	});

	it('reads tickers, and passes by heartbeats, states and books', async () => {
		const own = envelope('ticker', [
			{
				type: 'snapshot',
				tickers: [
					{
						type: 'ticker',
						product_id: 'BTC-USD',
						price: '68900.50',
						best_bid: '68900.00',
						best_ask: '68901.00',
						high_24_h: '69200.00',
						low_24_h: '67500.00',
						price_percent_chg_24_h: '1.85',
						volume_24_h: '15328.12345678',
					},
				],
			},
		]);
		const others = [
			recorded('ws-advanced-heartbeats.json', envelope('heartbeats', [{ heartbeat_counter: 42 }])),
			recorded(
				'ws-advanced-status-1.json',
				envelope('status', [{ type: 'snapshot', products: [] }]),
			),
			recorded('ws-advanced-l2-data-snapshot.json', envelope('l2_data', [{ updates: [] }])),
			recorded(
				'ws-advanced-subscriptions.json',
				envelope('subscriptions', [{ subscriptions: {} }]),
			),
		];
		const text = recorded('ws-advanced-ticker.json', own);
		const [quote] = await streamed('quotes', 'ticker BTC-USD', [...others, text], 1);
		expect(quote).toMatchObject({
			price: 68_900.5,
			bid: 68_900,
			ask: 68_901,
			high: 69_200,
			low: 67_500,
			changePercent: 1.85,
			volume: 15_328.12345678,
		});
	});

	it('reads a running candle', async () => {
		const own = envelope('candles', [
			{
				type: 'update',
				candles: [
					{
						start: '1775521800',
						high: '68950.00',
						low: '68850.00',
						open: '68900.00',
						close: '68920.50',
						volume: '42.15',
						product_id: 'BTC-USD',
					},
				],
			},
		]);
		const text = recorded('ws-advanced-candles.json', own);
		const [event] = await streamed('runningCandles', 'candles BTC-USD', [text], 1);
		expect(event).toMatchObject({
			startAt: 1_775_521_800_000,
			endAt: 1_775_522_100_000,
			open: 68_900,
			close: 68_920.5,
			closed: false,
		});
	});

	it('reads products, candles and trades from answers as they are', async () => {
		const products = recorded('rest-advanced-products.json', {
			products: [product('BTC-USD', { price: '68925.98' }), product('BTC-USDC')],
		});
		const { products: rows } = JSON.parse(products) as {
			products: Array<{ product_id: string; price: string }>;
		};
		setup = await setUp({
			delivery: 'poll',
			receive: 'quotes',
			symbols: rows.map((row) => row.product_id),
		});
		setup.coinbase.fixed.set('/market/products', products);
		const quotes = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= rows.length),
		);
		expect(
			quotes.sink.events.map((event) => [event.providerSymbol, (event as Quote).price]),
		).toEqual(rows.map((row) => [row.product_id, Number(row.price)]));
		await setup.server.close();

		const candles = recorded('rest-advanced-candles.json', {
			candles: [candle(1_712_192_400_000, 1), candle(1_712_188_800_000, 2)],
		});
		const newestFirst = (
			JSON.parse(candles) as { candles: Array<{ start: string; close: string }> }
		).candles;
		setup = await setUp({ delivery: 'poll', receive: 'candles', interval: '1h' });
		setup.coinbase.fixed.set('/candles', candles);
		const oldest = Number(newestFirst.at(-1)?.start) * 1_000;
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= 1),
			{ lanes: { 'BTC/USD': { next: oldest, within: null } } },
		);
		expect(sink.events[0]).toMatchObject({
			startAt: oldest,
			close: Number(newestFirst.at(-1)?.close),
		});
		await setup.server.close();

		const answer = recorded('rest-advanced-ticker.json', {
			trades: [9, 8].map((id) => ({
				trade_id: String(id),
				product_id: 'BTC-USD',
				price: '1',
				size: '1',
				time: '2026-04-07T00:28:58.544778Z',
			})),
		});
		const trades = (JSON.parse(answer) as { trades: CoinbaseTrade[] }).trades;
		setup = await setUp();
		setup.coinbase.fixed.set('/ticker', answer);
		const first = Number(trades.at(-1)?.trade_id);
		const fetched = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= trades.length),
			{ lanes: { 'BTC/USD': { next: first, within: null } } },
		);
		expect(fetched.sink.events.map((event) => (event as Trade).price)).toEqual(
			[...trades].reverse().map(({ price }) => Number(price)),
		);
	});
});
