import type { NodeParameterValueType } from 'n8n-workflow';

import {
	coinbaseCalls,
	coinbaseDefaults,
	krakenCalls,
	krakenDefaults,
	type PairSettings,
} from '../../../core/market';
import { sharedConnections } from '../../../nodes/host/connections';
import { closeSharedStore } from '../../../nodes/host/store';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { triggerParameters } from '../../../nodes/MarketDataTrigger/description';
import { CoinbaseServer } from '../../fakes/CoinbaseServer';
import { KrakenServer } from '../../fakes/KrakenServer';
import type { LoopbackProvider } from '../../fakes/LoopbackProvider';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
const inEditor = { mode: 'manual', activation: 'manual' } as const;
const now = () => new Date().toISOString();
const MINUTE = 60_000;

/** One provider: how it's asked here, and how its server is made to speak. */
type Provider = {
	readonly source: string;
	readonly name: string;
	readonly providerSymbol: string;
	readonly open: () => Promise<LoopbackProvider>;
	readonly channels: Readonly<Record<'trades' | 'quotes', string>>;
	readonly trade: (server: LoopbackProvider, id: number) => void;
	readonly quote: (server: LoopbackProvider) => void;
	/** Three candles of a minute, the last one running. */
	readonly candles: (server: LoopbackProvider, startAt: number) => void;
	readonly defaults: { streamBaseUrl: string; restBaseUrl: string; callsPerMinute: number };
	readonly callsOf: (receive: PairSettings['receive'], symbols: number) => number | undefined;
	readonly intervals: string;
	readonly mostSymbols: number;
};

const coinbase: Provider = {
	source: 'coinbase',
	name: 'Coinbase',
	providerSymbol: 'BTC-USD',
	open: async () => {
		const server = await CoinbaseServer.open();
		server.products.set('BTC-USD', {
			product_id: 'BTC-USD',
			price: '50123.45',
			price_percentage_change_24h: '-0.24',
			volume_24h: '3',
			best_bid_price: '50123.44',
			best_ask_price: '',
		});
		return server;
	},
	channels: { trades: 'market_trades BTC-USD', quotes: 'ticker BTC-USD' },
	trade: (server, id) =>
		(server as CoinbaseServer).emit('market_trades', [
			{
				trade_id: String(id),
				product_id: 'BTC-USD',
				price: '50000.1',
				size: '0.5',
				side: 'SELL',
				time: now(),
			},
		]),
	quote: (server) =>
		(server as CoinbaseServer).emit('ticker', [
			{ type: 'ticker', product_id: 'BTC-USD', price: '50123.45', best_bid: '50123.44' },
		]),
	candles: (server, startAt) =>
		(server as CoinbaseServer).candles.set(
			'BTC-USD ONE_MINUTE',
			[2, 2.5, 1].map((close, n) => ({
				start: String((startAt + n * MINUTE) / 1_000),
				open: '1',
				high: '3',
				low: '0.5',
				close: String(close),
				volume: '10',
			})),
		),
	defaults: coinbaseDefaults,
	callsOf: coinbaseCalls,
	intervals: '1m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 1d',
	mostSymbols: 1_000,
};

const kraken: Provider = {
	source: 'kraken',
	name: 'Kraken',
	providerSymbol: 'BTC/USD',
	open: async () => {
		const server = await KrakenServer.open();
		server.pairs.set('BTC/USD', 'XXBTZUSD');
		server.tickers.set('BTC/USD', {
			a: ['50123.46'],
			b: ['50123.44'],
			c: ['50123.45', '1'],
			v: ['1', '3'],
			l: ['1', '2'],
			h: ['1', '2'],
		});
		return server;
	},
	channels: { trades: 'trade BTC/USD', quotes: 'ticker BTC/USD' },
	trade: (server, id) =>
		(server as KrakenServer).emit('trade', [
			{
				symbol: 'BTC/USD',
				side: 'sell',
				price: 50_000.1,
				qty: 0.5,
				ord_type: 'limit',
				trade_id: id,
				timestamp: now(),
			},
		]),
	quote: (server) =>
		(server as KrakenServer).emit('ticker', [
			{ symbol: 'BTC/USD', last: 50_123.45, bid: 50_123.44, ask: 50_123.46, timestamp: now() },
		]),
	candles: (server, startAt) =>
		(server as KrakenServer).rows.set(
			'BTC/USD 1',
			[2, 2.5, 1].map((close, n) => [
				(startAt + n * MINUTE) / 1_000,
				'1',
				'3',
				'0.5',
				String(close),
				'1',
				'10',
				5,
			]),
		),
	defaults: krakenDefaults,
	callsOf: krakenCalls,
	intervals: '1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w',
	mostSymbols: 1_000,
};

