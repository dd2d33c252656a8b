import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
	NodeHelpers,
	type IDataObject,
	type INodeType,
	type NodeParameterValueType,
} from 'n8n-workflow';

import { closeSharedStore } from '../../../nodes/host/store';
import { MarketAlertTrigger } from '../../../nodes/MarketAlertTrigger/MarketAlertTrigger.node';
import { MarketData } from '../../../nodes/MarketData/MarketData.node';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { faces } from '../../../nodes/sources';
import { AlpacaServer } from '../../fakes/AlpacaServer';
import { BinanceServer } from '../../fakes/BinanceServer';
import { CoinbaseServer } from '../../fakes/CoinbaseServer';
import { FinnhubServer } from '../../fakes/FinnhubServer';
import { KrakenServer } from '../../fakes/KrakenServer';
import { listSearch, loadOptions } from '../../fakes/loadOptions';
import { openTrigger } from '../../fakes/openTrigger';

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
type Credentials = Readonly<Record<string, IDataObject>>;

/** A provider on loopback that knows some symbols, and the node that asks it. */
type Bench = {
	readonly server?: { readonly requests: readonly string[]; close(): Promise<void> };
	readonly parameters: Parameters;
	readonly credentials?: Credentials;
};

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
	alpaca: async () => {
		const server = await AlpacaServer.open();
		server.assets.push(
			{ symbol: 'SHPD', name: 'Direxion Daily Shopify Bear 1X ETF', exchange: 'NASDAQ' },
			{ symbol: 'SHOP', name: 'Shopify Inc. Class A', exchange: 'NASDAQ' },
		);
		return { server, parameters: { source: 'alpaca' }, credentials: alpacaAccount(server) };
	},
	binance: async () => {
		const server = await BinanceServer.open();
		for (const symbol of ['BTCUSDT', 'ETHUSDT']) server.statistics.set(symbol, { symbol });
		return { server, parameters: at('binance', `http://${server.host}`) };
	},
	coinbase: async () => {
		const server = await CoinbaseServer.open();
		server.products.set('BTC-USD', { product_id: 'BTC-USD', base_name: 'Bitcoin' });
		return { server, parameters: at('coinbase', `http://${server.host}`) };
	},
	finnhub: async () => {
		const server = await FinnhubServer.open();
		server.found.push(
			{ description: 'SHOPIFY INC', displaySymbol: 'SHOP', symbol: 'SHOP', type: 'Common Stock' },
			{ description: 'SHOPIFY INC', displaySymbol: 'SHOP.TO', symbol: 'SHOP.TO', type: '' },
		);
		return { server, parameters: { source: 'finnhub' }, credentials: finnhubAccount(server) };
	},
	kraken: async () => {
		const server = await KrakenServer.open();
		server.pairs.set('BTC/USD', 'XXBTZUSD');
		return { server, parameters: at('kraken', `http://${server.host}`) };
	},
	simulated: async () => ({ parameters: { source: 'simulated' } }),
};

const at = (source: string, restBaseUrl: string): Parameters => ({
	source,
	options: { restBaseUrl },
});
const alpacaAccount = ({ host, keyId, secretKey }: AlpacaServer): Credentials => ({
	marketAlertsAlpacaApi: {
		...{ keyId, secretKey, plan: 'basic' },
		dataBaseUrl: `http://${host}`,
		tradingBaseUrl: `http://${host}`,
	},
});
const finnhubAccount = ({ host, apiKey }: FinnhubServer): Credentials => ({
	marketAlertsFinnhubApi: { apiKey, plan: 'free', restBaseUrl: `http://${host}/api/v1` },
});

let bench: Bench;
afterEach(async () => await bench.server?.close());
afterAll(async () => await closeSharedStore());

const NODES: ReadonlyArray<readonly [string, INodeType, Parameters]> = [
	['Market Data Trigger', new MarketDataTrigger(), {}],
	['Market Alert Trigger', new MarketAlertTrigger(), {}],
	['Market Data', new MarketData(), { resource: 'instrument', operation: 'quote' }],
];
const find = async (
	text: string,
	{ parameters, credentials }: Bench,
	[, type, usual] = NODES[0] as (typeof NODES)[number],
) => {
	const all = { ...usual, ...parameters };
	const { results } = await listSearch(type, { method: 'findSymbols', text }, all, credentials);
	return results.map(({ name, value }) => [name, value]);
};
const picked = (...symbols: string[]) => ({
	symbol: symbols.map((value) => ({ symbol: { __rl: true, mode: 'list', value } })),
});

