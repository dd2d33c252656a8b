import type { RateLimit } from '../resilience';
import { Remembered } from './requests/Remembered';
import { SharedStreams } from './streaming';

/** What all triggers of a process have in common: one socket and one budget per endpoint and credential. */
export class SharedConnections {
	readonly streams = new SharedStreams();

	/** Lists of symbols, by endpoint. */
	readonly lists = new Remembered();

	private readonly limits = new Map<string, RateLimit>();

	limit(key: string, make: () => RateLimit): RateLimit {
		const found = this.limits.get(key) ?? make();
		this.limits.set(key, found);
		return found;
	}
}
