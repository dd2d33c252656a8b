import type { EpochMs } from '../ports';

/** When a rule's alert is told. */
export type AlertPolicy = {
	/** `onChange`: when it begins to hold. `everyMatch`: at each event that holds. `once`: one time per symbol. */
	readonly fire: 'onChange' | 'everyMatch' | 'once';
	/** Least time between two alerts, in event time. */
	readonly cooldownMs: number;
};

/**
 * Where the alert of one rule and symbol stands. Plain JSON: this is what the store keeps.
 *
 * ```
 *               holds                      holds, cooldown over
 *   inactive ──────────► firing (told) ◄──────────────────────── firing (held back)
 *       ▲  │                │                                       │        ▲
 *       │  └────────────────┼──── holds, within the cooldown ───────┼────────┘
 *       └───────── fails ───┴───────────────── fails: counted ──────┘
 * ```
 *
 * `unknown` moves nothing.
 */
export type AlertState = {
	readonly phase: 'inactive' | 'firing';
	/** Whether the rule was ever judged with an answer; before that, a level that holds is `firstSight`. */
	readonly judged: boolean;
	/** Of the current episode. */
	readonly episode?: Episode;
	/** Time of the event that last told. */
	readonly toldAt?: EpochMs;
	/** Episodes that ended untold since then. */
	readonly heldBack: number;
};

export type Episode = {
	readonly startedAt: EpochMs;
	/** Id of the event it began with. */
	readonly eventId: string;
	readonly told: boolean;
	readonly firstSight: boolean;
};

export const noAlert: AlertState = { phase: 'inactive', judged: false, heldBack: 0 };

/** What comes in: an answer about an event, or time passing. */
export type AlertInput =
	| {
			readonly kind: 'verdict';
			readonly outcome: 'holds' | 'fails' | 'unknown';
			/** An edge happened: a new episode even if the last one hasn't ended. */
			readonly pulse: boolean;
			readonly eventAt: EpochMs;
			readonly eventId: string;
	  }
	| { readonly kind: 'clock'; readonly eventAt: EpochMs };

/** What comes out: an alert to tell. */
export type Transition = {
	readonly state: 'firing';
	readonly episode: Episode;
	/** Episodes that were kept quiet before this one. */
	readonly heldBack: number;
};

export type AlertStep = {
	readonly alert: AlertState;
	readonly transition?: Transition;
	/** It holds, and isn't told before this instant. */
	readonly heldBackUntil?: EpochMs;
};
