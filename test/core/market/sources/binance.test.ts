import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	createBinance,
	type BinanceSettings,
	type Candle,
	type Quote,
} from '../../../../core/market';
import { describeLiveSource, playing, type LiveSetup } from '../../../contracts/liveSource';
import { BinanceServer, type AggTrade } from '../../../fakes/BinanceServer';
import { FastClock } from '../../../fakes/FastClock';
import { livePorts, liveServer } from '../../../fakes/liveSetup';
import type { RestAnswer } from '../../../fakes/LoopbackProvider';

type Setup = LiveSetup & { readonly binance: BinanceServer };

const settingsFor = (server: BinanceServer): BinanceSettings => ({
	symbols: ['BTC/USDT'],
	receive: 'trades',
	interval: '1m',
	delivery: 'stream',
	pollEveryMs: 15_000,
	silentAfterMs: 20_000,
	streamBaseUrl: `ws://${server.host}`,
	restBaseUrl: `http://${server.host}`,
	weightPerMinute: 6_000,
});

async function setUp(more: Partial<BinanceSettings> = {}): Promise<Setup> {
	const clock = new FastClock();
	const binance = await BinanceServer.open(clock.realMs(20_000));
	const ports = livePorts(clock);
	const trades: AggTrade[] = [];
	binance.trades.set('BTCUSDT', trades);
	const next = (): AggTrade => {
		const a = 1_000 + trades.length;
		const trade = {
			a,
			p: (50_000 + (a % 7)).toFixed(8),
			q: '0.01000000',
			f: a * 2,
			l: a * 2 + 1,
			T: clock.now(),
			m: a % 2 === 0,
			M: true,
		};
		trades.push(trade);
		return trade;
	};
	const tell = (trade: AggTrade) =>
		binance.emit('btcusdt@aggTrade', { e: 'aggTrade', E: clock.now(), s: 'BTCUSDT', ...trade });
	const server = liveServer(binance, {
		listened: async () => await binance.until(() => binance.isListenedTo('btcusdt@aggTrade')),
		happen: next,
		tell,
		last: () => trades.at(-1) ?? next(),
	});
	const open = (start: { cursor: unknown; play: string }) =>
		createBinance({ ...settingsFor(binance), ...more }, ports, start);
	return { server, binance, clock, open };
}

describeLiveSource('Binance', setUp, { fills: true });

const statistics = (symbol: string, closeTime: number, more: object = {}) => ({
	symbol,
	lastPrice: '50123.45',
	bidPrice: '50123.44',
	askPrice: '50123.46',
	openPrice: '50243.95',
	highPrice: '50900.00',
	lowPrice: '49500.00',
	prevClosePrice: '50243.95',
	priceChange: '-120.50',
	priceChangePercent: '-0.240',
	volume: '12345.678',
	closeTime,
	...more,
});
const kline = (startAt: number, close: number, closed: boolean, saidAt = startAt + 1_000) => ({
	e: 'kline',
	E: saidAt,
	s: 'BTCUSDT',
	k: {
		t: startAt,
		T: startAt + 59_999,
		s: 'BTCUSDT',
		i: '1m',
		o: '100',
		c: String(close),
		h: '110',
		l: '90',
		v: '5',
		n: 3,
		x: closed,
	},
});
const klineRow = (startAt: number, close: number, stepMs = 60_000) =>
	[
		startAt,
		'100',
		'110',
		'90',
		String(close),
		'5',
		startAt + stepMs - 1,
		'500',
		3,
		'1',
		'1',
		'0',
	] as const;

