import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One POST as it came. */
export type Post = {
	/** Its idempotency key. */
	readonly key: string;
	/** Which alert it tells, by what the alert is about rather than by its key. */
	readonly alert: string;
	/** Which sender it came from; one sender has one POST on its way at a time. */
	readonly sender: string;
};

type Read = (body: Record<string, any>) => Omit<Post, 'key'>;

/**
 * A receiver on loopback that fails now and then, and honours idempotency keys: what comes again under a key
 * it has taken is answered, and changes nothing.
 */
export class FlakyReceiver {
	/** Keys and the alert each was taken for. */
	readonly taken = new Map<string, string>();

	/** Requests for what was taken already, by key. */
	readonly repeats = new Map<string, number>();

	requests = 0;

	/** While it holds, it takes what comes and says nothing: what it holds, by key. */
	held: Set<string> | undefined;

	/** Told at each request that was taken, once it's answered or held. */
	onTaken: () => void = () => {};

	/** The last key each sender has had taken, until the sender is seen to go on. */
	private readonly unseen = new Map<string, string>();

	private readonly server = createServer((request, response) => void this.hear(request, response));

	private readonly read: Read;

	private readonly fails: () => boolean;

	constructor(read: Read, fails: () => boolean) {
		this.read = read;
		this.fails = fails;
	}

	async listen(): Promise<string> {
		await new Promise<void>((ready) => this.server.listen(0, '127.0.0.1', ready));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alerts`;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Keys that were taken, and whose sender may not have written that down yet. */
	inFlight(): Set<string> {
		return new Set(this.unseen.values());
	}

	private async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const post = await this.readPost(request).catch(() => undefined);
		if (post === undefined) return void response.destroy(); // cut off by a kill
		const { key, alert, sender } = post;
		this.requests += 1;
		this.unseen.delete(sender); // it goes on, so the one before is written down
		if (this.held === undefined && this.fails()) return void response.writeHead(503).end();
		if (this.taken.has(key)) this.repeats.set(key, (this.repeats.get(key) ?? 0) + 1);
		else this.taken.set(key, alert);
		this.unseen.set(sender, key);
		if (this.held === undefined) response.writeHead(200).end();
		else this.held.add(key);
		this.onTaken();
	}

	private async readPost(request: IncomingMessage): Promise<Post> {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const key = String(request.headers['idempotency-key']);
		return { key, ...this.read(JSON.parse(body) as Record<string, any>) };
	}
}