describe('the search for symbols', () => {
	it.each<[string, string, string, string]>([
		['alpaca', 'shop', 'SHOP · Shopify Inc. Class A · NASDAQ', 'SHOP'],
		['alpaca', 'shopify', 'SHOP · Shopify Inc. Class A · NASDAQ', 'SHOP'],
		['binance', 'btc', 'BTC/USDT', 'BTC/USDT'],
		['coinbase', 'bitcoin', 'BTC/USD · Bitcoin', 'BTC/USD'],
		['finnhub', 'shop', 'SHOP · SHOPIFY INC · Common Stock', 'SHOP'],
		['kraken', 'btcusd', 'BTC/USD', 'BTC/USD'],
		['simulated', 'shopify', 'SHOP · Shopify Inc.', 'SHOP'],
	])('asks %s for %s, from each node', async (source, text, name, value) => {
		bench = (await BENCHES[source]?.()) ?? { parameters: {} };
		for (const node of NODES) {
			expect((await find(text, bench, node))[0]).toEqual([name, value]);
		}
	});

	it('is there for every source that can be asked, and for no other', () => {
		expect(Object.keys(BENCHES)).toEqual(
			faces.filter(({ requests }) => requests !== undefined).map(({ value }) => value),
		);
		for (const [, type, usual] of NODES.slice(0, 2)) {
			for (const { value, requests } of faces) {
				const shown = type.description.properties.filter((field) =>
					NodeHelpers.displayParameter({ ...usual, source: value }, field, null, null),
				);
				const names = shown.map(({ name }) => name);
				const place = requests === undefined ? -1 : names.indexOf('symbols') + 1;
				expect(names.indexOf('foundSymbols')).toBe(place);
			}
		}
	});

	it('asks for a long list once, however often it is searched', async () => {
		bench = (await BENCHES['alpaca']?.()) ?? { parameters: {} };
		for (const text of ['s', 'sh', 'sho']) expect(await find(text, bench)).toHaveLength(2);
		expect(bench.server?.requests).toHaveLength(1);
	});

	it('lists a hundred at most, and nothing for nothing', async () => {
		const server = await BinanceServer.open();
		bench = { server, parameters: at('binance', `http://${server.host}`) };
		for (let n = 0; n < 150; n += 1) server.statistics.set(`X${n}USDT`, {});
		expect(await find('usdt', bench)).toHaveLength(100);
		expect(await find(' ', bench)).toEqual([]);
		expect(await find('usdc', bench)).toEqual([]);
	});

	it('says that a source has none', async () => {
		bench = { parameters: { source: 'customRest' } };
		await expect(find('shop', bench)).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: 'Custom REST has no search; write its symbols under Symbols.',
		});
	});

	it.each<[string, IDataObject, RegExp]>([
		['finnhub', { apiKey: 'wrong-s3cr3t' }, /^Finnhub refuses the key\. Check the API key/],
		['finnhub', { apiKey: '' }, /^The credential has no API Key; fill it in/],
		['alpaca', { secretKey: 'wrong-s3cr3t' }, /^Alpaca refuses the key/],
		['alpaca', { dataBaseUrl: 'ftp://s3cr3t' }, /^The credential's data address isn't one/],
	])('of %s with %j says what is wrong, and shows no secret', async (source, changed, message) => {
		bench = (await BENCHES[source]?.()) ?? { parameters: {} };
		const credentials = Object.fromEntries(
			Object.entries(bench.credentials ?? {}).map(([name, one]) => [name, { ...one, ...changed }]),
		);
		const failed: Error = await find('shop', { ...bench, credentials }).then(
			() => new Error('nothing failed'),
			(error: Error) => error,
		);
		expect(failed.message).toMatch(message);
		expect(failed.message).not.toMatch(/s3cr3t|trying again/);
	});

	it('does not make the user wait for a server that is down or busy', async () => {
		const busy = createServer((_, response) => {
			response.writeHead(429, { 'retry-after': '60' }).end('{}');
		});
		await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', () => resolve()));
		bench = {
			server: { requests: [], close: async () => void busy.close() },
			parameters: at('binance', `http://127.0.0.1:${(busy.address() as AddressInfo).port}`),
		};
		const from = Date.now();
		await expect(find('btc', bench)).rejects.toThrow(
			/^Binance asks to slow down\..* Ask again in 60 s\.$/,
		);
		expect(Date.now() - from).toBeLessThan(5_000);
	});
});

