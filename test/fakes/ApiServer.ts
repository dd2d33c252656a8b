import {
	createServer,
	type IncomingHttpHeaders,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type ApiRequest = {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
	/** What was in the body, if it was JSON. */
	readonly json: Record<string, any>;
};

export type ApiReply = {
	readonly status: number;
	readonly json?: unknown;
	/** Instead of JSON: what a proxy says. */
	readonly text?: string;
	readonly headers?: Readonly<Record<string, string>>;
};

/** Something that happens to the next request instead of what the service would do. */
export type Mishap =
	| ApiReply
	/** Takes the request and never says a word. */
	| 'silence'
	/** Takes the request and hangs up. */
	| 'cut'
	/** Does what's asked, then hangs up before it has said so. */
	| 'cutAfter'
	/** Does what's asked, and takes its time to say so. */
	| 'slow'
	/** Does what's asked, and says so byte by byte, without an end. */
	| 'dribble';

/** Long for a service on loopback, and well within what anyone waits. */
export const SLOW_MS = 100;
/** Between two bytes of an answer that never ends. */
export const DRIBBLE_MS = 20;

/** A service on loopback: a subclass is what it does. */
export abstract class ApiServer {
	readonly requests: ApiRequest[] = [];

	/** For the next requests, one each; `stays` makes the last of them go on. */
	mishaps: Mishap[] = [];

	stays = false;

	onRequest: () => void = () => {};

	private readonly server: Server = createServer();

	protected abstract answer(request: ApiRequest): ApiReply;

	async listen(): Promise<this> {
		this.server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
				const asked: ApiRequest = {
					method: request.method ?? '',
					path: pathname,
					query: searchParams,
					headers: request.headers,
					json: parse(Buffer.concat(chunks).toString()),
				};
				this.requests.push(asked);
				this.onRequest();
				const mishap = this.stays ? this.mishaps[0] : this.mishaps.shift();
				if (mishap === 'silence') return;
				if (mishap === 'cut') return void response.socket?.destroy();
				const reply = typeof mishap === 'object' ? mishap : this.answer(asked);
				if (mishap === 'cutAfter') return void response.socket?.destroy();
				const type = reply.text === undefined ? 'application/json' : 'text/html';
				const say = () => {
					response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
					const words = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
					if (mishap === 'dribble') dribble(response);
					else response.end(words);
				};
				if (mishap === 'slow') setTimeout(say, SLOW_MS);
				else say();
			});
		});
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return this;
	}

	get host(): string {
		return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get baseUrl(): string {
		return `http://${this.host}`;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

/** Until the other side hangs up. */
export function dribble(response: ServerResponse): void {
	const timer = setInterval(() => response.write(' '), DRIBBLE_MS);
	response.on('close', () => clearInterval(timer));
}

function parse(text: string): Record<string, any> {
	try {
		return JSON.parse(text) as Record<string, any>;
	} catch {
		return {};
	}
}

/** So many in a sliding span, as services count: by when a request arrives. */
export class ServerLimit {
	private readonly arrivals: number[] = [];

	private readonly count: number;

	private readonly perMs: number;

	constructor(count: number, perMs: number) {
		this.count = count;
		this.perMs = perMs;
	}

	/** How long to wait; 0 lets it in. */
	admit(now: number): number {
		const recent = this.arrivals.filter((at) => at > now - this.perMs);
		if (recent.length >= this.count) {
			return (recent.at(-this.count) ?? now) + this.perMs - now;
		}
		this.arrivals.push(now);
		return 0;
	}
}
