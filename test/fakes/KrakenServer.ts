import { LoopbackProvider, type Answer, type Client } from './LoopbackProvider';

export type KrakenTrade = {
	symbol: string;
	side: 'buy' | 'sell';
	price: number;
	qty: number;
	ord_type: 'limit' | 'market';
	trade_id: number;
	timestamp: string;
};
/** Start (s), open, high, low, close, average, volume, trades. */
export type KrakenRow = readonly [number, string, string, string, string, string, string, number];

const INTERVALS = [1, 5, 15, 30, 60, 240, 1_440, 10_080, 21_600];
const MOST_ROWS = 720;
const MOST_TRADES = 1_000;

/**
 * Kraken's public interface on loopback, written from its documentation: WebSocket v2 with one answer for each
 * symbol, heartbeats and pings, and REST whose errors come with status 200 and whose names are its own.
 */
export class KrakenServer extends LoopbackProvider {
	/** Pairs it knows: `BTC/USD` to the name in its answers. */
	readonly pairs = new Map<string, string>();

	/** `Ticker`'s entries by pair. */
	readonly tickers = new Map<string, object>();

	/** By pair, ascending. */
	readonly trades = new Map<string, KrakenTrade[]>();

	/** By `BTC/USD 1`, ascending, the last one running. */
	readonly rows = new Map<string, KrakenRow[]>();

	/** What `SystemStatus` says. */
	system = 'online';

	private constructor(private readonly now: () => number) {
		super();
	}

	static async open(now: () => number = Date.now, beatEveryMs?: number): Promise<KrakenServer> {
		const server = new KrakenServer(now);
		await server.listen(beatEveryMs);
		return server;
	}

	/** Entries of a channel to whoever subscribed to their symbol. */
	emit(channel: string, data: object[], type: 'snapshot' | 'update' = 'update'): void {
		for (const { socket, channels } of this.clients.values()) {
			const wanted = data.filter((entry) => channels.has(nameOf(channel, entry)));
			if (wanted.length > 0) socket.send(JSON.stringify({ channel, type, data: wanted }));
		}
	}

	protected override greet({ socket }: Client): void {
		socket.send(
			'{"channel":"status","type":"update","data":[{"api_version":"v2","connection_id":1234567890123456789,"system":"online","version":"2.0.9"}]}',
		);
	}

	protected override beat({ socket, channels }: Client): void {
		if (channels.size > 0) socket.send('{"channel":"heartbeat"}');
	}

	protected hear({ socket, channels }: Client, text: string): void {
		const { method, params, req_id } = JSON.parse(text) as {
			method: string;
			params?: { channel: string; symbol: string[]; interval?: number };
			req_id?: number;
		};
		const at = new Date(this.now()).toISOString();
		const answer = (body: object) =>
			socket.send(JSON.stringify({ method, ...body, time_in: at, time_out: at, req_id }));
		if (method === 'ping') {
			if (this.beats) socket.send(JSON.stringify({ method: 'pong', time_in: at, time_out: at }));
			return;
		}
		if (!this.grants) return;
		if (!['subscribe', 'unsubscribe'].includes(method) || params === undefined) {
			socket.send('{"error":"Method not found, token=s3cr3t-token","success":false}');
			return;
		}
		const { channel, interval } = params;
		for (const symbol of params.symbol) {
			if (!this.pairs.has(symbol)) {
				const error = `Currency pair not supported ${symbol} token=s3cr3t-token`;
				answer({ error, success: false, symbol });
			} else if (channel === 'ohlc' && !INTERVALS.includes(interval ?? 0)) {
				answer({ error: 'Unsupported field interval', success: false, symbol });
			} else {
				const name = nameOf(channel, { symbol, interval });
				if (method === 'subscribe') channels.add(name);
				else channels.delete(name);
				const of = channel === 'ohlc' ? { channel, interval, symbol } : { channel, symbol };
				answer({ result: { ...of, snapshot: false, warnings: [] }, success: true });
			}
		}
	}

	protected bodyOf(url: URL): Answer {
		const query = (name: string) => url.searchParams.get(name) ?? undefined;
		const call = /^\/0\/public\/(\w+)$/.exec(url.pathname)?.[1];
		const wanted = query('pair')?.split(',') ?? [...this.pairs.keys()];
		if (!wanted.every((pair) => this.pairs.has(pair))) {
			return { status: 200, body: { error: ['EQuery:Unknown asset pair'] } };
		}
		const [first = ''] = wanted;
		const named = (rows: Map<string, unknown>) =>
			Object.fromEntries(
				wanted.filter((pair) => rows.has(pair)).map((pair) => [this.nameOf(pair), rows.get(pair)]),
			);
		const ok = (result: object) => ({ status: 200, body: { error: [], result } });
		switch (call) {
			case 'AssetPairs':
				return ok(
					Object.fromEntries(
						wanted.map((pair) => [this.nameOf(pair), { wsname: pair.replace('BTC', 'XBT') }]),
					),
				);
			case 'SystemStatus':
				return ok({ status: this.system, timestamp: new Date(this.now()).toISOString() });
			case 'Ticker':
				return ok(named(this.tickers));
			case 'OHLC': {
				const since = Number(query('since') ?? 0);
				const rows = this.rows.get(`${first} ${query('interval') ?? 1}`) ?? [];
				const given = rows.slice(-MOST_ROWS).filter(([start]) => start >= since);
				return ok({ [this.nameOf(first)]: given, last: given.at(-1)?.[0] });
			}
			case 'Trades': {
				const rows = (this.trades.get(first) ?? []).map(toRow);
				const since = query('since');
				const given =
					since === undefined
						? rows.slice(-MOST_TRADES)
						: rows.filter((row) => row[2] * 1e9 > Number(since)).slice(0, MOST_TRADES);
				const last = given.at(-1)?.[2] ?? 0;
				return ok({ [this.nameOf(first)]: given, last: `${Math.round(last * 1e6)}000` });
			}
			default:
				return { status: 200, body: { error: ['EGeneral:Unknown method'] } };
		}
	}

	private nameOf(pair: string): string {
		return this.pairs.get(pair) ?? pair;
	}
}

const nameOf = (channel: string, entry: object): string => {
	const { symbol, interval } = entry as { symbol: string; interval?: number };
	return [channel, ...(channel === 'ohlc' ? [interval] : []), symbol].join(' ');
};

const toRow = ({ price, qty, timestamp, side, trade_id: id }: KrakenTrade) =>
	[
		price.toFixed(5),
		qty.toFixed(8),
		Date.parse(timestamp) / 1_000,
		side.slice(0, 1),
		'l',
		'',
		id,
	] as const;
