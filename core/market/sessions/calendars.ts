import type { Calendar } from './Calendar';
import { crypto } from './crypto';
import { forex } from './forex';
import { usEquities } from './usEquities';

/** Every calendar we have, in the order lists show them. */
export const calendars: readonly Calendar[] = [usEquities, crypto, forex];

/** The calendar of a name; `undefined` when there's none. */
export const findCalendar = (name: string): Calendar | undefined =>
	calendars.find((calendar) => calendar.name === name);
