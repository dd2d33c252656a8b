import type { RateLimit } from '../resilience';
import { SharedStreams } from './streaming';

/** What all triggers of a process have in common: one socket and one budget per endpoint and credential. */
export class SharedConnections {
	readonly streams = new SharedStreams();

	private readonly limits = new Map<string, RateLimit>();

	limit(key: string, make: () => RateLimit): RateLimit {
		const found = this.limits.get(key) ?? make();
		this.limits.set(key, found);
		return found;
	}
}
