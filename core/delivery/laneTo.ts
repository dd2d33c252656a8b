import type { Clock } from '../ports';
import { SlidingLimit, type Allowance } from '../resilience';
import { Lane, type LanePorts } from './Lane';

export type Destination = {
	/** Names it within the process; hash what's secret. */
	readonly key: string;
	readonly allowances: readonly Allowance[];
	/** Limits it shares with other destinations: those of a bot for all its chats. */
	readonly shared?: { readonly key: string; readonly allowances: readonly Allowance[] };
};

const MANY = 500;

type Lanes = {
	readonly lanes: Map<string, Lane<unknown, unknown>>;
	readonly limits: Map<string, SlidingLimit>;
};

/** By clock: in production there is one, a test brings its own. */
const known = new WeakMap<Clock, Lanes>();

/** The one lane of this process to a destination, whichever execution asks. */
export function laneTo<Job, Result>(
	{ key, allowances, shared }: Destination,
	ports: LanePorts,
): Lane<Job, Result> {
	const { lanes, limits } = known.get(ports.clock) ?? newLanes(ports.clock);
	// A key belongs to one channel, which always has the same kind of jobs.
	const found = lanes.get(key) as unknown as Lane<Job, Result> | undefined;
	if (found !== undefined) return found;
	if (lanes.size >= MANY) forgetIdle(lanes);
	const all = [new SlidingLimit(allowances)];
	if (shared !== undefined) {
		const limit = limits.get(shared.key) ?? new SlidingLimit(shared.allowances);
		limits.set(shared.key, limit);
		all.push(limit);
	}
	const lane = new Lane<Job, Result>(all, ports);
	lanes.set(key, lane as unknown as Lane<unknown, unknown>);
	return lane;
}

function forgetIdle(lanes: Map<string, Lane<unknown, unknown>>): void {
	for (const [key, lane] of lanes) if (lane.isIdle) lanes.delete(key);
}

function newLanes(clock: Clock): Lanes {
	const lanes: Lanes = { lanes: new Map(), limits: new Map() };
	known.set(clock, lanes);
	return lanes;
}
