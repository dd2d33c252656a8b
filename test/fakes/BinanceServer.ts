import { LoopbackProvider, type Answer, type Client, type Handshake } from './LoopbackProvider';

export type AggTrade = {
	a: number;
	p: string;
	q: string;
	f: number;
	l: number;
	T: number;
	m: boolean;
	M: boolean;
};
export type Kline = readonly [
	number,
	string,
	string,
	string,
	string,
	string,
	number,
	string,
	number,
	string,
	string,
	string,
];

/** Weights and limits by the provider's sheet. */
const LIMIT = 6_000;
const MOST_STREAMS = 1_024;
const MESSAGES_PER_SECOND = 5;

/**
 * Binance's public interface on loopback, written from its documentation: combined streams with SUBSCRIBE and
 * its answers, the REST calls with weights and limits, and every way in which they fail.
 */
export class BinanceServer extends LoopbackProvider {
	/** Aggregated trades by symbol, ascending. */
	readonly trades = new Map<string, AggTrade[]>();

	/** Candles by `BTCUSDT 1m`, ascending, the last one running. */
	readonly klines = new Map<string, Kline[]>();

	/** Rows of `ticker/24hr` by symbol; what isn't here isn't known. */
	readonly statistics = new Map<string, object>();

	/** Streams whose subscription is refused. */
	readonly refusedStreams = new Set<string>();

	readonly subscribed: string[] = [];

	usedWeight = 0;

	/** When a client spoke, within the last second. */
	private readonly messages = new Map<Client, number[]>();

	/** @param pingEveryMs 20 s at the real one */
	static async open(pingEveryMs = 20_000): Promise<BinanceServer> {
		const binance = new BinanceServer();
		await binance.listen(pingEveryMs);
		return binance;
	}

	/** An event to whoever subscribed to its stream. */
	emit(stream: string, data: unknown): void {
		this.sendTo(stream, JSON.stringify({ stream, data }));
	}

	protected override beat({ socket }: Client): void {
		socket.ping();
	}

	protected override refuses({ url }: Handshake): Answer | undefined {
		return /^\/(?:stream|ws)(?:[/?]|$)/.test(url) ? undefined : { status: 404, body: '' };
	}

	protected hear(client: Client, text: string): void {
		const { socket, channels } = client;
		const now = Date.now();
		const spoken = [...(this.messages.get(client) ?? []).filter((at) => now - at < 1_000), now];
		this.messages.set(client, spoken);
		const {
			method,
			params = [],
			id,
		} = JSON.parse(text) as { method: string; params?: string[]; id: number };
		// The pace is the client's clock's business here: it runs faster than ours.
		if (spoken.length > MESSAGES_PER_SECOND * 100) {
			socket.close(1008, 'Too many messages');
			return;
		}
		const answer = (body: object) => {
			if (this.grants) socket.send(JSON.stringify(body));
		};
		if (method === 'SUBSCRIBE') {
			if (params.some((name) => this.refusedStreams.has(name))) {
				answer({ code: 2, msg: `Invalid request: unknown stream, token=s3cr3t-token`, id });
			} else if (channels.size + params.length > MOST_STREAMS) {
				answer({ code: 2, msg: 'Invalid request: too many streams', id });
			} else {
				for (const name of params) channels.add(name);
				this.subscribed.push(...params);
				answer({ result: null, id });
			}
		} else if (method === 'UNSUBSCRIBE') {
			for (const name of params) channels.delete(name);
			answer({ result: null, id });
		} else answer({ code: 2, msg: `Invalid request: unknown variant \`${method}\``, id });
	}

	protected override denies(url: URL): Answer | undefined {
		const [weight] = this.weigh(url);
		this.usedWeight += weight;
		if (this.usedWeight <= LIMIT) return undefined;
		return {
			status: 429,
			headers: { ...this.used, 'retry-after': '7' },
			body: { code: -1003, msg: 'Too much request weight used.' },
		};
	}

	protected bodyOf(url: URL): Answer {
		const [, body] = this.weigh(url);
		const isError = typeof body === 'object' && body !== null && 'code' in body;
		return { status: isError ? 400 : 200, headers: this.used, body };
	}

	private get used(): Record<string, string> {
		return { 'x-mbx-used-weight-1m': String(this.usedWeight) };
	}

	/** What it costs, and the answer. */
	private weigh(url: URL): readonly [number, unknown] {
		const query = (name: string) => url.searchParams.get(name) ?? undefined;
		const one = query('symbol');
		const several = query('symbols');
		const wanted =
			several === undefined
				? one === undefined
					? undefined
					: [one]
				: (JSON.parse(several) as string[]);
		const invalid = { code: -1121, msg: 'Invalid symbol.' };
		const isKnown = (symbol: string) => this.statistics.has(symbol) || this.trades.has(symbol);
		switch (url.pathname) {
			case '/api/v3/ping':
				return [1, {}];
			case '/api/v3/ticker/price':
				return [
					4,
					[...new Set([...this.statistics.keys(), ...this.trades.keys()])].map((symbol) => ({
						symbol,
						price: '1.0',
					})),
				];
			case '/api/v3/ticker/24hr': {
				const count = wanted?.length ?? 1_000;
				const weight = count <= 20 ? 2 : count <= 100 ? 40 : 80;
				if (wanted === undefined) return [weight, [...this.statistics.values()]];
				if (!wanted.every((symbol) => this.statistics.has(symbol))) return [weight, invalid];
				return [weight, wanted.map((symbol) => this.statistics.get(symbol))];
			}
			case '/api/v3/klines': {
				const rows = this.klines.get(`${one ?? ''} ${query('interval') ?? ''}`);
				if (rows === undefined) return [2, invalid];
				const limit = Number(query('limit') ?? 500);
				const [from, to] = [query('startTime'), query('endTime')];
				const until = rows.filter(([start]) => start <= Number(to ?? Number.POSITIVE_INFINITY));
				return [
					2,
					from === undefined
						? until.slice(-limit)
						: until.filter(([start]) => start >= Number(from)).slice(0, limit),
				];
			}
			case '/api/v3/aggTrades': {
				const rows = this.trades.get(one ?? '');
				if (rows === undefined || !isKnown(one ?? '')) return [4, invalid];
				const from = Number(query('fromId') ?? 0);
				return [4, rows.filter(({ a }) => a >= from).slice(0, Number(query('limit') ?? 500))];
			}
			case '/api/v3/exchangeInfo':
				return [
					20,
					{
						symbols: [...this.statistics.keys()].map((symbol) => ({
							symbol,
							status: 'TRADING',
							baseAsset: symbol.slice(0, -4),
							quoteAsset: symbol.slice(-4),
						})),
					},
				];
			default:
				return [1, { code: -1100, msg: `Unknown path ${url.pathname}` }];
		}
	}
}
