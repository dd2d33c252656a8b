import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server gives for one request. */
export type JsonAnswer =
	| {
			readonly status?: number;
			readonly headers?: Readonly<Record<string, string>>;
			/** Sent as JSON; a text goes as it is. */
			readonly body?: unknown;
	  }
	| 'silence'
	| 'cut'
	/** A byte now and then, never the end. */
	| 'dribble';

export type JsonRequest = {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
};

/** Somebody's JSON interface on loopback: answers as told, and keeps what it was asked. */
export class JsonServer {
	readonly requests: JsonRequest[] = [];

	/** The usual answer. */
	answer: (request: JsonRequest) => JsonAnswer = () => ({ body: [] });

	/** Answers to come before the usual one. */
	readonly instead: JsonAnswer[] = [];

	private waiting: Array<() => void> = [];

	private readonly timers = new Set<NodeJS.Timeout>();

	private constructor(private readonly server: Server) {}

	static async open(): Promise<JsonServer> {
		const server = createServer();
		const json = new JsonServer(server);
		server.on('request', (request, response) => json.hear(request, response));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return json;
	}

	get host(): string {
		return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get url(): string {
		return `http://${this.host}`;
	}

	async close(): Promise<void> {
		for (const timer of this.timers) clearInterval(timer);
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Waits until something holds; looked at at each request. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
	}

	private hear(request: IncomingMessage, response: ServerResponse): void {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const heard: JsonRequest = {
				method: request.method ?? '',
				url: request.url ?? '',
				headers: request.headers,
				body: Buffer.concat(chunks).toString(),
			};
			this.requests.push(heard);
			this.give(this.instead.shift() ?? this.answer(heard), response);
			for (const wake of this.waiting.splice(0)) wake();
		});
	}

	private give(answer: JsonAnswer, response: ServerResponse): void {
		response.on('error', () => {});
		if (answer === 'silence') return;
		if (answer === 'cut') response.socket?.destroy();
		else if (answer === 'dribble') {
			response.writeHead(200, { 'content-type': 'application/json' });
			this.timers.add(setInterval(() => response.write(' '), 20));
		} else {
			const { status = 200, headers, body } = answer;
			const text = typeof body === 'string' ? body : JSON.stringify(body);
			response.writeHead(status, { 'content-type': 'application/json', ...headers });
			response.end(status === 304 ? undefined : (text ?? ''));
		}
	}
}
