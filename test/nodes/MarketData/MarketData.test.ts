import { createNodeAsTool } from 'n8n-core/dist/execution-engine/node-execution-context/utils/create-node-as-tool';
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeProperties,
	type NodeParameterValueType,
} from 'n8n-workflow';

import { findKind } from '../../../core/facts/indicators';
import type { Candle } from '../../../core/market';
import { epochMs } from '../../../core/ports';
import { workOut } from '../../../nodes/MarketData/giveIndicator';
import { indicators } from '../../../nodes/MarketData/indicatorFields';
import { MarketData } from '../../../nodes/MarketData/MarketData.node';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { requestFaces } from '../../../nodes/sources/requestParameters';
import { requestPorts } from '../../contracts/marketRequests';
import { hasReference, readReference, referenceBars } from '../../core/facts/bars';
import { AlpacaServer } from '../../fakes/AlpacaServer';
import { BinanceServer, type Kline } from '../../fakes/BinanceServer';
import { useSimpleExpressions } from '../../fakes/expressionEngine';
import { FastClock } from '../../fakes/FastClock';
import { errorOf, nodeOf, outputOf, runNode } from '../../fakes/runWorkflow';

type Fields = Readonly<Record<string, NodeParameterValueType>>;
type More = {
	readonly items?: readonly IDataObject[];
	readonly node?: Partial<INode>;
	readonly credentials?: Readonly<Record<string, IDataObject>>;
};
const HOUR = 3_600_000;

const run = async (parameters: Fields, { items = [{}], ...more }: More = {}) =>
	await runNode({ type: new MarketData(), items, parameters, ...more });
const given = async (parameters: Fields, more?: More) => {
	const done = await run(parameters, more);
	expect(errorOf(done)).toBeUndefined();
	return outputOf(done);
};
const jsonOf = async (parameters: Fields, more?: More) =>
	(await given(parameters, more)).map(({ json }) => json);
const messageOf = async (parameters: Fields, more?: More) =>
	errorOf(await run(parameters, more))?.message;

beforeAll(async () => await useSimpleExpressions());

