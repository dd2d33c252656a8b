import type { EpochMs } from '../ports';

/** When a rule's alert is told. */
export type AlertPolicy = {
	/** `onChange`: when it begins to hold. `everyMatch`: at each event that holds. `once`: one time per symbol. */
	readonly fire: 'onChange' | 'everyMatch' | 'once';
	/** Least time between two alerts, in event time. */
	readonly cooldownMs: number;
	/** How long it must hold before it fires; 0 fires at once. */
	readonly holdForMs: number;
	/** Most alerts a day, UTC; `undefined` for no limit. Resolved ones don't count. */
	readonly maxPerDay: number | undefined;
	/** Whether to tell when an alert that was told is over. */
	readonly notifyResolved: boolean;
};

/**
 * Where the alert of one rule and symbol stands. Plain JSON: this is what the store keeps.
 *
 * ```
 *              holds                  held for long enough
 *   inactive ─────────► pending ─────────────────────────────► firing
 *     ▲  ▲                 │                                     │  told, unless the cooldown or the
 *     │  └──── fails ──────┘                                     │  day's limit holds it back; then it's
 *     └──────────────────── fails: resolved ─────────────────────┘  told when that is over, if it still holds
 * ```
 *
 * `unknown` moves nothing, and keeps the clock from telling. Without `holdForMs` pending is over at once.
 */
export type AlertState = {
	readonly phase: 'inactive' | 'pending' | 'firing';
	/** Whether the rule was ever judged with an answer; before that, a level that holds is `firstSight`. */
	readonly judged: boolean;
	/** Whether the last answer was one; after an unknown the clock alone doesn't tell. */
	readonly certain: boolean;
	/** Of the current episode. */
	readonly episode?: Episode;
	/** Time of the event that last told. */
	readonly toldAt?: EpochMs;
	/** Alerts told on the day of `toldAt`, UTC. */
	readonly toldThatDay: number;
	/** Episodes that ended untold since then. */
	readonly heldBack: number;
};

export type Episode = {
	/** When it began to hold. */
	readonly startedAt: EpochMs;
	/** Id of the event it began with. */
	readonly eventId: string;
	readonly told: boolean;
	readonly firstSight: boolean;
};

export const noAlert: AlertState = {
	phase: 'inactive',
	judged: false,
	certain: false,
	toldThatDay: 0,
	heldBack: 0,
};

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
	readonly state: 'firing' | 'resolved';
	readonly episode: Episode;
	/** Episodes that were kept quiet before this one. */
	readonly heldBack: number;
};

/** Why an alert that holds isn't told yet. */
export type QuietReason = 'holdFor' | 'cooldown' | 'maxPerDay';

export type AlertStep = {
	readonly alert: AlertState;
	readonly transition?: Transition;
	/** It holds, and isn't told before this instant. */
	readonly quiet?: { readonly by: QuietReason; readonly until: EpochMs };
};
