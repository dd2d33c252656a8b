import { SourceError } from '../../Source';

/** A user's symbol, and how the address calls it. */
export type CustomSymbol = { readonly symbol: string; readonly providerSymbol: string };

/**
 * `SHOP`, or `BTC/USD = bitcoin` where the address has another name for it. Without one it's sent as it was
 * written; the event's symbol is in upper case.
 * @throws SourceError quoting what can't be one
 */
export function parseSymbols(names: readonly string[]): CustomSymbol[] {
	const known = new Set<string>();
	return names.map((text) => {
		const parts = text.split('=').map((part) => part.trim());
		const [name = '', sent = name] = parts;
		if (parts.length > 2 || name === '' || sent === '' || text.length > 200) {
			throw new SourceError(
				'invalidSetting',
				`Symbol ${JSON.stringify(text.slice(0, 200))} can't be read; use SHOP, or BTC/USD = bitcoin where the address has another name for it.`,
			);
		}
		const symbol = name.toUpperCase();
		if (known.has(symbol)) {
			throw new SourceError('invalidSetting', `Symbol ${symbol} is named twice; name it once.`);
		}
		known.add(symbol);
		return { symbol, providerSymbol: sent };
	});
}
