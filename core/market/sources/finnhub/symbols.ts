import { crypto, forex, usEquities, type Calendar } from '../../sessions';
import { SourceError } from '../../Source';

/** Ours and Finnhub's are the same: `AAPL`, `BRK.B`, `BINANCE:BTCUSDT`, `OANDA:EUR_USD`. */
export type FinnhubSymbol = {
	readonly symbol: string;
	readonly providerSymbol: string;
	readonly market: FinnhubMarket;
};

export type FinnhubMarket = 'us' | 'abroad' | 'crypto' | 'forex';

const STOCK = /^[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,4})?(?:\.([A-Z]{1,4}))?$/;
const PAIR = /^([A-Z0-9. ]{2,20}):[A-Z0-9_/-]{1,24}$/;
/** Of shares, as in `BRK.B`; other letters behind a dot name an exchange. */
const CLASSES = /^[A-E]$/;
/** Venues of currencies; those of crypto are more, and change. */
const FOREX: ReadonlySet<string> = new Set([
	'OANDA',
	'FXCM',
	'FOREX.COM',
	'IC MARKETS',
	'FXPRO',
	'FOREX',
]);
const MOST_SYMBOLS = 1_000;

/** @throws SourceError quoting what no symbol of Finnhub's looks like */
export function parseSymbols(names: readonly string[]): FinnhubSymbol[] {
	if (names.length === 0) refuse('Symbols is empty; name at least one, such as AAPL.');
	if (names.length > MOST_SYMBOLS) {
		refuse(
			`Symbols names ${names.length}; ${MOST_SYMBOLS} are the most for one trigger with Finnhub. The first too many is ${names[MOST_SYMBOLS]}; use another trigger for the rest.`,
		);
	}
	const known = new Set<string>();
	return names.map((name) => {
		const symbol = name.trim().toUpperCase();
		const market = marketOf(symbol);
		if (market === undefined) {
			refuse(
				`Symbol ${JSON.stringify(name)} isn't one of Finnhub's; use stocks such as AAPL or BRK.B, and pairs with their venue such as BINANCE:BTCUSDT or OANDA:EUR_USD.`,
			);
		}
		if (known.has(symbol)) refuse(`Symbol ${symbol} is named twice; name it once.`);
		known.add(symbol);
		return { symbol, providerSymbol: symbol, market };
	});
}

/** When it's traded; `undefined` where we don't know. */
export const calendarOf = ({ market }: FinnhubSymbol): Calendar | undefined =>
	({ us: usEquities, crypto, forex, abroad: undefined })[market];

function marketOf(symbol: string): FinnhubMarket | undefined {
	const venue = PAIR.exec(symbol)?.[1];
	if (venue !== undefined) return FOREX.has(venue) ? 'forex' : 'crypto';
	const stock = STOCK.exec(symbol);
	if (stock === null) return undefined;
	return stock[1] === undefined || CLASSES.test(stock[1]) ? 'us' : 'abroad';
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
