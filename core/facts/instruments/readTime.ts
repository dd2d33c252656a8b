import { findCalendar, wallClockAt } from '../../market';
import type { EpochMs } from '../../ports';
import type { FactReading } from '../FactSheet';
import type { FactRef } from '../model';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A fact that follows from the moment an event tells of. Its parameters were checked with the rule. */
export function readTime({ fact, params = {} }: FactRef, at: EpochMs): FactReading {
	if (fact === 'session') {
		const calendar = findCalendar(textOf(params['calendar']) ?? '');
		return calendar === undefined ? { missing: 'notOffered' } : { value: calendar.sessionAt(at) };
	}
	const clock = wallClockAt(at, textOf(params['timezone']) ?? 'UTC');
	const two = (value: number) => String(value).padStart(2, '0');
	switch (fact) {
		case 'timeOfDay':
			return { value: [clock.hour, clock.minute, clock.second].map(two).join(':') };
		case 'weekday':
			return { value: WEEKDAYS[clock.weekday - 1] ?? '' };
		default:
			return { value: `${clock.year}-${two(clock.month)}-${two(clock.day)}` };
	}
}

const textOf = (value: unknown): string | undefined =>
	typeof value === 'string' ? value : undefined;
