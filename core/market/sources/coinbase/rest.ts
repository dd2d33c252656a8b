import { epochMs, type Clock, type HttpClient, type Timer } from '../../../ports';
import type { RateLimit } from '../../../resilience';
import { readHistory, type HistoryPage } from '../../feed';
import { ProviderRest } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import type { FoundSymbol } from '../../requests';
import { isObject, toNumber, type PairRest, type Reader, type Reading } from '../pairs';
import { answerToFailure } from './failures';
import { readCandle, readProduct, readTrade } from './parse';
import { GRANULARITY } from './wire';

/** Products in one address; it grows too long otherwise. */
export const PRODUCTS_AT_ONCE = 100;
/** Candles in one answer. */
export const PAGE = 350;
/** The newest there are in one call; there's no going further back. */
const MOST_TRADES = 1_000;
/** Answers may be a second old, and clocks differ: a candle that ended longer ago has had its last word. */
const FINAL_AFTER_MS = 5_000;

/**
 * Coinbase Advanced Trade's public calls.
 * @see https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-public-product-candles
 */
export class CoinbaseRest implements PairRest {
	private readonly rest: ProviderRest;

	constructor(
		baseUrl: string,
		limit: RateLimit,
		private readonly ports: {
			readonly http: HttpClient;
			readonly clock: Clock;
			readonly timer: Timer;
		},
	) {
		this.rest = new ProviderRest(
			{
				baseUrl,
				headers: async () => ({ 'user-agent': 'n8n-nodes-market-alerts' }),
				timeoutMs: 12_000,
				mostAtOnce: 4,
				heed: () => {},
				toFailure: (response, body, now) => {
					const failure = answerToFailure(response, body, now);
					// Also for the other triggers at this address.
					if (failure?.kind === 'rate') limit.close(failure.retryAfterMs ?? 0);
					return failure;
				},
			},
			limit,
			ports,
		);
	}

	async quotes(readers: readonly Reader[], signal: AbortSignal): Promise<Map<string, Reading>> {
		const rows = await this.quoteRows(readers, signal);
		const receivedAt = this.ports.clock.now();
		return new Map(
			readers.flatMap((reader) => {
				const { symbol } = reader.instrument;
				const row = rows.get(symbol);
				return row === undefined ? [] : [[symbol, readProduct(reader, row, receivedAt)] as const];
			}),
		);
	}

