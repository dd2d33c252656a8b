import type { Clock, HttpClient, Timer } from '../../../ports';
import type { RateLimit } from '../../../resilience';
import type { KnownKey } from '../../KnownKey';
import { ProviderRest } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import type { AlpacaKey } from './account';
import { answerToFailure, limitOf, resetIn } from './failures';
import type { AlpacaFeed } from './settings';

export const PAGE = 10_000;
/** All exchanges' history is free when it's that old. */
export const SIP_DELAY_MS = 16 * 60_000;

export type BarsWanted = {
	readonly symbols: readonly string[];
	readonly timeframe: string;
	readonly startAt: number;
	readonly endAt: number | undefined;
	/** The latest first, and only so many. */
	readonly latest?: number;
};

/** Rows by symbol; what has none isn't there. */
export type Rows = Readonly<Record<string, readonly unknown[]>>;

/** Alpaca's market data by HTTP; all answers are still unread. One call names many symbols. */
export class AlpacaRest {
	private readonly rest: ProviderRest;

	private readonly root: string;

	constructor(
		baseUrl: string,
		private readonly feed: AlpacaFeed,
		key: KnownKey<AlpacaKey>,
		limit: RateLimit,
		ports: { readonly http: HttpClient; readonly clock: Clock; readonly timer: Timer },
	) {
		this.root = feed === 'crypto' ? '/v1beta3/crypto/us' : '/v2/stocks';
		this.rest = new ProviderRest(
			{
				baseUrl,
				headers: async () => {
					const { keyId, secretKey } = await key.read();
					return { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secretKey };
				},
				timeoutMs: 15_000,
				mostAtOnce: 4,
				heed: (response, bucket) => {
					const { remaining } = limitOf(response);
					if (remaining === undefined) return;
					bucket.hasUsed(bucket.settings.capacity - remaining);
					if (remaining > 0) return;
					bucket.close(resetIn(response.headers, ports.clock.now()) ?? 0);
				},
				toFailure: (response, body, now) => {
					const failure = answerToFailure(response, body, now, key.secrets);
					// Also for the other triggers with this key.
					if (failure?.kind === 'rate') limit.close(failure.retryAfterMs ?? 0);
					return failure;
				},
			},
			limit,
			ports,
		);
	}

	/** Last trade, last quote and the days' candles, by symbol. */
	async snapshots(
		symbols: readonly string[],
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, unknown>> {
		const query = { symbols: symbols.join(','), feed: this.feedOf(this.feed) };
		const body = asObject(await this.rest.get(`${this.root}/snapshots`, query, 1, signal));
		const bySymbol = this.feed === 'crypto' ? asObject(body['snapshots']) : body;
		return new Map(
			Object.entries(bySymbol).filter(
				([, snapshot]) => snapshot !== null && snapshot !== undefined,
			),
		);
	}

	/** Candles, all pages of them; oldest first, unless the latest are wanted. */
	async bars(of: BarsWanted, signal: AbortSignal): Promise<Rows> {
		const rows: Record<string, unknown[]> = {};
		let token: string | undefined;
		do {
			const page = await this.barsPage(of, token, signal);
			for (const [symbol, some] of Object.entries(page.rows)) {
				(rows[symbol] ??= []).push(...some);
			}
			token = of.latest === undefined ? page.token : undefined;
		} while (token !== undefined && !signal.aborted);
		return rows;
	}

	/** One page of candles. @param token of the page before */
	async barsPage(
		of: BarsWanted,
		token: string | undefined,
		signal: AbortSignal,
	): Promise<{ readonly rows: Rows; readonly token: string | undefined }> {
		const query = {
			symbols: of.symbols.join(','),
			timeframe: of.timeframe,
			start: toIso(of.startAt),
			end: of.endAt === undefined ? undefined : toIso(of.endAt),
			limit: Math.min(of.latest ?? PAGE, PAGE),
			sort: of.latest === undefined ? 'asc' : 'desc',
			feed: this.historyFeed,
			page_token: token,
		};
		return await this.page('bars', query, signal);
	}

	/** Trades of one symbol from an instant on, oldest first; one page. */
	async trades(
		symbol: string,
		startAt: number,
		signal: AbortSignal,
	): Promise<{ readonly rows: readonly unknown[]; readonly more: boolean }> {
		const query = {
			symbols: symbol,
			start: toIso(startAt),
			limit: PAGE,
			sort: 'asc',
			feed: this.historyFeed,
		};
		const { rows, token } = await this.page('trades', query, signal);
		return { rows: rows[symbol] ?? [], more: token !== undefined };
	}

	private async page(
		what: 'bars' | 'trades',
		query: Readonly<Record<string, string | number | undefined>>,
		signal: AbortSignal,
	): Promise<{ readonly rows: Rows; readonly token: string | undefined }> {
		const body = asObject(await this.rest.get(`${this.root}/${what}`, query, 1, signal));
		// `null` when there's none of any symbol.
		const rows = asObject(body[what] ?? {});
		if (!Object.values(rows).every(Array.isArray)) throw unknownShape();
		const token = body['next_page_token'];
		return {
			rows: rows as Rows,
			token: typeof token === 'string' && token !== '' ? token : undefined,
		};
	}

	/** Histories know no delayed feed, but all exchanges up to a while ago. */
	private get historyFeed(): string | undefined {
		return this.feedOf(this.feed === 'delayed_sip' ? 'sip' : this.feed);
	}

	private feedOf(feed: AlpacaFeed): string | undefined {
		return this.feed === 'crypto' ? undefined : feed;
	}
}

const toIso = (ms: number): string => new Date(ms).toISOString();

function asObject(body: unknown): Readonly<Record<string, unknown>> {
	if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
		return body as Record<string, unknown>;
	}
	throw unknownShape();
}

const unknownShape = (): ProviderFailure =>
	new ProviderFailure(
		'schema',
		"gave an answer in a shape we do not know. Check the credential's data address; trying again.",
	);