describe('Market Data with the Simulated Market', () => {
	it('quotes each symbol as the trigger does, without any account', async () => {
		const items = await given({ symbols: 'SHOP, btc/usd' });
		expect(items).toMatchObject([
			{
				json: { type: 'quote', symbol: 'SHOP', price: expect.any(Number) },
				pairedItem: { item: 0 },
			},
			{ json: { type: 'quote', symbol: 'BTC/USD', session: 'regular' }, pairedItem: { item: 0 } },
		]);
	});

	it('reads expressions anew for each item', async () => {
		const items = await given(
			{ symbols: '={{ $json.ticker }}' },
			{ items: [{ ticker: 'AAPL' }, { ticker: 'TSLA, SPY' }] },
		);
		expect(items.map(({ json, pairedItem }) => [json['symbol'], pairedItem])).toEqual([
			['AAPL', { item: 0 }],
			['TSLA', { item: 1 }],
			['SPY', { item: 1 }],
		]);
	});

	it('gives the last candles, and those between two times of the workflow zone', async () => {
		const last = await jsonOf({ operation: 'candles', symbols: 'SHOP', interval: '1h', last: 3 });
		expect(last).toMatchObject(
			[3, 2, 1].map((ago) => ({
				type: 'candle',
				closed: true,
				startAt: (Math.floor(Date.now() / HOUR) - ago) * HOUR,
			})),
		);
		const between = await jsonOf({
			operation: 'candles',
			symbols: 'SHOP',
			interval: '1h',
			range: 'between',
			from: '2026-01-05T09:00:00-05:00',
			to: '2026-01-05T16:00:00Z',
		});
		expect(between.map(({ startAt }) => startAt)).toEqual([
			Date.parse('2026-01-05T14:00:00Z'),
			Date.parse('2026-01-05T15:00:00Z'),
		]);
	});

	it('gives the running candle when it is asked for', async () => {
		const json = await jsonOf({
			operation: 'candles',
			symbols: 'SHOP',
			last: 2,
			options: { running: true },
		});
		expect(json.map(({ closed }) => closed)).toEqual([true, false]);
	});

	it('gives the last value of an indicator, or a series of them', async () => {
		const of = { operation: 'indicator', symbols: 'SHOP', interval: '5m' };
		const series = await jsonOf({ ...of, return: 'series', values: 4 });
		const [last] = await jsonOf(of);
		expect(series).toHaveLength(4);
		expect(last).toMatchObject({
			source: 'simulated',
			symbol: 'SHOP',
			indicator: 'rsi',
			params: { period: 14 },
			interval: '5m',
			name: 'rsi_14_5m',
			closed: true,
		});
		// Each begins where what came before no longer matters, to nine digits.
		const { value, ...rest } = series.at(-1) ?? {};
		expect(last).toMatchObject(rest);
		expect(last?.['value']).toBeCloseTo(Number(value), 6);
		expect(last?.['value']).toBeGreaterThan(0);
		expect(last?.['value']).toBeLessThan(100);
	});

	it('works out every indicator of the catalogue with the parameters its fields begin with', async () => {
		const items = indicators.map(({ name }) => ({ name }));
		const json = await jsonOf(
			{ operation: 'indicator', symbols: 'SHOP', interval: '5m', indicator: '={{ $json.name }}' },
			{ items },
		);
		expect(json.map(({ indicator }) => indicator)).toEqual(indicators.map(({ name }) => name));
		expect(json.filter(({ missing }) => missing !== undefined)).toEqual([]);
	});

	it('says whether a market is open, by whose hours it is told', async () => {
		const json = await jsonOf({ resource: 'market', operation: 'status', market: 'crypto' });
		expect(json).toMatchObject([
			{
				source: 'simulated',
				market: 'crypto',
				isOpen: true,
				nextCloseAt: null,
				toldBy: 'calendar',
			},
		]);
	});

	it('finds symbols, so many at most', async () => {
		expect(await jsonOf({ operation: 'search', text: 'usd', limit: 2 })).toEqual([
			{ source: 'simulated', symbol: 'BTC/USD', providerSymbol: 'BTC/USD', name: 'Bitcoin' },
			{ source: 'simulated', symbol: 'ETH/USD', providerSymbol: 'ETH/USD', name: 'Ethereum' },
		]);
	});

	it.each(['candles', 'indicator'])('says in its fields who has none: %s', (operation) => {
		const parameters = { resource: 'instrument', operation };
		for (const { value, requests } of requestFaces) {
			const shown = new MarketData().description.properties.filter((field) =>
				NodeHelpers.displayParameter({ ...parameters, source: value }, field, null, null),
			);
			const isTold = shown.some(({ type, displayName }) =>
				/^notice Finnhub has no candles/.test(`${type} ${displayName}`),
			);
			expect(isTold).toBe(requests.intervals.length === 0);
			expect(shown.some(({ name }) => name === 'interval')).toBe(!isTold);
		}
	});

	it('takes symbols that were picked beside those that are written down, each once', async () => {
		const foundSymbols = {
			symbol: ['SHOP', 'MSFT'].map((value) => ({ symbol: { __rl: true, mode: 'list', value } })),
		};
		for (const [symbols, all] of [
			['={{ $json.of }}', ['AAPL', 'SHOP', 'MSFT']],
			['', ['SHOP', 'MSFT']],
		] as const) {
			const items = [{ of: 'AAPL, SHOP' }];
			const json = await jsonOf({ operation: 'quote', symbols, foundSymbols }, { items });
			expect(json.map(({ symbol }) => symbol)).toEqual(all);
			const candles = await jsonOf(
				{ operation: 'candles', last: 1, symbols, foundSymbols },
				{ items },
			);
			expect(candles.map(({ symbol }) => symbol)).toEqual(all);
		}
	});

	it.each<[Fields, string]>([
		[
			{ symbols: 'no symbol' },
			'Symbol "no symbol" can\'t be one; use letters and digits, such as SHOP or BTC/USD.',
		],
		[{ symbols: ' , ' }, 'Symbols is empty; name at least one.'],
		[
			{ source: 'nasdaq' },
			'Source is "nasdaq"; choose one of Alpaca, Binance, Coinbase, Finnhub, Kraken, Simulated Market.',
		],
		[{ seed: 'x' }, 'Seed is "x"; use a whole number such as 1.'],
		[
			{ operation: 'candles', interval: '7m' },
			'Interval is "7m"; Simulated Market has 1m, 5m, 15m, 30m, 1h, 4h, 1d.',
		],
		[
			{ operation: 'candles', last: 0 },
			'Number of Candles is 0; use a whole number from 1 to 50000.',
		],
		[
			{ operation: 'candles', range: 'between', from: 'tomorrow' },
			'From is "tomorrow"; use a time such as 2026-01-31T09:30:00 or 2026-01-31T14:30:00Z.',
		],
		[
			{
				operation: 'candles',
				range: 'between',
				from: '2026-01-02T00:00:00Z',
				to: '2026-01-01T00:00:00Z',
			},
			'From (2026-01-02T00:00:00.000Z) must lie before To (2026-01-01T00:00:00.000Z).',
		],
		[
			{ operation: 'indicator', indicator: 'price' },
			'Indicator is "price"; choose one of sma, ema, wma, rsi,',
		],
		[
			{ operation: 'indicator', period: 'many' },
			'RSI: parameter "period" of "rsi" is "many"; use a whole number from 1 to 1000.',
		],
		[
			{ operation: 'search', text: ' ' },
			'Text is empty; use a part of a symbol, such as BTC or AAPL.',
		],
		[
			{ resource: 'market', operation: 'status', market: 'moon' },
			'Market is "moon"; choose us-equities, crypto, forex.',
		],
		[
			{ options: { giveUpAfter: 'soon' } },
			'Give Up After is "soon"; use a duration such as 30s or 2m.',
		],
	])('%j: %s', async (fields, message) => {
		expect(await messageOf(fields)).toContain(message);
	});

	it('makes items of what fails where it shall go on, and of the rest what it always does', async () => {
		const parameters = { operation: 'candles', symbols: '={{ $json.of }}', last: 1 };
		const items = [{ of: 'SHOP, no symbol' }, { of: '' }, { of: 'AAPL' }];
		const done = await run(parameters, { items, node: { onError: 'continueRegularOutput' } });
		expect(outputOf(done)).toMatchObject([
			{ json: { symbol: 'SHOP', type: 'candle' }, pairedItem: { item: 0 } },
			{
				json: { error: expect.stringContaining('"no symbol"') },
				pairedItem: { item: 0 },
			},
			{ json: { error: 'Symbols is empty; name at least one.' }, pairedItem: { item: 1 } },
			{ json: { symbol: 'AAPL' }, pairedItem: { item: 2 } },
		]);
		const parted = await run(parameters, { items, node: { onError: 'continueErrorOutput' } });
		expect([0, 1].map((output) => outputOf(parted, 'Tested', output).length)).toEqual([2, 2]);
	});
});

