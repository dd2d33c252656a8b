import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { WebSocketServer, type WebSocket } from 'ws';

import type { RestAnswer } from './BinanceServer';

export type AlpacaTrade = { t: string; p: number; s: number; i: number; x: string; c: string[] };
export type AlpacaBar = { t: string; o: number; h: number; l: number; c: number; v: number };

/** By the provider's sheet. */
const CALLS_PER_MINUTE = 200;
const FREE_SYMBOLS = 30;
const MOST_ROWS = 10_000;
const ERRORS: Readonly<Record<number, string>> = {
	400: 'invalid syntax',
	401: 'not authenticated',
	402: 'auth failed',
	403: 'already authenticated',
	404: 'auth timeout',
	405: 'symbol limit exceeded',
	406: 'connection limit exceeded',
	407: 'slow client',
	408: 'v2 not enabled',
	409: 'insufficient subscription',
	500: 'internal error',
};

type Client = {
	readonly raw: Socket;
	readonly path: string;
	isIn: boolean;
	isFrozen: boolean;
	readonly channels: Map<string, Set<string>>;
};

/**
 * Alpaca's market data on loopback, written from its documentation: the login, the full list as the answer to
 * each subscription, one connection per endpoint, errors by their codes; REST calls with keys, pages and the
 * limit's headers; and every way in which they fail.
 */
export class AlpacaServer {
	keyId = 'PKTEST0123456789';

	secretKey = 's3cr3t-token-of-alpaca';

	/** Feeds the plan has. */
	readonly feeds = new Set(['iex', 'delayed_sip', 'test', 'crypto']);

	/** Symbols of trades and quotes one connection may have. */
	mostSymbols = FREE_SYMBOLS;

	/** Connections to one endpoint at the same time. */
	mostConnections = 1;

	/** Trades by symbol, ascending. */
	readonly trades = new Map<string, AlpacaTrade[]>();

	/** Candles by `AAPL 1Min`, ascending. */
	readonly bars = new Map<string, AlpacaBar[]>();

	readonly snapshots = new Map<string, unknown>();

	/** Symbols that spoil a whole call. */
	readonly invalid = new Set<string>();

	/** Answers to come before the usual ones, for paths that contain the key. */
	readonly instead = new Map<string, RestAnswer[]>();

	/** Bodies given as they are, for paths that contain the key. */
	readonly fixed = new Map<string, string>();

	/** What the next handshakes get instead of a stream. */
	readonly refusals: Array<
		{ status: number; headers?: Record<string, string>; body?: string } | 'silence'
	> = [];

	/** What the next logins get instead of a welcome. */
	readonly logins: Array<number | 'silence'> = [];

	/** Whether subscriptions get an answer. */
	grants = true;

	readonly requests: string[] = [];

	readonly heard: string[] = [];

	/** What the limit's headers say is left. */
	remaining = CALLS_PER_MINUTE;

	connections = 0;

	private readonly clients = new Map<WebSocket, Client>();

	private readonly timers = new Set<NodeJS.Timeout>();

	private readonly rawSockets = new Set<Socket>();

	private waiting: Array<() => void> = [];

	private constructor(
		private readonly server: Server,
		private readonly sockets: WebSocketServer,
	) {}

	static async open(): Promise<AlpacaServer> {
		const server = createServer();
		const sockets = new WebSocketServer({ noServer: true, autoPong: false });
		const alpaca = new AlpacaServer(server, sockets);
		server.on('request', (request, response) => alpaca.answer(request, response));
		server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
			alpaca.upgrade(request, socket, head),
		);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return alpaca;
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

	get open(): number {
		return this.clients.size;
	}

	/** @param channel `trades:AAPL` */
	isListenedTo(channel: string): boolean {
		return [...this.clients.values()].some((client) => has(client, channel));
	}

	/** A message, as the only one of its frame, to whoever subscribed to the channel. */
	emit(channel: string, message: object): void {
		this.sendTo(channel, JSON.stringify([message]));
	}

	/** These very bytes to whoever subscribed to the channel. */
	sendTo(channel: string, text: string | Buffer): void {
		for (const [socket, client] of this.clients) {
			if (has(client, channel)) socket.send(text, { binary: false });
		}
	}

	/** To everyone connected. */
	sendAll(text: string | Buffer): void {
		for (const socket of this.clients.keys()) socket.send(text, { binary: false });
	}

	/** Ends every connection, with a word or without. */
	cut(code?: number, reason = ''): void {
		for (const socket of this.clients.keys()) {
			if (code === undefined) socket.terminate();
			else socket.close(code, reason);
		}
	}

