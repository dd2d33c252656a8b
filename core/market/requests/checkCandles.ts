import { SourceError } from '../Source';
import type { CandlesWanted } from './MarketRequests';

/** More become items no workflow has room for. */
export const MOST_CANDLES = 50_000;

/** @throws SourceError quoting what can't be asked for */
export function checkCandles(
	{ interval, range }: CandlesWanted,
	source: { readonly provider: string; readonly intervals: readonly string[] },
): void {
	if (!source.intervals.includes(interval)) {
		refuse(
			`Interval is ${JSON.stringify(interval)}; ${source.provider} has ${source.intervals.join(', ')}.`,
		);
	}
	if ('last' in range) {
		if (Number.isInteger(range.last) && range.last >= 1 && range.last <= MOST_CANDLES) return;
		refuse(
			`${String(range.last)} candles can't be asked for; use a whole number from 1 to ${MOST_CANDLES}.`,
		);
	}
	if (range.from < range.to) return;
	refuse(`From (${toIso(range.from)}) must lie before To (${toIso(range.to)}).`);
}

/** Tells how far it is. @throws SourceError when a range holds more than there's room for */
export function countCandles({ range, onProgress }: CandlesWanted, candles: number): void {
	const isLast = 'last' in range;
	if (!isLast && candles > MOST_CANDLES) {
		refuse(
			`There are more than ${MOST_CANDLES} candles from ${toIso(range.from)} to ${toIso(range.to)}; ask for a shorter range, or for longer candles.`,
		);
	}
	onProgress?.(isLast ? Math.min(candles, range.last) : candles);
}

const toIso = (ms: number): string => new Date(ms).toISOString();

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
