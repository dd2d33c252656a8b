import http from 'node:http';
import net, { type LookupFunction } from 'node:net';

import type { SocketEnd } from '../../../../core/ports';
import { wsSocketFactory, type Egress } from '../../../../core/ports/system';
import { BinanceServer } from '../../../fakes/BinanceServer';

let server: BinanceServer;
beforeEach(async () => (server = await BinanceServer.open()));
afterEach(async () => await server.close());

/** Opens a socket; what happens to it can be waited for. */
function open(url: string, egress?: Egress) {
	const frames: string[] = [];
	let opened = () => {};
	let framed = () => {};
	const isOpen = new Promise<void>((resolve) => (opened = resolve));
	const hasFrame = new Promise<void>((resolve) => (framed = resolve));
	let ends = 0;
	const ended = new Promise<SocketEnd>((resolve) => {
		socket = wsSocketFactory(egress).open(
			{ url, maxFrameBytes: 1_000 },
			{
				onOpen: () => opened(),
				onFrame: (text) => {
					frames.push(text);
					framed();
				},
				onPulse: () => {},
				onEnd: (end) => {
					ends += 1;
					resolve(end);
				},
			},
		);
	});
	return { socket: socket!, isOpen, hasFrame, ended, frames, ends: () => ends };
}
let socket: ReturnType<ReturnType<typeof wsSocketFactory>['open']> | undefined;

describe('wsSocketFactory', () => {
	it('sends and receives text', async () => {
		const one = open(`ws://${server.host}/stream`);
		await one.isOpen;
		one.socket.send('{"method":"SUBSCRIBE","params":["x"],"id":7}');
		await one.hasFrame;
		expect(one.frames).toEqual(['{"result":null,"id":7}']);
		one.socket.close();
		one.socket.close();
		expect(await one.ended).toMatchObject({ reason: 'closed', code: 1000 });
		await server.until(() => server.open === 0);
		expect(one.ends()).toBe(1);
	});

	it('can be closed before it is open', async () => {
		const one = open(`ws://${server.host}/stream`);
		one.socket.close();
		one.socket.send('nobody hears that');
		await one.ended;
		await server.until(() => server.open === 0);
		expect(one.frames).toEqual([]);
	});

	it('says how a handshake was refused', async () => {
		server.refusals.push({ status: 429, headers: { 'Retry-After': '9' }, body: 'x'.repeat(5_000) });
		expect(await open(`ws://${server.host}/stream`).ended).toEqual({
			reason: 'refused',
			status: 429,
			headers: expect.objectContaining({ 'retry-after': '9' }),
			body: 'x'.repeat(1_000),
		});
	});

	it.each<[string, (one: ReturnType<typeof open>) => void, object]>([
		['too large a frame', () => server.sendAll('x'.repeat(1_001)), { reason: 'tooLarge' }],
		[
			'bytes that are no frame',
			() => server.raw(Buffer.from([0xff, 0xff])),
			{ reason: 'malformed' },
		],
		[
			'a goodbye',
			() => server.cut(1012, 'restart'),
			{ reason: 'closed', code: 1012, text: 'restart' },
		],
		['a cut', () => server.cut(), { reason: 'closed', code: 1006 }],
	])('ends with a reason after %s', async (_, spoil, end) => {
		const one = open(`ws://${server.host}/stream`);
		await one.isOpen;
		await server.until(() => server.open === 1);
		spoil(one);
		expect(await one.ended).toMatchObject(end);
	});

	it('says that nobody is there, or that the address is none', async () => {
		expect(await open('ws://127.0.0.1:9/').ended).toEqual({
			reason: 'unreachable',
			text: 'ECONNREFUSED',
		});
		expect(await open('ftp://x/').ended).toMatchObject({ reason: 'unreachable' });
	});

	it('keeps to the host’s rules for outgoing connections', async () => {
		const asked: string[] = [];
		const lookedUp: string[] = [];
		const lookup: LookupFunction = (host, _options, found) => {
			lookedUp.push(host);
			(found as (error: null, all: object[]) => void)(null, [{ address: '127.0.0.1', family: 4 }]);
		};
		const egress = (ok: boolean): Egress => ({
			validateUrl: async (url) => {
				asked.push(url);
				return { ok };
			},
			createSecureLookup: () => lookup,
		});
		const url = `ws://binance.test:${server.host.split(':')[1]}/stream`;
		expect(await open(url, egress(false)).ended).toMatchObject({
			reason: 'unreachable',
			text: expect.stringContaining("don't allow the address"),
		});
		expect(server.connections).toBe(0);
		const one = open(url, egress(true));
		await one.isOpen;
		expect([asked, lookedUp]).toEqual([[url, url], ['binance.test']]);
		one.socket.close();
		await one.ended;
	});

	it('goes through the proxy that n8n puts into the global agent', async () => {
		const through: string[] = [];
		class ProxyingAgent extends http.Agent {
			override createConnection(options: net.NetConnectOpts): net.Socket {
				through.push((options as net.TcpNetConnectOpts).host ?? '');
				return net.connect(Number(server.host.split(':')[1]), '127.0.0.1');
			}
		}
		const usual = http.globalAgent;
		http.globalAgent = new ProxyingAgent();
		try {
			const one = open('ws://far.away.test/stream');
			await one.isOpen;
			expect(through).toEqual(['far.away.test']);
			one.socket.close();
			await one.ended;
		} finally {
			http.globalAgent = usual;
		}
	});
});