describe('Market Data with Binance', () => {
	let server: BinanceServer;
	let at: Fields;
	beforeEach(async () => {
		server = await BinanceServer.open();
		at = { source: 'binance', options: { restBaseUrl: `http://${server.host}` } };
		for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
			server.statistics.set(symbol, { symbol, lastPrice: '5', closeTime: 1_700_000_000_000 });
		}
	});
	afterEach(async () => await server.close());

	const hours = (count: number): Kline[] =>
		Array.from({ length: count }, (_, index) => {
			const start = (Math.floor(Date.now() / HOUR) - count + 1 + index) * HOUR;
			const price = String(100 + Math.sin(index) * 5);
			return [start, price, '110', '90', price, '5', start + HOUR - 1, '1', 1, '1', '1', '0'];
		});

	it('asks for the quotes of all items by one call, and names the item that has a wrong one', async () => {
		const parameters = { ...at, symbols: '={{ $json.of }}' };
		const items = [{ of: 'BTCUSDT' }, { of: 'ETH/USDT, FOO/BAR' }];
		const done = await run(parameters, { items, node: { onError: 'continueRegularOutput' } });
		expect(outputOf(done)).toMatchObject([
			{ json: { symbol: 'BTCUSDT', price: 5 }, pairedItem: { item: 0 } },
			{ json: { symbol: 'ETH/USDT' }, pairedItem: { item: 1 } },
			{
				json: {
					error:
						'Binance doesn\'t know the symbol "FOO/BAR". Check the spelling, such as BTC/USDT, or find it with Search.',
				},
				pairedItem: { item: 1 },
			},
		]);
		expect(server.requests.filter((path) => path.includes('24hr'))).toHaveLength(2);
		const failed = await run(parameters, { items });
		expect(errorOf(failed)).toMatchObject({ context: { itemIndex: 1 } });
	});

	it('gives what Binance says, unchanged, when it is not to be simplified', async () => {
		expect(await jsonOf({ ...at, symbols: 'BTC/USDT', simplify: false })).toEqual([
			{
				source: 'binance',
				symbol: 'BTC/USDT',
				providerSymbol: 'BTCUSDT',
				raw: { symbol: 'BTCUSDT', lastPrice: '5', closeTime: 1_700_000_000_000 },
			},
		]);
		server.klines.set('BTCUSDT 1h', hours(3));
		const candles = await jsonOf({
			...at,
			operation: 'candles',
			symbols: 'BTC/USDT',
			last: 1,
			simplify: false,
		});
		expect(candles).toEqual([expect.objectContaining({ raw: hours(3)[1] })]);
	});

	it('fetches as many candles as an indicator needs until those before no longer matter', async () => {
		server.klines.set('BTCUSDT 1h', hours(2_000));
		const [json] = await jsonOf({ ...at, operation: 'indicator', symbols: 'BTC/USDT' });
		const [asked = ''] = server.requests;
		const params = (name: string) => ({ period: 14 })[name] ?? 0;
		const depth = findKind('rsi')?.depth(params, HOUR) ?? 0;
		expect(asked).toContain(`limit=${depth + 1}`);
		const all = hours(2_000)
			.slice(0, -1)
			.map(([start, open, high, low, close]): Candle => ({
				...CANDLE,
				startAt: epochMs(start),
				endAt: epochMs(start + HOUR),
				eventAt: epochMs(start + HOUR),
				eventId: `x ${start}`,
				interval: '1h',
				open: Number(open),
				high: Number(high),
				low: Number(low),
				close: Number(close),
			}));
		const whole = workOut({ fact: 'rsi', params: { period: 14, interval: '1h' } }, all).at(-1);
		expect(json?.['value']).toBeCloseTo(Number(whole?.value), 6);
	});

	it('says why a value is not known yet, in place of it', async () => {
		server.klines.set('BTCUSDT 1h', hours(9));
		expect(await jsonOf({ ...at, operation: 'indicator', symbols: 'BTC/USDT' })).toMatchObject([
			{ indicator: 'rsi', value: null, missing: 'warmingUp' },
		]);
	});

	it('ends with what the provider says, without the address', async () => {
		server.instead.set('24hr', [
			{ status: 451, body: '{"code":0,"msg":"restricted token=s3cr3t"}' },
		]);
		const message = await messageOf({ ...at, symbols: 'BTC/USDT' });
		expect(message).toMatch(/^Binance refuses this place: it blocks some countries/);
		expect(message).not.toMatch(/s3cr3t|127\.0\.0\.1/);
	});
});

