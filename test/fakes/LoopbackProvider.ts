import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from 'node:http';
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

/** How it usually answers a REST call; a text goes as it is. */
export type Answer = {
	readonly status: number;
	readonly body: unknown;
	readonly headers?: Readonly<Record<string, string>>;
};

export type Handshake = { readonly url: string; readonly headers: IncomingHttpHeaders };

/** One connection as a provider's server sees it. */
export type Client = {
	readonly socket: WebSocket;
	/** What it connected to, query and all. */
	readonly url: string;
	/** What was subscribed, as the provider calls it. */
	readonly channels: Set<string>;
	/** Messages sent so far, for those who number them. */
	sent: number;
};

type State = Client & { readonly raw: Socket; isFrozen: boolean };

/**
 * A provider on loopback: one port for its stream and its REST calls, and every way in which both fail. How it
 * speaks, its descendants know.
 */
export abstract class LoopbackProvider {
	/** Answers to come before the usual ones, for addresses that contain the key. */
	readonly instead = new Map<string, RestAnswer[]>();

	/** Bodies given as they are, for addresses that contain the key. */
	readonly fixed = new Map<string, string>();

	/** What the next handshakes get instead of a stream. */
	readonly refusals: Array<
		{ status: number; headers?: Record<string, string>; body?: string } | 'silence'
	> = [];

	/** Whether subscriptions get an answer. */
	grants = true;

	/** Whether it gives signs of life by itself. */
	beats = true;

	readonly requests: string[] = [];

	/** Texts that clients sent. */
	readonly heard: string[] = [];

	readonly handshakes: Handshake[] = [];

	/** Pings it got. */
	pings = 0;

	protected readonly clients = new Map<WebSocket, State>();

	private readonly timers = new Set<NodeJS.Timeout>();

	private readonly rawSockets = new Set<Socket>();

	private readonly server: Server = createServer();

	private readonly sockets = new WebSocketServer({ noServer: true, autoPong: false });

	private waiting: Array<() => void> = [];

	/** What is said first. */
	protected greet(_client: Client): void {}

	protected abstract hear(client: Client, text: string): void;

	/** A sign of life, for providers that give one. */
	protected beat(_client: Client): void {}

	/** Why a connection isn't taken: a wrong path, a wrong key. */
	protected refuses(_handshake: Handshake): Answer | undefined {
		return undefined;
	}

	/** Why a call isn't answered, whatever is asked: a wrong key, too many of them. */
	protected denies(_url: URL, _headers: IncomingHttpHeaders): Answer | undefined {
		return undefined;
	}

	protected abstract bodyOf(url: URL): Answer;

	/** @param beatEveryMs how often it gives a sign of life */
	protected async listen(beatEveryMs = 1_000): Promise<void> {
		this.server.on('request', (request, response) => this.answer(request, response));
		this.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
			this.upgrade(request, socket, head),
		);
		const beatAll = () => {
			if (!this.beats) return;
			for (const client of this.clients.values()) if (!client.isFrozen) this.beat(client);
		};
		this.timers.add(setInterval(beatAll, beatEveryMs));
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
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

	/** How many connections were ever asked for. */
	get connections(): number {
		return this.handshakes.length;
	}

	/** How many are open. */
	get open(): number {
		return this.clients.size;
	}

	isListenedTo(channel: string): boolean {
		return [...this.clients.values()].some(({ channels }) => channels.has(channel));
	}

	/** To everyone connected, as it is. */
	sendAll(text: string | Buffer): void {
		for (const client of this.clients.keys()) client.send(text, { binary: false });
	}

	/** These very bytes to whoever subscribed to the channel. */
	sendTo(channel: string, text: string | Buffer): void {
		for (const { socket, channels } of this.clients.values()) {
			if (channels.has(channel)) socket.send(text, { binary: false });
		}
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
		const handshake = { url: request.url ?? '', headers: request.headers };
		this.handshakes.push(handshake);
		socket.on('error', () => {});
		this.rawSockets.add(socket);
		socket.on('close', () => this.rawSockets.delete(socket));
		const refusal = this.refusals.shift() ?? this.refuses(handshake);
		if (refusal === undefined) {
			this.sockets.handleUpgrade(request, socket, head, (client) =>
				this.welcome(client, socket, handshake),
			);
		} else if (refusal !== 'silence') {
			const headers = Object.entries(refusal.headers ?? {}).map(
				([name, value]) => `${name}: ${value}\r\n`,
			);
			const body = textOf(refusal.body);
			socket.end(
				`HTTP/1.1 ${refusal.status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers.join('')}\r\n${body}`,
			);
		}
		this.happened();
	}

	private welcome(socket: WebSocket, raw: Socket, { url }: Handshake): void {
		const state: State = { socket, url, raw, channels: new Set(), sent: 0, isFrozen: false };
		this.clients.set(socket, state);
		socket.on('ping', (data: Buffer) => {
			this.pings += 1;
			if (!state.isFrozen) socket.pong(data);
			this.happened();
		});
		socket.on('message', (data: Buffer) => {
			this.heard.push(data.toString());
			this.hear(state, data.toString());
			this.happened();
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			this.clients.delete(socket);
			this.happened();
		});
		this.greet(state);
		this.happened();
	}

	private answer(request: IncomingMessage, response: ServerResponse): void {
		const url = new URL(request.url ?? '/', 'http://provider');
		this.requests.push(`${url.pathname}${url.search}`);
		const isMeant = (part: string) => `${url.pathname}${url.search}`.includes(part);
		const special = [...this.instead].find(([part]) => isMeant(part))?.[1].shift();
		if (special === 'cut') response.socket?.destroy();
		else if (special === 'dribble') {
			response.writeHead(200, { 'content-type': 'application/json' });
			this.timers.add(setInterval(() => response.write(' '), 20));
		} else if (special === undefined) {
			const fixed = [...this.fixed].find(([part]) => isMeant(part))?.[1];
			const denied = this.denies(url, request.headers);
			const usual = denied ?? this.bodyOf(url);
			const { status, body } =
				denied === undefined && fixed !== undefined ? { status: 200, body: fixed } : usual;
			response
				.writeHead(status, { 'content-type': 'application/json', ...usual.headers })
				.end(textOf(body));
		} else if (special !== 'silence') {
			response.writeHead(special.status, special.headers).end(special.body ?? '');
		}
		this.happened();
	}
}

const textOf = (body: unknown): string =>
	typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