	/** Bytes past the WebSocket layer. */
	raw(bytes: Buffer): void {
		for (const { raw } of this.clients.values()) raw.write(bytes);
	}

	/** A frame that's announced and then comes a byte at a time. */
	dribble(): void {
		for (const client of this.clients.values()) {
			client.isFrozen = true;
			client.raw.write(Buffer.from([0x81, 0x7e, 0x10, 0x00]));
			this.timers.add(setInterval(() => client.raw.write('x'), 20));
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
		if (refusal !== undefined) {
			if (refusal !== 'silence') refuse(socket, refusal);
			this.happened();
			return;
		}
		const path = request.url ?? '';
		if (!/^\/(?:v2\/(?:iex|sip|delayed_sip|test)|v1beta3\/crypto\/us)$/.test(path)) {
			refuse(socket, { status: 404 });
			return;
		}
		this.sockets.handleUpgrade(request, socket, head, (client) => {
			const state: Client = {
				raw: socket,
				path,
				isIn: false,
				isFrozen: false,
				channels: new Map(),
			};
			this.clients.set(client, state);
			client.on('ping', (data: Buffer) => {
				if (!state.isFrozen) client.pong(data);
			});
			client.on('message', (data: Buffer) => this.hear(client, state, data.toString()));
			client.on('error', () => {});
			client.on('close', () => {
				this.clients.delete(client);
				this.happened();
			});
			client.send('[{"T":"success","msg":"connected"}]');
			this.happened();
		});
	}

	private hear(socket: WebSocket, client: Client, text: string): void {
		this.heard.push(text);
		const { action, key, secret, ...lists } = JSON.parse(text) as {
			action: string;
			key?: string;
			secret?: string;
		} & Record<string, string[]>;
		const fail = (code: number) =>
			socket.send(JSON.stringify([{ T: 'error', code, msg: ERRORS[code] }]));
		if (action === 'auth')
			this.logIn(socket, client, key === this.keyId && secret === this.secretKey);
		else if (!client.isIn) fail(401);
		else if (action === 'subscribe' || action === 'unsubscribe') {
			const wanted = new Map([...client.channels].map(([kind, names]) => [kind, new Set(names)]));
			for (const [kind, names] of Object.entries(lists)) {
				const set = wanted.get(kind) ?? new Set();
				for (const name of names) set[action === 'subscribe' ? 'add' : 'delete'](name);
				wanted.set(kind, set);
			}
			const counted = new Set(
				['trades', 'quotes'].flatMap((kind) => [...(wanted.get(kind) ?? [])]),
			);
			if (counted.size > this.mostSymbols) fail(405);
			else if (this.grants) {
				client.channels.clear();
				for (const [kind, names] of wanted) client.channels.set(kind, names);
				const all = Object.fromEntries([...wanted].map(([kind, names]) => [kind, [...names]]));
				socket.send(
					JSON.stringify([{ T: 'subscription', trades: [], quotes: [], bars: [], ...all }]),
				);
			}
		} else fail(400);
		this.happened();
	}

	private logIn(socket: WebSocket, client: Client, isKey: boolean): void {
		const answer = (message: object) => socket.send(JSON.stringify([message]));
		const special = this.logins.shift();
		if (special === 'silence') return;
		const others = [...this.clients.values()].filter(
			(other) => other !== client && other.isIn && other.path === client.path,
		);
		const feed = client.path.includes('crypto') ? 'crypto' : (client.path.split('/').at(-1) ?? '');
		const code =
			special ??
			(client.isIn
				? 403
				: !isKey
					? 402
					: others.length >= this.mostConnections
						? 406
						: this.feeds.has(feed)
							? undefined
							: 409);
		if (code !== undefined) {
			answer({ T: 'error', code, msg: ERRORS[code] });
			return;
		}
		client.isIn = true;
		answer({ T: 'success', msg: 'authenticated' });
	}

	private answer(request: IncomingMessage, response: ServerResponse): void {
		const url = new URL(request.url ?? '/', 'http://alpaca');
		this.requests.push(`${url.pathname}${url.search}`);
		const [key] = [...this.instead.keys()].filter((part) => request.url?.includes(part));
		const special = key === undefined ? undefined : this.instead.get(key)?.shift();
		if (special === undefined) this.answerAs(url, request, response);
		else if (special === 'cut') response.socket?.destroy();
		else if (special === 'dribble') {
			response.writeHead(200, { 'content-type': 'application/json' });
			this.timers.add(setInterval(() => response.write(' '), 20));
		} else if (special !== 'silence') {
			response.writeHead(special.status, special.headers).end(special.body ?? '');
		}
		this.happened();
	}

	private answerAs(url: URL, { headers }: IncomingMessage, response: ServerResponse): void {
		const end = (status: number, body: unknown) => {
			const text = typeof body === 'string' ? body : JSON.stringify(body);
			response.writeHead(status, { 'content-type': 'application/json', ...limits }).end(text);
		};
		this.remaining -= 1;
		const limits = {
			'x-ratelimit-limit': String(CALLS_PER_MINUTE),
			'x-ratelimit-remaining': String(Math.max(this.remaining, 0)),
			'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 30),
			'x-request-id': 'abcdef0123456789',
		};
		const isKey =
			headers['apca-api-key-id'] === this.keyId &&
			headers['apca-api-secret-key'] === this.secretKey;
		if (!isKey) end(401, { message: 'forbidden.' });
		else if (this.remaining < 0) end(429, { message: 'too many requests.' });
		else {
			const fixed = [...this.fixed].find(([part]) => url.pathname.includes(part))?.[1];
			const [status, body] = this.bodyOf(url);
			end(status, status === 200 ? (fixed ?? body) : body);
		}
	}

	private bodyOf(url: URL): readonly [number, unknown] {
		const query = (name: string) => url.searchParams.get(name) ?? undefined;
		const symbols = query('symbols')?.split(',') ?? [];
		const bad = symbols.find((symbol) => this.invalid.has(symbol));
		if (bad !== undefined) return [400, { message: `invalid symbol: ${bad}` }];
		const isCrypto = url.pathname.startsWith('/v1beta3/crypto/us/');
		const feed = query('feed') ?? 'sip';
		const isOld = Date.parse(query('end') ?? 'now') <= Date.now() - 15 * 60_000;
		const what = url.pathname.split('/').at(-1);
		if (!isCrypto && !this.feeds.has(feed) && !(what !== 'snapshots' && isOld)) {
			return [403, { message: 'subscription does not permit querying recent SIP data' }];
		}
		switch (what) {
			case 'snapshots': {
				const found = symbols.filter((symbol) => this.snapshots.has(symbol));
				const body = Object.fromEntries(found.map((name) => [name, this.snapshots.get(name)]));
				return [200, isCrypto ? { snapshots: body } : body];
			}
			case 'bars':
				return this.rowsOf(url, 'bars', (symbol) =>
					this.bars.get(`${symbol} ${query('timeframe') ?? ''}`),
				);
			case 'trades':
				return this.rowsOf(url, 'trades', (symbol) => this.trades.get(symbol));
			default:
				return [404, { message: 'endpoint not found.' }];
		}
	}

	/** Rows by symbol, then time; the limit counts over all symbols. */
	private rowsOf(
		url: URL,
		what: string,
		rowsOf: (symbol: string) => ReadonlyArray<{ readonly t: string }> | undefined,
	): readonly [number, unknown] {
		const query = (name: string) => url.searchParams.get(name) ?? undefined;
		const [from, to] = [query('start') ?? '', query('end') ?? '9999'].map(orderOf);
		const all = (query('symbols') ?? '').split(',').flatMap((symbol) => {
			const rows = (rowsOf(symbol) ?? []).filter(
				({ t }) => orderOf(t) >= (from ?? '') && orderOf(t) <= (to ?? ''),
			);
			if (query('sort') === 'desc') rows.reverse();
			return rows.map((row) => ({ symbol, row }));
		});
		const at = Number(query('page_token') ?? 0);
		const limit = Math.min(Number(query('limit') ?? 1_000), MOST_ROWS);
		const page: Record<string, unknown[]> = {};
		for (const { symbol, row } of all.slice(at, at + limit)) (page[symbol] ??= []).push(row);
		const next = at + limit < all.length ? String(at + limit) : null;
		return [200, { [what]: page, next_page_token: next }];
	}
}

const has = (client: Client, channel: string): boolean => {
	const [kind = '', name = ''] = channel.split(':');
	const names = client.channels.get(kind);
	return names !== undefined && (names.has(name) || names.has('*'));
};

/** Times of different precision in their order. */
const orderOf = (t: string): string =>
	t
		.replace(/Z$/, '')
		.padEnd(29, '0')
		.replace(/^(.{19})0/, '$1.');

function refuse(
	socket: Socket,
	{
		status,
		headers = {},
		body = '',
	}: { status: number; headers?: Record<string, string>; body?: string },
): void {
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	socket.end(
		`HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n${body}`,
	);
}
