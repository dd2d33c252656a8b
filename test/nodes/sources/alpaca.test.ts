import type { IDataObject, NodeParameterValueType } from 'n8n-workflow';

import { MarketAlertsAlpacaApi } from '../../../credentials/MarketAlertsAlpacaApi.credentials';
import { alpacaDefaults } from '../../../core/market';
import { sharedConnections } from '../../../nodes/host/connections';
import { closeSharedStore } from '../../../nodes/host/store';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { AlpacaServer } from '../../fakes/AlpacaServer';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';

let server: AlpacaServer;
let credential: IDataObject;
beforeEach(async () => {
	server = await AlpacaServer.open();
	credential = {
		keyId: server.keyId,
		secretKey: server.secretKey,
		plan: 'basic',
		dataBaseUrl: `http://${server.host}`,
		streamBaseUrl: `ws://${server.host}`,
	};
});
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
const open = (parameters: Parameters, options: OpenOptions = {}) =>
	openTrigger(
		new MarketDataTrigger(),
		{ source: 'alpaca', symbols: 'AAPL', ...parameters },
		{ ...options, credentials: { marketAlertsAlpacaApi: () => credential } },
	);
const inEditor = { mode: 'manual', activation: 'manual' } as const;
const now = () => new Date().toISOString();
const trade = (i: number) => ({ T: 't', S: 'AAPL', i, x: 'V', p: 187.42, s: 100, t: now() });
const snapshot = () => ({
	latestTrade: { t: now(), x: 'V', p: 186, s: 100, c: ['@'], i: 812, z: 'C' },
	latestQuote: { t: now(), bx: 'V', bp: 185.9, bs: 200, ax: 'V', ap: 0, as: 0, c: ['R'] },
	dailyBar: { t: now(), o: 186.3, h: 188.05, l: 185.9, c: 186, v: 412_003 },
	prevDailyBar: { t: '2026-10-02T04:00:00Z', o: 185, h: 187, l: 184.6, c: 200, v: 501_100 },
});

