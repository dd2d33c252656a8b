import { epochMs, type EpochMs } from '../../../ports';
import { RateLimit } from '../../../resilience';
import type { Candle, Quote } from '../../model';
import { parseInstant } from '../../parseInstant';
import { ProviderFailure } from '../../ProviderFailure';
import {
	checkCandles,
	countCandles,
	FINAL_AFTER_MS,
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
import { KnownKey } from '../../KnownKey';
import type { AlpacaAccount } from './account';
import { blamedSymbol } from './failures';
import { createReader, fieldsOf, idOf, readBar, SOURCE, usStocks, type Reader } from './parse';
import { QuoteBoard } from './QuoteBoard';
import { AlpacaRest, SIP_DELAY_MS, type BarsWanted } from './rest';
import {
	alpacaDefaults,
	alpacaPlans,
	checkAddress,
	checkFeed,
	SYMBOLS_PER_CALL,
	type AlpacaSettings,
} from './settings';
import { parseSymbols, type AlpacaSymbol } from './symbols';
import { AlpacaTradingRest } from './tradingRest';
import { INTERVALS } from './wire';

export type AlpacaRequestSettings = Pick<AlpacaSettings, 'feed' | 'plan' | 'dataBaseUrl'> & {
	/** Empty: by the key. */
	readonly tradingBaseUrl: string;
};

const DAY_MS = 86_400_000;
/** Its history begins in January 2016. */
const FIRST_AT = Date.UTC(2016, 0, 1);

/** Alpaca, asked once; its budget is that of the triggers with the same key. */
export function createAlpacaRequests(
	settings: AlpacaRequestSettings,
	ports: RequestPorts & { readonly account: AlpacaAccount },
): MarketRequests {
	const { feed, plan, dataBaseUrl, tradingBaseUrl } = settings;
	checkFeed(feed, plan);
	checkAddress("The credential's data address", dataBaseUrl, 'https:', 'http:');
	if (tradingBaseUrl !== '') {
		checkAddress("The credential's trading address", tradingBaseUrl, 'https:', 'http:');
	}
	return new AlpacaRequests(settings, ports);
}

class AlpacaRequests implements MarketRequests {
	readonly provider = 'Alpaca';

	readonly intervals = Object.keys(INTERVALS);

	private readonly rest: AlpacaRest;

	private readonly trading: AlpacaTradingRest;

	private readonly patiently: Patiently;

	private readonly patientlyTrading: Patiently;

	constructor(
		private readonly settings: AlpacaRequestSettings,
		private readonly ports: RequestPorts & { readonly account: AlpacaAccount },
	) {
		const { dataBaseUrl, tradingBaseUrl, plan, feed } = settings;
		const { account, patienceMs, shared } = ports;
		const limit = shared.limit(`${SOURCE} ${dataBaseUrl} ${account.id}`, () => {
			const { callsPerMinute } = alpacaPlans[plan];
			return new RateLimit({ capacity: callsPerMinute, perMs: 60_000 }, ports);
		});
		const key = new KnownKey(account);
		this.rest = new AlpacaRest(dataBaseUrl, feed, key, limit, ports);
		this.trading = new AlpacaTradingRest(tradingBaseUrl, key, account.id, ports);
		this.patiently = patientWith(limit, patienceMs, ports);
		this.patientlyTrading = patientWith(this.trading.limit, patienceMs, ports);
	}

	async quotes(names: readonly string[], signal = neverAborted) {
		const { instruments, failed } = sortOut(names, (name) => parseSymbols([name], this.feed));
		const symbols = [...new Set([...instruments.values()].map(({ symbol }) => symbol))];
		const rows = await this.snapshotsOf(symbols, signal);
		const receivedAt = this.ports.clock.now();
		const told = new Map<string, Told<Quote> | Error>(failed);
		for (const [name, instrument] of instruments) {
			told.set(name, this.toQuote(name, instrument, rows.get(instrument.symbol), receivedAt));
		}
		return told;
	}

	async candles(wanted: CandlesWanted, signal = neverAborted): Promise<CandlesTold> {
		checkCandles(wanted, this);
		const [instrument] = parseSymbols([wanted.symbol], this.feed);
		if (instrument === undefined) throw unknownSymbol(wanted.symbol, this.example);
		try {
			const rows = await this.barsOf(instrument, wanted, signal);
			const reader = this.readerOf(instrument, wanted.interval);
			const receivedAt = this.ports.clock.now();
			const candles = rows
				.map((row) => toToldBar(reader, row, receivedAt, this.asOf(receivedAt)))
				.sort((a, b) => a.event.startAt - b.event.startAt);
			const fit = wanted.running ? candles : candles.filter(({ event }) => event.closed);
			const { range } = wanted;
			if ('last' in range && rows.length === 0) throw this.nothingOf(wanted.symbol, 'candles');
			return {
				candles:
					'last' in range
						? fit.slice(-range.last)
						: fit.filter(({ event: { startAt } }) => startAt >= range.from && startAt < range.to),
			};
		} catch (error) {
			if (blamedSymbol(error as Error) === undefined) throw error;
			throw unknownSymbol(wanted.symbol, this.example);
		}
	}

	async search(text: string, signal = neverAborted): Promise<FoundSymbol[]> {
		const { shared, clock, account } = this.ports;
		const assetClass = this.feed === 'crypto' ? 'crypto' : 'us_equity';
		const key = `${SOURCE} ${this.settings.tradingBaseUrl} ${account.id} ${assetClass}`;
		const all = await shared.lists.get(key, DAY_MS, clock, async () => {
			const rows = await this.patientlyTrading(
				async () => await this.trading.assets(assetClass, signal),
				signal,
			);
			return rows.flatMap(toFound);
		});
		return matchSymbols(text, all);
	}

	/** Stocks by Alpaca's clock, with the session of our calendar beside; crypto is open always. */
	async status(signal = neverAborted): Promise<MarketStatus> {
		const now = this.ports.clock.now();
		if (this.feed === 'crypto' || usStocks === undefined) return statusBy(crypto, now);
		const raw = await this.patientlyTrading(async () => await this.trading.clock(signal), signal);
		const asOf = parseInstant(raw['timestamp']);
		const [nextOpenAt, nextCloseAt] = [raw['next_open'], raw['next_close']].map(parseInstant);
		const isOpen = raw['is_open'];
		if (
			asOf === undefined ||
			nextOpenAt === undefined ||
			nextCloseAt === undefined ||
			typeof isOpen !== 'boolean'
		) {
			throw unreadableRow('the clock has no timestamp, is_open, next_open or next_close');
		}
		const byCalendar = usStocks.sessionAt(asOf);
		// A day the calendar doesn't know is told by Alpaca.
		const session = isOpen ? 'regular' : byCalendar === 'regular' ? 'closed' : byCalendar;
		return {
			market: usStocks.name,
			isOpen,
			session,
			asOf,
			nextOpenAt,
			nextCloseAt,
			toldBy: 'provider',
			raw,
		};
	}

	private toQuote(
		name: string,
		instrument: AlpacaSymbol,
		raw: unknown,
		receivedAt: EpochMs,
	): Told<Quote> | Error {
		if (raw === undefined) return unknownSymbol(name, this.example);
		const item = new QuoteBoard(this.readerOf(instrument)).takeSnapshot(raw, receivedAt);
		if (item === undefined) {
			return this.nothingOf(name, 'quote');
		}
		if ('unreadable' in item) return unreadableRow(item.unreadable);
		// A board makes quotes only.
		return { event: item.event as Quote, raw };
	}

	/** One that's refused spoils the call for all, and is left out then. */
	private async snapshotsOf(
		symbols: readonly string[],
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, unknown>> {
		const found = new Map<string, unknown>();
		for (let from = 0; from < symbols.length; from += SYMBOLS_PER_CALL) {
			let group = symbols.slice(from, from + SYMBOLS_PER_CALL);
			while (group.length > 0) {
				const asked = group;
				try {
					const some = await this.patiently(
						async () => await this.rest.snapshots(asked, signal),
						signal,
					);
					for (const [symbol, snapshot] of some) found.set(symbol, snapshot);
					break;
				} catch (error) {
					if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
					const blamed = group.length === 1 ? group[0] : blamedSymbol(error);
					if (blamed === undefined || !group.includes(blamed)) throw error;
					group = group.filter((symbol) => symbol !== blamed);
				}
			}
		}
		return found;
	}

	/** All pages of a range, oldest first; or the newest, newest first, until there are enough. */
	private async barsOf(
		{ providerSymbol: symbol }: AlpacaSymbol,
		wanted: CandlesWanted,
		signal: AbortSignal,
	): Promise<unknown[]> {
		const { interval, range, running } = wanted;
		const { timeframe = '1Min' } = INTERVALS[interval] ?? {};
		const most = 'last' in range ? range.last + (running ? 0 : 1) : Number.POSITIVE_INFINITY;
		const historyEnd = this.feed === 'delayed_sip' ? this.asOf(this.ports.clock.now()) : undefined;
		const endAt = 'last' in range ? historyEnd : Math.min(range.to - 1, historyEnd ?? range.to - 1);
		const startAt = 'last' in range ? FIRST_AT : range.from;
		if (endAt !== undefined && endAt < startAt) return [];
		const rows: unknown[] = [];
		let token: string | undefined;
		do {
			const of: BarsWanted = {
				symbols: [symbol],
				timeframe,
				startAt,
				endAt,
				...('last' in range ? { latest: most - rows.length } : {}),
			};
			const before = token;
			const page = await this.patiently(
				async () => await this.rest.barsPage(of, before, signal),
				signal,
			);
			rows.push(...(page.rows[symbol] ?? []));
			countCandles(wanted, rows.length);
			({ token } = page);
		} while (token !== undefined && rows.length < most && !signal.aborted);
		return rows;
	}

	/** It answers to names it doesn't know as to those nothing was traded of. */
	private nothingOf(name: string, what: string): ProviderFailure {
		return new ProviderFailure(
			'symbol',
			`has no ${what} of ${JSON.stringify(name.slice(0, 60))} in this feed. Check the spelling, such as ${this.example}, or find it with Search.`,
		);
	}

	private readerOf(instrument: AlpacaSymbol, interval = '1m'): Reader {
		const { feed, dataBaseUrl } = this.settings;
		const isUsual = dataBaseUrl === alpacaDefaults.dataBaseUrl;
		return createReader({
			instrument,
			venue: isUsual ? feed : `${feed} ${new URL(dataBaseUrl).host.replace(/[#~]/g, '_')}`,
			interval,
			calendar: feed === 'crypto' ? undefined : usStocks,
		});
	}

	/** All exchanges' history is free only when it's some minutes old. */
	private asOf(now: EpochMs): EpochMs {
		return this.feed === 'delayed_sip' ? epochMs(now - SIP_DELAY_MS) : now;
	}

	private get feed() {
		return this.settings.feed;
	}

	private get example(): string {
		return this.feed === 'crypto' ? 'BTC/USD' : 'AAPL or BRK.B';
	}
}

/**
 * @param asOf up to when the history tells
 * @throws ProviderFailure
 */
function toToldBar(reader: Reader, raw: unknown, receivedAt: EpochMs, asOf: EpochMs): Told<Candle> {
	const item = readBar(reader, raw, receivedAt);
	if ('unreadable' in item) throw unreadableRow(item.unreadable);
	// The reader makes candles only.
	const candle = item.event as Candle;
	if (candle.endAt + FINAL_AFTER_MS <= asOf) return { event: candle, raw };
	const eventAt = epochMs(Math.min(Math.max(asOf, candle.startAt), candle.endAt - 1));
	const eventId = idOf(reader, `running ${reader.interval}`, receivedAt);
	return { event: { ...candle, eventId, eventAt, closed: false }, raw };
}

function toFound(row: unknown): FoundSymbol[] {
	const { symbol, name, exchange } = fieldsOf<Record<string, unknown>>(row);
	if (typeof symbol !== 'string') return [];
	return [
		{
			symbol,
			providerSymbol: symbol,
			...(typeof name === 'string' && name !== '' ? { name } : {}),
			...(typeof exchange === 'string' && exchange !== '' ? { exchange } : {}),
		},
	];
}
