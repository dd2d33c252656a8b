import type { IncomingHttpHeaders } from 'node:http';

import { LoopbackProvider, type Answer, type Client, type Handshake } from './LoopbackProvider';

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

/**
 * Alpaca's market data on loopback, written from its documentation: the login, the full list as the answer to
 * each subscription, one connection per endpoint, errors by their codes; REST calls with keys, pages and the
 * limit's headers; and every way in which they fail.
 */
export class AlpacaServer extends LoopbackProvider {
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

	/** Rows of the trading interface's `/v2/assets`. */
	readonly assets: object[] = [];

	/** What the trading interface's `/v2/clock` says. */
	clock: object = {};

	/** Symbols that spoil a whole call. */
	readonly invalid = new Set<string>();

	/** What the next logins get instead of a welcome. */
	readonly logins: Array<number | 'silence'> = [];

	/** What the limit's headers say is left. */
	remaining = CALLS_PER_MINUTE;

	private readonly loggedIn = new Set<Client>();

	static async open(): Promise<AlpacaServer> {
		const alpaca = new AlpacaServer();
		await alpaca.listen();
		return alpaca;
	}

	/** A message, as the only one of its frame, to whoever subscribed to the channel. */
	emit(channel: string, message: object): void {
		this.sendTo(channel, JSON.stringify([message]));
	}

	protected override refuses({ url }: Handshake): Answer | undefined {
		const isPath = /^\/(?:v2\/(?:iex|sip|delayed_sip|test)|v1beta3\/crypto\/us)$/.test(url);
		return isPath ? undefined : { status: 404, body: '' };
	}

	protected override greet({ socket }: Client): void {
		socket.send('[{"T":"success","msg":"connected"}]');
	}

	protected hear(client: Client, text: string): void {
		const { action, key, secret, ...lists } = JSON.parse(text) as {
			action: string;
			key?: string;
			secret?: string;
		} & Record<string, string[]>;
		if (action === 'auth') {
			this.logIn(client, key === this.keyId && secret === this.secretKey);
		} else if (!this.loggedIn.has(client)) fail(client, 401);
		else if (action === 'subscribe' || action === 'unsubscribe') {
			this.subscribe(client, action, lists);
		} else fail(client, 400);
	}

	private subscribe(
		client: Client,
		action: 'subscribe' | 'unsubscribe',
		lists: Record<string, string[]>,
	): void {
		const wanted = new Set(client.channels);
		for (const [kind, names] of Object.entries(lists)) {
			for (const name of names) {
				wanted[action === 'subscribe' ? 'add' : 'delete'](`${kind}:${name}`);
			}
		}
		const all: Record<string, string[]> = { trades: [], quotes: [], bars: [] };
		for (const channel of wanted) {
			const [kind = '', name = ''] = channel.split(':');
			(all[kind] ??= []).push(name);
		}
		const counted = new Set([...(all['trades'] ?? []), ...(all['quotes'] ?? [])]);
		if (counted.size > this.mostSymbols) fail(client, 405);
		else if (this.grants) {
			client.channels.clear();
			for (const channel of wanted) client.channels.add(channel);
			client.socket.send(JSON.stringify([{ T: 'subscription', ...all }]));
		}
	}

	private logIn(client: Client, isKey: boolean): void {
		const special = this.logins.shift();
		if (special === 'silence') return;
		const code = special ?? this.whyNotIn(client, isKey);
		if (code === undefined) {
			this.loggedIn.add(client);
			client.socket.send('[{"T":"success","msg":"authenticated"}]');
		} else fail(client, code);
	}

	private whyNotIn(client: Client, isKey: boolean): number | undefined {
		const others = [...this.clients.values()].filter(
			(other) => other !== client && this.loggedIn.has(other) && other.url === client.url,
		);
		const feed = client.url.includes('crypto') ? 'crypto' : (client.url.split('/').at(-1) ?? '');
		if (this.loggedIn.has(client)) return 403;
		if (!isKey) return 402;
		if (others.length >= this.mostConnections) return 406;
		return this.feeds.has(feed) ? undefined : 409;
	}

	protected override denies(_url: URL, headers: IncomingHttpHeaders): Answer | undefined {
		this.remaining -= 1;
		const isKey =
			headers['apca-api-key-id'] === this.keyId &&
			headers['apca-api-secret-key'] === this.secretKey;
		if (!isKey) return { status: 401, headers: this.limits, body: { message: 'forbidden.' } };
		if (this.remaining >= 0) return undefined;
		return { status: 429, headers: this.limits, body: { message: 'too many requests.' } };
	}

	protected bodyOf(url: URL): Answer {
		const [status, body] = this.find(url);
		return { status, headers: this.limits, body };
	}

	private get limits(): Record<string, string> {
		return {
			'x-ratelimit-limit': String(CALLS_PER_MINUTE),
			'x-ratelimit-remaining': String(Math.max(this.remaining, 0)),
			'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 30),
			'x-request-id': 'abcdef0123456789',
		};
	}

	private find(url: URL): readonly [number, unknown] {
		const query = (name: string) => url.searchParams.get(name) ?? undefined;
		if (url.pathname === '/v2/clock') return [200, this.clock];
		if (url.pathname === '/v2/assets') return [200, this.assets];
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

const fail = ({ socket }: Client, code: number): void =>
	socket.send(JSON.stringify([{ T: 'error', code, msg: ERRORS[code] }]));

/** Times of different precision in their order. */
const orderOf = (t: string): string =>
	t
		.replace(/Z$/, '')
		.padEnd(29, '0')
		.replace(/^(.{19})0/, '$1.');
