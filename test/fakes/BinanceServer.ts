import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { WebSocketServer, type WebSocket } from 'ws';

/** What the server does with a REST call instead of answering it. */
export type RestAnswer =
	| {
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: string;
	  }
	| 'silence'
	| 'cut'
	/** A byte now and then, never the end. */
	| 'dribble';

export type AggTrade = {
	a: number;
	p: string;
	q: string;
	f: number;
	l: number;
	T: number;
	m: boolean;
	M: boolean;
};
export type Kline = readonly [
	number,
	string,
	string,
	string,
	string,
	string,
	number,
	string,
	number,
	string,
	string,
	string,
];

/** Weights and limits by the provider's sheet. */
const LIMIT = 6_000;
const MOST_STREAMS = 1_024;
const MESSAGES_PER_SECOND = 5;

/**
 * Binance's public interface on loopback, written from its documentation: combined streams with SUBSCRIBE and
 * its answers, the REST calls with weights and limits, and every way in which they fail.
 */
export class BinanceServer {
	/** Aggregated trades by symbol, ascending. */
	readonly trades = new Map<string, AggTrade[]>();

	/** Candles by `BTCUSDT 1m`, ascending, the last one running. */
	readonly klines = new Map<string, Kline[]>();

	/** Rows of `ticker/24hr` by symbol; what isn't here isn't known. */
	readonly statistics = new Map<string, object>();

	/** Answers to come before the usual ones, for paths that contain the key. */
	readonly instead = new Map<string, RestAnswer[]>();

	/** Bodies given as they are, for paths that contain the key. */
	readonly fixed = new Map<string, string>();

	/** What the next handshakes get instead of a stream. */
	readonly refusals: Array<
		{ status: number; headers?: Record<string, string>; body?: string } | 'silence'
	> = [];

	/** Whether subscriptions get an answer. */
	grants = true;

	/** Streams whose subscription is refused. */
	readonly refusedStreams = new Set<string>();

	readonly requests: string[] = [];

	readonly subscribed: string[] = [];

	usedWeight = 0;

	/** Whether it gives signs of life. */
	pings = true;

	connections = 0;

	private readonly clients = new Map<
		WebSocket,
		{ streams: Set<string>; messages: number[]; raw: Socket; isFrozen: boolean }
	>();

	private readonly timers = new Set<NodeJS.Timeout>();

	private readonly rawSockets = new Set<Socket>();

	private waiting: Array<() => void> = [];

	private constructor(
		private readonly server: Server,
		private readonly sockets: WebSocketServer,
	) {}

