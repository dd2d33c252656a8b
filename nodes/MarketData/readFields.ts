import { parseInstant, parseLocalTime, SourceError } from '../../core/market';
import type { EpochMs } from '../../core/ports';
import { listOf, textOf } from '../host/texts';
import { readFoundSymbols, type SourceRequest } from '../sources';

/** As they were written, then those that were picked, each once. */
export const readSymbols = (read: SourceRequest['read']): string[] => [
	...new Set([...listOf(read('symbols', '')), ...readFoundSymbols(read)]),
];

/** A whole number of a field. @throws SourceError quoting what is none */
export function readCount(given: unknown, field: string, most: number): number {
	const count = Number(given);
	if (Number.isInteger(count) && count >= 1 && count <= most) return count;
	return refuse(`${field} is ${JSON.stringify(given)}; use a whole number from 1 to ${most}.`);
}

/** A time of a field, in the workflow's zone when it says none. @throws SourceError quoting what is none */
export function readTime(given: unknown, field: string, timeZone: string): EpochMs {
	// What an expression makes of n8n's dates is a text in quotes here.
	const text = textOf(given)
		.replace(/^"(.*)"$/, '$1')
		.trim();
	const at = parseInstant(text) ?? parseLocalTime(text, timeZone);
	if (at !== undefined) return at;
	return refuse(
		`${field} is ${JSON.stringify(text)}; use a time such as 2026-01-31T09:30:00 or 2026-01-31T14:30:00Z.`,
	);
}

export function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
