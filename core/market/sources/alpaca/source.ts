import { RateLimit } from '../../../resilience';
import {
	createLive,
	listed,
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
import { KnownKey } from '../../KnownKey';
import { ProviderFailure } from '../../ProviderFailure';
import { stripSecrets } from '../../stripSecrets';
import type { Source } from '../../Source';
import type { AlpacaAccount, AlpacaKey } from './account';
import { blamedSymbol } from './failures';
import { AlpacaLanes } from './lanes';
import { fieldsOf, SOURCE } from './parse';
import { AlpacaRest } from './rest';
import { alpacaPlans, SYMBOLS_PER_CALL, type AlpacaSettings } from './settings';
import { alpacaProtocol, logIn, pathOf, policyOf } from './stream';
import type { WireStatus, WireTrade } from './wire';

export type AlpacaPorts = LivePorts & { readonly account: AlpacaAccount };

const PROVIDER = 'Alpaca';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Alpaca's market data of US stocks and crypto, streamed or polled, by an account's key.
 *
 * Trades have no number that tells what's missing: after an interruption they're fetched by time. Candles are
 * those of whole minutes; a minute without a trade has none. A quote is put together from the last trade, bid
 * and ask, and the day's candle.
 */
export function createAlpaca(
	settings: AlpacaSettings,
	ports: AlpacaPorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return createLive(() => new Alpaca(settings, ports), settings.delivery, ports, start);
}

class Alpaca implements LiveProvider {
	private readonly lanes: AlpacaLanes;

	private readonly rest: AlpacaRest;

	private readonly key: KnownKey<AlpacaKey>;

	/** Symbols Alpaca doesn't take, and those it has nothing of. */
	private readonly refused: UnknownSymbols;

	private readonly absent = new Set<string>();

	/** Every candle that ended by then was asked for. */
	private askedUntil: number | undefined;

	constructor(
		private readonly settings: AlpacaSettings,
		private readonly ports: AlpacaPorts,
	) {
		const { dataBaseUrl, plan, feed } = settings;
		const limit = ports.shared.limit(`${SOURCE} ${dataBaseUrl} ${ports.account.id}`, () => {
			const { callsPerMinute } = alpacaPlans[plan];
			return new RateLimit({ capacity: callsPerMinute, perMs: MINUTE_MS }, ports);
		});
		this.refused = new UnknownSymbols(this.example);
		this.key = new KnownKey(ports.account);
		this.rest = new AlpacaRest(dataBaseUrl, feed, this.key, limit, ports);
		this.lanes = new AlpacaLanes(settings, this.rest, ports.clock);
	}

	get live(): LiveSettings {
		return {
			source: SOURCE,
			provider: PROVIDER,
			things: this.settings.receive,
			watched: this.lanes.watched,
			silentAfterMs: this.silentAfterMs,
			isOpen: (at) => this.lanes.isOpen(at),
		};
	}

	private get silentAfterMs(): number {
		const { delivery, pollEveryMs, receive } = this.settings;
		const own = receive === 'candles' ? this.lanes.interval.ms : 0;
		return silentAfter(this.settings, delivery === 'poll' ? Math.max(pollEveryMs, own) : own);
	}

	async stream(feed: LiveFeed): Promise<void> {
		const address = `${this.settings.streamBaseUrl.replace(/\/+$/, '')}${pathOf(this.settings.feed)}`;
		if (this.settings.feed !== 'test') this.lookUp(feed);
		await runStream(
			feed,
			{
				endpoint: {
					key: `${SOURCE} ${address} ${this.ports.account.id}`,
					address: () => address,
					login: async () => await logIn(this.key),
					protocol: alpacaProtocol(this.key),
					policy: policyOf(this.settings.feed),
				},
				channelOf: (symbol) => this.lanes.channelOf(symbol),
				besides: (symbol) => this.lanes.besides(symbol),
				read: (symbol, data) => {
					tellAside(feed, symbol, data);
					return this.lanes.read(symbol, data);
				},
			},
			this.ports.shared.streams,
			this.ports,
		);
	}

	async poll(feed: LiveFeed): Promise<void> {
		const poll = async (): Promise<void> => {
			if (this.settings.receive === 'quotes') await this.pollQuotes(feed);
			else await this.pollCandles(feed);
		};
		if (this.settings.receive === 'candles') this.lookUp(feed);
		await runPoll(feed, { everyMs: this.settings.pollEveryMs, poll }, this.ports);
	}

	private async pollQuotes(feed: LiveFeed): Promise<void> {
		for (const [symbol, snapshot] of await this.snapshots(feed)) {
			const lane = feed.lanes.get(symbol);
			const item = this.boardOf(symbol)?.takeSnapshot(snapshot, this.ports.clock.now());
			if (lane === undefined || item === undefined) continue;
			if ('unreadable' in item) feed.news.unreadable(symbol, item.unreadable);
			else if (!lane.isUnchanged(item)) {
				feed.heard(symbol);
				lane.take(item);
			}
		}
	}

	/** Candles since the last round; at first the last closed one of each symbol, or those since the cursor. */
	private async pollCandles(feed: LiveFeed): Promise<void> {
		const { lanes, askedUntil } = this;
		const until = lanes.closedUntil();
		const behind = (symbol: string): number | undefined => {
			const lane = feed.lanes.get(symbol);
			lane?.skipTo(until);
			return askedUntil === undefined
				? lane?.expected
				: Math.max(lane?.expected ?? 0, askedUntil - lanes.interval.ms);
		};
		const { timeframe } = lanes.interval;
		await this.eachGroup(feed, async (symbols) => {
			const known = symbols.filter((symbol) => behind(symbol) !== undefined);
			const fresh = symbols.filter((symbol) => behind(symbol) === undefined);
			const endAt = lanes.historyEnd();
			if (known.length > 0) {
				const startAt = Math.min(...known.map((symbol) => behind(symbol) ?? until));
				this.placeBars(
					feed,
					await this.rest.bars({ symbols: known, timeframe, startAt, endAt }, feed.signal),
				);
			}
			for (const symbol of fresh) {
				const startAt = until - Math.max(10 * DAY_MS, 3 * lanes.interval.ms);
				const wanted = { symbols: [symbol], timeframe, startAt, endAt, latest: 3 };
				this.placeBars(feed, await this.rest.bars(wanted, feed.signal), 1);
			}
		});
		if (!feed.signal.aborted) this.askedUntil = until;
	}

	/** @param most of each symbol, the latest */
	private placeBars(
		feed: LiveFeed,
		rows: Awaited<ReturnType<AlpacaRest['bars']>>,
		most = Number.MAX_SAFE_INTEGER,
	): void {
		if (feed.signal.aborted) return;
		for (const [symbol, items] of this.lanes.closedBars(rows)) {
			const lane = feed.lanes.get(symbol);
			const fresh = items.filter(({ at }) => at >= (lane?.expected ?? 0)).slice(-most);
			if (fresh.length > 0) feed.heard(symbol);
			lane?.placeAll(fresh);
		}
	}

	/** Names what Alpaca doesn't know: a stream would just stay silent for it. And fills what only snapshots tell. */
	private lookUp(feed: LiveFeed): void {
		const ask = async (): Promise<void> => {
			const snapshots = await this.snapshots(feed);
			if (this.settings.receive === 'quotes') this.takeFirst(feed, snapshots);
		};
		untilAnswered(feed, ask, this.ports);
	}

	/** The first word of each symbol; afterwards the stream has the say. */
	private takeFirst(feed: LiveFeed, snapshots: ReadonlyMap<string, unknown>): void {
		for (const [symbol, snapshot] of snapshots) {
			const item = this.boardOf(symbol)?.takeSnapshot(snapshot, this.ports.clock.now());
			const lane = feed.lanes.get(symbol);
			if (item === undefined || lane === undefined || lane.expected !== undefined) continue;
			if ('unreadable' in item) feed.news.unreadable(symbol, item.unreadable);
			else lane.take(item);
		}
	}

	/** Of all symbols; those without one are told. */
	private async snapshots(feed: LiveFeed): Promise<ReadonlyMap<string, unknown>> {
		const found = new Map<string, unknown>();
		await this.eachGroup(feed, async (symbols) => {
			const some = await this.rest.snapshots(symbols, feed.signal);
			for (const [symbol, snapshot] of some) found.set(symbol, snapshot);
			if (!feed.signal.aborted) this.tellAbsent(feed, symbols, some);
		});
		return found;
	}

	/** Calls for as many symbols at a time as an address may name; one that's refused is left out from then on. */
	private async eachGroup(
		feed: LiveFeed,
		ask: (symbols: readonly string[]) => Promise<void>,
	): Promise<void> {
		const all = [...this.lanes.watches.keys()];
		for (let from = 0; from < all.length; from += SYMBOLS_PER_CALL) {
			const group = all.slice(from, from + SYMBOLS_PER_CALL);
			for (let done = false; !done && !feed.signal.aborted;) {
				const symbols = group.filter((symbol) => !this.refused.has(symbol));
				if (symbols.length === 0) break;
				try {
					await ask(symbols);
					done = true;
				} catch (error) {
					if (!(error instanceof ProviderFailure) || error.kind !== 'symbol') throw error;
					this.refuse(feed, symbols, error);
				}
			}
		}
	}

	/** @throws ProviderFailure when it can't be told which one is meant */
	private refuse(feed: LiveFeed, symbols: readonly string[], failure: ProviderFailure): void {
		const blamed = blamedSymbol(failure);
		const symbol = blamed ?? (symbols.length === 1 ? symbols[0] : undefined);
		if (symbol === undefined || !symbols.includes(symbol)) throw failure;
		this.refused.tell(feed, [symbol]);
	}

	private tellAbsent(
		feed: LiveFeed,
		asked: readonly string[],
		found: ReadonlyMap<string, unknown>,
	): void {
		for (const symbol of found.keys()) this.absent.delete(symbol);
		const fresh = asked.filter((symbol) => !found.has(symbol) && !this.absent.has(symbol));
		if (fresh.length === 0) return;
		for (const symbol of fresh) {
			this.absent.add(symbol);
			feed.forget(symbol);
		}
		feed.news.unknownSymbols(
			fresh,
			`${PROVIDER} has nothing of ${listed(fresh)} in this feed. Check the spelling, such as ${this.example}; the other symbols go on.`,
		);
	}

	private boardOf(symbol: string) {
		return this.lanes.watches.get(symbol)?.board;
	}

	private get example(): string {
		return this.settings.feed === 'crypto' ? 'BTC/USD' : 'AAPL or BRK.B';
	}
}

/** Halts and what was taken back aren't events of the market, but worth a word. */
function tellAside(feed: LiveFeed, symbol: string, data: unknown): void {
	const { T, sm, rm } = fieldsOf<WireStatus & { T: string }>(data);
	if (T === 's') {
		const words = [sm, rm].filter((text) => typeof text === 'string' && text !== '').join(': ');
		feed.news.tradingStatus(symbol, `${symbol}: ${stripSecrets(words)}, says ${PROVIDER}.`);
	} else if (T === 'c' || T === 'x') {
		const { i } = fieldsOf<WireTrade>(data);
		const what = T === 'c' ? 'corrected' : 'canceled';
		feed.news.doubt(what, symbol, `a trade of ${symbol}, id ${JSON.stringify(i) ?? 'unknown'}`);
	}
}
