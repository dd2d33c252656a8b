import { epochMs } from '../../ports';
import type { Calendar } from './Calendar';
import { toIsoDate, utcDayOf } from './civilDay';

/** Later than every instant: no change is to come. Don't wait for it, and don't write it down (JSON has no infinity). */
export const NEVER = epochMs(Number.POSITIVE_INFINITY);

/** Trades round the clock; its days are those of UTC, as exchanges count them. */
export const crypto: Calendar = {
	name: 'crypto',
	label: 'Crypto (round the clock)',
	timeZone: 'UTC',
	sessionAt: () => 'regular',
	nextChangeAt: () => NEVER,
	tradingDay: (at) => toIsoDate(utcDayOf(at)),
};
