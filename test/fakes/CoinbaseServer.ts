import { LoopbackProvider, type Answer, type Client } from './LoopbackProvider';

export type CoinbaseTrade = {
	trade_id: string;
	product_id: string;
	price: string;
	size: string;
	side: 'BUY' | 'SELL';
	time: string;
};
export type CoinbaseCandle = {
	start: string;
	low: string;
	high: string;
	open: string;
	close: string;
	volume: string;
};

const GRANULARITIES: Readonly<Record<string, number>> = {
	ONE_MINUTE: 60,
	FIVE_MINUTE: 300,
	FIFTEEN_MINUTE: 900,
	THIRTY_MINUTE: 1_800,
	ONE_HOUR: 3_600,
	TWO_HOUR: 7_200,
	FOUR_HOUR: 14_400,
	SIX_HOUR: 21_600,
	ONE_DAY: 86_400,
};
const MOST_CANDLES = 350;
const CHANNELS = ['heartbeats', 'candles', 'status', 'ticker', 'ticker_batch', 'market_trades'];

/**
 * Coinbase Advanced Trade's public interface on loopback, written from its documentation: one channel a
 * message, an envelope that counts, heartbeats once they're subscribed, pairs in USDC answered as those in USD.
 */
export class CoinbaseServer extends LoopbackProvider {
	/** Rows of `/market/products` by id; what isn't here isn't known. */
	readonly products = new Map<string, object>();

	/** By product, ascending. */
	readonly trades = new Map<string, CoinbaseTrade[]>();

	/** By `BTC-USD FIVE_MINUTE`, ascending. */
	readonly candles = new Map<string, CoinbaseCandle[]>();

	/** Products whose subscription is refused. */
	readonly refused = new Set<string>();

	/** Products whose subscription is passed over in silence. */
	readonly ignored = new Set<string>();

	private beatsSoFar = 0;

	private constructor(private readonly now: () => number) {
		super();
	}

	static async open(now: () => number = Date.now, beatEveryMs?: number): Promise<CoinbaseServer> {
		const server = new CoinbaseServer(now);
		await server.listen(beatEveryMs);
		return server;
	}

	/** Rows of a channel to whoever subscribed to their product. */
	emit(channel: string, rows: object[], type: 'snapshot' | 'update' = 'update'): void {
		const list = { ticker: 'tickers', market_trades: 'trades', candles: 'candles' }[channel] ?? '';
		for (const client of this.clients.values()) {
			const wanted = rows.filter((row) =>
				client.channels.has(`${channel} ${(row as { product_id: string }).product_id}`),
			);
			if (wanted.length > 0) this.send(client, channel, [{ type, [list]: wanted }]);
		}
	}

	/** So many messages get lost on the way. */
	lose(count: number): void {
		for (const client of this.clients.values()) client.sent += count;
	}

	protected override beat(client: Client): void {
		if (!client.channels.has('heartbeats')) return;
		this.beatsSoFar += 1;
		this.send(client, 'heartbeats', [
			{ current_time: new Date(this.now()).toISOString(), heartbeat_counter: this.beatsSoFar },
		]);
	}

	protected hear(client: Client, text: string): void {
		const {
			type,
			channel,
			product_ids: products = [],
		} = JSON.parse(text) as { type: string; channel: string; product_ids?: string[] };
		if (!this.grants) return;
		if (!['subscribe', 'unsubscribe'].includes(type) || !CHANNELS.includes(channel)) {
			client.socket.send('{"type":"error","message":"unknown channel, token=s3cr3t-token"}');
			return;
		}
		if (type === 'subscribe' && products.some((id) => this.refused.has(id))) {
			client.socket.send(
				'{"type":"error","message":"failed to subscribe: invalid product, token=s3cr3t-token"}',
			);
			return;
		}
		const names =
			channel === 'heartbeats'
				? ['heartbeats']
				: products
						.filter((id) => !this.ignored.has(id))
						.map((id) => `${channel} ${id.replace(/(?<!^USDT|^EURC)-USDC$/, '-USD')}`);
		for (const name of names) {
			if (type === 'subscribe') client.channels.add(name);
			else client.channels.delete(name);
		}
		const subscriptions: Record<string, string[]> = {};
		for (const name of client.channels) {
			const [of = '', id = 'heartbeats'] = name.split(' ');
			subscriptions[of] = [...(subscriptions[of] ?? []), id];
		}
		this.send(client, 'subscriptions', [{ subscriptions }]);
	}

	protected bodyOf(url: URL): Answer {
		const [, id = '', of] =
			/\/market\/products(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(url.pathname) ?? [];
		const notFound = {
			status: 404,
			body: { error: 'NOT_FOUND', error_details: 'valid product_id is required', message: '' },
		};
		if (!url.pathname.includes('/market/products')) return notFound;
		if (id === '') {
			const wanted = url.searchParams.getAll('product_ids');
			const products = [...this.products].filter(
				([product]) => wanted.length === 0 || wanted.includes(product),
			);
			return {
				status: 200,
				body: { products: products.map(([, row]) => row), num_products: products.length },
			};
		}
		if (!this.products.has(id)) return notFound;
		if (of === undefined) return { status: 200, body: this.products.get(id) };
		if (of === 'ticker') {
			const rows = [...(this.trades.get(id) ?? [])].reverse();
			const trades = rows.slice(0, Number(url.searchParams.get('limit')));
			return { status: 200, body: { trades, best_bid: '', best_ask: '' } };
		}
		return this.candlesOf(id, url.searchParams);
	}

	private candlesOf(id: string, query: URLSearchParams): Answer {
		const granularity = query.get('granularity') ?? '';
		const [start, end] = [Number(query.get('start')), Number(query.get('end'))];
		const step = GRANULARITIES[granularity];
		if (step === undefined || !(start > 0) || !(end > start)) {
			return {
				status: 400,
				body: { error: 'INVALID_ARGUMENT', message: 'start, end, granularity' },
			};
		}
		if ((end - start) / step > MOST_CANDLES) {
			return { status: 400, body: { error: 'INVALID_ARGUMENT', message: 'too many candles' } };
		}
		const rows = (this.candles.get(`${id} ${granularity}`) ?? []).filter(
			(row) => Number(row.start) >= start && Number(row.start) <= end,
		);
		return { status: 200, body: { candles: rows.reverse() } };
	}

	private send(client: Client, channel: string, events: object[]): void {
		client.socket.send(
			JSON.stringify({
				channel,
				client_id: '',
				timestamp: new Date(this.now()).toISOString(),
				sequence_num: client.sent,
				events,
			}),
		);
		client.sent += 1;
	}
}
