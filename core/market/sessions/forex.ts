import { FRIDAY, SATURDAY, SUNDAY, toIsoDate, weekdayOf } from './civilDay';
import { createZonedCalendar, type SessionStart } from './zonedCalendar';

/** At 17:00 New York one trading day ends and the next begins. */
const ROLLOVER_MINUTE = 17 * 60;

/**
 * Currencies between banks: one session from Sunday to Friday, 17:00 New York. The evening counts to the
 * next day, as settlement has it. No holidays: there's no exchange to close, it only gets quiet.
 */
export const forex = createZonedCalendar({
	name: 'forex',
	label: 'Currencies (forex)',
	timeZone: 'America/New_York',
	hoursOn(day) {
		const weekday = weekdayOf(day);
		const today = open(toIsoDate(day));
		const tomorrow = open(toIsoDate(day + 1));
		if (weekday === SATURDAY) return [{ minute: 0, ...CLOSED }];
		return [
			{ minute: 0, ...(weekday === SUNDAY ? CLOSED : today) },
			{ minute: ROLLOVER_MINUTE, ...(weekday === FRIDAY ? CLOSED : tomorrow) },
		];
	},
});

type Hours = Omit<SessionStart, 'minute'>;

const CLOSED: Hours = { session: 'closed', tradingDay: undefined };

const open = (tradingDay: string): Hours => ({ session: 'regular', tradingDay });
