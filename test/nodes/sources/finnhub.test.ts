import type { IDataObject, NodeParameterValueType } from 'n8n-workflow';

import { MarketAlertsFinnhubApi } from '../../../credentials/MarketAlertsFinnhubApi.credentials';
import { finnhubDefaults } from '../../../core/market';
import { sharedConnections } from '../../../nodes/host/connections';
import { closeSharedStore } from '../../../nodes/host/store';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { FinnhubServer } from '../../fakes/FinnhubServer';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';
import { testCredential } from '../../fakes/testCredential';

let server: FinnhubServer;
let credential: IDataObject;
beforeEach(async () => {
	server = await FinnhubServer.open();
	credential = {
		apiKey: server.apiKey,
		plan: 'free',
		restBaseUrl: `http://${server.host}/api/v1`,
		streamBaseUrl: `ws://${server.host}`,
	};
});
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
const open = (parameters: Parameters, options: OpenOptions = {}) =>
	openTrigger(
		new MarketDataTrigger(),
		{ source: 'finnhub', symbols: 'AAPL', ...parameters },
		{ ...options, credentials: { marketAlertsFinnhubApi: () => credential } },
	);
const inEditor = { mode: 'manual', activation: 'manual' } as const;
const streamed = { receive: 'trades', delivery: 'stream' } as const;
const quote = (c: number) => ({
	...{ c, d: 1, dp: 0.54, h: 188, l: 185, o: 186, pc: c - 1 },
	t: Math.floor(Date.now() / 1_000),
});