describe('Market Data Trigger with Alpaca', () => {
	it('starts the workflow with streamed trades, and closes its socket', async () => {
		server.snapshots.set('AAPL', {});
		const { start, events, feed, until } = open({ receive: 'trades' });
		const { closeFunction } = await start();
		await server.until(() => server.isListenedTo('trades:AAPL'));
		for (const id of [7, 8, 9]) server.emit('trades:AAPL', trade(id));
		await until(() => events.length === 3);
		await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(events[0]).toMatchObject({
			type: 'trade',
			source: 'alpaca',
			symbol: 'AAPL',
			eventId: expect.stringMatching(/^alpaca:AAPL trade~iex 127\.0\.0\.1:\d+#\d{16}$/),
			price: 187.42,
			size: 100,
			side: null,
			quality: [],
		});
		expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
		expect(feed).toEqual([]);
		expect(sharedConnections.streams.open).toBe(0);
	});

	it('polls quotes of all symbols in one call, within the plan', async () => {
		server.snapshots.set('AAPL', snapshot());
		server.snapshots.set('BRK.B', { ...snapshot(), latestQuote: null });
		const { start, events, feed, until } = open({ symbols: 'AAPL, brk.b, NOPE', delivery: 'poll' });
		const { closeFunction } = await start();
		await until(() => events.length === 2 && feed.length === 1);
		await closeFunction?.();
		expect(events).toMatchObject([
			{ symbol: 'AAPL', price: 186, bid: 185.9, ask: null, change: -14, changePercent: -7 },
			{ symbol: 'BRK.B', price: 186, bid: null, previousClose: 200 },
		]);
		expect(feed).toMatchObject([{ kind: 'unknownSymbol', symbols: ['NOPE'] }]);
		expect(server.requests).toEqual(['/v2/stocks/snapshots?symbols=AAPL%2CBRK.B%2CNOPE&feed=iex']);
	});

	it('shares one socket among triggers with the same credential', async () => {
		server.snapshots.set('AAPL', {}).set('MSFT', {});
		const triggers = [
			open({ receive: 'trades' }),
			open({ receive: 'candles' }),
			open({ receive: 'trades', symbols: 'MSFT' }),
		];
		const opened = [];
		for (const one of triggers) opened.push(await one.start());
		await server.until(
			() =>
				server.isListenedTo('trades:AAPL') &&
				server.isListenedTo('bars:AAPL') &&
				server.isListenedTo('trades:MSFT'),
		);
		expect(server.connections).toBe(1);
		for (const { closeFunction } of opened) await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(triggers.flatMap(({ feed }) => feed)).toEqual([]);
	});

	it('says on Feed that the key is wrong, without showing it', async () => {
		credential = { ...credential, secretKey: 'wrong-s3cr3t' };
		const { start, feed, until, failures } = open({});
		const { closeFunction } = await start();
		await until(() => feed.length > 0);
		await closeFunction?.();
		expect(feed).toMatchObject([
			{ kind: 'down', reason: expect.stringMatching(/^Alpaca refuses the key\. Check key ID/) },
		]);
		expect(JSON.stringify([feed, failures])).not.toMatch(/wrong-s3cr3t|PKTEST/);
	});

	it('ends a test-run with the last quote, also while the market is closed', async () => {
		server.snapshots.set('AAPL', snapshot());
		const { start, events } = open({}, inEditor);
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(events).toMatchObject([{ type: 'quote', price: 186 }]);
	});

	it('ends a test-run of candles with the last closed one', async () => {
		server.snapshots.set('AAPL', {});
		const startOf = (hoursAgo: number) =>
			new Date((Math.floor(Date.now() / 3_600_000) - hoursAgo) * 3_600_000).toISOString();
		server.bars.set(
			'AAPL 1Hour',
			[20, 19, 0].map((ago) => ({ t: startOf(ago), o: 1, h: 30, l: 0.5, c: ago, v: 10 })),
		);
		const { start, events } = open(
			{ receive: 'candles', delivery: 'poll', interval: '1h' },
			inEditor,
		);
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(events).toMatchObject([
			{ type: 'candle', interval: '1h', close: 19, closed: true, quality: [] },
		]);
	});

	const many = (count: number) => Array.from({ length: count }, (_, n) => `A${n}`).join();
	it.each<[string, Parameters, IDataObject, RegExp]>([
		['no symbols', { symbols: ' ' }, {}, /^Symbols is empty; name at least one, such as AAPL/],
		[
			'a pair among stocks',
			{ symbols: 'AAPL, BTC/USD' },
			{},
			/^Symbol "BTC\/USD" isn't a US stock.*choose Feed: Crypto/,
		],
		[
			'a stock among pairs',
			{ feed: 'crypto' },
			{},
			/^Symbol "AAPL" isn't a pair; with Feed: Crypto/,
		],
		[
			'more symbols than the plan streams',
			{ symbols: many(31) },
			{},
			/^Symbols names 31; the plan of this credential \(Basic\) streams quotes of 30\. The first too many is A30\./,
		],
		[
			'all exchanges with the free plan',
			{ feed: 'sip' },
			{},
			/^Feed: SIP isn't in the plan of this credential/,
		],
		[
			'candles of an hour by stream',
			{ receive: 'candles', interval: '1h' },
			{},
			/^Alpaca streams candles of 1m only; for 1h choose Delivery: Poll/,
		],
		[
			'an interval it has not',
			{ receive: 'candles', interval: '7m' },
			{},
			/^Interval is "7m"; Alpaca has 1m/,
		],
		['running candles', { receive: 'runningCandles' }, {}, /^Alpaca has no running candles/],
		[
			'polled trades',
			{ receive: 'trades', delivery: 'poll' },
			{},
			/^Trades of Alpaca come by stream only/,
		],
		[
			'a polled test feed',
			{ feed: 'test', symbols: 'FAKEPACA', delivery: 'poll' },
			{},
			/^Feed: Test comes by stream only/,
		],
		[
			'a poll the budget has no room for',
			{ symbols: many(1_000), delivery: 'poll', pollEvery: '1s' },
			{},
			/^Poll Every is too short for 1000 symbols: 5 calls each time make 300 a minute.*allows 200\. Use 2s or more/,
		],
		['a credential without a key', {}, { keyId: ' ' }, /^The credential has no Key ID; fill it in/],
		['a credential without a secret', {}, { secretKey: '' }, /^The credential has no Secret Key/],
		[
			'a key sent in clear',
			{},
			{ dataBaseUrl: 'http://gateway.example' },
			/^The credential's data address isn't one; use https:\/\/ and a host/,
		],
	])('refuses %s when it is started', async (_, parameters, changed, message) => {
		credential = { ...credential, ...changed };
		await expect(open(parameters).start()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
	});

	it('offers the addresses of the core', () => {
		const { properties } = new MarketAlertsAlpacaApi();
		for (const name of ['streamBaseUrl', 'dataBaseUrl'] as const) {
			const address = alpacaDefaults[name];
			expect(properties.find((one) => one.name === name)).toMatchObject({ default: address });
		}
	});
});
