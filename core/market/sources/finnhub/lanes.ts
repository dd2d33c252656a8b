import type { Clock, EpochMs } from '../../../ports';
import { TradeNumbers, type Item, type LaneSettings, type Watched } from '../../feed';
import { usualQuality } from '../../quality';
import { readTrade, type Reader, type Unreadable } from './parse';
import { finnhubDefaults, type FinnhubSettings } from './settings';
import { calendarOf, parseSymbols } from './symbols';
import type { ToldTrade } from './wire';

/** A quote is as old as the last sale, and a stock may not be sold for minutes. */
const QUOTE_STALE_AFTER_MS = 300_000;

/** What's received of one symbol, and what's remembered for it. */
export type Watch = { readonly reader: Reader; readonly numbers: TradeNumbers };

/** What is received of each symbol, how it's read and put in order. Nothing can be fetched later. */
export class FinnhubLanes {
	readonly watches: ReadonlyMap<string, Watch>;

	constructor(
		private readonly settings: FinnhubSettings,
		private readonly clock: Clock,
	) {
		const venue = venueOf(settings);
		this.watches = new Map(
			parseSymbols(settings.symbols).map((instrument) => [
				instrument.symbol,
				{ reader: { instrument, venue }, numbers: new TradeNumbers() },
			]),
		);
	}

	get watched(): readonly Watched[] {
		return [...this.watches.keys()].map((symbol) => ({ lane: this.laneOf(symbol) }));
	}

	/** Official prices move in the regular session only; trades come before and after it, too. */
	isOpen(at: EpochMs, symbol: string): boolean {
		const { instrument } = this.watch(symbol).reader;
		const session = calendarOf(instrument)?.sessionAt(at) ?? 'closed';
		const isQuoted = this.settings.receive === 'quotes' && instrument.market === 'us';
		return isQuoted ? session === 'regular' : session !== 'closed';
	}

	read(symbol: string, data: unknown): Item | Unreadable {
		const { reader, numbers } = this.watch(symbol);
		// The frame's parser made it.
		const trade = readTrade(reader, data as ToldTrade, this.clock.now());
		return 'unreadable' in trade ? trade : trade.toItem(numbers.live(trade.micros, trade.key));
	}

	private laneOf(symbol: string): LaneSettings {
		const isQuotes = this.settings.receive === 'quotes';
		return {
			symbol,
			quality: isQuotes ? { ...usualQuality, staleAfterMs: QUOTE_STALE_AFTER_MS } : usualQuality,
			isSparse: true,
			countBetween: () => 0,
			placeBefore: (to) => to,
		};
	}

	private watch(symbol: string): Watch {
		const watch = this.watches.get(symbol);
		if (watch === undefined) throw new Error(`Nothing is watched of ${symbol}`);
		return watch;
	}
}

/** Prices of another address are other prices. */
function venueOf({ streamBaseUrl, restBaseUrl }: FinnhubSettings): string {
	const isUsual =
		streamBaseUrl === finnhubDefaults.streamBaseUrl && restBaseUrl === finnhubDefaults.restBaseUrl;
	return isUsual ? 'usual' : new URL(restBaseUrl).host.replace(/[#~]/g, '_');
}
