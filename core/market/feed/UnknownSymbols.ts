import type { LiveFeed } from './LiveFeed';

const MOST_NAMED = 20;

/** Symbols a provider doesn't know. Each is told once by name; the others go on without it. */
export class UnknownSymbols {
	private readonly told = new Set<string>();

	/** @param example a symbol the provider has: `BTC/USDT` */
	constructor(private readonly example: string) {}

	has(symbol: string): boolean {
		return this.told.has(symbol);
	}

	/** @returns how many of them are news */
	tell(feed: LiveFeed, symbols: readonly string[]): number {
		const fresh = symbols.filter((symbol) => !this.told.has(symbol));
		if (fresh.length === 0 || feed.signal.aborted) return 0;
		for (const symbol of fresh) {
			this.told.add(symbol);
			feed.forget(symbol);
		}
		feed.news.unknownSymbols(
			fresh,
			`${feed.settings.provider} doesn't know ${listed(fresh)}. Check the spelling, such as ${this.example}; the other symbols go on.`,
		);
		return fresh.length;
	}
}

/** The first of many names. */
export const listed = (names: readonly string[]): string =>
	`${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ' …' : ''}`;