	/** @param pingEveryMs 20 s at the real one */
	static async open(pingEveryMs = 20_000): Promise<BinanceServer> {
		const server = createServer();
		const sockets = new WebSocketServer({ noServer: true });
		const binance = new BinanceServer(server, sockets);
		server.on('request', (request, response) => binance.answer(request, response));
		server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
			binance.upgrade(request, socket, head),
		);
		binance.timers.add(setInterval(() => binance.ping(), pingEveryMs));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return binance;
	}

	get host(): string {
		return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async close(): Promise<void> {
		for (const timer of this.timers) clearInterval(timer);
		for (const client of this.sockets.clients) client.terminate();
		this.sockets.close();
		for (const socket of this.rawSockets) socket.destroy();
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** How many connections are open. */
	get open(): number {
		return this.clients.size;
	}

	isListenedTo(stream: string): boolean {
		return [...this.clients.values()].some(({ streams }) => streams.has(stream));
	}

	/** An event to whoever subscribed to its stream. */
	emit(stream: string, data: unknown): void {
		this.sendTo(stream, JSON.stringify({ stream, data }));
	}

	/** These very bytes to whoever subscribed to the stream. */
	sendTo(stream: string, text: string | Buffer): void {
		for (const [client, { streams }] of this.clients) {
			if (streams.has(stream)) client.send(text, { binary: false });
		}
	}

	/** To everyone connected. */
	sendAll(text: string | Buffer): void {
		for (const client of this.clients.keys()) client.send(text, { binary: false });
	}

	private ping(): void {
		if (!this.pings) return;
		for (const [client, { isFrozen }] of this.clients) if (!isFrozen) client.ping();
	}

	/** Ends every connection, with a word or without. */
	cut(code?: number, reason = ''): void {
		for (const client of this.clients.keys()) {
			if (code === undefined) client.terminate();
			else client.close(code, reason);
		}
	}

	/** Bytes past the WebSocket layer. */
	raw(bytes: Buffer): void {
		for (const { raw } of this.clients.values()) raw.write(bytes);
	}

	/** A frame that's announced and then comes a byte at a time. */
	dribble(): void {
		for (const state of this.clients.values()) {
			state.isFrozen = true;
			state.raw.write(Buffer.from([0x81, 0x7e, 0x10, 0x00]));
			this.timers.add(setInterval(() => state.raw.write('x'), 20));
		}
	}

	/** Waits until something holds; looked at whenever something happens here. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
	}

	private happened(): void {
		for (const wake of this.waiting.splice(0)) wake();
	}

	private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
		this.connections += 1;
		socket.on('error', () => {});
		this.rawSockets.add(socket);
		socket.on('close', () => this.rawSockets.delete(socket));
		const refusal = this.refusals.shift();
		if (refusal === 'silence') {
			this.happened();
			return;
		}
		if (refusal !== undefined) {
			const headers = Object.entries(refusal.headers ?? {}).map(
				([name, value]) => `${name}: ${value}\r\n`,
			);
			const body = refusal.body ?? '';
			socket.end(
				`HTTP/1.1 ${refusal.status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers.join('')}\r\n${body}`,
			);
			this.happened();
			return;
		}
		if (!/^\/(?:stream|ws)(?:[/?]|$)/.test(request.url ?? '')) {
			socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
			return;
		}
		this.sockets.handleUpgrade(request, socket, head, (client) => {
			this.clients.set(client, { streams: new Set(), messages: [], raw: socket, isFrozen: false });
			client.on('message', (data: Buffer) => this.hear(client, data.toString()));
			client.on('error', () => {});
			client.on('close', () => {
				this.clients.delete(client);
				this.happened();
			});
			this.happened();
		});
	}

	private hear(client: WebSocket, text: string): void {
		const state = this.clients.get(client);
		if (state === undefined) return;
		const now = Date.now();
		state.messages = [...state.messages.filter((at) => now - at < 1_000), now];
		const {
			method,
			params = [],
			id,
		} = JSON.parse(text) as { method: string; params?: string[]; id: number };
		// The pace is the client's clock's business here: it runs faster than ours.
		if (state.messages.length > MESSAGES_PER_SECOND * 100) {
			client.close(1008, 'Too many messages');
			return;
		}
		const answer = (body: object) => {
			if (this.grants) client.send(JSON.stringify(body));
		};
		if (method === 'SUBSCRIBE') {
			if (params.some((name) => this.refusedStreams.has(name))) {
				answer({ code: 2, msg: `Invalid request: unknown stream, token=s3cr3t-token`, id });
			} else if (state.streams.size + params.length > MOST_STREAMS) {
				answer({ code: 2, msg: 'Invalid request: too many streams', id });
			} else {
				for (const name of params) state.streams.add(name);
				this.subscribed.push(...params);
				answer({ result: null, id });
			}
		} else if (method === 'UNSUBSCRIBE') {
			for (const name of params) state.streams.delete(name);
			answer({ result: null, id });
		} else answer({ code: 2, msg: `Invalid request: unknown variant \`${method}\``, id });
		this.happened();
	}

	private answer(request: IncomingMessage, response: ServerResponse): void {
		const url = new URL(request.url ?? '/', 'http://binance');
		this.requests.push(`${url.pathname}${url.search}`);
		const [key] = [...this.instead.keys()].filter((part) => request.url?.includes(part));
		const special = key === undefined ? undefined : this.instead.get(key)?.shift();
		if (special === undefined) this.answerAs(url, response);
		else if (special === 'cut') response.socket?.destroy();
		else if (special === 'dribble') {
			response.writeHead(200, { 'content-type': 'application/json' });
			const timer = setInterval(() => response.write(' '), 20);
			this.timers.add(timer);
		} else if (special !== 'silence') {
			response.writeHead(special.status, special.headers).end(special.body ?? '');
		}
		this.happened();
	}

	private answerAs(url: URL, response: ServerResponse): void {
		const fixed = [...this.fixed].find(([part]) => url.pathname.includes(part))?.[1];
		const [weight, body] = this.bodyOf(url);
		this.usedWeight += weight;
		const headers = {
			'content-type': 'application/json',
			'x-mbx-used-weight-1m': String(this.usedWeight),
		};
		if (this.usedWeight > LIMIT) {
			response
				.writeHead(429, { ...headers, 'retry-after': '7' })
				.end(JSON.stringify({ code: -1003, msg: 'Too much request weight used.' }));
			return;
		}
		const isError = typeof body === 'object' && body !== null && 'code' in body;
		response
			.writeHead(isError && fixed === undefined ? 400 : 200, headers)
			.end(fixed ?? JSON.stringify(body));
	}

	private bodyOf(url: URL): readonly [number, unknown] {
		const query = (name: string) => url.searchParams.get(name) ?? undefined;
		const one = query('symbol');
		const several = query('symbols');
		const wanted =
			several === undefined
				? one === undefined
					? undefined
					: [one]
				: (JSON.parse(several) as string[]);
		const invalid = { code: -1121, msg: 'Invalid symbol.' };
		const isKnown = (symbol: string) => this.statistics.has(symbol) || this.trades.has(symbol);
		switch (url.pathname) {
			case '/api/v3/ping':
				return [1, {}];
			case '/api/v3/ticker/price':
				return [
					4,
					[...new Set([...this.statistics.keys(), ...this.trades.keys()])].map((symbol) => ({
						symbol,
						price: '1.0',
					})),
				];
			case '/api/v3/ticker/24hr': {
				const count = wanted?.length ?? 1_000;
				const weight = count <= 20 ? 2 : count <= 100 ? 40 : 80;
				if (wanted === undefined) return [weight, [...this.statistics.values()]];
				if (!wanted.every((symbol) => this.statistics.has(symbol))) return [weight, invalid];
				return [weight, wanted.map((symbol) => this.statistics.get(symbol))];
			}
			case '/api/v3/klines': {
				const rows = this.klines.get(`${one ?? ''} ${query('interval') ?? ''}`);
				if (rows === undefined) return [2, invalid];
				const limit = Number(query('limit') ?? 500);
				const from = query('startTime');
				return [
					2,
					from === undefined
						? rows.slice(-limit)
						: rows.filter(([start]) => start >= Number(from)).slice(0, limit),
				];
			}
			case '/api/v3/aggTrades': {
				const rows = this.trades.get(one ?? '');
				if (rows === undefined || !isKnown(one ?? '')) return [4, invalid];
				const from = Number(query('fromId') ?? 0);
				return [4, rows.filter(({ a }) => a >= from).slice(0, Number(query('limit') ?? 500))];
			}
			case '/api/v3/exchangeInfo':
				return [
					20,
					{
						symbols: [...this.statistics.keys()].map((symbol) => ({
							symbol,
							status: 'TRADING',
							baseAsset: symbol.slice(0, -4),
							quoteAsset: symbol.slice(-4),
						})),
					},
				];
			default:
				return [1, { code: -1100, msg: `Unknown path ${url.pathname}` }];
		}
	}
}
