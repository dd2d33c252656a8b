import type { NodeParameterValueType } from 'n8n-workflow';

import { binanceDefaults } from '../../../core/market';
import { sharedConnections } from '../../../nodes/host/connections';
import { closeSharedStore } from '../../../nodes/host/store';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { triggerParameters } from '../../../nodes/MarketDataTrigger/description';
import { BinanceServer } from '../../fakes/BinanceServer';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';

const AT = 1_700_000_040_000;
let server: BinanceServer;
beforeEach(async () => (server = await BinanceServer.open()));
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
const binance = (more: Parameters = {}): Parameters => ({
	source: 'binance',
	symbols: 'BTC/USDT',
	...more,
	options: {
		restBaseUrl: `http://${server.host}`,
		streamBaseUrl: `ws://${server.host}`,
		...(more['options'] as object | undefined),
	},
});
const open = (parameters: Parameters, options?: OpenOptions) =>
	openTrigger(new MarketDataTrigger(), parameters, options);
const inEditor = { mode: 'manual', activation: 'manual' } as const;

const trade = (a: number) => ({
	e: 'aggTrade',
	E: Date.now(),
	s: 'BTCUSDT',
	a,
	p: '50000.10000000',
	q: '0.5',
	f: a,
	l: a,
	T: Date.now(),
	m: true,
	M: true,
});
const ticker = (E: number) => ({
	e: '24hrTicker',
	E,
	s: 'BTCUSDT',
	p: '-120.5',
	P: '-0.24',
	x: '50243.95',
	c: '50123.45',
	b: '50123.44',
	a: '50123.46',
	o: '50243.95',
	h: '50900',
	l: '49500',
	v: '12345.678',
});
const kline = (startAt: number, close: string) =>
	[startAt, '1', '3', '0.5', close, '10', startAt + 59_999, '20', 5, '1', '1', '0'] as const;

