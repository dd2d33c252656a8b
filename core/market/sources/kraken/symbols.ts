import { canonicalPair, parsePairs, type PairSymbol } from '../pairs';

/** `BTC/USD`; `XBT/USD`, as Kraken wrote it earlier, and `BTC-USD` are the same. @throws SourceError */
export const parseSymbols = (names: readonly string[]): PairSymbol[] =>
	parsePairs(names, 'Kraken', (base, quote) => `${base}/${quote}`);

const OLD_NAMES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };

/**
 * Whether an answer's name is that of a pair. Asked for `BTC/USD` it may be `BTC/USD`, `XBT/USD`, `XBTUSD` or
 * `XXBTZUSD`; old coins have an X before them, old money a Z.
 */
export function isNameOf(name: string, symbol: string): boolean {
	if (name.includes('/')) return canonicalPair(name) === symbol;
	const [base = '', quote = ''] = symbol.split('/');
	const [oldBase, oldQuote] = [OLD_NAMES[base] ?? base, OLD_NAMES[quote] ?? quote];
	const bases = [base, oldBase, `X${oldBase}`];
	const quotes = [quote, oldQuote, `Z${oldQuote}`, `X${oldQuote}`];
	return bases.some((one) => quotes.some((other) => name === one + other));
}
