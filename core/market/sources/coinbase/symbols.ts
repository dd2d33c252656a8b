import { parsePairs, type PairSymbol } from '../pairs';

/** `BTC/USD`, or `BTC-USD` as Coinbase writes it. @throws SourceError */
export const parseSymbols = (names: readonly string[]): PairSymbol[] =>
	parsePairs(names, 'Coinbase', (base, quote) => `${base}-${quote}`);

/** Dollar coins whose pairs have a book of their own. */
const OWN_BOOKS: ReadonlySet<string> = new Set(['USDT', 'EURC']);

/** Pairs in USD and USDC share a book, and the stream answers with the name in USD to both. */
export function namesOf(productId: string): readonly string[] {
	const [base = '', quote] = productId.split('-');
	return quote === 'USD' && !OWN_BOOKS.has(base) ? [productId, `${base}-USDC`] : [productId];
}