describe('Binance, polled', () => {
	let setup: Setup;
	const setUpPoll = async (more: Partial<BinanceSettings> = {}) => {
		setup = await setUp({ delivery: 'poll', receive: 'quotes', silentAfterMs: 3_600_000, ...more });
		setup.binance.statistics.set('BTCUSDT', statistics('BTCUSDT', setup.clock.now()));
		return setup;
	};
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
				body: '{"code":-1003,"msg":"Too much request weight used; apiKey=s3cr3t-token"}',
			},
			/^Binance asks to slow down; waiting 7 s\. Poll less often, or stream.*It says: Too much/,
			7_000,
			8_000,
		],
		['429 without', { status: 429 }, /^Binance asks to slow down; waiting 60 s\./, 60_000, 61_000],
		[
			'429 in the body only',
			{ status: 400, body: '{"code":-1003,"msg":"Too many requests"}' },
			/^Binance asks to slow down; waiting 60 s\./,
			60_000,
			61_000,
		],
		[
			'418, a ban, with a time',
			{
				status: 418,
				headers: { 'retry-after': '300' },
				body: '{"code":-1003,"msg":"Way too much request weight used; IP banned until 1700000000000."}',
			},
			/^Binance has banned this IP address for 5 min, .*Nothing is asked until then/,
			300_000,
			301_000,
		],
		[
			'418 without',
			{ status: 418 },
			/^Binance has banned this IP address for 2 min/,
			120_000,
			121_000,
		],
		[
			'403, the firewall',
			{ status: 403, body: '<html>no</html>' },
			/^Binance firewall refuses the request\. Check the proxy/,
			3_600_000,
			3_601_000,
		],
		[
			'451, the place',
			{ status: 451, body: '{"code":0,"msg":"Service unavailable from a restricted location"}' },
			/^Binance refuses this place: .*Set another address under Options/,
			3_600_000,
			3_601_000,
		],
		[
			'404',
			{ status: 404 },
			/^Binance doesn't have what was asked for\. Check the address/,
			600_000,
			601_000,
		],
		[
			'a bad parameter',
			{ status: 400, body: '{"code":-1100,"msg":"Illegal characters"}' },
			/^Binance doesn't take the request\. Check interval, symbols/,
			600_000,
			601_000,
		],
		[
			'500',
			{ status: 500, body: '{"code":-1000,"msg":"An unknown error"}' },
			/^Binance has a problem of its own; trying again/,
			3_000,
			6_000,
		],
		[
			'a timeout of its own',
			{ status: 400, body: '{"code":-1007,"msg":"Timeout waiting for response"}' },
			/^Binance has a problem of its own/,
			3_000,
			6_000,
		],
		[
			'half an answer',
			{ status: 200, body: '[{"symbol":"BTCUSDT","lastPr' },
			/^Binance gave an answer that is not JSON/,
			60_000,
			61_000,
		],
		[
			'an answer of another shape',
			{ status: 200, body: '{"symbols":[]}' },
			/^Binance gave an answer in a shape we do not know/,
			60_000,
			61_000,
		],
		['a cut line', 'cut', /^Binance can't be reached\. No connection/, 3_000, 6_000],
		['no answer', 'silence', /^Binance gave no answer within 12 s/, 3_000, 6_000],
		['a byte now and then', 'dribble', /^Binance gave no answer within 12 s/, 3_000, 6_000],
	])('says once what %s means and when it tries again', async (_, answer, reason, least, most) => {
		const { binance } = await setUpPoll();
		binance.instead.set('/ticker/24hr', [answer]);
		const comesBack = most < 10_000;
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.reportsOf('down').length > 0);
			if (comesBack) await sink.until(() => sink.reportsOf('back').length > 0);
		});
		const [down] = sink.reportsOf('down');
		expect(sink.reportsOf('down')).toHaveLength(1);
		expect(down).toMatchObject({ reason: expect.stringMatching(reason), symbols: ['BTC/USDT'] });
		const wait = (down?.nextAttemptAt ?? 0) - (down?.at ?? 0);
		// The clock is fast: a millisecond of ours is 50 of its own.
		expect(wait).toBeGreaterThan(least - 2_500);
		expect(wait).toBeLessThanOrEqual(most);
		expect(sink.events).toHaveLength(comesBack ? 1 : 0);
		expect(JSON.stringify(sink.reports)).not.toContain('s3cr3t');
	});

	it('asks for 20 symbols at a time, and matches answers by name', async () => {
		const symbols = Array.from({ length: 45 }, (_, n) => `A${n}/USDT`);
		const { binance, clock } = await setUpPoll({ symbols });
		for (const [n, symbol] of symbols.entries()) {
			const name = symbol.replace('/', '');
			binance.statistics.set(name, statistics(name, clock.now(), { lastPrice: String(n + 1) }));
		}
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= 45),
		);
		expect(binance.requests.filter((path) => path.includes('24hr'))).toHaveLength(3);
		expect(binance.usedWeight).toBe(6);
		expect(new Map(sink.events.map((event) => [event.symbol, (event as Quote).price]))).toEqual(
			new Map(symbols.map((symbol, n) => [symbol, n + 1])),
		);
	});

	it('names a symbol that Binance does not know, and goes on with the others', async () => {
		await setUpPoll({ symbols: ['NOPE/USDT', 'BTC/USDT'] });
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length > 0),
		);
		expect(sink.reports).toMatchObject([
			{
				kind: 'unknownSymbol',
				symbols: ['NOPE/USDT'],
				reason: expect.stringMatching(/^Binance doesn't know NOPE\/USDT\. Check the spelling/),
			},
		]);
		expect(sink.events.map(({ symbol }) => symbol)).toEqual(['BTC/USDT']);
	});

	it('gives a quote again only when it has changed', async () => {
		const { binance, clock } = await setUpPoll({ pollEveryMs: 2_000 });
		const { sink } = await playing(setup, async (sink) => {
			const asked = () => binance.requests.filter((path) => path.includes('24hr')).length;
			await binance.until(() => asked() >= 4);
			binance.statistics.set('BTCUSDT', statistics('BTCUSDT', clock.now()));
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toHaveLength(2);
		expect(sink.reports).toEqual([]);
	});

	it('waits when the budget that Binance counts is used up, and then goes on', async () => {
		const { binance } = await setUpPoll({ pollEveryMs: 1_000 });
		binance.usedWeight = 6_100;
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.reportsOf('down').length > 0);
			binance.usedWeight = 0;
			await sink.until(() => sink.reportsOf('back').length > 0);
		});
		expect(sink.reportsOf('down')).toMatchObject([
			{ reason: expect.stringMatching(/waiting 7 s/) },
		]);
		expect(binance.requests.filter((path) => path.includes('24hr'))).toHaveLength(2);
	});

	it('gives each closed candle once, those of a time it was down included', async () => {
		await setUpPoll({ receive: 'candles', interval: '1m', pollEveryMs: 5_000 });
		const { binance, clock } = setup;
		const from = Math.floor(clock.now() / 60_000) * 60_000 - 600_000;
		const rows = (count: number) =>
			Array.from({ length: count }, (_, n) => klineRow(from + n * 60_000, 100 + n));
		binance.klines.set('BTCUSDT 1m', rows(3));
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.events.length === 1);
			binance.instead.set('/klines', [{ status: 500 }, { status: 500 }]);
			await sink.until(() => sink.reportsOf('down').length > 0);
			binance.klines.set('BTCUSDT 1m', rows(9));
			await sink.until(() => sink.events.length === 7);
		});
		expect(
			sink.events.map((event) => [
				(event as Candle).startAt,
				(event as Candle).close,
				event.quality,
			]),
		).toEqual(Array.from({ length: 7 }, (_, n) => [from + (n + 1) * 60_000, 101 + n, []]));
	});
});

