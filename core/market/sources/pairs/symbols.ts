import { SourceError } from '../../Source';
import type { PairSymbol } from './settings';

const PAIR = /^([A-Z0-9.]{1,20})\/([A-Z0-9.]{1,20})$/;
/** Old names, which Kraken still writes in places. */
const OLD_NAMES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

/** `BTC/USD` from `btc-usd` and `XBT/USD`; what is no pair stays as it is. */
export const canonicalPair = (name: string): string =>
	name
		.toUpperCase()
		.replace('-', '/')
		.split('/')
		.map((part) => OLD_NAMES[part] ?? part)
		.join('/');

/** @throws SourceError quoting what is no pair, and what comes twice in two spellings */
export function parsePairs(
	names: readonly string[],
	provider: string,
	toProviderSymbol: (base: string, quote: string) => string,
): PairSymbol[] {
	const known = new Set<string>();
	return names.map((name) => {
		const symbol = canonicalPair(name);
		const [, base, quote] = PAIR.exec(symbol) ?? [];
		if (base === undefined || quote === undefined) {
			throw new SourceError(
				'invalidSetting',
				`Symbol ${JSON.stringify(name)} isn't one of ${provider}: use a pair such as BTC/USD or BTC-USD.`,
			);
		}
		if (known.has(symbol)) {
			throw new SourceError('invalidSetting', `Symbols names ${symbol} twice; name it once.`);
		}
		known.add(symbol);
		return { symbol, providerSymbol: toProviderSymbol(base, quote) };
	});
}
