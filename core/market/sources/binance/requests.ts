import { epochMs, type EpochMs } from '../../../ports';
import { RateLimit } from '../../../resilience';
import type { Candle, Quote } from '../../model';
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
import { createReader, readKlineRow, readStatistics, SOURCE, type Reader } from './parse';
import { BinanceRest, PAGE } from './rest';
import { binanceDefaults, checkAddress, type BinanceSettings } from './settings';
import { parseSymbols, type BinanceSymbol } from './symbols';
import { INTERVAL_MS } from './wire';

export type BinanceRequestSettings = Pick<BinanceSettings, 'restBaseUrl' | 'weightPerMinute'>;

const EXAMPLE = 'BTC/USDT';
const LIST_LASTS_MS = 3_600_000;

/** Binance, asked once; its budget is that of the triggers at the same address. */
export function createBinanceRequests(
	settings: BinanceRequestSettings,
	ports: RequestPorts,
): MarketRequests {
	checkAddress('REST Address', settings.restBaseUrl, ['https:', 'http:']);
	return new BinanceRequests(settings, ports);
}

class BinanceRequests implements MarketRequests {
	readonly provider = 'Binance';

	readonly intervals = Object.keys(INTERVAL_MS);

	private readonly rest: BinanceRest;

	private readonly patiently: Patiently;

	constructor(
		private readonly settings: BinanceRequestSettings,
		private readonly ports: RequestPorts,
	) {
		const { restBaseUrl, weightPerMinute } = settings;
		const limit = ports.shared.limit(`${SOURCE} ${restBaseUrl}`, () => {
			return new RateLimit({ capacity: weightPerMinute, perMs: 60_000 }, ports);
		});
		this.rest = new BinanceRest(restBaseUrl, limit, ports);
		this.patiently = patientWith(limit, ports.patienceMs, ports);
	}

	async quotes(names: readonly string[], signal = neverAborted) {
		const { instruments, failed } = sortOut(names, (name) => parseSymbols([name]));
		const rows = await this.statisticsOf([...instruments.values()], signal);
		const receivedAt = this.ports.clock.now();
		const told = new Map<string, Told<Quote> | Error>(failed);
		for (const [name, instrument] of instruments) {
			const row = rows.get(instrument.providerSymbol);
			told.set(
				name,
				row === undefined
					? unknownSymbol(name, EXAMPLE)
					: toTold<Quote>(row, readStatistics(this.readerOf(instrument), row, receivedAt)),
			);
		}
		return told;
	}

	async candles(wanted: CandlesWanted, signal = neverAborted): Promise<CandlesTold> {
		checkCandles(wanted, this);
		const [instrument] = parseSymbols([wanted.symbol]);
		if (instrument === undefined) throw unknownSymbol(wanted.symbol, EXAMPLE);
		const { range, interval, running } = wanted;
		try {
			const rows =
				'last' in range
					? await this.latest(instrument, wanted, range.last, signal)
					: await this.between(instrument, wanted, range, signal);
			const reader = this.readerOf(instrument, interval);
			const receivedAt = this.ports.clock.now();
			const candles = rows.map((row, index) => {
				const closed = mustRead<Candle>(row, readKlineRow(reader, row, true, receivedAt));
				const isOver = index < rows.length - 1 || closed.event.endAt + FINAL_AFTER_MS <= receivedAt;
				return isOver
					? closed
					: mustRead<Candle>(row, readKlineRow(reader, row, false, receivedAt));
			});
			const fit = running ? candles : candles.filter(({ event }) => event.closed);
			return { candles: 'last' in range ? fit.slice(-range.last) : fit };
		} catch (error) {
			if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
			throw unknownSymbol(wanted.symbol, EXAMPLE);
		}
	}

	async search(text: string, signal = neverAborted): Promise<FoundSymbol[]> {
		const { shared, clock } = this.ports;
		const key = `${SOURCE} ${this.settings.restBaseUrl}`;
		const all = await shared.lists.get(key, LIST_LASTS_MS, clock, async () => {
			const rows = await this.patiently(async () => await this.rest.instruments(signal), signal);
			return rows.flatMap(toFound);
		});
		return matchSymbols(text, all);
	}

