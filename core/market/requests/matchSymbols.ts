import type { FoundSymbol } from './MarketRequests';

/** `BTC/USDT`, `btc-usdt` and `BTCUSDT` are the same to who searches. */
const bare = (text: string): string => text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Those the text is found in, the closest first: the symbol itself, its beginning, a part of it, the name. */
export function matchSymbols(text: string, all: readonly FoundSymbol[]): FoundSymbol[] {
	const wanted = bare(text);
	if (wanted === '') return [];
	return all
		.flatMap((found) => {
			const rank = rankOf(wanted, text.trim().toUpperCase(), found);
			return rank === undefined ? [] : [{ found, rank }];
		})
		.sort(
			(a, b) =>
				a.rank - b.rank ||
				a.found.symbol.length - b.found.symbol.length ||
				(a.found.symbol < b.found.symbol ? -1 : 1),
		)
		.map(({ found }) => found);
}

function rankOf(
	wanted: string,
	text: string,
	{ symbol, providerSymbol, name = '' }: FoundSymbol,
): number | undefined {
	const whole = bare(symbol);
	if (whole === wanted || bare(providerSymbol) === wanted) return 0;
	if (bare(symbol.split('/')[0] ?? '') === wanted) return 1;
	if (whole.startsWith(wanted)) return 2;
	const words = name.toUpperCase();
	if (words.startsWith(text)) return 3;
	if (whole.includes(wanted)) return 4;
	return words.includes(text) ? 5 : undefined;
}
