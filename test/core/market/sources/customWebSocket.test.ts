import fc from 'fast-check';

import {
	createCustomWebSocket,
	noSecret,
	parseCustomSymbols,
	SharedConnections,
	type CustomWebSocketSettings,
	type HttpSecret,
} from '../../../../core/market';
import { parseFrame } from '../../../../core/market/sources/custom/webSocketProtocol';
import { wsSocketFactory } from '../../../../core/ports/system';
import {
	describeLiveSource,
	playing,
	type LiveServer,
	type LiveSetup,
} from '../../../contracts/liveSource';
import { FastClock } from '../../../fakes/FastClock';
import { fixedRandom } from '../../../fakes/fixedRandom';
import { JsonSocketServer } from '../../../fakes/JsonSocketServer';
import { silentLog } from '../../../fakes/silentLog';

const SECRET = 's3cr3t-token';
const secret: HttpSecret = {
	headers: { authorization: `Bearer ${SECRET}` },
	query: { token: SECRET },
	parts: { apiKey: SECRET },
	secrets: [SECRET],
};

type Setup = LiveSetup & { readonly json: JsonSocketServer };

async function setUp(
	more: Partial<CustomWebSocketSettings> = {},
	withSecret = noSecret,
): Promise<Setup> {
	const clock = new FastClock();
	const json = await JsonSocketServer.open();
	const shared = new SharedConnections();
	let last = 0;
	const row = (number: number) => ({
		s: 'btcusd',
		p: String(50_000 + (number % 7)),
		t: clock.now(),
		q: '0.1',
		n: number,
	});
	let told: unknown;
	const server: LiveServer = {
		tell: (count) => {
			for (let one = 0; one < count; one += 1) {
				told = { type: 'trade', rows: [row((last += 1))] };
				json.send(told);
			}
		},
		happen: (count) => void (last += count),
		repeat: () => json.send(told),
		sendAll: (text) => json.send(text),
		dribble: () => json.dribble(),
		cut: (code, reason) => json.cut(code, reason),
		ignoreNext: (count) => {
			for (let one = 0; one < count; one += 1) json.refusals.push('silence');
		},
		refuseNext: (count, status, headers, body) => {
			for (let one = 0; one < count; one += 1) {
				json.refusals.push({ status, ...(headers && { headers }), ...(body && { body }) });
			}
		},
		listened: async () => {
			const before = json.open > 0 ? 0 : json.heard.length;
			await json.until(() => json.open > 0 && json.heard.length > before);
		},
		get open() {
			return json.open;
		},
		get connections() {
			return json.connections;
		},
		until: async (holds) => await json.until(holds),
		close: async () => await json.close(),
	};
	const settings: CustomWebSocketSettings = {
		url: `ws://${json.host}/stream`,
		sendsCredential: true,
		loginMessage: '',
		subscribeMessage: '{"op":"subscribe","symbols":[[symbols]]}',
		heartbeatMessage: '',
		heartbeatEveryMs: 30_000,
		filter: { path: '', values: [] },
		symbols: parseCustomSymbols(['BTC/USD = btcusd']),
		mapping: {
			rowsAre: 'trades',
			rowsPath: '$.rows',
			interval: '',
			columns: { symbol: 's', price: 'p', time: 't', size: 'q', id: 'n' },
			own: [],
			timeZone: '',
		},
		errorPath: '',
		silentAfterMs: 20_000,
		...more,
	};
	const open = (start: { cursor: unknown; play: string }) =>
		createCustomWebSocket(
			settings,
			{
				clock,
				timer: clock,
				random: fixedRandom(0.5),
				log: silentLog(),
				sockets: wsSocketFactory(),
				shared,
				secret: withSecret,
			},
			start,
		);
	return { server, json, clock, open };
}

describeLiveSource('Custom WebSocket', async () => await setUp(), { fills: false });

