import type { Clock, HttpClient, Timer } from '../../../ports';
import type { RateLimit } from '../../../resilience';
import { readHistory, type HistoryPage } from '../../feed';
import { ProviderRest } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import type { FoundSymbol } from '../../requests';
import { canonicalPair, isObject, type PairRest, type Reader, type Reading } from '../pairs';
import { answerToFailure } from './failures';
import { readCandleRow, readStatistics, readTradeRow } from './parse';
import { isNameOf } from './symbols';
import { INTERVAL_MINUTES } from './wire';

/** Pairs in one address; beyond that all there are come in one answer. */
const PAIRS_AT_ONCE = 100;
const TRADES_AT_ONCE = 1_000;
/** How often it's looked further back for a trade. */
const MOST_LOOKS = 5;
/** So many pages are read to where the wanted ones begin. */
const MOST_PAGES_ON = 20;

/**
 * Kraken's public calls. Names in answers are Kraken's own, whatever was asked for.
 * @see https://docs.kraken.com/api-reference/market-data/get-ohlc-data
 */
export class KrakenRest implements PairRest {
	private readonly rest: ProviderRest;

	/** Behind the last page of each pair's trades: the number that comes next, and since when. */
	private readonly pages = new Map<
		string,
		{ readonly next: number; readonly since: string | undefined }
	>();

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
				timeoutMs: 12_000,
				mostAtOnce: 2,
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
				return row === undefined
					? []
					: [[symbol, readStatistics(reader, row, receivedAt)] as const];
			}),
		);
	}

	/** By symbol; still unread. */
	async quoteRows(
		readers: readonly Reader[],
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, unknown>> {
		const pairs = readers.map(({ instrument }) => instrument.providerSymbol).join(',');
		const query = readers.length > PAIRS_AT_ONCE ? {} : { pair: pairs };
		const rows = Object.entries(await this.get('Ticker', query, signal));
		return new Map(
			readers.flatMap(({ instrument: { symbol } }) => {
				const row = rows.find(([name]) => isNameOf(name, symbol))?.[1];
				return row === undefined ? [] : [[symbol, row] as const];
			}),
		);
	}

	/** Every pair there is. */
	async instruments(signal: AbortSignal): Promise<FoundSymbol[]> {
		const pairs = Object.entries(await this.get('AssetPairs', {}, signal));
		return pairs.flatMap(([key, row]) => {
			const { wsname } = isObject(row) ? row : {};
			const name = typeof wsname === 'string' ? wsname : key;
			if (!name.includes('/')) return [];
			const symbol = canonicalPair(name);
			return [{ symbol, providerSymbol: symbol }];
		});
	}

	/** `online`, or why prices stand still: `maintenance`, `cancel_only`, `post_only`. */
	async systemStatus(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
		return await this.get('SystemStatus', {}, signal);
	}

	/** At most the newest 720, quiet intervals included; the last one is running, always. Still unread. */
	async candleRows(
		{ instrument, interval }: Reader,
		since: number,
		signal: AbortSignal,
	): Promise<unknown[]> {
		const result = await this.get(
			'OHLC',
			{
				pair: instrument.providerSymbol,
				interval: INTERVAL_MINUTES[interval],
				since: Math.max(Math.floor(since / 1_000), 0),
			},
			signal,
		);
		return rowsIn(result);
	}

	async candles(reader: Reader, from: number, signal: AbortSignal): Promise<HistoryPage> {
		// Whether the row at this second is among them isn't documented.
		const rows = await this.candleRows(reader, from - reader.intervalMs, signal);
		const receivedAt = this.ports.clock.now();
		return {
			items: [
				...readHistory(rows.slice(0, -1), (row) => readCandleRow(reader, row, true, receivedAt)),
				...readHistory(rows.slice(-1), (row) => readCandleRow(reader, row, false, receivedAt)),
			].filter(({ at }) => at >= from),
			more: false,
		};
	}

	/** Asked for by time, wanted by number: the newest tell how far back to look. */
	async trades(reader: Reader, from: number, signal: AbortSignal): Promise<HistoryPage> {
		const { symbol } = reader.instrument;
		const known = this.pages.get(symbol);
		let page = await this.tradesSince(
			reader,
			known?.next === from ? known.since : undefined,
			signal,
		);
		for (let look = 1; look < MOST_LOOKS && page.first > from; look += 1) {
			const perTrade = Math.max((page.until - page.since) / Math.max(page.items.length - 1, 1), 1);
			const since = page.since - perTrade * (page.first - from) * 2 ** look - 1_000;
			page = await this.tradesSince(reader, `${Math.max(Math.floor(since), 1)}000000`, signal);
		}
		// Looked too far back: what is wanted comes on a later page.
		for (let on = 0; on < MOST_PAGES_ON && isFull(page) && page.next <= from; on += 1) {
			page = await this.tradesSince(reader, page.last, signal);
		}
		this.pages.set(symbol, { next: page.next, since: page.last });
		return {
			items: page.items.filter(({ at }) => at >= from),
			more: isFull(page),
		};
	}

	async unknownAmong(readers: readonly Reader[], signal: AbortSignal): Promise<string[]> {
		const pairs = Object.entries(await this.get('AssetPairs', {}, signal));
		const names = pairs.flatMap(([key, row]) => {
			const { wsname } = isObject(row) ? row : {};
			return typeof wsname === 'string' ? [key, wsname] : [key];
		});
		return readers
			.map(({ instrument }) => instrument.symbol)
			.filter((symbol) => !names.some((name) => isNameOf(name, symbol)));
	}

	private async tradesSince(reader: Reader, since: string | undefined, signal: AbortSignal) {
		const result = await this.get(
			'Trades',
			{ pair: reader.instrument.providerSymbol, since, count: TRADES_AT_ONCE },
			signal,
		);
		const receivedAt = this.ports.clock.now();
		const items = readHistory(rowsIn(result), (row) => readTradeRow(reader, row, receivedAt));
		const [first, last] = [items[0], items.at(-1)];
		return {
			items,
			first: first?.at ?? 0,
			next: last?.next ?? 0,
			since: first?.event.eventAt ?? 0,
			until: last?.event.eventAt ?? 0,
			last: typeof result['last'] === 'string' ? result['last'] : undefined,
		};
	}

	private async get(
		call: string,
		query: Readonly<Record<string, string | number | undefined>>,
		signal: AbortSignal,
	): Promise<Readonly<Record<string, unknown>>> {
		const body = await this.rest.get(`/0/public/${call}`, { ...query, assetVersion: 1 }, 1, signal);
		const result = isObject(body) ? body['result'] : undefined;
		return isObject(result) ? result : refuseShape();
	}
}

const isFull = ({ items }: { readonly items: readonly unknown[] }): boolean =>
	items.length >= TRADES_AT_ONCE;

/** Of the one pair that was asked for, whatever it's called. */
function rowsIn(result: Readonly<Record<string, unknown>>): unknown[] {
	const rows = Object.entries(result).find(([name]) => name !== 'last')?.[1];
	return Array.isArray(rows) ? rows : refuseShape();
}

function refuseShape(): never {
	throw new ProviderFailure(
		'schema',
		'gave an answer in a shape we do not know. Check the address under Options; trying again.',
	);
}
