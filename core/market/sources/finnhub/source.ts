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
import type { Source } from '../../Source';
import type { FinnhubAccount, FinnhubKey } from './account';
import { DailyFundamentals } from './fundamentals';
import { FinnhubLanes, type Watch } from './lanes';
import { placedAt, readQuote, SOURCE } from './parse';
import { finnhubLimit, FinnhubRest } from './rest';
import type { FinnhubSettings } from './settings';
import { addressOf, finnhubPolicy, finnhubProtocol } from './stream';

export type FinnhubPorts = LivePorts & { readonly account: FinnhubAccount };

const EXAMPLE = 'AAPL, BRK.B or BINANCE:BTCUSDT';

/**
 * Finnhub's trades, streamed, and its quotes with P/E and the 52 weeks' range, polled; by an account's key.
 *
 * What's missed while the connection is down nobody has: the next trade of each symbol says `gapBefore`. Trades
 * have no number: two alike within a millisecond that come in different frames count as one.
 */
export function createFinnhub(
	settings: FinnhubSettings,
	ports: FinnhubPorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return createLive(() => new Finnhub(settings, ports), settings.delivery, ports, start);
}

class Finnhub implements LiveProvider {
	private readonly lanes: FinnhubLanes;

	private readonly key: KnownKey<FinnhubKey>;

	private readonly rest: FinnhubRest;

	private readonly fundamentals: DailyFundamentals;

	private readonly unknown = new UnknownSymbols(EXAMPLE);

	/** Symbols the plan doesn't have. */
	private readonly beyondPlan = new Set<string>();

	/** What was polled last of each symbol, and its place. */
	private readonly said = new Map<string, { readonly content: string; readonly within: number }>();

	constructor(
		private readonly settings: FinnhubSettings,
		private readonly ports: FinnhubPorts,
	) {
		const { restBaseUrl, plan } = settings;
		const { account, clock, shared } = ports;
		this.key = new KnownKey(account);
		this.rest = new FinnhubRest(
			restBaseUrl,
			this.key,
			finnhubLimit(plan, restBaseUrl, ports),
			ports,
		);
		const scope = `${restBaseUrl} ${account.id}`;
		this.fundamentals = new DailyFundamentals(this.rest, shared.lists, scope, clock);
		this.lanes = new FinnhubLanes(settings, clock);
	}

	get live(): LiveSettings {
		const { receive, delivery, pollEveryMs } = this.settings;
		return {
			source: SOURCE,
			provider: 'Finnhub',
			things: receive,
			watched: this.lanes.watched,
			silentAfterMs: silentAfter(this.settings, delivery === 'poll' ? pollEveryMs : 0),
			isOpen: (at, symbol) => this.lanes.isOpen(at, symbol),
		};
	}

	async stream(feed: LiveFeed): Promise<void> {
		const { streamBaseUrl } = this.settings;
		// A stream would just stay silent for symbols it doesn't know.
		untilAnswered(feed, async () => await this.nameUnknown(feed), this.ports);
		await runStream(
			feed,
			{
				endpoint: {
					key: `${SOURCE} ${streamBaseUrl} ${this.ports.account.id}`,
					address: async () => await addressOf(streamBaseUrl, this.key),
					protocol: finnhubProtocol(this.key),
					policy: finnhubPolicy,
				},
				channelOf: (symbol) => symbol,
				read: (symbol, data) => this.lanes.read(symbol, data),
			},
			this.ports.shared.streams,
			this.ports,
		);
	}

	async poll(feed: LiveFeed): Promise<void> {
		const everyOne = (): boolean => true;
		const poll = async (): Promise<void> => {
			const beyondPlan = await this.each(everyOne, async (watch) => {
				await this.pollQuote(feed, watch);
			});
			const [[, first] = []] = beyondPlan;
			if (first !== undefined && beyondPlan.size === this.lanes.watches.size) throw first;
			this.tellBeyondPlan(feed, [...beyondPlan.keys()]);
		};
		await runPoll(feed, { everyMs: this.settings.pollEveryMs, poll }, this.ports);
	}

	private async pollQuote(feed: LiveFeed, { reader }: Watch): Promise<void> {
		const { instrument } = reader;
		const { symbol, providerSymbol } = instrument;
		const [fundamentals, answer] = await Promise.all([
			this.fundamentals.of(instrument, feed.signal),
			this.rest.quote(providerSymbol, feed.signal),
		]);
		if (feed.signal.aborted) return;
		const item = readQuote(reader, answer, fundamentals, this.ports.clock.now());
		if (item === 'unknown') this.unknown.tell(feed, [symbol]);
		else if ('unreadable' in item) feed.news.unreadable(symbol, item.unreadable);
		else {
			const { eventId: _id, receivedAt: _received, ...content } = item.event;
			const text = JSON.stringify(content);
			const before = this.said.get(symbol);
			if (before?.content === text) return;
			const within = Math.max(item.within, (before?.within ?? 0) + 1);
			this.said.set(symbol, { content: text, within });
			const placed = placedAt(reader, item, within);
			if (feed.lanes.get(symbol)?.isUnchanged(placed)) return;
			feed.heard(symbol);
			feed.lanes.get(symbol)?.take(placed);
		}
	}

	/** What it says to the unknown is known of stocks only. */
	private async nameUnknown(feed: LiveFeed): Promise<void> {
		const isStock = ({ reader }: Watch): boolean =>
			['us', 'abroad'].includes(reader.instrument.market);
		const beyondPlan = await this.each(isStock, async ({ reader }) => {
			const { symbol, providerSymbol } = reader.instrument;
			const answer = await this.rest.quote(providerSymbol, feed.signal);
			const item = readQuote(reader, answer, undefined, this.ports.clock.now());
			if (item === 'unknown') this.unknown.tell(feed, [symbol]);
		});
		this.tellBeyondPlan(feed, [...beyondPlan.keys()]);
	}

	/**
	 * Asks for each symbol by itself.
	 * @returns those the plan lacks
	 * @throws ProviderFailure what concerns all of them
	 */
	private async each(
		isMeant: (watch: Watch) => boolean,
		ask: (watch: Watch) => Promise<void>,
	): Promise<ReadonlyMap<string, ProviderFailure>> {
		const failures = new Map<string, ProviderFailure>();
		const watches = [...this.lanes.watches].filter(
			([symbol, watch]) =>
				!this.unknown.has(symbol) && !this.beyondPlan.has(symbol) && isMeant(watch),
		);
		await Promise.all(
			watches.map(async ([symbol, watch]) => {
				try {
					await ask(watch);
				} catch (error) {
					if (!(error instanceof ProviderFailure)) throw error;
					failures.set(symbol, error);
				}
			}),
		);
		const common = [...failures.values()].find(({ kind }) => kind !== 'plan');
		if (common !== undefined) throw common;
		return failures;
	}

	private tellBeyondPlan(feed: LiveFeed, symbols: readonly string[]): void {
		if (symbols.length === 0 || feed.signal.aborted) return;
		for (const symbol of symbols) {
			this.beyondPlan.add(symbol);
			feed.forget(symbol);
		}
		feed.news.unknownSymbols(
			symbols,
			`Finnhub's plan of this credential doesn't include ${listed(symbols)}. Free keys have US stocks, some crypto and forex; the other symbols go on.`,
		);
	}
}
