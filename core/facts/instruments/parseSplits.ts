import { parseInstant } from '../../market';
import type { EpochMs } from '../../ports';
import type { Split } from './Instrument';
import type { Splits } from './Instruments';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Splits as people write them: `[{ "symbol": "NFLX", "date": "2015-07-15", "ratio": 7 }]`.
 *
 * `date` is the first day at the new price, from 00:00 UTC on, or an instant in ISO 8601 where trades of
 * the evening before matter; `ratio` is new shares per old one (0.1 where ten became one).
 */
export function parseSplits(given: unknown): Splits | { readonly fault: string } {
	if (!Array.isArray(given)) return { fault: `${quote(given)} is no list` };
	const splits = new Map<string, Split[]>();
	for (const row of given as readonly unknown[]) {
		const { symbol, date, ratio } = (typeof row === 'object' && row !== null ? row : {}) as Record<
			string,
			unknown
		>;
		const at = toInstant(date);
		if (typeof symbol !== 'string' || symbol.trim() === '' || at === undefined) {
			return { fault: `${quote(row)} lacks a symbol or a date` };
		}
		if (typeof ratio !== 'number' || !Number.isFinite(ratio) || ratio <= 0) {
			return { fault: `${quote(row)} has no ratio above 0` };
		}
		const key = symbol.trim().toUpperCase();
		splits.set(key, [...(splits.get(key) ?? []), { at, ratio }]);
	}
	return splits;
}

const toInstant = (date: unknown): EpochMs | undefined =>
	typeof date !== 'string' ? undefined : parseInstant(DATE.test(date) ? `${date}T00:00Z` : date);

const quote = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 120);
