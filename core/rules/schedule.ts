import { findCalendar, parseInstant, wallClockAt, type Session } from '../market';
import type { EpochMs } from '../ports';
import type { ScheduleDocument } from './schema';

/** When a rule is awake. */
export type Schedule = {
	isAwake(at: EpochMs): boolean;
};

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** @param document checked: its zone and calendar are known */
export function compileSchedule(document: ScheduleDocument): Schedule {
	const { session, days, times } = document;
	const named = document.calendar ?? (session === undefined ? undefined : 'us-equities');
	const calendar = named === undefined ? undefined : findCalendar(named);
	const timeZone = document.timezone ?? calendar?.timeZone ?? 'UTC';
	const from = parseInstant(document.from) ?? Number.NEGATIVE_INFINITY;
	const until = parseInstant(document.until) ?? Number.POSITIVE_INFINITY;
	const sessions = session === undefined ? undefined : new Set<Session>([session].flat());
	const windows = times?.map((window) => [minutesOf(window.from), minutesOf(window.to)] as const);
	return {
		isAwake(at) {
			if (at < from || at >= until) return false;
			if (calendar !== undefined) {
				const now = calendar.sessionAt(at);
				if (sessions === undefined ? now === 'closed' : !sessions.has(now)) return false;
			}
			if (days === undefined && windows === undefined) return true;
			const clock = wallClockAt(at, timeZone);
			const minutes = clock.hour * 60 + clock.minute + clock.second / 60;
			const today = DAYS[clock.weekday - 1];
			const yesterday = DAYS[(clock.weekday + 5) % 7];
			const isDay = (day: (typeof DAYS)[number] | undefined) =>
				days === undefined || (day !== undefined && days.includes(day));
			if (windows === undefined) return isDay(today);
			return windows.some(([begin, end]) => {
				if (begin < end) return isDay(today) && minutes >= begin && minutes < end;
				// Over midnight: what began yesterday belongs to yesterday.
				return (isDay(today) && minutes >= begin) || (isDay(yesterday) && minutes < end);
			});
		},
	};
}

function minutesOf(time: string): number {
	const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
	return hours * 60 + minutes + seconds / 60;
}
