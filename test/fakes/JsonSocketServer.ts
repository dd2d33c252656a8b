import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { WebSocketServer, type WebSocket } from 'ws';

type Refusal =
	| {
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: string;
	  }
	| 'silence';

/** Somebody's JSON stream on loopback: sends as told, keeps what it heard, and fails in every way. */
export class JsonSocketServer {
	readonly heard: string[] = [];

	readonly handshakes: Array<{ readonly url: string; readonly headers: IncomingHttpHeaders }> = [];

	/** What the next handshakes get instead of a stream. */
	readonly refusals: Refusal[] = [];

	/** Pings it got. */
	pings = 0;

	/** What a frame of ours is answered with. */
	answer: (text: string) => string | undefined = () => undefined;

	private readonly clients = new Map<WebSocket, Socket>();

	private readonly rawSockets = new Set<Socket>();

	private readonly timers = new Set<NodeJS.Timeout>();

	private waiting: Array<() => void> = [];

	private constructor(
		private readonly server: Server,
		private readonly sockets: WebSocketServer,
	) {}

	static async open(): Promise<JsonSocketServer> {
		const server = createServer((_, response) => response.writeHead(404).end());
		const json = new JsonSocketServer(server, new WebSocketServer({ noServer: true }));
		server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
			json.upgrade(request, socket, head),
		);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return json;
	}

	get host(): string {
		return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get open(): number {
		return this.clients.size;
	}

	get connections(): number {
		return this.handshakes.length;
	}

	async close(): Promise<void> {
		for (const timer of this.timers) clearInterval(timer);
		for (const client of this.clients.keys()) client.terminate();
		this.sockets.close();
		for (const socket of this.rawSockets) socket.destroy();
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** To everyone; a text goes as it is, bytes past the WebSocket layer. */
	send(frame: unknown): void {
		for (const [client, raw] of this.clients) {
			if (Buffer.isBuffer(frame)) raw.write(frame);
			else client.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
		}
	}

	cut(code?: number, reason = ''): void {
		for (const client of this.clients.keys()) {
			if (code === undefined) client.terminate();
			else client.close(code, reason);
		}
	}

	/** A frame that's announced and then comes a byte at a time. */
	dribble(): void {
		for (const raw of this.clients.values()) {
			raw.write(Buffer.from([0x81, 0x7e, 0x10, 0x00]));
			this.timers.add(setInterval(() => raw.write('x'), 20));
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
		this.handshakes.push({ url: request.url ?? '', headers: request.headers });
		socket.on('error', () => {});
		this.rawSockets.add(socket);
		socket.on('close', () => this.rawSockets.delete(socket));
		const refusal = this.refusals.shift();
		if (refusal === undefined) {
			this.sockets.handleUpgrade(request, socket, head, (client) => this.welcome(client, socket));
		} else if (refusal !== 'silence') {
			const { status, headers = {}, body = '' } = refusal;
			const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
			socket.end(
				`HTTP/1.1 ${status} No\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${lines.join('')}\r\n${body}`,
			);
		}
		this.happened();
	}

	private welcome(client: WebSocket, raw: Socket): void {
		this.clients.set(client, raw);
		client.on('message', (data: Buffer) => {
			const text = data.toString();
			this.heard.push(text);
			const answer = this.answer(text);
			if (answer !== undefined) client.send(answer);
			this.happened();
		});
		client.on('ping', () => {
			this.pings += 1;
			this.happened();
		});
		client.on('error', () => {});
		client.on('close', () => {
			this.clients.delete(client);
			this.happened();
		});
		this.happened();
	}
}
