import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type ReceivedMail = {
	readonly to: string;
	readonly subject: string;
	readonly text: string;
	readonly html: string;
	readonly messageId: string;
	readonly headers: ReadonlyMap<string, unknown>;
};

export type MailReceiverOptions = {
	readonly port?: number;
	readonly user?: string;
	readonly password?: string;
	/** How long each message takes to be accepted. */
	readonly acceptAfterMs?: number;
	readonly onMail?: (mail: ReceivedMail) => void;
};

/** A mail server on 127.0.0.1 that keeps what it gets. It can be stopped, and started again on the same port. */
export class MailReceiver {
	readonly mails: ReceivedMail[] = [];

	port: number;

	private server: SMTPServer | undefined;

	private readonly options: MailReceiverOptions;

	constructor(options: MailReceiverOptions = {}) {
		this.options = options;
		this.port = options.port ?? 0;
	}

	async start(): Promise<void> {
		const { user, password, acceptAfterMs = 0, onMail } = this.options;
		const server = new SMTPServer({
			authOptional: user === undefined,
			allowInsecureAuth: true,
			disabledCommands: ['STARTTLS'],
			disableReverseLookup: true,
			onAuth: (auth, _session, done) => {
				if (auth.username === user && auth.password === password)
					done(null, { user: auth.username });
				else done(new Error('Authentication failed'));
			},
			onData: (stream, _session, done) => {
				void (async () => {
					const parsed = await simpleParser(stream);
					await sleep(acceptAfterMs);
					const mail: ReceivedMail = {
						to: [parsed.to]
							.flat()
							.map((one) => one?.text ?? '')
							.join(', '),
						subject: parsed.subject ?? '',
						text: parsed.text ?? '',
						html: typeof parsed.html === 'string' ? parsed.html : '',
						messageId: parsed.messageId ?? '',
						headers: parsed.headers,
					};
					this.mails.push(mail);
					onMail?.(mail);
					done();
				})().catch((error: unknown) => done(error as Error));
			},
		});
		server.on('error', () => {}); // connections cut by a killed n8n
		await new Promise<void>((resolve, reject) => {
			server.server.once('error', reject);
			server.listen(this.port, '127.0.0.1', () => resolve());
		});
		this.port = (server.server.address() as AddressInfo).port;
		this.server = server;
	}

	async stop(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		if (server === undefined) return;
		for (const connection of (server as unknown as { connections: Set<{ _socket?: Socket }> })
			.connections) {
			connection._socket?.destroy(); // else close waits for pooled connections
		}
		await new Promise<void>((resolve) => server.close(() => resolve()));
	}
}

export type ReceivedRequest = {
	readonly path: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: Record<string, any>;
	readonly at: number;
};

/** An HTTP server on 127.0.0.1 that keeps what's posted to it; `answer` decides what each request gets. */
export class WebhookReceiver {
	readonly requests: ReceivedRequest[] = [];

	port = 0;

	/** What the next requests get. */
	answer: (request: ReceivedRequest) => {
		status: number;
		afterMs?: number;
		headers?: Record<string, string>;
		body?: string;
	} = () => ({ status: 200 });

	private readonly server = createServer(
		(request, response) => void this.receive(request, response),
	);

	private readonly onRequest: (request: ReceivedRequest) => void;

	constructor(onRequest: (request: ReceivedRequest) => void = () => {}) {
		this.onRequest = onRequest;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async start(port = 0): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', () => resolve());
		});
		this.port = (this.server.address() as AddressInfo).port;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
		try {
			let body = '';
			for await (const chunk of request) body += String(chunk);
			const received: ReceivedRequest = {
				path: request.url ?? '/',
				headers: request.headers,
				body: (body === '' ? {} : JSON.parse(body)) as Record<string, any>,
				at: Date.now(),
			};
			const { status, afterMs = 0, headers = {}, body: answer } = this.answer(received);
			await sleep(afterMs);
			this.requests.push(received);
			this.onRequest(received);
			response.writeHead(status, headers).end(answer);
		} catch {
			response.destroy(); // a request cut off by a killed n8n
		}
	}
}
