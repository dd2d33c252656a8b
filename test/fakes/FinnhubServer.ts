import type { IncomingHttpHeaders } from 'node:http';

import { LoopbackProvider, type Answer, type Client, type Handshake } from './LoopbackProvider';

export type FinnhubTrade = { c?: string[] | null; p: number; s: string; t: number; v: number };

/** By the provider's sheet. */
const CALLS_PER_MINUTE = 60;
const FREE_SYMBOLS = 50;

/**
 * Finnhub on loopback, written from its documentation: the key in the stream's address or a call's header, no
 * answer to what's subscribed, a ping a minute, one connection for each key; zeros for stocks it doesn't know.
 */
export class FinnhubServer extends LoopbackProvider {
	apiKey = 's3cr3t-token-of-finnhub';

	/** Symbols one connection may have. */
	mostSymbols = FREE_SYMBOLS;

	/** Answers of `/quote` by symbol; all others are unknown. */
	readonly quotes = new Map<string, object>();

	/** `metric` of `/stock/metric` by symbol. */
	readonly metrics = new Map<string, object>();

	/** Rows of `/search`. */
	readonly found: object[] = [];

	/** Symbols and paths the plan doesn't have. */
	readonly paid = new Set<string>();

	/** Symbols whose subscription is refused. */
	readonly invalid = new Set<string>();

	/** Calls that are left in this minute, and whether headers tell. */
	remaining = CALLS_PER_MINUTE;

	tellsLimit = true;

	private constructor(private readonly now: () => number) {
		super();
	}

	/** @param pingEveryMs a minute at the real one */
	static async open(now: () => number = Date.now, pingEveryMs = 60_000): Promise<FinnhubServer> {
		const finnhub = new FinnhubServer(now);
		await finnhub.listen(pingEveryMs);
		return finnhub;
	}

	/** As one frame to whoever subscribed to one of the symbols, with what's theirs. */
	emit(...trades: FinnhubTrade[]): void {
		for (const { socket, channels } of this.clients.values()) {
			const data = trades.filter(({ s }) => channels.has(s));
			if (data.length > 0) socket.send(JSON.stringify({ data, type: 'trade' }));
		}
	}

	protected override refuses({ url }: Handshake): Answer | undefined {
		const token = new URL(url, 'http://finnhub').searchParams.get('token');
		return token === this.apiKey ? undefined : { status: 401, body: '' };
	}

	/** Two with the same key disturb each other: both are dropped. */
	protected override greet(): void {
		if (this.clients.size > 1) this.cut();
	}

	protected override beat({ socket }: Client): void {
		socket.send('{"type":"ping"}');
	}

	protected hear({ socket, channels }: Client, text: string): void {
		const { type, symbol } = JSON.parse(text) as { type: string; symbol: string };
		const error = (msg: string) => socket.send(JSON.stringify({ msg, type: 'error' }));
		if (type === 'unsubscribe') channels.delete(symbol);
		else if (type !== 'subscribe') error('Invalid message type');
		else if (this.invalid.has(symbol)) error(`Invalid symbol ${symbol}`);
		else if (channels.size >= this.mostSymbols) error('Subscribing to too many symbols');
		else channels.add(symbol);
	}

	protected override denies(url: URL, headers: IncomingHttpHeaders): Answer | undefined {
		const key = headers['x-finnhub-token'] ?? url.searchParams.get('token');
		if (key !== this.apiKey) return this.fail(401, 'Invalid API key');
		this.remaining -= 1;
		if (this.remaining >= 0) return undefined;
		return this.fail(429, 'API limit reached. Please try again later. Remaining Limit: 0');
	}

	protected bodyOf(url: URL): Answer {
		const symbol = url.searchParams.get('symbol') ?? '';
		const path = url.pathname.replace(/^\/api\/v1/, '');
		if (this.paid.has(symbol) || this.paid.has(path)) {
			return this.fail(403, "You don't have access to this resource.");
		}
		const body = this.find(path, symbol);
		return body === undefined
			? this.fail(404, 'Not found')
			: { status: 200, headers: this.limits, body };
	}

	private find(path: string, symbol: string): object | undefined {
		switch (path) {
			case '/quote':
				return (
					this.quotes.get(symbol) ?? { c: 0, d: null, dp: null, h: 0, l: 0, o: 0, pc: 0, t: 0 }
				);
			case '/stock/metric':
				return { metric: this.metrics.get(symbol) ?? {}, metricType: 'all', series: {}, symbol };
			case '/stock/bidask':
				return { a: 338.65, av: 2, b: 338.61, bv: 2, t: this.now() };
			case '/search':
				return { count: this.found.length, result: this.found };
			case '/stock/market-status':
				return {
					exchange: 'US',
					holiday: null,
					isOpen: false,
					session: 'pre-market',
					timezone: 'America/New_York',
					t: Math.floor(this.now() / 1_000),
				};
			default:
				return undefined;
		}
	}

	private fail(status: number, error: string): Answer {
		return { status, headers: this.limits, body: { error } };
	}

	private get limits(): Record<string, string> {
		if (!this.tellsLimit) return {};
		return {
			'x-ratelimit-limit': String(CALLS_PER_MINUTE),
			'x-ratelimit-remaining': String(Math.max(this.remaining, 0)),
			'x-ratelimit-reset': String(Math.ceil(this.now() / 1_000) + 30),
		};
	}
}
