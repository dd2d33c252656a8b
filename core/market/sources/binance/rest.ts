import type { Clock, HttpClient, Timer } from '../../../ports';
import type { RateLimit } from '../../../resilience';
import { ProviderRest } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import { answerToFailure } from './failures';

/** Weights of the calls; Binance counts weight, not calls. */
const WEIGHT = {
	klines: 2,
	aggTrades: 4,
	prices: 4,
	exchangeInfo: 20,
	someStatistics: 2,
	allStatistics: 80,
};
/** Statistics of up to so many symbols cost no more than those of one. */
const CHEAP_SYMBOLS = 20;
export const PAGE = 1_000;

/** What one round of polling takes. */
export type PollCost = { readonly calls: number; readonly weightEach: number };

/** Statistics are asked for in small groups, which is cheaper than one call, until all at once is cheaper still. */
export function statisticsCost(symbols: number): PollCost {
	const calls = Math.ceil(symbols / CHEAP_SYMBOLS);
	return calls * WEIGHT.someStatistics < WEIGHT.allStatistics
		? { calls, weightEach: WEIGHT.someStatistics }
		: { calls: 1, weightEach: WEIGHT.allStatistics };
}

export const klinesCost = (symbols: number): PollCost => ({
	calls: symbols,
	weightEach: WEIGHT.klines,
});

/** Binance's public calls; all answers are still unread. */
export class BinanceRest {
	private readonly rest: ProviderRest;

	constructor(
		baseUrl: string,
		limit: RateLimit,
		ports: { readonly http: HttpClient; readonly clock: Clock; readonly timer: Timer },
	) {
		this.rest = new ProviderRest(
			{
				baseUrl,
				timeoutMs: 12_000, // Binance gives up after 10 s itself
				mostAtOnce: 4,
				heed: ({ headers }, bucket) => {
					const used = Number(headers['x-mbx-used-weight-1m'] ?? Number.NaN);
					if (Number.isFinite(used)) bucket.hasUsed(used);
				},
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

	/** 24 hours' statistics: last price, bid and ask, change, volume. */
	async statistics(symbols: readonly string[], signal: AbortSignal): Promise<unknown[]> {
		const { calls, weightEach } = statisticsCost(symbols.length);
		if (weightEach === WEIGHT.allStatistics) {
			return asList(await this.rest.get('/api/v3/ticker/24hr', {}, weightEach, signal));
		}
		const groups = Array.from({ length: calls }, (_, group) =>
			symbols.slice(group * CHEAP_SYMBOLS, (group + 1) * CHEAP_SYMBOLS),
		);
		const answers = await Promise.all(
			groups.map(async (group) =>
				asList(
					await this.rest.get(
						'/api/v3/ticker/24hr',
						{ symbols: JSON.stringify(group) },
						weightEach,
						signal,
					),
				),
			),
		);
		return answers.flat();
	}

	/** Candles that begin from a start on, the newest up to an end, or just the newest; oldest first. */
	async klines(
		of: { symbol: string; interval: string; startAt?: number; endAt?: number; limit?: number },
		signal: AbortSignal,
	): Promise<unknown[]> {
		const { symbol, interval, startAt, endAt, limit = PAGE } = of;
		return asList(
			await this.rest.get(
				'/api/v3/klines',
				{ symbol, interval, startTime: startAt, endTime: endAt, limit },
				WEIGHT.klines,
				signal,
			),
		);
	}

	/** Trades from an id on; oldest first. */
	async aggTrades(symbol: string, fromId: number, signal: AbortSignal): Promise<unknown[]> {
		return asList(
			await this.rest.get(
				'/api/v3/aggTrades',
				{ symbol, fromId, limit: PAGE },
				WEIGHT.aggTrades,
				signal,
			),
		);
	}

	/** Every symbol that has a price. */
	async knownSymbols(signal: AbortSignal): Promise<Set<string>> {
		const rows = asList(await this.rest.get('/api/v3/ticker/price', {}, WEIGHT.prices, signal));
		const names = rows.flatMap((row) => {
			const { symbol } = (row ?? {}) as { symbol?: unknown };
			return typeof symbol === 'string' ? [symbol] : [];
		});
		return new Set(names);
	}

	/** Pairs that trade, with the names of both sides. */
	async instruments(signal: AbortSignal): Promise<unknown[]> {
		const body = await this.rest.get(
			'/api/v3/exchangeInfo',
			{ symbolStatus: 'TRADING' },
			WEIGHT.exchangeInfo,
			signal,
		);
		return asList((body as { symbols?: unknown } | null)?.symbols);
	}
}

function asList(body: unknown): unknown[] {
	if (Array.isArray(body)) return body;
	throw new ProviderFailure(
		'schema',
		'gave an answer in a shape we do not know. Check the address under Options; trying again.',
	);
}
