import { SourceError } from '../../Source';
import type { AlpacaFeed } from './settings';

/** Ours and Alpaca's are the same: `BRK.B`, `BTC/USD`. */
export type AlpacaSymbol = { readonly symbol: string; readonly providerSymbol: string };

const STOCK = /^[A-Z][A-Z0-9]{0,9}(?:[.-][A-Z0-9]{1,5})?$/;
const PAIR = /^[A-Z0-9]{1,10}\/[A-Z0-9]{2,10}$/;

/**
 * Stocks as `AAPL` or `BRK.B`, crypto as `BTC/USD`.
 * @throws SourceError quoting what the feed doesn't have
 */
export function parseSymbols(names: readonly string[], feed: AlpacaFeed): AlpacaSymbol[] {
	const known = new Set<string>();
	return names.map((name) => {
		const symbol = name.toUpperCase();
		if (feed === 'crypto' && !PAIR.test(symbol)) {
			refuse(
				`Symbol ${JSON.stringify(name)} isn't a pair; with Feed: Crypto use pairs such as BTC/USD.`,
			);
		}
		if (feed !== 'crypto' && !STOCK.test(symbol)) {
			const hint = PAIR.test(symbol) ? '; for pairs choose Feed: Crypto' : '';
			refuse(
				`Symbol ${JSON.stringify(name)} isn't a US stock; use symbols such as AAPL or BRK.B${hint}.`,
			);
		}
		if (known.has(symbol)) refuse(`Symbol ${symbol} is named twice; name it once.`);
		known.add(symbol);
		return { symbol, providerSymbol: symbol };
	});
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
