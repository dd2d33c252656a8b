import type { NodeParameterValueType } from 'n8n-workflow';

import { CUSTOM_COLUMNS } from '../../../core/market';
import { MarketAlertsHttpApi } from '../../../credentials/MarketAlertsHttpApi.credentials';
import { toHttpSecret } from '../../../nodes/host/httpSecret';
import { closeSharedStore } from '../../../nodes/host/store';
import { triggerParameters } from '../../../nodes/MarketDataTrigger/description';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { JsonServer } from '../../fakes/JsonServer';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';

let server: JsonServer;
beforeEach(async () => (server = await JsonServer.open()));
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
const column = (name: string, field: string) => ({ column: name, field });
const custom = (more: Parameters = {}): Parameters => ({
	source: 'customRest',
	url: `${server.url}/quotes`,
	rowsPath: '$.data',
	columns: { column: [column('symbol', 'ticker'), column('price', 'last')] },
	...more,
});
const open = (parameters: Parameters, options?: OpenOptions) =>
	openTrigger(new MarketDataTrigger(), parameters, options);
const inEditor = { mode: 'manual', activation: 'manual' } as const;

describe('Market Data Trigger with Custom REST', () => {
	it('starts the workflow with the rows of an answer', async () => {
		server.answer = () => ({ body: { data: [{ ticker: 'shop', last: '61.5', sector: 'tech' }] } });
		const { start, events, feed, until } = open(custom());
		const { closeFunction } = await start();
		await until(() => events.length > 0);
		await closeFunction?.();
		expect(events).toMatchObject([
			{
				type: 'quote',
				source: 'customRest',
				symbol: 'SHOP',
				providerSymbol: 'shop',
				price: 61.5,
				sector: 'tech',
				quality: [],
			},
		]);
		expect(feed).toEqual([]);
		expect(server.requests).toHaveLength(1);
	});

	it('shows real events in a test-run, with facts added', async () => {
		server.answer = () => ({ body: { data: [{ ticker: 'shop', last: 1 }] } });
		const { start, events } = open(
			custom({ addFacts: { fact: [{ fact: 'weekday' }] }, symbols: 'SHOP' }),
			inEditor,
		);
		const { manualTriggerFunction } = await start();
		await manualTriggerFunction?.();
		expect(events).toMatchObject([{ symbol: 'SHOP', price: 1, weekday: expect.any(String) }]);
	});

	it('says on Feed what was there when the rows are elsewhere', async () => {
		server.answer = () => ({ body: { result: [], count: 0 } });
		const { start, feed, until, failures } = open(custom());
		const { closeFunction } = await start();
		await until(() => feed.length > 0);
		await closeFunction?.();
		expect(feed).toMatchObject([
			{
				kind: 'down',
				reason: expect.stringMatching(
					/^127\.0\.0\.1:\d+ gave an answer without rows: there are no rows at \$\.data; at \$ there are result \(a list of 0\), count \(a number\)/,
				),
			},
		]);
		expect(failures).toEqual([]);
	});

	it.each<[string, Parameters, RegExp]>([
		['no address', { url: ' ' }, /^URL is empty; use one that begins with https:\/\//],
		['an address of another kind', { url: 'ftp://x/s3cr3t' }, /^URL can't be read as an address;/],
		[
			'a password in the address',
			{ url: 'https://me:s3cr3t@x/' },
			/^URL holds a user or password;/,
		],
		[
			'a symbol as the host',
			{ url: 'https://[[symbol]].x/', symbols: 'A' },
			/^URL (?:has a symbol in its host|can't be read)/,
		],
		[
			'nothing to fill in',
			{ url: 'https://x/[[symbol]]' },
			/^Symbols is empty, but the request has \[\[symbol\]\]/,
		],
		[
			'rows of nobody',
			{ columns: {} },
			/^Columns has no Symbol, and the rows are of more than one/,
		],
		[
			'a path that is none',
			{ rowsPath: 'data' },
			/^Rows At is "data"; use a JSONPath that begins with \$/,
		],
		[
			'a column without a field',
			{ columns: { column: [column('price', ' ')] }, symbols: 'A' },
			/^Column price has no field/,
		],
		[
			'a column twice',
			{ columns: { column: [column('price', 'a'), column('price', 'b')] } },
			/^Columns has price twice/,
		],
		[
			'a column that is ours',
			{
				columns: {
					column: [column('symbol', 's'), { column: 'own', name: 'eventId', field: 'x' }],
				},
			},
			/^A column can't be called "eventId"/,
		],
		['candles without a time', { rowsAre: 'candles' }, /^Columns has no Time; of candles/],
		[
			'a poll too often',
			{ url: 'https://x/[[symbol]]', symbols: 'A,B,C', pollEvery: '2s' },
			/^Poll Every is too short: 3 calls each time make 90 a minute, and Requests per Minute is 60\. Use 3s or more, fewer symbols/,
		],
		['a poll at no time', { pollEvery: 'often' }, /^Poll Every is "often"; use a duration/],
		[
			'a symbol of two names',
			{ symbols: 'A = b = c' },
			/^Symbol "A = b = c" can't be read; use SHOP, or BTC\/USD = bitcoin/,
		],
		['a symbol twice', { symbols: 'A, a = x' }, /^Symbol A is named twice/],
		[
			'a zone there is not',
			{ options: { timeZone: 'Moon' } },
			/^Time Zone is "Moon"; use an IANA name/,
		],
		[
			'a header with a break',
			{ headers: { pair: [{ name: 'x', value: 's3cr3t\n' }] } },
			/^The value of the header x has characters/,
		],
	])('refuses %s when it is started, without a secret', async (_, parameters, message) => {
		const { start } = open(custom(parameters));
		const error = await start().then(
			() => undefined,
			(thrown: Error) => thrown,
		);
		expect(error).toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
		expect(error?.message).not.toContain('s3cr3t');
	});

	it('offers the columns of the core', () => {
		const columns = triggerParameters().find(({ name }) => name === 'columns');
		expect(
			JSON.stringify(columns?.options)
				.match(/(?<="value":")\w+/g)
				?.sort(),
		).toEqual([...CUSTOM_COLUMNS, 'own'].sort());
	});
});

describe('the credential Market Alerts: HTTP API', () => {
	it.each<[Record<string, string>, object, object]>([
		[{ type: 'header', name: 'X-Api-Key', apiKey: 'k3y' }, { 'x-api-key': 'k3y' }, {}],
		[{ type: 'query', name: 'token', apiKey: 'k3y' }, {}, { token: 'k3y' }],
		[{ type: 'bearer', apiKey: 'k3y' }, { authorization: 'Bearer k3y' }, {}],
		[{ type: 'basic', user: 'me', password: 'pw' }, { authorization: 'Basic bWU6cHc=' }, {}],
	])('%j goes out in its place', async (credential, headers, query) => {
		expect(toHttpSecret(credential)).toMatchObject({ headers, query });
		const { authenticate } = new MarketAlertsHttpApi();
		if (typeof authenticate !== 'function') throw new Error('It has no function.');
		expect(await authenticate(credential, { url: 'https://x', headers: { a: 'b' } })).toMatchObject(
			{
				headers: { a: 'b', ...headers },
				qs: query,
				sendCredentialsOnCrossOriginRedirect: false,
			},
		);
	});

	it.each<[Record<string, string>, RegExp]>([
		[{ type: 'header', name: 'x' }, /: API Key is empty\.$/],
		[{ type: 'query', apiKey: 's3cr3t' }, /: Name is empty\.$/],
		[{ type: 'header', name: 'a b', apiKey: 's3cr3t' }, /: Name can't be that of a header\.$/],
		[{ type: 'bearer', apiKey: 's3cr3t\nx' }, /: API Key has characters that can't be sent/],
		[{ type: 'basic' }, /: User and Password are empty\.$/],
	])('%j is refused, and not quoted', (credential, message) => {
		expect(() => toHttpSecret(credential)).toThrow(message);
		expect(() => toHttpSecret(credential)).toThrow(new MarketAlertsHttpApi().displayName);
		expect(() => toHttpSecret(credential)).not.toThrow(/s3cr3t/);
	});
});
