import type { EpochMs } from '../../../ports';
import { parseInstant } from '../../parseInstant';
import type { Row } from './rows';

/** What a row says, whatever its columns are called. */
export type TapeRow = { readonly symbol: string | undefined; readonly at: EpochMs } & (
	| { readonly kind: 'trade'; readonly price: number; readonly size: number | null }
	| {
			readonly kind: 'candle';
			readonly open: number;
			readonly high: number;
			readonly low: number;
			readonly close: number;
			readonly volume: number | null;
	  }
);

export type ParsedRow = TapeRow | { readonly unreadable: string };

/** Names of columns, the most telling first; compared without regard to case. */
const COLUMNS = {
	time: ['time', 'eventat', 'timestamp', 'datetime', 'date', 'startat', 'start', 't'],
	symbol: ['symbol', 'ticker', 'sym', 'S'],
	price: ['price', 'last', 'p'],
	size: ['size', 'qty', 'quantity', 'amount', 'volume', 's', 'v'],
	open: ['open', 'o'],
	high: ['high', 'h'],
	low: ['low', 'l'],
	close: ['close', 'c'],
	volume: ['volume', 'vol', 'v'],
} as const;

type Column = keyof typeof COLUMNS;

/**
 * Reads one row of a tape: a candle when it has open, high, low and close, else a trade. Never throws, and
 * never quotes what it couldn't read: a file may hold anything.
 */
export function parseRow(row: Row): ParsedRow {
	const find = columnFinder(row);
	const time = find('time');
	if (time === undefined) return missing('time', row);
	const at = parseInstant(time);
	if (at === undefined) {
		return {
			unreadable:
				'the time: expected epoch seconds to nanoseconds, or ISO 8601 with a time zone such as 2026-01-31T15:30:00Z',
		};
	}
	const name = find('symbol');
	const symbol =
		(typeof name === 'string' && name.trim() !== '') || typeof name === 'number'
			? String(name).trim().toUpperCase()
			: undefined;
	const prices = (['open', 'high', 'low', 'close'] as const).map(find);
	if (prices.every((price) => price !== undefined)) {
		const [open, high, low, close] = prices.map(toPrice);
		if (open === undefined || high === undefined || low === undefined || close === undefined) {
			return { unreadable: 'a price of the candle: expected numbers above 0' };
		}
		return { kind: 'candle', symbol, at, open, high, low, close, volume: toSize(find('volume')) };
	}
	const given = find('price') ?? find('close');
	if (given === undefined) return missing('price', row);
	const price = toPrice(given);
	if (price === undefined) return { unreadable: 'the price: expected a number above 0' };
	return { kind: 'trade', symbol, at, price, size: toSize(find('size')) };
}

function columnFinder(row: Row): (column: Column) => unknown {
	const names = Object.keys(row);
	return (column) => {
		for (const wanted of COLUMNS[column]) {
			// One letter alone means different things in upper and lower case: S is a symbol, s a size.
			const name = names.find((one) =>
				wanted.length === 1 ? one === wanted : one.toLowerCase() === wanted,
			);
			const value = name === undefined ? undefined : row[name];
			if (value !== undefined && value !== null && value !== '') return value;
		}
		return undefined;
	};
}

/** Names the columns there are, so that a user sees what to rename; values are never shown. */
const missing = (column: Column, row: Row): ParsedRow => ({
	unreadable: `no ${column}: expected a column ${COLUMNS[column].slice(0, 3).join(', ')}; there are ${Object.keys(row).slice(0, 12).join(', ').slice(0, 200)}`,
});

function toPrice(value: unknown): number | undefined {
	const number = toFinite(value);
	return number !== undefined && number > 0 ? number : undefined;
}

const toSize = (value: unknown): number | null => toFinite(value) ?? null;

function toFinite(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}