describe('Market Data with Alpaca', () => {
	let server: AlpacaServer;
	let credentials: Record<string, IDataObject>;
	beforeEach(async () => {
		server = await AlpacaServer.open();
		credentials = {
			marketAlertsAlpacaApi: {
				keyId: server.keyId,
				secretKey: server.secretKey,
				plan: 'basic',
				dataBaseUrl: `http://${server.host}`,
				tradingBaseUrl: `http://${server.host}`,
			},
		};
	});
	afterEach(async () => await server.close());

	it('takes the market status from the clock of its credential', async () => {
		server.clock = {
			timestamp: '2022-04-28T14:07:04.451420928-04:00',
			is_open: true,
			next_open: '2022-04-29T09:30:00-04:00',
			next_close: '2022-04-28T16:00:00-04:00',
		};
		const of = { source: 'alpaca', resource: 'market', operation: 'status' };
		expect(await jsonOf(of, { credentials })).toMatchObject([
			{ source: 'alpaca', market: 'us-equities', isOpen: true, toldBy: 'provider' },
		]);
		expect(await jsonOf({ ...of, simplify: false }, { credentials })).toEqual([
			{ source: 'alpaca', raw: server.clock },
		]);
	});

	it('shows no key when it is refused', async () => {
		server.secretKey = 'another';
		const message = await messageOf({ source: 'alpaca', symbols: 'AAPL' }, { credentials });
		expect(message).toMatch(/^Alpaca refuses the key\./);
		expect(message).not.toMatch(/PKTEST|s3cr3t/);
	});
});

const CANDLE = {
	type: 'candle',
	source: 'x',
	symbol: 'SPY',
	providerSymbol: 'SPY',
	receivedAt: epochMs(0),
	quality: [],
	volume: 1,
	closed: true,
} as const;