describe('Binance, streamed', () => {
	let setup: Setup;
	afterEach(async () => await setup.server.close());

	it('names symbols it does not know or take, and goes on with the others', async () => {
		setup = await setUp({ symbols: ['BTC/USDT', 'NOPE/USDT', 'BAD/USDT'] });
		setup.binance.statistics.set('BADUSDT', {});
		setup.binance.refusedStreams.add('badusdt@aggTrade');
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			server.tell(1);
			await sink.until(() => sink.events.length === 1 && sink.reports.length === 2);
		});
		expect(sink.reports.map(({ kind, reason }) => [kind, reason]).sort()).toEqual([
			[
				'unknownSymbol',
				"Binance doesn't know NOPE/USDT. Check the spelling, such as BTC/USDT; the other symbols go on.",
			],
			[
				'unknownSymbol',
				"Binance doesn't take BAD/USDT: Invalid request: unknown stream, token=*** (code 2). Check the symbol; the others go on.",
			],
		]);
	});

	it('gives closed candles once, and fetches one whose last word never came', async () => {
		setup = await setUp({ receive: 'candles', silentAfterMs: 3_600_000 });
		const { binance, clock } = setup;
		const from = Math.floor(clock.now() / 60_000) * 60_000;
		const { sink } = await playing(setup, async (sink) => {
			await binance.until(() => binance.isListenedTo('btcusdt@kline_1m'));
			binance.emit('btcusdt@kline_1m', kline(from, 101, false));
			binance.emit('btcusdt@kline_1m', kline(from, 102, true, from + 60_010));
			await sink.until(() => sink.events.length === 1);
			binance.emit('btcusdt@kline_1m', kline(from + 60_000, 103, false));
			binance.klines.set('BTCUSDT 1m', [
				klineRow(from, 102),
				klineRow(from + 60_000, 104),
				klineRow(from + 120_000, 105),
			]);
			await sink.until(() => sink.events.length === 2);
		});
		expect(sink.events).toMatchObject([
			{
				startAt: from,
				endAt: from + 60_000,
				eventAt: from + 60_000,
				close: 102,
				closed: true,
				quality: [],
			},
			{ startAt: from + 60_000, close: 104, closed: true, quality: [] },
		]);
		expect(clock.now()).toBeGreaterThan(from + 120_000);
	});

	it('gives running candles in order, and the closed one at their end', async () => {
		setup = await setUp({ receive: 'runningCandles' });
		const { binance, clock } = setup;
		const from = Math.floor(clock.now() / 60_000) * 60_000;
		const { sink } = await playing(setup, async (sink) => {
			await binance.until(() => binance.isListenedTo('btcusdt@kline_1m'));
			const say = (close: number, closed: boolean, at: number) =>
				binance.emit('btcusdt@kline_1m', kline(from, close, closed, at));
			say(101, false, from + 2_000);
			say(102, false, from + 4_000);
			say(102, false, from + 4_000);
			say(103, true, from + 60_020);
			say(104, false, from + 50_000);
			binance.emit('btcusdt@kline_1m', kline(from + 60_000, 105, false, from + 61_000));
			await sink.until(() => sink.events.length === 4);
		});
		expect(sink.events.map((event) => [(event as Candle).close, (event as Candle).closed])).toEqual(
			[
				[101, false],
				[102, false],
				[103, true],
				[105, false],
			],
		);
	});

	it('says of the first quote after a cut that something may be missing', async () => {
		setup = await setUp({ receive: 'quotes' });
		const { binance, clock } = setup;
		const ticker = () => ({
			e: '24hrTicker',
			E: clock.now(),
			s: 'BTCUSDT',
			c: '1',
			b: '0',
			a: '2',
			o: '1',
			h: '1',
			l: '1',
			x: '1',
			p: '0',
			P: '0',
			v: '3',
		});
		const listened = async () => await binance.until(() => binance.isListenedTo('btcusdt@ticker'));
		const { sink } = await playing(setup, async (sink) => {
			await listened();
			binance.emit('btcusdt@ticker', ticker());
			await sink.until(() => sink.events.length === 1);
			binance.cut();
			await sink.until(() => sink.reports.length > 0);
			await listened();
			binance.emit('btcusdt@ticker', ticker());
			await sink.until(() => sink.events.length === 2);
			binance.emit('btcusdt@ticker', ticker());
			await sink.until(() => sink.events.length === 3);
		});
		expect(sink.events.map(({ quality }) => quality)).toEqual([[], ['gapBefore'], []]);
	});
});

