import type { Clock, Timer } from '../../../ports';
import { RateLimit } from '../../../resilience';
import type { Item } from '../../feed';
import { ProviderFailure } from '../../ProviderFailure';
import type { Reading } from './events';

const MINUTE_MS = 60_000;

/** So many calls a minute, never more at once than come in a second. */
export function spacedLimit(
	callsPerMinute: number,
	ports: { readonly clock: Clock; readonly timer: Timer },
): RateLimit {
	const capacity = Math.max(callsPerMinute / 60, 1);
	return new RateLimit({ capacity, perMs: (capacity * MINUTE_MS) / callsPerMinute }, ports);
}

/** @throws ProviderFailure for a row that can't be read: what's behind it would be taken for a gap */
export function readAll(rows: readonly unknown[], read: (row: unknown) => Reading): Item[] {
	return rows.map((row) => {
		const item = read(row);
		if ('unreadable' in item) {
			throw new ProviderFailure(
				'schema',
				`gave a history that can't be read: ${item.unreadable}; trying again.`,
			);
		}
		return item;
	});
}

export const inWords = (ms: number): string =>
	ms < 120_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} min`;
