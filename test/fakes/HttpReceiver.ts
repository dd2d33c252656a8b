import {
	createServer,
	type IncomingHttpHeaders,
	type Server,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { dribble, SLOW_MS } from './ApiServer.ts';

export type Received = {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
};

/** What the receiver does with one request; the last of the list goes on for all that follow. */
export type Answer =
	| { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
	/** Takes the request and never says a word. */
	| 'silence'
	/** Takes the request and hangs up. */
	| 'cut'
	/** Takes the request and takes its time. */
	| 'slow'
	/** Takes the request and answers byte by byte, without an end. */
	| 'dribble';

/** A webhook's other end on loopback: keeps what came, answers as told. */
export class HttpReceiver {
	readonly received: Received[] = [];

	answers: Answer[] = [{ status: 200 }];

	/** Told at each request, once it has been read. */
	onRequest: () => void = () => {};

	private constructor(private readonly server: Server) {}

	static async open(): Promise<HttpReceiver> {
		const server = createServer();
		const receiver = new HttpReceiver(server);
		server.on('request', (request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				receiver.received.push({
					method: request.method ?? '',
					path: request.url ?? '',
					headers: request.headers,
					body: Buffer.concat(chunks).toString(),
				});
				receiver.onRequest();
				receiver.answer(response);
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return receiver;
	}

	get host(): string {
		return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** With a secret in it, as webhook addresses have. */
	get url(): string {
		return `http://${this.host}/hook/s3cr3t-path?token=s3cr3t-token`;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private answer(response: ServerResponse): void {
		const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
		if (answer === 'cut') response.socket?.destroy();
		else if (answer === 'slow') setTimeout(() => response.writeHead(200).end(), SLOW_MS);
		else if (answer === 'dribble') dribble(response.writeHead(200));
		else if (answer !== 'silence') {
			response.writeHead(answer?.status ?? 200, answer?.headers).end('{"ok":true}');
		}
	}
}