describe('Market Data Trigger with Finnhub', () => {
	it('starts the workflow with streamed trades, and closes its socket', async () => {
		server.quotes.set('AAPL', quote(187));
		const { start, events, feed, until } = open(streamed);
		const { closeFunction } = await start();
		await server.until(() => server.isListenedTo('AAPL'));
		const trade = (v: number) => ({ c: ['1'], p: 187.42, s: 'AAPL', t: Date.now(), v });
		server.emit(trade(1), trade(2), trade(3));
		await until(() => events.length === 3);
		await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(events[0]).toMatchObject({
			type: 'trade',
			source: 'finnhub',
			symbol: 'AAPL',
			eventId: expect.stringMatching(/^finnhub:AAPL trade~127\.0\.0\.1:\d+#\d{16}$/),
			price: 187.42,
			size: 1,
			quality: [],
		});
		expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
		expect(feed).toEqual([]);
		expect(sharedConnections.streams.open).toBe(0);
	});

	it('polls quotes with fundamentals, and names a symbol that is unknown', async () => {
		server.quotes.set('AAPL', quote(187)).set('BRK.B', quote(400));
		server.metrics.set('AAPL', { peTTM: 29.5, '52WeekHigh': 260, '52WeekLow': 164 });
		const { start, events, feed, until } = open({ symbols: 'AAPL, brk.b, NOPE' });
		const { closeFunction } = await start();
		await until(() => events.length === 2 && feed.length === 1);
		await closeFunction?.();
		expect(events.sort((a, b) => Number(a['price']) - Number(b['price']))).toMatchObject([
			{ symbol: 'AAPL', price: 187, change: 1, peRatio: 29.5, week52High: 260, week52Low: 164 },
			{ symbol: 'BRK.B', price: 400, peRatio: null, week52High: null },
		]);
		expect(feed).toMatchObject([{ kind: 'unknownSymbol', symbols: ['NOPE'] }]);
	});

	it('shares one socket among triggers with the same credential', async () => {
		server.quotes.set('AAPL', quote(187)).set('MSFT', quote(400));
		const triggers = [open(streamed), open({ ...streamed, symbols: 'MSFT, AAPL' })];
		const opened = [];
		for (const one of triggers) opened.push(await one.start());
		await server.until(() => server.isListenedTo('AAPL') && server.isListenedTo('MSFT'));
		expect(server.connections).toBe(1);
		for (const { closeFunction } of opened) await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(triggers.flatMap(({ feed }) => feed)).toEqual([]);
	});

	it.each([
		['streamed', streamed],
		['polled', {}],
	])('says on Feed that the key is wrong, without showing it: %s', async (_, parameters) => {
		credential = { ...credential, apiKey: 'wrong-s3cr3t' };
		const { start, feed, until, failures } = open(parameters);
		const { closeFunction } = await start();
		await until(() => feed.length > 0);
		await closeFunction?.();
		expect(feed).toMatchObject([
			{
				kind: 'down',
				reason: expect.stringMatching(/^Finnhub refuses the key\. Check the API key/),
			},
		]);
		expect(JSON.stringify([feed, failures])).not.toContain('s3cr3t');
	});

	it('ends a test-run with the last quote', async () => {
		server.quotes.set('AAPL', quote(186));
		const { start, events } = open({}, inEditor);
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(events).toMatchObject([{ type: 'quote', price: 186 }]);
	});

	const many = (count: number) => Array.from({ length: count }, (_, n) => `A${n}`).join();
	it.each<[string, Parameters, IDataObject, RegExp]>([
		['no symbols', { symbols: ' ' }, {}, /^Symbols is empty; name at least one, such as AAPL/],
		['a pair without its venue', { symbols: 'BTC/USD' }, {}, /^Symbol "BTC\/USD" isn't one of/],
		['quotes by stream', { delivery: 'stream' }, {}, /^Finnhub streams trades only/],
		['polled trades', { receive: 'trades' }, {}, /^Trades of Finnhub come by stream only/],
		[
			'more symbols than the plan streams',
			{ ...streamed, symbols: many(51) },
			{},
			/^Symbols names 51; the plan of this credential streams 50\./,
		],
		[
			'more than a paid plan streams',
			{ ...streamed, symbols: many(51) },
			{ plan: 'paid', callsPerMinute: 300, streamedSymbols: 40 },
			/streams 40\. The first too many is A40/,
		],
		[
			'a poll the budget has no room for',
			{ symbols: many(20) },
			{},
			/^Poll Every is too short for 20 symbols.*Use 24s or more/,
		],
		[
			'a credential without a key',
			{},
			{ apiKey: ' ' },
			/^The credential has no API Key; fill it in/,
		],
		[
			'a plan without its limits',
			{},
			{ plan: 'paid', callsPerMinute: 0 },
			/^The credential's Calls per Minute is 0; use a number above 0/,
		],
		[
			'a key sent in clear',
			{},
			{ restBaseUrl: 'http://gateway.example' },
			/^The credential's REST address isn't one; use https:\/\/ and a host/,
		],
	])('refuses %s when it is started', async (_, parameters, changed, message) => {
		credential = { ...credential, ...changed };
		await expect(open(parameters).start()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
	});

	it('takes what a paid plan allows', async () => {
		credential = { ...credential, plan: 'paid', callsPerMinute: 300, streamedSymbols: 500 };
		const { closeFunction } = await open({ ...streamed, symbols: many(60) }).start();
		await closeFunction?.();
	});
});

describe("Finnhub's credential", () => {
	const type = new MarketAlertsFinnhubApi();

	it('offers the addresses of the core, and hides its key', () => {
		for (const [name, address] of Object.entries(finnhubDefaults)) {
			expect(type.properties.find((one) => one.name === name)).toMatchObject({ default: address });
		}
		expect(type.properties.find(({ name }) => name === 'apiKey')?.typeOptions).toEqual({
			password: true,
		});
	});

	it.each(['free', 'paid'])('is tested by what the plan has: %s', async (plan) => {
		server.quotes.set('AAPL', quote(187));
		expect(await testCredential(type, { ...credential, plan })).toMatchObject({
			status: 'OK',
		});
		expect(server.requests).toEqual([
			`/api/v1/${plan === 'paid' ? 'stock/bidask' : 'quote'}?symbol=AAPL`,
		]);
	});

	it.each<[string, IDataObject, (of: FinnhubServer) => void, RegExp]>([
		['a wrong key', { apiKey: 'wrong-s3cr3t' }, () => {}, /^Finnhub refuses the key\./],
		[
			'a plan too small',
			{ plan: 'paid' },
			(of) => void of.paid.add('/stock/bidask'),
			/^Finnhub knows the key, but its plan doesn't include.*Choose Plan: Free/,
		],
		[
			'too many calls',
			{},
			(of) => void (of.remaining = 0),
			/^Finnhub knows the key, but too much was asked for\./,
		],
	])('tells %s from the others, without the key', async (_, changed, spoil, message) => {
		spoil(server);
		const result = await testCredential(type, { ...credential, ...changed } as never);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
		expect(JSON.stringify(result)).not.toContain('s3cr3t');
	});
});
