import type { EpochMs } from '../../ports';
import type { AlertItem } from '../alertItem';
import type { Labelled } from './matchers';

/** What can hold an alert back; `group` only where a later alert of the same rule and symbol took its place. */
export type NoiseReason = 'silence' | 'inhibit' | 'flapping' | 'quietHours' | 'group' | 'budget';

/** A rule and a symbol: what an alert is about, whatever its episode. See `keyOf`. */
export type AlertKey = string;

/**
 * An alert that waits. What comes of the same rule and symbol meanwhile takes its place and is counted: the
 * one that's told in the end is the newest.
 */
export type Held = {
	readonly alert: AlertItem;
	/** Alerts it stands for, itself included. */
	readonly count: number;
	/** Nobody was told yet that it began. */
	readonly fresh: boolean;
	/** Episodes that were told before and ended while it waited. */
	readonly closes?: readonly string[];
	/** Its entry in the ledger; alone and waiting for its group it has none. */
	readonly hold?: Hold;
};

/** What holds an alert back, and which entry of the ledger says so. */
export type Hold = {
	readonly by: NoiseReason;
	/** In words: the comment of the silence, the alert that inhibits. */
	readonly cause: string;
	readonly since: EpochMs;
	/** When it may be told, where that's known. */
	readonly until?: EpochMs;
	readonly number: number;
	/** Alerts held under this entry. */
	readonly count: number;
};

export type HeldByKey = Readonly<Record<AlertKey, Held>>;

/** An alert that may mute others. */
export type NoiseSource = {
	readonly alert: Labelled;
	readonly toldAt: EpochMs;
	readonly firing: boolean;
};

/** Changes of state of one rule and symbol. */
export type Changes = {
	/** When they happened at the venue: those within the window, oldest first. */
	readonly at: readonly EpochMs[];
	/** When the last of them came in: calm is measured from there, however late the data. */
	readonly lastAt: EpochMs;
	/** It flaps since then, and what came since is held. */
	readonly flapsSince?: EpochMs;
	readonly held?: Held;
};

export type Group = {
	readonly waiting: HeldByKey;
	/** When they are told; `undefined` when nobody waits. */
	readonly dueAt?: EpochMs;
	/** When the last message was told. */
	readonly toldAt?: EpochMs;
};

/**
 * The episode of a message with several members: what's told later of them belongs to it, and it's over
 * when all of them are.
 */
export type Wave = {
	readonly eventAt: EpochMs;
	readonly startedAt: EpochMs;
	/** Those still firing: their symbols, or titles where they have none. */
	readonly firing: Readonly<Record<AlertKey, string>>;
};

/** Where noise control stands. Plain JSON: this is what the store keeps. */
export type NoiseState = {
	/** Alerts that inhibit others. */
	readonly sources: Readonly<Record<AlertKey, NoiseSource>>;
	/** Held by a silence or by inhibition. */
	readonly muted: HeldByKey;
	readonly changes: Readonly<Record<AlertKey, Changes>>;
	readonly groups: Readonly<Record<string, Group>>;
	/** Held by quiet hours, and when those end. */
	readonly quiet: { readonly held: HeldByKey; readonly until?: EpochMs };
	/** Messages told lately, by destination, and what's held by the lists of destinations it goes to. */
	readonly budget: {
		readonly told: Readonly<Record<string, readonly EpochMs[]>>;
		readonly held: Readonly<Record<string, HeldByKey>>;
	};
	readonly waves: Readonly<Record<string, Wave>>;
	/** Which wave told of a rule and symbol. */
	readonly waveOf: Readonly<Record<AlertKey, string>>;
	/** Of the next entry in the ledger. */
	readonly nextNumber: number;
	/** The settings it was last moved forward with. */
	readonly fingerprint: string;
};

export const noNoise: NoiseState = {
	sources: {},
	muted: {},
	changes: {},
	groups: {},
	quiet: { held: {} },
	budget: { told: {}, held: {} },
	waves: {},
	waveOf: {},
	nextNumber: 0,
	fingerprint: '',
};

/** What comes in. */
export type NoiseInput =
	/** Alerts of one moment; what fires in it inhibits the others in it, whatever their order. */
	| { readonly kind: 'alerts'; readonly at: EpochMs; readonly alerts: readonly AlertItem[] }
	/** Alerts that ended without being told: their rules don't tell it. */
	| { readonly kind: 'over'; readonly at: EpochMs; readonly keys: readonly AlertKey[] }
	| { readonly kind: 'clock'; readonly at: EpochMs }
	/** Nothing comes any more, and no time passes: what waits for its time is told now. */
	| { readonly kind: 'end'; readonly at: EpochMs };

/** A message to send: one alert as it is, or several as one. */
export type NoiseMessage = {
	/** The same whenever it's made of the same alerts. A single alert keeps its own. */
	readonly id: string;
	readonly episodeId: string;
	/** Why they are together; `alert` is one as it came. */
	readonly by: 'alert' | 'group' | 'quietHours' | 'budget';
	/** `reminder`: some are over, others go on. */
	readonly state: AlertItem['alert']['state'];
	readonly members: readonly Member[];
	/** Told before in the same episode and still firing. */
	readonly stillFiring: readonly string[];
	/** Episodes told before that are over with this one, and have no end of their own. */
	readonly closes: readonly string[];
	readonly startedAt: EpochMs;
	readonly eventAt: EpochMs;
};

export type Member = {
	readonly alert: AlertItem;
	/** Alerts of the same rule and symbol it stands for. */
	readonly count: number;
};

/** An entry of the ledger: alerts of one rule and symbol that something held back. */
export type HeldRecord = {
	/** Grows by one with each entry; written again as long as it goes on. */
	readonly number: number;
	/** Of the newest alert. */
	readonly alert: Pick<
		AlertItem['alert'],
		'id' | 'episodeId' | 'ruleId' | 'ruleName' | 'symbol' | 'state' | 'severity'
	>;
	readonly title: string;
	readonly by: NoiseReason;
	readonly cause: string;
	readonly since: EpochMs;
	readonly until?: EpochMs;
	/** How many alerts. */
	readonly count: number;
	/**
	 * `released`: the newest went on, and stands for the others. `over`: it ended before it could be told.
	 * `full`: too many were muted, and nobody will be told. Missing while it waits.
	 */
	readonly ended?: { readonly at: EpochMs; readonly as: HoldEnd };
};

export type HoldEnd = 'released' | 'over' | 'full';

export type NoiseStep = {
	readonly state: NoiseState;
	readonly told: readonly NoiseMessage[];
	/** Entries of the ledger that are new or have changed, in the order of their numbers. */
	readonly held: readonly HeldRecord[];
};

export const keyOf = ({ ruleId, symbol }: Pick<Labelled, 'ruleId' | 'symbol'>): AlertKey =>
	JSON.stringify([ruleId, symbol.toUpperCase()]);

/** Rule and symbol of a key. */
export const parseKey = (key: AlertKey): readonly string[] => JSON.parse(key) as string[]; // keyOf made it