	/** By symbol; still unread. */
	async quoteRows(
		readers: readonly Reader[],
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, unknown>> {
		const rows = await this.products(readers, signal);
		return new Map(
			readers.flatMap(({ instrument: { symbol, providerSymbol } }) => {
				const row = rows.get(providerSymbol);
				return row === undefined ? [] : [[symbol, row] as const];
			}),
		);
	}

	/** Every pair there is. */
	async instruments(signal: AbortSignal): Promise<FoundSymbol[]> {
		const query = { product_type: 'SPOT' };
		const rows = listIn(await this.rest.get('/market/products', query, 1, signal), 'products');
		return rows.flatMap((row) => {
			const { product_id: id, base_name: name, is_disabled: isDisabled } = row;
			if (typeof id !== 'string' || isDisabled === true) return [];
			const found = { symbol: id.replace('-', '/'), providerSymbol: id };
			return [typeof name === 'string' && name !== '' ? { ...found, name } : found];
		});
	}

	/** Candles that begin within a span of at most `PAGE` intervals, both ends included; still unread, oldest first. */
	async candleRows(
		{ instrument, interval }: Reader,
		span: { readonly from: number; readonly to: number },
		signal: AbortSignal,
	): Promise<Array<Readonly<Record<string, unknown>>>> {
		const body = await this.rest.get(
			`/market/products/${encodeURIComponent(instrument.providerSymbol)}/candles`,
			{
				start: Math.floor(span.from / 1_000),
				end: Math.floor(span.to / 1_000),
				granularity: GRANULARITY[interval]?.name,
				limit: PAGE,
			},
			1,
			signal,
		);
		return listIn(body, 'candles').sort((a, b) => startOf(a) - startOf(b));
	}

	/** Intervals without a trade have no row. The newest row is the running one, unless its end has passed. */
	async candles(reader: Reader, from: number, signal: AbortSignal): Promise<HistoryPage> {
		const { intervalMs } = reader;
		const now = this.ports.clock.now();
		const last = from + (PAGE - 2) * intervalMs;
		const more = last < now;
		const to = more ? last : now + intervalMs;
		const rows = await this.candleRows(reader, { from, to }, signal);
		const receivedAt = this.ports.clock.now();
		const newest = rows.length === 0 ? from : startOf(rows.at(-1));
		const isOver = more || newest + intervalMs + FINAL_AFTER_MS <= receivedAt;
		const closed = isOver ? rows : rows.slice(0, -1);
		const running = isOver ? [] : rows.slice(-1);
		const said = { at: receivedAt, place: receivedAt * 100 };
		// What has had its last word isn't in it when nothing was traded.
		const finalBefore = receivedAt - FINAL_AFTER_MS;
		const quietTo = more ? last : Math.floor(finalBefore / intervalMs) * intervalMs;
		return {
			items: [
				...readHistory(closed, (row) => readCandle(reader, row, 'closed', receivedAt)),
				...readHistory(running, (row) => readCandle(reader, row, said, receivedAt)),
			],
			more,
			completeTo: epochMs(isOver ? quietTo : Math.max(newest, quietTo)),
		};
	}

	/** The newest trades only. */
	async trades(reader: Reader, from: number, signal: AbortSignal): Promise<HistoryPage> {
		const body = await this.rest.get(
			`/market/products/${encodeURIComponent(reader.instrument.providerSymbol)}/ticker`,
			{ limit: MOST_TRADES },
			1,
			signal,
		);
		const receivedAt = this.ports.clock.now();
		const rows = listIn(body, 'trades').sort(
			(a, b) => Number(a['trade_id']) - Number(b['trade_id']),
		);
		const items = readHistory(rows, (row) => readTrade(reader, row as object, receivedAt));
		return { items: items.filter(({ at }) => at >= from), more: false };
	}

	async unknownAmong(readers: readonly Reader[], signal: AbortSignal): Promise<string[]> {
		const known = await this.productsOr(readers, new Map(), signal);
		const absent = readers.filter(({ instrument }) => !known.has(instrument.providerSymbol));
		const checked = await Promise.all(
			absent.map(async (reader) => ((await this.isKnown(reader, signal)) ? [] : [reader])),
		);
		return checked.flat().map(({ instrument }) => instrument.symbol);
	}

	private async isKnown({ instrument }: Reader, signal: AbortSignal): Promise<boolean> {
		try {
			await this.rest.get(
				`/market/products/${encodeURIComponent(instrument.providerSymbol)}`,
				{},
				1,
				signal,
			);
			return true;
		} catch (error) {
			if (error instanceof ProviderFailure && error.kind === 'symbol') return false;
			throw error;
		}
	}

	/** One that doesn't exist may spoil the call for all; then there's nothing to go by. */
	private async productsOr(
		readers: readonly Reader[],
		otherwise: Map<string, unknown>,
		signal: AbortSignal,
	): Promise<Map<string, unknown>> {
		try {
			return await this.products(readers, signal);
		} catch (error) {
			if (error instanceof ProviderFailure && error.kind === 'symbol') return otherwise;
			throw error;
		}
	}

	private async products(
		readers: readonly Reader[],
		signal: AbortSignal,
	): Promise<Map<string, unknown>> {
		const ids = readers.map(({ instrument }) => instrument.providerSymbol);
		const groups = Array.from({ length: Math.ceil(ids.length / PRODUCTS_AT_ONCE) }, (_, group) =>
			ids.slice(group * PRODUCTS_AT_ONCE, (group + 1) * PRODUCTS_AT_ONCE),
		);
		const answers = await Promise.all(
			groups.map(async (group) =>
				listIn(
					await this.rest.get('/market/products', { product_ids: group }, 1, signal),
					'products',
				),
			),
		);
		return new Map(answers.flat().map((row) => [String(row['product_id']), row]));
	}
}

export const startOf = (row: Readonly<Record<string, unknown>> | undefined): number =>
	(toNumber(row?.['start']) ?? Number.NaN) * 1_000;

function listIn(body: unknown, name: string): Array<Readonly<Record<string, unknown>>> {
	const list = isObject(body) ? body[name] : undefined;
	if (Array.isArray(list) && list.every(isObject)) return [...list];
	throw new ProviderFailure(
		'schema',
		'gave an answer in a shape we do not know. Check the address under Options; trying again.',
	);
}
