import { SourceError } from '../../Source';

/** A user's symbol and Binance's: `BTC/USDT` and `BTCUSDT`. */
export type BinanceSymbol = { readonly symbol: string; readonly providerSymbol: string };

const WITH_SLASH = /^[\p{L}\p{N}]{1,20}\/[\p{L}\p{N}]{1,20}$/u;
const JOINED = /^[\p{L}\p{N}]{4,40}$/u;

/**
 * `BTC/USDT`, or `BTCUSDT` as Binance writes it. The name the user gave stays the event's symbol: where a
 * joined name splits only Binance knows.
 * @throws SourceError quoting what is neither, and what comes twice in two spellings
 */
export function parseSymbols(names: readonly string[]): BinanceSymbol[] {
	const known = new Map<string, string>();
	return names.map((name) => {
		const symbol = name.toUpperCase();
		if (!WITH_SLASH.test(symbol) && !JOINED.test(symbol)) {
			throw new SourceError(
				'invalidSetting',
				`Symbol ${JSON.stringify(name)} isn't one of Binance: use a pair such as BTC/USDT or BTCUSDT.`,
			);
		}
		const providerSymbol = symbol.replace('/', '');
		const other = known.get(providerSymbol);
		if (other !== undefined) {
			throw new SourceError(
				'invalidSetting',
				`Symbols ${other} and ${symbol} are the same pair; name it once.`,
			);
		}
		known.set(providerSymbol, symbol);
		return { symbol, providerSymbol };
	});
}