afterAll(async () => await closeSharedStore());

describe.each<Provider>([coinbase, kraken])('Market Data Trigger with $name', (provider) => {
	const { source, name, channels } = provider;
	let server: LoopbackProvider;
	beforeEach(async () => (server = await provider.open()));
	afterEach(async () => await server.close());

	const parameters = (more: Parameters = {}): Parameters => ({
		source,
		symbols: 'BTC/USD',
		...more,
		options: {
			restBaseUrl: `http://${server.host}`,
			streamBaseUrl: `ws://${server.host}`,
			...(more['options'] as object | undefined),
		},
	});
	const open = (more: Parameters, options?: OpenOptions) =>
		openTrigger(new MarketDataTrigger(), parameters(more), options);

	it('starts the workflow with streamed trades, and closes its socket', async () => {
		const { start, events, feed, until } = open({ receive: 'trades' });
		const { closeFunction } = await start();
		await server.until(() => server.isListenedTo(channels.trades));
		for (const id of [7, 8, 9]) provider.trade(server, id);
		await until(() => events.length === 3);
		await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(events).toMatchObject(
			[7, 8, 9].map((id) => ({
				type: 'trade',
				source,
				symbol: 'BTC/USD',
				providerSymbol: provider.providerSymbol,
				eventId: expect.stringMatching(
					new RegExp(`^${source}:${provider.providerSymbol} trade~127\\.0\\.0\\.1:\\d+#${id}$`),
				),
				price: 50_000.1,
				size: 0.5,
				quality: [],
			})),
		);
		expect(feed).toEqual([]);
		expect(sharedConnections.streams.open).toBe(0);
	});

	it('polls quotes', async () => {
		const { start, events, until } = open({ receive: 'quotes', delivery: 'poll' });
		const { closeFunction } = await start();
		await until(() => events.length === 1);
		await closeFunction?.();
		expect(events).toMatchObject([{ type: 'quote', source, price: 50_123.45, bid: 50_123.44 }]);
		expect(server.connections).toBe(0);
	});

	it('shares one socket among triggers, whatever they receive, and closes it with the last', async () => {
		const triggers = [open({}), open({}), open({ receive: 'trades' })];
		const opened = [];
		for (const one of triggers) opened.push(await one.start());
		await server.until(
			() => server.isListenedTo(channels.quotes) && server.isListenedTo(channels.trades),
		);
		expect(server.connections).toBe(1);
		provider.quote(server);
		await Promise.all(
			triggers.slice(0, 2).map(async ({ until, events }) => await until(() => events.length === 1)),
		);
		await opened[2]?.closeFunction?.();
		await server.until(() => !server.isListenedTo(channels.trades));
		expect(server.open).toBe(1);
		await opened[0]?.closeFunction?.();
		await opened[1]?.closeFunction?.();
		await server.until(() => server.open === 0);
	});

	it('throws nothing at start when it is out of reach, and says so on Feed', async () => {
		const { start, feed, until, failures } = open({
			options: { streamBaseUrl: 'ws://127.0.0.1:9', restBaseUrl: 'http://127.0.0.1:9' },
		});
		const { closeFunction } = await start();
		await until(() => feed.length > 0);
		await closeFunction?.();
		expect(feed).toMatchObject([
			{
				kind: 'down',
				source,
				symbols: ['BTC/USD'],
				reason: expect.stringMatching(
					new RegExp(`^${name} can't be reached \\(ECONNREFUSED\\)\\. Check that`),
				),
				nextAttemptAt: expect.any(Number),
			},
		]);
		expect(failures).toEqual([]);
	});

	it('ends a test-run with streamed events', async () => {
		const { start, events } = open({}, inEditor);
		const { manualTriggerFunction } = await start();
		const running = manualTriggerFunction?.();
		await server.until(() => server.isListenedTo(channels.quotes));
		provider.quote(server);
		await running;
		expect(events).toMatchObject([{ type: 'quote', bid: 50_123.44 }]);
	});

	it('ends a test-run of candles with the last closed one, without waiting for the next', async () => {
		const startAt = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
		provider.candles(server, startAt);
		const { start, events } = open(
			{ receive: 'candles', interval: '1m', delivery: 'poll' },
			inEditor,
		);
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(events).toMatchObject([
			{ type: 'candle', startAt: startAt + MINUTE, close: 2.5, closed: true, quality: [] },
		]);
	});

	it.each<[string, Parameters, RegExp]>([
		['no symbols', { symbols: ' ' }, /^Symbols is empty; name at least one, such as BTC\/USD/],
		[
			'a symbol of another form',
			{ symbols: 'BTC/USD, BTCUSD' },
			new RegExp(`^Symbol "BTCUSD" isn't one of ${name}: use a pair such as BTC/USD or BTC-USD`),
		],
		[
			'too many symbols',
			{
				symbols: Array.from({ length: provider.mostSymbols + 2 }, (_, n) => `A${n}/USD`).join(),
			},
			new RegExp(`^Symbols names ${provider.mostSymbols + 2}; .* A${provider.mostSymbols}/USD`),
		],
		[
			'polled trades',
			{ receive: 'trades', delivery: 'poll' },
			new RegExp(`^Trades of ${name} come by stream only`),
		],
		[
			'a poll that never rests',
			{ delivery: 'poll', pollEvery: '200ms' },
			/^Poll Every is 200 ms; 1s is the least/,
		],
		[
			'a poll the budget has no room for',
			{
				symbols: Array.from({ length: 200 }, (_, n) => `A${n}/USD`).join(),
				receive: 'candles',
				delivery: 'poll',
				pollEvery: '10s',
			},
			new RegExp(
				`^Poll Every is too short for 200 symbols: 200 calls each time make 1200 a minute, and ${name} allows ${provider.defaults.callsPerMinute}\\. Use ${12_000 / provider.defaults.callsPerMinute}s or more`,
			),
		],
		[
			'an interval it has not',
			{ receive: 'candles', delivery: 'poll', interval: '7m' },
			new RegExp(`^Interval is "7m"; ${name} has ${provider.intervals}\\.$`),
		],
		[
			'an address with a key in it',
			{ options: { streamBaseUrl: 'wss://x.example/?token=s3cr3t' } },
			new RegExp(
				`^Stream Address isn't an address as ${name} has them; use wss:// and a host, without user or query\\.$`,
			),
		],
		[
			'silence too short',
			{ options: { silentAfter: '1s' } },
			/^Silent After is 1000 ms; 10s is the least/,
		],
	])('refuses %s when it is started', async (_, more, message) => {
		await expect(open(more).start()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
	});

	it('takes a pair in any spelling, once', async () => {
		const { start, events, until } = open({
			symbols: 'btc-usd, BTC/USD, XBT/USD',
			receive: 'trades',
		});
		const { closeFunction } = await start();
		await server.until(() => server.isListenedTo(channels.trades));
		provider.trade(server, 7);
		await until(() => events.length === 1);
		await closeFunction?.();
		expect(events).toMatchObject([{ symbol: 'BTC/USD' }]);
	});

	it('offers the defaults of the core', () => {
		const options = triggerParameters().find((field) => field.name === 'options')?.options ?? [];
		const defaultOf = (option: string) =>
			options.find(
				(one) =>
					one.name === option &&
					'displayOptions' in one &&
					one.displayOptions?.show?.['/source']?.includes(source),
			);
		const { restBaseUrl, streamBaseUrl, callsPerMinute } = provider.defaults;
		expect(defaultOf('restBaseUrl')).toMatchObject({ default: restBaseUrl });
		expect(defaultOf('streamBaseUrl')).toMatchObject({ default: streamBaseUrl });
		expect(defaultOf('limitPerMinute')).toMatchObject({ default: callsPerMinute });
		const interval = triggerParameters().find(
			(field) =>
				field.name === 'interval' && field.displayOptions?.show?.['source']?.includes(source),
		);
		expect(
			interval?.options?.map((one) => ('value' in one ? one.value : undefined)).join(', '),
		).toBe(provider.intervals);
	});
});

describe('Market Data Trigger with Coinbase alone', () => {
	it('refuses candles its stream has not', async () => {
		const { start } = openTrigger(new MarketDataTrigger(), {
			source: 'coinbase',
			symbols: 'BTC/USD',
			receive: 'candles',
			interval: '1h',
		});
		await expect(start()).rejects.toMatchObject({
			message:
				'Interval is "1h"; Coinbase streams candles of 5m only. Choose Delivery: Poll for the others.',
		});
	});
});