const RECORDED = join(__dirname, '../../../../../shared/data/payloads/binance');
const isThere = existsSync(RECORDED);
const recorded = (file: string, own: string): string =>
	isThere ? readFileSync(join(RECORDED, file), 'utf8') : own;

describe(`Binance's frames, ${isThere ? 'recorded' : 'our own, since ../shared is not there'}`, () => {
	let setup: Setup;
	afterEach(async () => await setup.server.close());

	const OWN_FRAMES = [
		'{"stream":"nknusdt@bookTicker","data":{"u":1,"s":"NKNUSDT","b":"0.35","B":"672","a":"0.36","A":"3199"}}',
		'{"stream":"nknusdt@aggTrade","data":{"e":"aggTrade","E":1633998523963,"s":"NKNUSDT","a":7,"p":"0.3528","q":"5","f":8,"l":9,"T":1633998523960,"m":true,"M":true}}',
		'{"stream":"nknusdt@kline_1m","data":{"e":"kline","E":1633998523963,"s":"NKNUSDT","k":{"t":1633998480000,"T":1633998539999,"s":"NKNUSDT","i":"1m","o":"0.35","c":"0.36","h":"0.37","l":"0.34","v":"2","n":3,"x":false}}}',
	].join('\n');

	it.each<['trades' | 'runningCandles', string, string]>([
		['trades', 'aggTrade', 'trade'],
		['runningCandles', 'kline_1m', 'candle'],
	])('reads %s from them as they are', async (receive, stream, type) => {
		setup = await setUp({ receive, symbols: ['NKN/USDT', 'LRC/BTC'] });
		const lines = recorded(
			'ws-combined-stream-binance-com-kline-aggtrade-bookticker.ndjson',
			OWN_FRAMES,
		)
			.trim()
			.split('\n');
		const wanted = lines.filter((line) => line.includes(`@${stream}"`));
		expect(wanted.length).toBeGreaterThan(0);
		const { sink } = await playing(setup, async (sink) => {
			await setup.binance.until(() => setup.binance.isListenedTo(`lrcbtc@${stream}`));
			for (const line of lines) setup.binance.sendAll(line);
			await sink.until(() => sink.events.length >= wanted.length);
		});
		expect(sink.events).toHaveLength(wanted.length);
		for (const [index, event] of sink.events.entries()) {
			const { data } = JSON.parse(wanted[index] ?? '') as {
				data: { s: string; p?: string; k?: { c: string } };
			};
			const price = 'close' in event ? event.close : 'price' in event ? event.price : undefined;
			expect(event).toMatchObject({ type, providerSymbol: data.s });
			expect(price).toBe(Number(data.p ?? data.k?.c));
		}
		expect(sink.reportsOf('unreadable')).toEqual([]);
	});

	it('reads statistics and candles from answers as they are', async () => {
		const own = JSON.stringify([statistics('ETHBTC', 1_586_991_278_494)]);
		const all = recorded('rest-ticker-24hr-all.json', own);
		const rows = JSON.parse(all) as Array<{ symbol: string; lastPrice: string }>;
		setup = await setUp({
			delivery: 'poll',
			receive: 'quotes',
			symbols: rows.map(({ symbol }) => symbol),
		});
		setup.binance.fixed.set('/ticker/24hr', all);
		const quotes = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= rows.length),
		);
		expect(
			quotes.sink.events.map((event) => [event.providerSymbol, (event as Quote).price]),
		).toEqual(rows.map(({ symbol, lastPrice }) => [symbol, Number(lastPrice)]));
		await setup.server.close();

		const klines = recorded(
			'rest-klines-btcusdt-5m.json',
			JSON.stringify(
				[0, 1, 2].map((n) => klineRow(1_586_987_400_000 + n * 300_000, 100 + n, 300_000)),
			),
		);
		const candles = JSON.parse(klines) as Array<[number, string, string, string, string]>;
		setup = await setUp({ delivery: 'poll', receive: 'candles', interval: '5m' });
		setup.binance.klines.set('BTCUSDT 5m', []);
		setup.binance.fixed.set('/klines', klines);
		const { sink } = await playing(
			setup,
			async (sink) => await sink.until(() => sink.events.length >= candles.length - 1),
		);
		// The newest is still running.
		expect(
			sink.events.map((event) => [
				(event as Candle).startAt,
				(event as Candle).open,
				(event as Candle).close,
			]),
		).toEqual(
			candles.slice(0, -1).map(([start, open, , , close]) => [start, Number(open), Number(close)]),
		);
	});

	it('knows the error bodies', async () => {
		setup = await setUp({ delivery: 'poll', receive: 'quotes' });
		const bodies = recorded(
			'error-bodies.ndjson',
			'{"code": -1003, "msg": "Too much."}\n{"code": -1121, "msg": "Invalid symbol."}',
		)
			.trim()
			.split('\n');
		for (const body of bodies) {
			setup.binance.instead.set('/', [
				{ status: 400, body },
				{ status: 400, body },
				{ status: 400, body },
			]);
			const { sink } = await playing(
				setup,
				async (sink) => await sink.until(() => sink.reportsOf('down').length > 0),
			);
			const { msg } = JSON.parse(body) as { msg: string };
			expect(sink.reportsOf('down')[0]?.reason).toContain(msg.slice(0, 150));
		}
	});
});
