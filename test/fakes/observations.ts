import { FactSheet, type Observation } from '../../core/facts';
import { epochMs } from '../../core/ports';

const MINUTE_MS = 60_000;
/** 2026-01-05 00:00 UTC, a Monday. */
const MONDAY = 1_767_571_200_000;

/** So many minutes after that midnight. */
export const minute = (count: number) => epochMs(MONDAY + Math.round(count * MINUTE_MS));

const observation = (
	symbol: string,
	eventAt: number,
	columns: Record<string, unknown>,
	more: Partial<Observation> = {},
): Observation => ({
	symbol,
	eventAt: epochMs(eventAt),
	eventId: undefined,
	quality: [],
	facts: new FactSheet({ symbol, eventAt, ...columns }),
	...more,
});

/** A price at a minute. */
export const priceAt = (
	at: number,
	price: number | string | null,
	{ symbol = 'A', size = 1, ...more }: Partial<Observation> & { size?: number | null } = {},
): Observation => observation(symbol, minute(at), { type: 'trade', price, size }, more);

/** A candle that begins at a minute, its four prices and volume. */
export const candleAt = (
	start: number,
	[open, high, low, close]: readonly [number, number, number, number],
	{
		symbol = 'A',
		minutes = 1,
		volume = 10,
		closed = true,
		seenAt = start + minutes,
		...more
	}: Partial<Observation> & {
		minutes?: number;
		volume?: number | null;
		closed?: boolean;
		/** Of a running one. */
		seenAt?: number;
	} = {},
): Observation =>
	observation(
		symbol,
		minute(seenAt),
		{
			type: 'candle',
			interval: `${minutes}m`,
			startAt: minute(start),
			endAt: minute(start + minutes),
			open,
			high,
			low,
			close,
			volume,
			closed,
		},
		more,
	);
