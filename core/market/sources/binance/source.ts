import { RateLimit } from '../../../resilience';
import {
	createLive,
	runPoll,
	runStream,
	silentAfter,
	UnknownSymbols,
	untilAnswered,
	type LiveFeed,
	type LivePorts,
	type LiveProvider,
	type LiveSettings,
} from '../../feed';
import { ProviderFailure } from '../../ProviderFailure';
import type { Source } from '../../Source';
import { BinanceLanes } from './lanes';
import { readStatistics, SOURCE, type Reader } from './parse';
import { BinanceRest } from './rest';
import { isCandles, type BinanceSettings } from './settings';
import { binancePolicy, binanceProtocol } from './stream';

const MINUTE_MS = 60_000;

/**
 * Binance's public market data, streamed or polled; no key.
 *
 * Trades are its aggregated ones (one order's fills at one price as one), since only these are numbered without
 * gaps and can be fetched later. Quotes are its 24-hour tickers. What was missed while the connection was down,
 * or this process, is fetched; for quotes there's nothing to fetch.
 */
export function createBinance(
	settings: BinanceSettings,
	ports: LivePorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return createLive(() => new Binance(settings, ports), settings.delivery, ports, start);
}

class Binance implements LiveProvider {
	private readonly lanes: BinanceLanes;

	private readonly rest: BinanceRest;

	private readonly unknown = new UnknownSymbols('BTC/USDT');

	constructor(
		private readonly settings: BinanceSettings,
		private readonly ports: LivePorts,
	) {
		const { restBaseUrl, weightPerMinute } = settings;
		const limit = ports.shared.limit(`${SOURCE} ${restBaseUrl}`, () => {
			return new RateLimit({ capacity: weightPerMinute, perMs: MINUTE_MS }, ports);
		});
		this.rest = new BinanceRest(restBaseUrl, limit, ports);
		this.lanes = new BinanceLanes(settings, this.rest, ports.clock);
	}

	get live(): LiveSettings {
		const { receive } = this.settings;
		return {
			source: SOURCE,
			provider: 'Binance',
			things: isCandles(receive) ? 'candles' : receive,
			watched: this.lanes.watched,
			silentAfterMs: this.silentAfterMs,
		};
	}

	/** Polled, a symbol can't be heard more often than it's asked for. */
	private get silentAfterMs(): number {
		const { delivery, pollEveryMs, receive } = this.settings;
		if (delivery === 'stream') return silentAfter(this.settings, 0);
		const own = receive === 'candles' ? this.lanes.intervalMs : 0;
		return silentAfter(this.settings, Math.max(own, pollEveryMs));
	}

	async stream(feed: LiveFeed): Promise<void> {
		const { streamBaseUrl } = this.settings;
		const address = `${streamBaseUrl.replace(/\/+$/, '')}/stream`;
		// A stream would just stay silent for them.
		untilAnswered(feed, async () => await this.dropUnknown(feed), this.ports);
		await runStream(
			feed,
			{
				endpoint: {
					key: `${SOURCE} ${address}`,
					address: () => address,
					protocol: binanceProtocol,
					policy: binancePolicy,
				},
				channelOf: (symbol) => this.lanes.channelOf(symbol),
				read: (symbol, data) => this.lanes.read(symbol, data),
			},
			this.ports.shared.streams,
			this.ports,
		);
	}

	async poll(feed: LiveFeed): Promise<void> {
		const poll = async (): Promise<void> => {
			try {
				await this.pollOnce(feed);
			} catch (error) {
				if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
				// One it doesn't know spoils the call for all.
				if ((await this.dropUnknown(feed)) === 0) throw error;
				await this.pollOnce(feed);
			}
		};
		await runPoll(feed, { everyMs: this.settings.pollEveryMs, poll }, this.ports);
	}

	private async pollOnce(feed: LiveFeed): Promise<void> {
		const readers = [...this.lanes.readers.values()].filter(
			({ instrument }) => !this.unknown.has(instrument.symbol),
		);
		if (readers.length === 0) return;
		if (this.settings.receive === 'quotes') await this.pollQuotes(feed, readers);
		else await Promise.all(readers.map(async (reader) => await this.pollCandles(feed, reader)));
	}

	private async pollQuotes(feed: LiveFeed, readers: readonly Reader[]): Promise<void> {
		const byName = new Map(readers.map((reader) => [reader.instrument.providerSymbol, reader]));
		const rows = await this.rest.statistics([...byName.keys()], feed.signal);
		const receivedAt = this.ports.clock.now();
		for (const row of rows) {
			// By name, never by position.
			const reader = byName.get(String((row as { symbol?: unknown } | null)?.symbol));
			if (reader === undefined) continue;
			const { symbol } = reader.instrument;
			const item = readStatistics(reader, row, receivedAt);
			if ('unreadable' in item) feed.news.unreadable(symbol, item.unreadable);
			else if (feed.lanes.get(symbol)?.isUnchanged(item) === false) {
				feed.heard(symbol);
				feed.lanes.get(symbol)?.take(item);
			}
		}
	}

	private async pollCandles(feed: LiveFeed, reader: Reader): Promise<void> {
		const { symbol } = reader.instrument;
		const lane = feed.lanes.get(symbol);
		if (lane === undefined) return;
		lane.skipTo(this.lanes.startOfNow());
		for (let more = true; more && !feed.signal.aborted;) {
			const page = await this.lanes.candlesFrom(reader, lane.expected, feed.signal);
			if (feed.signal.aborted) return;
			const fresh = page.items.filter((item) => !lane.isUnchanged(item));
			if (fresh.length > 0) feed.heard(symbol);
			lane.placeAll(fresh);
			({ more } = page);
		}
	}

	/** @returns how many weren't known to be unknown before */
	private async dropUnknown(feed: LiveFeed): Promise<number> {
		const known = await this.rest.knownSymbols(feed.signal);
		if (known.size === 0) return 0;
		const unknown = [...this.lanes.readers.values()]
			.filter(({ instrument }) => !known.has(instrument.providerSymbol))
			.map(({ instrument }) => instrument.symbol);
		return this.unknown.tell(feed, unknown);
	}
}
