import type { EpochMs } from '../../../ports';
import type { RateLimit } from '../../../resilience';
import type { Candle, Quote } from '../../model';
import { ProviderFailure } from '../../ProviderFailure';
import {
	checkCandles,
	matchSymbols,
	neverAborted,
	patientWith,
	sortOut,
	statusBy,
	unknownSymbol,
	unreadableRow,
	type CandlesTold,
	type CandlesWanted,
	type FoundSymbol,
	type MarketRequests,
	type MarketStatus,
	type Patiently,
	type RequestPorts,
	type Told,
} from '../../requests';
import { crypto } from '../../sessions';
import type { Reader, Reading } from './events';
import { checkAddress, type PairSettings, type PairSymbol } from './settings';

export type PairRequestSettings = Pick<PairSettings, 'restBaseUrl' | 'callsPerMinute'>;

/** A venue's calls, their answers still unread. All throw `ProviderFailure`. */
export interface PairCalls {
	/** By symbol; one the venue doesn't know is absent, or spoils the call. */
	quoteRows(readers: readonly Reader[], signal: AbortSignal): Promise<ReadonlyMap<string, unknown>>;
	unknownAmong(readers: readonly Reader[], signal: AbortSignal): Promise<readonly string[]>;
	instruments(signal: AbortSignal): Promise<readonly FoundSymbol[]>;
}

/** One venue of pairs, as its requests need it. */
export type PairMarket = {
	/** `coinbase` */
	readonly source: string;
	/** `Coinbase` */
	readonly provider: string;
	/** Whose numbers these are: `spot`, or the host when it's another one. */
	readonly venue: string;
	/** Lengths of candles in milliseconds, by our name. */
	readonly intervals: ReadonlyMap<string, number>;
	readonly parseSymbols: (names: readonly string[]) => readonly PairSymbol[];
	readonly limit: RateLimit;
	readonly calls: PairCalls;
	readonly readQuote: (reader: Reader, row: unknown, receivedAt: EpochMs) => Reading;
	/** As many of what's wanted as the venue has, the running one included, oldest first. */
	readonly candles: (
		reader: Reader,
		wanted: CandlesWanted,
		patiently: Patiently,
		signal: AbortSignal,
	) => Promise<CandlesTold>;
	/** The venue's own word; without one it's open always. */
	readonly status?: (patiently: Patiently, signal: AbortSignal) => Promise<MarketStatus>;
};

const EXAMPLE = 'BTC/USD';
const LIST_LASTS_MS = 3_600_000;

/** A venue of pairs, asked once; its budget is that of the triggers at the same address. */
export class PairRequests implements MarketRequests {
	readonly provider: string;

	readonly intervals: readonly string[];

	private readonly patiently: Patiently;

	constructor(
		private readonly market: PairMarket,
		private readonly restBaseUrl: string,
		private readonly ports: RequestPorts,
	) {
		checkAddress('REST Address', restBaseUrl, ['https:', 'http:'], market.provider);
		this.provider = market.provider;
		this.intervals = [...market.intervals.keys()];
		this.patiently = patientWith(market.limit, ports.patienceMs, ports);
	}

	async quotes(names: readonly string[], signal = neverAborted) {
		const { instruments, failed } = sortOut(names, (name) => this.market.parseSymbols([name]));
		const bySymbol = new Map([...instruments.values()].map((one) => [one.symbol, one]));
		const readers = [...bySymbol.values()].map((instrument) => this.readerOf(instrument));
		const rows = await this.rowsOf(readers, signal);
		const receivedAt = this.ports.clock.now();
		const told = new Map<string, Told<Quote> | Error>(failed);
		for (const [name, instrument] of instruments) {
			const raw = rows.get(instrument.symbol);
			const reading =
				raw === undefined
					? undefined
					: this.market.readQuote(this.readerOf(instrument), raw, receivedAt);
			if (reading === undefined) told.set(name, unknownSymbol(name, EXAMPLE));
			else if ('unreadable' in reading) told.set(name, unreadableRow(reading.unreadable));
			// The reader makes quotes only.
			else told.set(name, { event: reading.event as Quote, raw });
		}
		return told;
	}

	async candles(wanted: CandlesWanted, signal = neverAborted): Promise<CandlesTold> {
		checkCandles(wanted, this);
		const [instrument] = this.market.parseSymbols([wanted.symbol]);
		if (instrument === undefined) throw unknownSymbol(wanted.symbol, EXAMPLE);
		const reader = this.readerOf(instrument, wanted.interval);
		try {
			const { candles, ...rest } = await this.market.candles(
				reader,
				wanted,
				this.patiently,
				signal,
			);
			const fit = wanted.running ? candles : candles.filter(({ event }) => event.closed);
			const { range } = wanted;
			return { candles: 'last' in range ? fit.slice(-range.last) : fit, ...rest };
		} catch (error) {
			if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
			throw unknownSymbol(wanted.symbol, EXAMPLE);
		}
	}

	async search(text: string, signal = neverAborted): Promise<FoundSymbol[]> {
		const { shared, clock } = this.ports;
		const key = `${this.market.source} ${this.restBaseUrl}`;
		const all = await shared.lists.get(key, LIST_LASTS_MS, clock, async () => {
			return await this.patiently(async () => await this.market.calls.instruments(signal), signal);
		});
		return matchSymbols(text, all);
	}

	async status(signal = neverAborted): Promise<MarketStatus> {
		const { status } = this.market;
		if (status !== undefined) return await status(this.patiently, signal);
		return statusBy(crypto, this.ports.clock.now());
	}

	/** One the venue doesn't know may spoil the call for all; it's left out then. */
	private async rowsOf(
		readers: readonly Reader[],
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, unknown>> {
		if (readers.length === 0) return new Map();
		const { calls } = this.market;
		const ask = async (some: readonly Reader[]) =>
			await this.patiently(async () => await calls.quoteRows(some, signal), signal);
		try {
			return await ask(readers);
		} catch (error) {
			if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
			if (readers.length === 1) return new Map();
			const unknown = await this.patiently(
				async () => await calls.unknownAmong(readers, signal),
				signal,
			);
			const known = readers.filter(({ instrument }) => !unknown.includes(instrument.symbol));
			return known.length === 0 ? new Map() : await ask(known);
		}
	}

	private readerOf(instrument: PairSymbol, interval = '1m'): Reader {
		const { source, venue, intervals } = this.market;
		return { source, instrument, venue, interval, intervalMs: intervals.get(interval) ?? 60_000 };
	}
}

/** A candle of a history: one that can't be read would leave a hole nobody sees. @throws ProviderFailure */
export function toToldCandle(raw: unknown, reading: Reading): Told<Candle> {
	if ('unreadable' in reading) throw unreadableRow(reading.unreadable);
	// The reader makes candles only.
	return { event: reading.event as Candle, raw };
}
