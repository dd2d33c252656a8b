import type { EpochMs } from '../../../ports';
import { parseInstant } from '../../parseInstant';
import { instantOf } from '../../sessions';

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;

/** A time as an answer has it; one that doesn't say its zone is of the given one. `undefined` for anything else. */
export function parseTime(value: unknown, timeZone: string): EpochMs | undefined {
	const instant = parseInstant(value);
	if (instant !== undefined || timeZone === '' || typeof value !== 'string') return instant;
	const parts = LOCAL.exec(value.trim());
	if (parts === null) return undefined;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
		.slice(1, 7)
		.map((part: string | undefined) => Number(part ?? 0));
	const millisecond = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
	try {
		return instantOf({ year, month, day, hour, minute, second, millisecond }, timeZone);
	} catch {
		return undefined; // no calendar has it
	}
}