(hasReference ? describe : describe.skip)(
	'Indicators of candles against ../shared/data/indicators',
	() => {
		const MINUTE = 60_000;
		const candles = (hasReference ? referenceBars() : []).map(({ startAt, ...bar }): Candle => ({
			...CANDLE,
			...bar,
			startAt,
			endAt: epochMs(startAt + MINUTE),
			eventAt: epochMs(startAt + MINUTE),
			eventId: `x ${startAt}`,
			interval: '1m',
		}));

		it.each([
			['rsi-14', 'rsi', 'rsi', { period: 14 }],
			['sma-20', 'sma', 'sma', { period: 20 }],
			['macd-12-26-9', 'signal', 'macdSignal', { fast: 12, slow: 26, signal: 9 }],
			['bollinger-20-2', 'upperBand', 'bollingerUpper', { period: 20, multiplier: 2 }],
			['adx-14', 'adx', 'adx', { period: 14 }],
		])('%s, column %s: warm-up and values are the same', (file, column, fact, params) => {
			const expected = readReference(file)[column] ?? [];
			const rows = workOut({ fact, params: { ...params, interval: '1m' } }, candles);
			expect(rows).toHaveLength(expected.length);
			const isClose = (value: unknown, reference: number | undefined) =>
				reference === undefined ? value === null : Math.abs(Number(value) / reference - 1) < 1e-9;
			expect(rows.filter(({ value }, index) => !isClose(value, expected[index]))).toEqual([]);
		});
	},
);

describe('Market Data in the editor and as a tool', () => {
	const { description } = new MarketData();
	const fieldsOf = (name: string): INodeProperties[] =>
		description.properties.filter((field) => field.name === name);
	const valuesOf = (field: INodeProperties | undefined) =>
		(field?.options ?? []).map((option) => ('value' in option ? option.value : undefined));

	it.each(requestFaces)('offers the candles $name has, and defaults that work', async (face) => {
		const requests = await (
			await face.requests.load()
		)(
			{
				context: {
					getNode: () => nodeOf('Tested', 'tested'),
					getCredentials: async () => ({ keyId: 'PK1', secretKey: 's', apiKey: 'k' }) as never,
				},
				read: (_, fallback) => fallback,
				options: {},
			},
			requestPorts(new FastClock()),
		);
		expect(requests.provider).toBe(face.name);
		expect(requests.intervals ?? []).toEqual(face.requests.intervals);
		expect(requests.candles === undefined).toBe(face.requests.intervals.length === 0);
		const interval = fieldsOf('interval').find(
			({ displayOptions }) => displayOptions?.show?.['source']?.[0] === face.value,
		);
		expect(valuesOf(interval)).toEqual(face.requests.intervals);
		if (interval !== undefined) expect(valuesOf(interval)).toContain(interval.default);
	});

	it('has the addresses of the trigger under Options', () => {
		const optionsIn = (properties: INodeProperties[]) =>
			properties.find(({ name }) => name === 'options')?.options as INodeProperties[];
		const ofTrigger = optionsIn(new MarketDataTrigger().description.properties);
		const own = optionsIn(description.properties);
		const restOf = (options: INodeProperties[]) =>
			options.filter(({ name }) => name === 'restBaseUrl').map((option) => option.default);
		expect(restOf(own)).toEqual(restOf(ofTrigger));
	});

	it.each([
		['quote', 'Get quotes of stocks or crypto in Market Data'],
		['candles', 'Get past candles of stocks or crypto in Market Data'],
		['search', 'Search symbols of stocks or crypto in Market Data'],
		['status', 'Get whether the market is open in Market Data'],
	])('tells an agent what it does when it is a tool for %s', (operation, said) => {
		const resource = operation === 'status' ? 'market' : 'instrument';
		const fromAgent = "={{ $fromAI('symbols', 'Symbols, separated by commas', 'string') }}";
		const node = nodeOf('Market Data', 'marketDataTool', {});
		// As n8n fills in what nobody changed.
		const parameters = NodeHelpers.getNodeParameters(
			description.properties,
			{ resource, operation, symbols: fromAgent },
			true,
			false,
			node,
			description,
		);
		const { response } = createNodeAsTool({
			node: { ...node, parameters: { ...parameters, symbols: fromAgent, descriptionType: 'auto' } },
			nodeType: new MarketData(),
			handleToolInvocation: async () => ({}),
		});
		const tool = response as unknown as {
			name: string;
			description: string;
			schema: { shape: Record<string, { description?: string }> };
		};
		expect(tool.name).toBe('Market_Data');
		expect(tool.description).toBe(said);
		expect(tool.schema.shape['symbols']?.description).toBe('Symbols, separated by commas');
	});

	it('explains every field but those that explain themselves', () => {
		const own = new Set([
			'operation',
			'source',
			'feed',
			'range',
			'options',
			'return',
			'candle',
			'resource',
			'indicator',
		]);
		const bare = description.properties.filter(
			({ name, type, description: said }) =>
				said === undefined && type !== 'notice' && !own.has(name),
		);
		expect(bare.map(({ name }) => name)).toEqual([]);
	});
});
