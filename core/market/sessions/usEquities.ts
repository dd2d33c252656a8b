import { toIsoDate } from './civilDay';
import { nyseDay } from './nyseDays';
import { createZonedCalendar } from './zonedCalendar';

/**
 * NYSE and Nasdaq with their extended hours. A trading day is the whole New York date, so what is
 * printed at night counts to a day too; weekends and holidays have none.
 */
export const usEquities = createZonedCalendar({
	name: 'us-equities',
	label: 'US stocks (NYSE, Nasdaq)',
	timeZone: 'America/New_York',
	hoursOn(day) {
		const kind = nyseDay(day);
		if (kind === 'closed') return [{ minute: 0, session: 'closed', tradingDay: undefined }];
		const tradingDay = toIsoDate(day);
		const half = kind === 'half';
		return [
			{ minute: 0, session: 'closed', tradingDay },
			{ minute: 4 * 60, session: 'pre', tradingDay },
			{ minute: 9 * 60 + 30, session: 'regular', tradingDay },
			{ minute: (half ? 13 : 16) * 60, session: 'post', tradingDay },
			{ minute: (half ? 17 : 20) * 60, session: 'closed', tradingDay },
		];
	},
});
