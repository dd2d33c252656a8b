import type { Clock, Timer } from '../../ports';
import { RateLimit } from '../../resilience';

const MINUTE_MS = 60_000;

/** So many calls a minute, never more at once than come in a second. */
export function spacedLimit(
	callsPerMinute: number,
	ports: { readonly clock: Clock; readonly timer: Timer },
): RateLimit {
	const capacity = Math.max(callsPerMinute / 60, 1);
	return new RateLimit({ capacity, perMs: (capacity * MINUTE_MS) / callsPerMinute }, ports);
}