describe('Market Data Trigger with Binance', () => {
	it('starts the workflow with streamed trades, and closes its socket', async () => {
		const { start, events, feed, until } = open(binance({ receive: 'trades' }));
		const { closeFunction } = await start();
		await server.until(() => server.isListenedTo('btcusdt@aggTrade'));
		for (const id of [7, 8, 9]) server.emit('btcusdt@aggTrade', trade(id));
		await until(() => events.length === 3);
		await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(events).toMatchObject(
			[7, 8, 9].map((id) => ({
				type: 'trade',
				source: 'binance',
				symbol: 'BTC/USDT',
				providerSymbol: 'BTCUSDT',
				eventId: expect.stringMatching(
					new RegExp(`^binance:BTCUSDT trade~127\\.0\\.0\\.1:\\d+#${id}$`),
				),
				price: 50_000.1,
				size: 0.5,
				side: 'sell',
				quality: [],
			})),
		);
		expect(feed.filter(({ kind }) => kind !== 'unknownSymbol')).toEqual([]);
		expect(sharedConnections.streams.open).toBe(0);
	});

	it('polls quotes', async () => {
		server.statistics.set('BTCUSDT', {
			symbol: 'BTCUSDT',
			lastPrice: '50123.45',
			bidPrice: '50123.44',
			askPrice: '0.00000000',
			prevClosePrice: '50243.95',
			priceChange: '-120.50',
			priceChangePercent: '-0.240',
			openPrice: '50243.95',
			highPrice: '50900.00',
			lowPrice: '49500.00',
			volume: '12345.678',
			closeTime: Date.now(),
		});
		const { start, events, until } = open(binance({ receive: 'quotes', delivery: 'poll' }));
		const { closeFunction } = await start();
		await until(() => events.length === 1);
		await closeFunction?.();
		expect(events[0]).toMatchObject({
			type: 'quote',
			price: 50_123.45,
			ask: null,
			changePercent: -0.24,
		});
		expect(server.requests).toEqual(['/api/v3/ticker/24hr?symbols=%5B%22BTCUSDT%22%5D']);
	});

	it('shares one socket among triggers, and closes it with the last', async () => {
		const triggers = [open(binance()), open(binance()), open(binance({ symbols: 'ETHUSDT' }))];
		const opened = [];
		for (const one of triggers) opened.push(await one.start());
		await server.until(
			() => server.isListenedTo('btcusdt@ticker') && server.isListenedTo('ethusdt@ticker'),
		);
		expect(server.connections).toBe(1);
		server.emit('btcusdt@ticker', ticker(Date.now()));
		await Promise.all(
			triggers.slice(0, 2).map(async ({ until, events }) => await until(() => events.length === 1)),
		);
		await opened[0]?.closeFunction?.();
		expect(server.open).toBe(1);
		await opened[1]?.closeFunction?.();
		await opened[2]?.closeFunction?.();
		await server.until(() => server.open === 0);
	});

	it('throws nothing at start when Binance is out of reach, and says so on Feed', async () => {
		const { start, feed, until, failures } = open(
			binance({
				options: { streamBaseUrl: 'ws://127.0.0.1:9', restBaseUrl: 'http://127.0.0.1:9' },
			}),
		);
		const { closeFunction } = await start();
		await until(() => feed.length > 0);
		await closeFunction?.();
		expect(feed).toMatchObject([
			{
				kind: 'down',
				source: 'binance',
				symbols: ['BTC/USDT'],
				reason: expect.stringMatching(/^Binance can't be reached \(ECONNREFUSED\)\. Check that/),
				nextAttemptAt: expect.any(Number),
			},
		]);
		expect(failures).toEqual([]);
	});

	it('ends a test-run with streamed events', async () => {
		const { start, events } = open(binance(), inEditor);
		const { manualTriggerFunction } = await start();
		const running = manualTriggerFunction?.();
		await server.until(() => server.isListenedTo('btcusdt@ticker'));
		server.emit('btcusdt@ticker', ticker(Date.now()));
		await running;
		expect(events).toMatchObject([{ type: 'quote', bid: 50_123.44 }]);
	});

	it('ends a test-run of candles with the last closed one, without waiting for the next', async () => {
		server.klines.set('BTCUSDT 1m', [
			kline(AT, '2'),
			kline(AT + 60_000, '2.5'),
			kline(AT + 120_000, '1'),
		]);
		const { start, events } = open(binance({ receive: 'candles' }), inEditor);
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(events).toMatchObject([
			{
				type: 'candle',
				startAt: AT + 60_000,
				endAt: AT + 120_000,
				close: 2.5,
				closed: true,
				quality: [],
			},
		]);
	});

	it.each<[string, Parameters, RegExp]>([
		['no symbols', { symbols: ' ' }, /^Symbols is empty; name at least one, such as BTC\/USDT/],
		[
			'a symbol of another form',
			{ symbols: 'BTC/USDT, BRK.B' },
			/^Symbol "BRK\.B" isn't one of Binance: use a pair/,
		],
		[
			'a pair in two spellings',
			{ symbols: 'BTC/USDT, btcusdt' },
			/^Symbols BTC\/USDT and BTCUSDT are the same pair/,
		],
		[
			'too many symbols',
			{ symbols: Array.from({ length: 2_050 }, (_, n) => `A${n}/USDT`).join() },
			/^Symbols names 2050; 2048 are the most.* A2048\/USDT/,
		],
		[
			'polled trades',
			{ receive: 'trades', delivery: 'poll' },
			/^Trades of Binance come by stream only/,
		],
		[
			'a poll the budget has no room for',
			{
				symbols: Array.from({ length: 200 }, (_, n) => `A${n}/USDT`).join(),
				receive: 'candles',
				delivery: 'poll',
				pollEvery: '3s',
			},
			/^Poll Every is too short for 200 symbols: 200 calls of weight 2 each time make 8000 a minute, and Binance allows 6000\. Use 4s or more/,
		],
		[
			'a poll that never rests',
			{ delivery: 'poll', pollEvery: '200ms' },
			/^Poll Every is 200 ms; 1s is the least/,
		],
		[
			'a poll at no time',
			{ delivery: 'poll', pollEvery: 'often' },
			/^Poll Every is "often"; use a duration/,
		],
		[
			'an interval Binance has not',
			{ receive: 'candles', interval: '7m' },
			/^Interval is "7m"; Binance has 1s, 1m/,
		],
		[
			'an address with a key in it',
			{ options: { streamBaseUrl: 'wss://x.example/?token=s3cr3t' } },
			/^Stream Address isn't an address as Binance has them; use wss:\/\/ and a host, without user or query\.$/,
		],
		[
			'silence too short',
			{ options: { silentAfter: '1s' } },
			/^Silent After is 1000 ms; 10s is the least/,
		],
	])('refuses %s when it is started', async (_, parameters, message) => {
		const { start } = open(binance(parameters));
		await expect(start()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
	});

	it('offers the defaults of the core', () => {
		const options = triggerParameters().find(({ name }) => name === 'options')?.options ?? [];
		const defaultOf = (name: string) =>
			options.find((one) => one.name === name && 'default' in one);
		expect(defaultOf('restBaseUrl')).toMatchObject({ default: binanceDefaults.restBaseUrl });
		expect(defaultOf('streamBaseUrl')).toMatchObject({ default: binanceDefaults.streamBaseUrl });
		expect(defaultOf('limitPerMinute')).toMatchObject({ default: binanceDefaults.weightPerMinute });
	});
});
