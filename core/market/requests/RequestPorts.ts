import type { Clock, HttpClient, Random, Timer } from '../../ports';
import type { SharedConnections } from '../SharedConnections';

/** What every source's requests need of the world. */
export type RequestPorts = {
	readonly clock: Clock;
	readonly timer: Timer;
	readonly random: Random;
	readonly http: HttpClient;
	readonly shared: SharedConnections;
	/** How long a call may be tried again, in milliseconds. */
	readonly patienceMs: number;
};

/** Clocks differ a little: a candle that ended longer ago has had its last word. */
export const FINAL_AFTER_MS = 5_000;

/** For callers that don't care to stop. */
export const neverAborted: AbortSignal = new AbortController().signal;
