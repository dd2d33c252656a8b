import type {
	CandleNeed,
	FactReader,
	Instruments,
	InstrumentState,
	Observation,
	PastCandles,
	Splits,
} from '../facts';
import type { EpochMs, Log } from '../ports';
import type { CompiledRule } from '../rules';
import type { WatchScope } from './advanceWatch';
import type { LiveAlert } from './LiveAlert';
import { LiveRulesAskedAlways } from './LiveRulesAskedAlways';
import { LiveRulesAskedChanged } from './LiveRulesAskedChanged';
import type { WatchState } from './watchState';

export type LiveOptions = {
	readonly scope: WatchScope;
	readonly splits?: Splits | undefined;
	/** What was kept of a rule and symbol (in upper case). */
	readonly states?: ((ruleId: string, symbol: string) => WatchState | undefined) | undefined;
	/** What was kept of an instrument, by symbol in upper case. */
	readonly instrumentStates?: ((symbol: string) => InstrumentState | undefined) | undefined;
	readonly log?: Log | undefined;
	/** How many rules are kept ready beside their text; enough for most. */
	readonly keptReady?: number | undefined;
};

/** What changed since it was last asked for, so that it can be kept. */
export type LiveChanges = {
	readonly watches: ReadonlyArray<{
		readonly ruleId: string;
		/** In upper case. */
		readonly symbol: string;
		readonly state: WatchState;
		/** Of one that waits for the clock. */
		readonly last?: LastSeen;
	}>;
	/** By symbol in upper case. */
	readonly instruments: ReadonlyArray<readonly [symbol: string, state: InstrumentState]>;
};

/** What a rule and symbol saw last: all that an alert needs that the clock tells. */
export type LastSeen = {
	readonly observation: Observation;
	/** What that event is called. */
	readonly eventId: string;
	/** The facts as they were then. */
	readonly facts: FactReader;
};

export type LiveCounts = {
	readonly events: number;
	/** Events that were seen before, or came late. */
	readonly leftOut: number;
	/** How often json-rules-engine was asked about a rule. */
	readonly judgeCalls: number;
	/** How often it said something else than the gate. */
	readonly disagreements: number;
	readonly alerts: number;
};

/** Two ways to the same alerts. */
export interface LiveCourse {
	readonly instruments: Instruments;
	put(rule: CompiledRule): void;
	remove(ruleId: string): void;
	resume(ruleId: string, symbol: string, last: LastSeen): void;
	observe(observation: Observation): void;
	passTime(before: EpochMs): void;
	readonly nextDueAt: EpochMs | undefined;
	drain(): Promise<readonly LiveAlert[]>;
	takeChanges(): LiveChanges;
	readonly counts: LiveCounts;
}

/**
 * Any number of rules, kept in memory and moved forward event by event.
 *
 * Time is the events': before an event is taken in, the clock is told to every alert that is due earlier.
 * Without events, `passTime` tells it. What comes of it is handed out by `drain`, in order.
 *
 * A rule takes part from the first event after it was put in: what its instrument has seen by then, it has
 * seen, too.
 */
export class LiveRules implements Omit<LiveCourse, 'instruments'> {
	private readonly course: LiveCourse;

	/** @param options.gate whom to ask; both ways give the same alerts */
	constructor(options: LiveOptions & { readonly gate?: 'askAlways' | 'askChanged' }) {
		const { gate = 'askChanged' } = options;
		this.course =
			gate === 'askAlways' ? new LiveRulesAskedAlways(options) : new LiveRulesAskedChanged(options);
	}

	/**
	 * Adds a rule, or changes the one of its id: other conditions begin anew, other texts and times don't.
	 * The others aren't touched.
	 */
	put(rule: CompiledRule): void {
		this.course.put(rule);
	}

	remove(ruleId: string): void {
		this.course.remove(ruleId);
	}

	/**
	 * Lets a rule and symbol that was kept wait for the clock again, before an event of that symbol comes.
	 * What was kept of it is asked for as always.
	 */
	resume(ruleId: string, symbol: string, last: LastSeen): void {
		this.course.resume(ruleId, symbol, last);
	}

	/** The candles that facts of a symbol are made of. */
	needs(symbol: string): readonly CandleNeed[] {
		return this.course.instruments.find(symbol).needs();
	}

	/** What a source's history says of a symbol; known from its next event on, and never an event itself. */
	fill(symbol: string, past: PastCandles): void {
		this.course.instruments.find(symbol).fill(past);
	}

	/** Takes in an event, after letting time pass up to it. */
	observe(observation: Observation): void {
		this.course.observe(observation);
	}

	/** Lets time pass up to an instant, itself not included. */
	passTime(before: EpochMs): void {
		this.course.passTime(before);
	}

	/** When the clock is wanted next, if no event comes first. Right once everything is drained. */
	get nextDueAt(): EpochMs | undefined {
		return this.course.nextDueAt;
	}

	/** The alerts told since it was last asked, in order. */
	async drain(): Promise<readonly LiveAlert[]> {
		return await this.course.drain();
	}

	/** What must be kept to go on from here; everything that was told before must be drained. */
	takeChanges(): LiveChanges {
		return this.course.takeChanges();
	}

	get counts(): LiveCounts {
		return this.course.counts;
	}
}
