import type { EpochMs } from '../../ports';
import type { Session } from '../model';

/** When a market trades: its sessions and trading days, in its own time zone. */
export interface Calendar {
	readonly name: CalendarName;
	/** For lists and messages. */
	readonly label: string;
	/** IANA name of the zone its hours are told in. */
	readonly timeZone: string;

	/** The session an instant lies in; a session includes its first millisecond, not its end. */
	sessionAt(at: EpochMs): Session;

	/** The first instant after `at` with another session; `NEVER` when there's none. */
	nextChangeAt(at: EpochMs): EpochMs;

	/** The day an instant is counted to, as YYYY-MM-DD; `undefined` where the market has no day. */
	tradingDay(at: EpochMs): string | undefined;
}

export type CalendarName = 'us-equities' | 'crypto' | 'forex';
