import type { NodeParameterValueType } from 'n8n-workflow';

import { closeSharedStore } from '../../../nodes/host/store';
import { MarketDataTrigger } from '../../../nodes/MarketDataTrigger/MarketDataTrigger.node';
import { JsonSocketServer } from '../../fakes/JsonSocketServer';
import { openTrigger, type OpenOptions } from '../../fakes/openTrigger';

let server: JsonSocketServer;
beforeEach(async () => (server = await JsonSocketServer.open()));
afterEach(async () => await server.close());
afterAll(async () => await closeSharedStore());

type Parameters = Readonly<Record<string, NodeParameterValueType>>;
const column = (name: string, field: string) => ({ column: name, field });
const custom = (more: Parameters = {}): Parameters => ({
	source: 'customWebSocket',
	url: `ws://${server.host}/`,
	subscribeMessage: '{"sub":[[symbols]]}',
	symbols: 'SHOP = shop',
	rowsPath: '$.rows',
	rowsAre: 'trades',
	framesPath: '$.type',
	framesValues: 'trades',
	columns: { column: [column('symbol', 's'), column('price', 'p'), column('id', 'id')] },
	...more,
});
const open = (parameters: Parameters, options?: OpenOptions) =>
	openTrigger(new MarketDataTrigger(), parameters, options);
const inEditor = { mode: 'manual', activation: 'manual' } as const;
const frame = (id: number) => ({
	type: 'trades',
	rows: [{ s: 'shop', p: '61.5', id, venue: 'X' }],
});

describe('Market Data Trigger with Custom WebSocket', () => {
	it('starts the workflow with the rows of frames, and closes its socket', async () => {
		const { start, events, feed, until } = open(custom());
		const { closeFunction } = await start();
		await server.until(() => server.heard.length > 0);
		expect(server.heard).toEqual(['{"sub":["shop"]}']);
		server.send({ type: 'status' });
		server.send(frame(1));
		server.send(frame(2));
		await until(() => events.length === 2);
		await closeFunction?.();
		await server.until(() => server.open === 0);
		expect(events).toMatchObject(
			[1, 2].map((id) => ({
				type: 'trade',
				source: 'customWebSocket',
				symbol: 'SHOP',
				providerSymbol: 'shop',
				price: 61.5,
				venue: 'X',
				eventId: expect.stringMatching(new RegExp(`^customWebSocket:\\S+ SHOP trade ${id}$`)),
			})),
		);
		expect(feed).toEqual([]);
	});

	it('shows real events in a test-run', async () => {
		const { start, events } = open(custom(), inEditor);
		const { manualTriggerFunction } = await start();
		const running = manualTriggerFunction?.();
		await server.until(() => server.heard.length > 0);
		server.send(frame(1));
		await running;
		expect(events).toMatchObject([{ type: 'trade', price: 61.5 }]);
		await server.until(() => server.open === 0);
	});

	it('throws nothing at start when the address is out of reach, and says so on Feed', async () => {
		const { start, feed, until, failures } = open(custom({ url: 'ws://127.0.0.1:9/' }));
		const { closeFunction } = await start();
		await until(() => feed.length > 0);
		await closeFunction?.();
		expect(feed).toMatchObject([
			{
				kind: 'down',
				symbols: ['SHOP'],
				reason: expect.stringMatching(/^127\.0\.0\.1:9 can't be reached \(ECONNREFUSED\)/),
			},
		]);
		expect(failures).toEqual([]);
	});

	it.each<[string, Parameters, RegExp]>([
		[
			'an address of another kind',
			{ url: 'https://x/s3cr3t' },
			/^URL can't be read as an address; use one that begins with wss:/,
		],
		[
			'one symbol in the address',
			{ url: 'wss://x/[[symbol]]' },
			/^URL has \[\[symbol\]\]; one connection takes all/,
		],
		[
			'nothing to fill in',
			{ symbols: '' },
			/^Symbols is empty, but there are \[\[symbols\]\] to fill in/,
		],
		['values of nothing', { framesPath: '' }, /^Only Frames With is empty, but it has values/],
		['a path that is none', { framesPath: 'type' }, /^Only Frames With is "type"; use a JSONPath/],
		[
			'a heartbeat without rest',
			{ options: { heartbeatMessage: 'x', heartbeatEvery: '10ms' } },
			/^Heartbeat Every is 10 ms; 1s is the least/,
		],
	])('refuses %s when it is started', async (_, parameters, message) => {
		const { start } = open(custom(parameters));
		await expect(start()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringMatching(message),
		});
	});
});