describe('symbols that were picked', () => {
	const quotes = async (server: BinanceServer, foundSymbols: object, symbols: string) => {
		const parameters = {
			...at('binance', `http://${server.host}`),
			...{ delivery: 'poll', receive: 'quotes', pollEvery: '1s', symbols },
		};
		return openTrigger(new MarketDataTrigger(), { ...parameters, foundSymbols } as Parameters);
	};

	it('reach the feed beside those that are written down, each once', async () => {
		const server = await BinanceServer.open();
		bench = { server, parameters: {} };
		for (const symbol of ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']) {
			server.statistics.set(symbol, { symbol, lastPrice: '5', closeTime: Date.now() });
		}
		const found = picked('ETH/USDT', '', 'SOL/USDT');
		const { start, events, until } = await quotes(server, found, 'BTC/USDT, ETH/USDT');
		const { closeFunction } = await start();
		await until(() => events.length >= 3);
		await closeFunction?.();
		expect(events.slice(0, 3).map(({ symbol }) => symbol)).toEqual([
			'BTC/USDT',
			'ETH/USDT',
			'SOL/USDT',
		]);
		const asked = server.requests.filter((path) => path.includes('24hr'));
		expect(decodeURIComponent(asked[0] ?? '')).toContain('["BTCUSDT","ETHUSDT","SOLUSDT"]');
	});

	it('are enough where none are written down', async () => {
		const server = await BinanceServer.open();
		bench = { server, parameters: {} };
		server.statistics.set('ETHUSDT', { symbol: 'ETHUSDT', lastPrice: '5', closeTime: Date.now() });
		const { start, events, until } = await quotes(server, picked('ETH/USDT'), '');
		const { closeFunction } = await start();
		await until(() => events.length > 0);
		await closeFunction?.();
		expect(events[0]).toMatchObject({ symbol: 'ETH/USDT', price: 5 });
	});

	it('are judged by Market Alert Trigger', async () => {
		bench = { parameters: {} };
		const trigger = openTrigger(
			new MarketAlertTrigger(),
			{
				...{ source: 'simulated', symbols: 'AAPL', foundSymbols: picked('MSFT') },
				...{ ruleName: 'r', ruleSource: 'json' },
				ruleJson:
					'{"symbols":["MSFT"],"conditions":{"all":[{"fact":"price","operator":"greaterThan","value":1}]}}',
			},
			{ mode: 'manual', activation: 'manual' },
		);
		await (await trigger.start()).manualTriggerFunction?.();
		expect(trigger.events).toMatchObject([{ alert: { symbol: 'MSFT' }, facts: { price: 421 } }]);
	});

	it('do not count for a source without a search', async () => {
		bench = { parameters: {} };
		const trigger = openTrigger(new MarketDataTrigger(), {
			...{ source: 'customRest', url: 'https://api.example.com/[[symbol]]', symbols: 'SHOP' },
			foundSymbols: picked('MSFT'),
		});
		expect(trigger.node.parameters['foundSymbols']).toBeUndefined();
	});

	it('count in the request budget', async () => {
		bench = { parameters: {} };
		const [shown] = await loadOptions(new MarketDataTrigger(), 'getRequestBudget', {
			...{ source: 'kraken', receive: 'candles', delivery: 'poll', pollEvery: '1h' },
			...{ symbols: 'BTC/USD', foundSymbols: picked('ETH/USD', 'SOL/USD') },
		});
		expect(shown?.description).toMatch(/^3 symbols every 3,600 s = 3 calls an hour/);
		const field = new MarketDataTrigger().description.properties.find(
			({ name, displayOptions }) =>
				name === 'requestBudget' && displayOptions?.show?.['source']?.includes('kraken'),
		);
		expect(field?.typeOptions?.loadOptionsDependsOn).toContain(
			'foundSymbols.symbol[0].symbol.value',
		);
	});
});
