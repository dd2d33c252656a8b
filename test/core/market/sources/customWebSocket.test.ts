import fc from 'fast-check';

import {
	createCustomWebSocket,
	noSecret,
	parseCustomSymbols,
	type CustomWebSocketSettings,
	type HttpSecret,
} from '../../../../core/market';
import { parseFrame } from '../../../../core/market/sources/custom/webSocketProtocol';
import { describeLiveSource, playing, type LiveSetup } from '../../../contracts/liveSource';
import { FastClock } from '../../../fakes/FastClock';
import { livePorts, liveServer } from '../../../fakes/liveSetup';
import { JsonSocketServer } from '../../../fakes/JsonSocketServer';

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
	const ports = livePorts(clock);
	let last = 0;
	const row = (number: number) => ({
		s: 'btcusd',
		p: String(50_000 + (number % 7)),
		t: clock.now(),
		q: '0.1',
		n: number,
	});
	const happen = () => ({ type: 'trade', rows: [row((last += 1))] });
	let told: ReturnType<typeof happen> | undefined;
	const server = liveServer(json, {
		listened: async () => {
			const before = json.open > 0 ? 0 : json.heard.length;
			await json.until(() => json.open > 0 && json.heard.length > before);
		},
		happen,
		tell: (frame) => json.send((told = frame)),
		last: () => told ?? happen(),
	});
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
		createCustomWebSocket(settings, { ...ports, secret: withSecret }, start);
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
