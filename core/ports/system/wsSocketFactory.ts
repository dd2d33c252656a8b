import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

import type { ClientOptions, WebSocket } from 'ws';

import type { Socket, SocketEnd, SocketFactory, SocketListener, SocketRequest } from '../index';

/** The host's rules for what may be connected to; n8n's `NodeEgressFilter` fits. */
export type Egress = {
	validateUrl(url: string): Promise<{ readonly ok: boolean }>;
	createSecureLookup(): LookupFunction;
};

/** How long the other side may take to say goodbye, or to finish its refusal. */
const GOODBYE_MS = 1_000;
const REFUSAL_CHARACTERS = 1_000;

/**
 * ws behind the port; its only importer, loaded when first needed.
 *
 * n8n puts its proxy into Node's global agents, which ws passes by unless it's handed them.
 */
export const wsSocketFactory = (egress?: Egress): SocketFactory => ({
	open: (request, listener) => {
		const connection = new Connection(request, listener);
		void connection.connect(egress);
		return connection;
	},
});

class Connection implements Socket {
	private socket: WebSocket | undefined;

	private end: SocketEnd | undefined;

	private told = false;

	private closing = false;

	private goodbye: NodeJS.Timeout | undefined;

	constructor(
		private readonly request: SocketRequest,
		private readonly listener: SocketListener,
	) {}

	async connect(egress: Egress | undefined): Promise<void> {
		try {
			const { WebSocket } = await import('ws');
			if (egress !== undefined && !(await egress.validateUrl(this.request.url)).ok) {
				this.tellEnd({
					reason: 'unreachable',
					text: "this n8n's rules for outgoing connections (SSRF protection) don't allow the address",
				});
				return;
			}
			if (this.closing) this.tellEnd({ reason: 'closed', code: 1000, text: '' });
			else this.listenTo(new WebSocket(this.request.url, this.optionsFor(egress)));
		} catch (error) {
			this.tellEnd({ reason: 'unreachable', text: (error as Error).message });
		}
	}

	send(text: string): void {
		if (this.socket?.readyState === 1) this.socket.send(text, () => {});
	}

	ping(): void {
		if (this.socket?.readyState === 1) this.socket.ping(undefined, undefined, () => {});
	}

	close(): void {
		if (this.closing) return;
		this.closing = true;
		this.socket?.close(1000);
		this.hurry();
	}

	private optionsFor(egress: Egress | undefined): ClientOptions {
		const secure = this.request.url.startsWith('wss:');
		const agent = secure ? https.globalAgent : http.globalAgent;
		const isPlain = agent.constructor === (secure ? https.Agent : http.Agent);
		return {
			headers: { ...this.request.headers },
			maxPayload: this.request.maxFrameBytes,
			perMessageDeflate: false,
			...(isPlain ? {} : { agent }),
			...(egress === undefined ? {} : { lookup: egress.createSecureLookup() }),
		};
	}

	private listenTo(socket: WebSocket): void {
		this.socket = socket;
		socket.on('open', () => {
			if (!this.closing) this.listener.onOpen();
		});
		socket.on('message', (data: Buffer) => {
			if (!this.closing) this.listener.onFrame(data.toString());
		});
		socket.on('ping', () => this.listener.onPulse());
		socket.on('pong', () => this.listener.onPulse());
		socket.on('unexpected-response', (_request, response) => void this.readRefusal(response));
		socket.on('error', (error) => {
			this.end ??= asEnd(error);
			this.hurry();
		});
		socket.on('close', (code, text) =>
			this.tellEnd(this.end ?? { reason: 'closed', code, text: text.toString() }),
		);
	}

	private async readRefusal(response: IncomingMessage): Promise<void> {
		this.hurry();
		let body = '';
		try {
			for await (const chunk of response) {
				body += String(chunk);
				if (body.length >= REFUSAL_CHARACTERS) break;
			}
		} catch {
			// What came before it broke off has to do.
		}
		const headers = Object.fromEntries(
			Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
		);
		this.end ??= {
			reason: 'refused',
			status: response.statusCode ?? 0,
			headers,
			body: body.slice(0, REFUSAL_CHARACTERS),
		};
		this.socket?.terminate();
	}

	/** Whoever doesn't come to an end in time is cut off. */
	private hurry(): void {
		this.goodbye ??= setTimeout(() => this.socket?.terminate(), GOODBYE_MS);
	}

	private tellEnd(end: SocketEnd): void {
		clearTimeout(this.goodbye);
		if (this.told) return;
		this.told = true;
		this.listener.onEnd(end);
	}
}

function asEnd(error: Error & { code?: string }): SocketEnd {
	const code = error.code ?? '';
	if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return { reason: 'tooLarge' };
	if (code.startsWith('WS_ERR')) return { reason: 'malformed', text: error.message };
	return { reason: 'unreachable', text: code === '' ? error.message : code };
}
