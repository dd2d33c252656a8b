import type { Calendar } from './Calendar';
import { crypto } from './crypto';
import { forex } from './forex';
import { usEquities } from './usEquities';

/** Currencies of states, of which two make a pair of the forex market. */
const CURRENCIES = new Set(
	'AUD BRL CAD CHF CNH CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN NOK NZD PLN RON RUB SEK SGD THB TRY TWD USD ZAR'.split(
		' ',
	),
);

/**
 * Whose hours an instrument keeps: two currencies of states those of forex, any other pair those of crypto
 * (none), and what has neither slash nor venue those of US stocks.
 * @param symbol canonical: `AAPL`, `BTC/USD`, `BINANCE:BTCUSDT`
 */
export function calendarOf(symbol: string): Calendar {
	const [venue, rest] = symbol.toUpperCase().split(':');
	const [base = '', quote = ''] = (rest ?? venue ?? '').split(rest === undefined ? '/' : /[/_]/);
	if (rest === undefined && quote === '') return usEquities;
	return CURRENCIES.has(base) && CURRENCIES.has(quote) ? forex : crypto;
}
