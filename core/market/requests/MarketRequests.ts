import type { EpochMs } from '../../ports';
import type { Candle, Quote, Session } from '../model';
import type { CalendarName } from '../sessions';

/**
 * What a source is asked once, where nobody listens to it. A source lacks the methods of what it doesn't have.
 *
 * They throw `ProviderFailure` when the provider fails (its message wants the provider's name before it;
 * `failureInWords` puts it there), and `SourceError` for what the user must fix.
 */
export interface MarketRequests {
	/** As messages call it: `Binance`. */
	readonly provider: string;

	/** By symbol as it was given. One that fails by itself has its error there, and the others go on. */
	quotes?(
		symbols: readonly string[],
		signal?: AbortSignal,
	): Promise<ReadonlyMap<string, Told<Quote> | Error>>;

	/** Lengths of candles, as we write them. */
	readonly intervals?: readonly string[];

	/** Of one symbol, oldest first. */
	candles?(wanted: CandlesWanted, signal?: AbortSignal): Promise<CandlesTold>;

	/** The best first. */
	search?(text: string, signal?: AbortSignal): Promise<readonly FoundSymbol[]>;

	status?(signal?: AbortSignal): Promise<MarketStatus>;
}

/** Something in our words, and in the provider's. */
export type Told<T> = {
	readonly event: T;
	/** Part of an answer, unchanged. */
	readonly raw: unknown;
};

export type CandlesWanted = {
	readonly symbol: string;
	readonly interval: string;
	/** The newest ones, or those that begin from `from` on and before `to`. */
	readonly range: { readonly last: number } | { readonly from: EpochMs; readonly to: EpochMs };
	/** Whether the one that's still running is told, too, as `closed: false`; it counts as one of `last`. */
	readonly running: boolean;
	/** After each call, how many there are by now. */
	readonly onProgress?: (candles: number) => void;
};

export type CandlesTold = {
	readonly candles: ReadonlyArray<Told<Candle>>;
	/** Why there are fewer than were wanted, where the provider can't give more; a sentence. */
	readonly short?: string;
};

export type FoundSymbol = {
	readonly symbol: string;
	readonly providerSymbol: string;
	/** `Apple Inc. Common Stock` */
	readonly name?: string;
	readonly exchange?: string;
	/** As the provider says it: `Common Stock`, `ETP`. */
	readonly kind?: string;
};

export type MarketStatus = {
	/** `us-equities` */
	readonly market: CalendarName;
	/** Whether its regular session is on. */
	readonly isOpen: boolean;
	readonly session: Session;
	/** When that was so. */
	readonly asOf: EpochMs;
	/** When the next regular session begins; `null` for a market that never closes. */
	readonly nextOpenAt: EpochMs | null;
	/** When the regular session ends, this one or the next. */
	readonly nextCloseAt: EpochMs | null;
	/** Who says whether it's open: the provider, or our calendar, which knows of no sudden halt. */
	readonly toldBy: 'provider' | 'calendar';
	readonly raw?: unknown;
};
