import { RateLimit } from '../../../resilience';
import { listed, LiveFeed, runPoll, silentAfter, type LivePorts } from '../../feed';
import { ProviderFailure } from '../../ProviderFailure';
import type { Source } from '../../Source';
import { CustomRest, type Answer } from './CustomRest';
import { asksEach, type CustomRestSettings } from './restSettings';
import { RowFeed } from './RowFeed';
import { isSameSecret, type HttpSecret } from './secret';
import type { CustomSymbol } from './symbols';

export type CustomRestPorts = Omit<LivePorts, 'sockets'> & { readonly secret: HttpSecret };

const SOURCE = 'customRest';
const MINUTE_MS = 60_000;

/**
 * Any address that answers with JSON, asked again and again. A row that was there before is no event; one symbol
 * that fails by itself is told by name, and the others go on.
 */
export function createCustomRest(
	settings: CustomRestSettings,
	ports: CustomRestPorts,
	start: { readonly cursor: unknown; readonly play: string },
): Source {
	return {
		run: async (sink, signal) => {
			const { host, origin, pathname } = new URL(settings.url);
			const { secret, shared } = ports;
			const { symbols, mapping, pollEveryMs, limitPerMinute } = settings;
			const limit = shared.limit(`${SOURCE} ${origin} ${isSameSecret(secret)}`, () => {
				return new RateLimit({ capacity: limitPerMinute, perMs: MINUTE_MS }, ports);
			});
			const rows = new RowFeed(
				{
					source: SOURCE,
					address: `${origin}${pathname}`,
					symbols,
					mapping,
					secrets: secret.secrets,
					everyMs: pollEveryMs,
					...(settings.staleAfterMs === undefined ? {} : { staleAfterMs: settings.staleAfterMs }),
				},
				ports.clock,
			);
			const feed = new LiveFeed(
				{
					...rows.live,
					provider: host,
					// A symbol can't be heard more often than it's asked for.
					silentAfterMs: silentAfter(settings, pollEveryMs),
				},
				ports,
				sink,
				start.cursor,
				signal,
			);
			const polling = new Polling(settings, new CustomRest(settings, secret, limit, ports), rows);
			const poll = async (): Promise<void> => await polling.pollOnce(feed);
			await runPoll(feed, { everyMs: pollEveryMs, poll }, ports);
		},
	};
}

type Asked = { readonly of: readonly CustomSymbol[]; readonly answer: Answer };

class Polling {
	/** Symbols that were told as absent or failing. */
	private readonly told = new Set<string>();

	constructor(
		private readonly settings: CustomRestSettings,
		private readonly rest: CustomRest,
		private readonly rows: RowFeed,
	) {}

	async pollOnce(feed: LiveFeed): Promise<void> {
		const { symbols } = this.settings;
		if (asksEach(this.settings)) await this.pollEach(feed);
		else {
			const answer = await this.rest.ask(symbols, feed.signal);
			if (!feed.signal.aborted) this.take(feed, { of: symbols, answer });
		}
	}

	private async pollEach(feed: LiveFeed): Promise<void> {
		const { symbols } = this.settings;
		const failures: Array<{ readonly of: CustomSymbol; readonly failure: ProviderFailure }> = [];
		await Promise.all(
			symbols.map(async (symbol) => {
				try {
					const answer = await this.rest.ask([symbol], feed.signal);
					if (!feed.signal.aborted) this.take(feed, { of: [symbol], answer });
				} catch (failure) {
					if (!(failure instanceof ProviderFailure)) throw failure;
					failures.push({ of: symbol, failure });
				}
			}),
		);
		if (feed.signal.aborted) return;
		const common = failures.find(({ failure }) => !OF_ONE_SYMBOL.has(failure.kind)) ?? failures[0];
		const isOfAll = failures.length === symbols.length;
		if (common !== undefined && (isOfAll || !OF_ONE_SYMBOL.has(common.failure.kind))) {
			throw common.failure;
		}
		for (const { of, failure } of failures) {
			const { provider } = feed.settings;
			this.absent(feed, [of], `Asked for ${of.symbol}, ${provider} ${failure.message}`);
		}
	}

	private take(feed: LiveFeed, { of, answer }: Asked): void {
		if (answer === 'unchanged') return;
		const [only] = of;
		const had = this.rows.take(feed, answer.body, of.length === 1 ? only : undefined);
		answer.taken();
		for (const symbol of had) this.told.delete(symbol);
		if (had.size === 0) return;
		const never = of
			.map(({ symbol }) => symbol)
			.filter((symbol) => !had.has(symbol) && feed.lanes.get(symbol)?.expected === undefined);
		this.absent(
			feed,
			of.filter(({ symbol }) => never.includes(symbol)),
			`${feed.settings.provider} has no rows of ${listed(never)}. Check how it spells them (BTC/USD = its name); the others go on.`,
		);
	}

	private absent(feed: LiveFeed, symbols: readonly CustomSymbol[], reason: string): void {
		const fresh = symbols.filter(({ symbol }) => !this.told.has(symbol));
		if (fresh.length === 0) return;
		const names = fresh.map(({ symbol }) => symbol);
		for (const name of names) {
			this.told.add(name);
			feed.forget(name);
		}
		feed.news.unknownSymbols(names, reason);
	}
}

/** What may concern one symbol only. */
const OF_ONE_SYMBOL: ReadonlySet<string> = new Set(['symbol', 'request', 'schema', 'plan']);