describe('Custom WebSocket', () => {
	const done = async ({ json }: Setup) => {
		await json.until(() => json.open === 0);
		await json.close();
	};

	it('logs in first, then asks for each symbol, and shows its credential to nobody else', async () => {
		const setup = await setUp(
			{
				loginMessage: '{"auth":"[[apiKey]]"}',
				subscribeMessage: '{"sub":"trade.[[symbol]]"}',
				symbols: parseCustomSymbols(['A', 'B=b"']),
				sendsCredential: false,
			},
			secret,
		);
		await playing(setup, async () => await setup.json.until(() => setup.json.heard.length === 3));
		expect(setup.json.heard.map((text) => JSON.parse(text))).toEqual([
			{ auth: SECRET },
			{ sub: 'trade.A' },
			{ sub: 'trade.b"' },
		]);
		expect(setup.json.handshakes[0]).toMatchObject({ url: '/stream' });
		expect(setup.json.handshakes[0]?.headers.authorization).toBeUndefined();
		await done(setup);
	});

	it('sends its credential with the handshake, which is refused without showing it', async () => {
		const setup = await setUp({}, secret);
		setup.json.refusals.push({ status: 401, body: `{"message":"bad token ${SECRET}"}` });
		const { sink } = await playing(setup, async (sink) => {
			await sink.until(() => sink.reportsOf('down').length > 0);
		});
		expect(setup.json.handshakes[0]).toMatchObject({
			url: `/stream?token=${SECRET}`,
			headers: { authorization: `Bearer ${SECRET}` },
		});
		const [down] = sink.reportsOf('down');
		expect(down?.reason).toMatch(/refuses access.* It says: bad token \*\*\* \(401\)/);
		expect((down?.nextAttemptAt ?? 0) - (down?.at ?? 0)).toBeGreaterThan(3_500_000);
		await done(setup);
	});

	it('takes the frames it was told to, and reports errors among the others', async () => {
		const setup = await setUp(
			{ filter: { path: '$.type', values: ['trade'] }, errorPath: '$.error' },
			secret,
		);
		const { sink } = await playing(setup, async (sink, server) => {
			await server.listened();
			setup.json.send({ type: 'hello', rows: [{ s: 'btcusd', p: '1', t: 1, n: 0 }] });
			setup.json.send({ type: 'status', error: `no symbol x, key ${SECRET}` });
			server.tell(1);
			await sink.until(() => sink.events.length > 0 && sink.reportsOf('unreadable').length > 0);
		});
		expect(sink.events).toMatchObject([{ eventId: expect.stringContaining('trade 1') }]);
		expect(sink.reportsOf('unreadable')[0]?.reason).toMatch(
			/unreadable 1 \(the first: an error: no symbol x, key \*\*\*\)/,
		);
		await done(setup);
	});

	it('keeps a connection with its heartbeat and with ping frames', async () => {
		const setup = await setUp({ heartbeatMessage: '{"op":"ping"}', heartbeatEveryMs: 10_000 });
		await playing(setup, async () => {
			await setup.json.until(
				() => setup.json.heard.filter((text) => text === '{"op":"ping"}').length >= 3,
			);
			await setup.json.until(() => setup.json.pings >= 2);
		});
		expect(setup.json.connections).toBe(1);
		await done(setup);
	});

	it('shares a connection among those who say the same', async () => {
		const setup = await setUp();
		await playing(setup, async (first) => {
			await playing(setup, async (second, server) => {
				await server.listened();
				server.tell(1);
				await first.until(() => first.events.length === 1);
				await second.until(() => second.events.length === 1);
			});
			setup.server.tell(1);
			await first.until(() => first.events.length === 2);
		});
		expect(setup.json.connections).toBe(1);
		await done(setup);
	});

	it('never throws at a frame, whatever it is', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.string(), fc.json()),
				fc.constantFrom('', '$.type', '$[', '$..x'),
				(text, path) => {
					const message = parseFrame(text, { filter: { path, values: [] }, errorPath: path }, []);
					expect(['data', 'aside', 'unreadable']).toContain(message.kind);
				},
			),
			{ numRuns: 500 },
		);
	});
});