	async status(): Promise<MarketStatus> {
		return statusBy(crypto, this.ports.clock.now());
	}

	/** Backwards from the newest; one more than wanted, since the newest is usually running. */
	private async latest(
		{ providerSymbol: symbol }: BinanceSymbol,
		wanted: CandlesWanted,
		last: number,
		signal: AbortSignal,
	): Promise<unknown[]> {
		const { interval, running } = wanted;
		const rows: unknown[] = [];
		const needed = last + (running ? 0 : 1);
		for (let endAt: number | undefined; rows.length < needed && !signal.aborted;) {
			const limit = Math.min(needed - rows.length, PAGE);
			const of = { symbol, interval, limit, ...(endAt === undefined ? {} : { endAt }) };
			const page = await this.patiently(async () => await this.rest.klines(of, signal), signal);
			rows.unshift(...page);
			countCandles(wanted, rows.length);
			if (page.length < limit) break;
			endAt = startOf(page[0]) - 1;
		}
		return rows;
	}

	private async between(
		{ providerSymbol: symbol }: BinanceSymbol,
		wanted: CandlesWanted,
		{ from, to }: { readonly from: EpochMs; readonly to: EpochMs },
		signal: AbortSignal,
	): Promise<unknown[]> {
		const rows: unknown[] = [];
		for (let startAt: number = from; startAt < to && !signal.aborted;) {
			const of = { symbol, interval: wanted.interval, startAt, endAt: to - 1 };
			const page = await this.patiently(async () => await this.rest.klines(of, signal), signal);
			rows.push(...page);
			countCandles(wanted, rows.length);
			if (page.length < PAGE) break;
			startAt = startOf(page.at(-1)) + 1;
		}
		return rows;
	}

	/** By Binance's name. One it doesn't know spoils a call for all, so those are left out then. */
	private async statisticsOf(
		instruments: readonly BinanceSymbol[],
		signal: AbortSignal,
	): Promise<ReadonlyMap<string, unknown>> {
		const ask = async (names: readonly string[]): Promise<unknown[]> =>
			names.length === 0
				? []
				: await this.patiently(async () => await this.rest.statistics(names, signal), signal);
		const names = [...new Set(instruments.map(({ providerSymbol }) => providerSymbol))];
		let rows: unknown[] = [];
		try {
			rows = await ask(names);
		} catch (error) {
			if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
			if (names.length > 1) {
				const known = await this.patiently(
					async () => await this.rest.knownSymbols(signal),
					signal,
				);
				rows = await ask(names.filter((name) => known.has(name)));
			}
		}
		return new Map(rows.map((row) => [String((row as { symbol?: unknown } | null)?.symbol), row]));
	}

	private readerOf(instrument: BinanceSymbol, interval = '1m'): Reader {
		const { restBaseUrl } = this.settings;
		const isUsual = restBaseUrl === binanceDefaults.restBaseUrl;
		return createReader(instrument, isUsual ? 'spot' : new URL(restBaseUrl).host, interval);
	}
}

type Read = ReturnType<typeof readStatistics>;

function toTold<T>(raw: unknown, read: Read): Told<T> | Error {
	// The reader makes events of this one kind.
	return 'unreadable' in read ? unreadableRow(read.unreadable) : { event: read.event as T, raw };
}

function mustRead<T>(raw: unknown, read: Read): Told<T> {
	const told = toTold<T>(raw, read);
	if (told instanceof Error) throw told;
	return told;
}

const startOf = (row: unknown): EpochMs => epochMs(Number((row as readonly unknown[])[0]));

function toFound(row: unknown): FoundSymbol[] {
	const { symbol, baseAsset, quoteAsset } = (row ?? {}) as Record<string, unknown>;
	return typeof symbol === 'string' &&
		typeof baseAsset === 'string' &&
		typeof quoteAsset === 'string'
		? [{ symbol: `${baseAsset}/${quoteAsset}`, providerSymbol: symbol }]
		: [];
}
