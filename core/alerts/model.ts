import type { EpochMs } from '../ports';

/** When a rule's alert is told. */
export type AlertPolicy = {
	/**
	 * `onChange`: when it begins to hold. `everyMatch`: at each event that holds. `once`: one time per symbol.
	 * `oncePerCandle`: at the first event of a candle that holds. `onCandleClose`: at each closed candle that
	 * holds; others aren't judged.
	 */
	readonly fire: 'onChange' | 'everyMatch' | 'once' | 'oncePerCandle' | 'onCandleClose';
	/** Least time between two alerts, in event time. */
	readonly cooldownMs: number;
	/** How long it must hold before it fires; 0 fires at once. */
	readonly holdForMs: number;
	/** At how many closed candles in a row it must hold before it fires; 0 doesn't ask. */
	readonly holdForCandles: number;
	/** How long it must have stopped holding before it's over; 0 ends it at once. */
	readonly keepFiringForMs: number;
	/** How often to tell again while it goes on; 0 for never. */
	readonly remindEveryMs: number;
	/** Conditions of their own say when a firing alert is over. */
	readonly hasReset: boolean;
	/** Most alerts a day, UTC; `undefined` for no limit. Resolved ones don't count. */
	readonly maxPerDay: number | undefined;
	/** Most alerts in all; `undefined` for no limit. Resolved ones don't count. */
	readonly maxAlerts: number | undefined;
	/** Whether to tell when an alert that was told is over. */
	readonly notifyResolved: boolean;
};

/**
 * Where the alert of one rule and symbol stands. Plain JSON: this is what the store keeps.
 *
 * ```
 *              holds                  held for long enough
 *   inactive ─────────► pending ─────────────────────────────► firing ◄─────────┐
 *     ▲  ▲                 │                                    │   │           │ holds
 *     │  └─ fails, asleep ─┘                                    │   │ fails     │
 *     │                                                         │   └──────► recovering
 *     │                  fails (with a reset: the reset holds)  │               │
 *     └──────────────── resolved ◄──────────────────────────────┴───────────────┘
 *                                                                 for long enough
 * ```
 *
 * Firing is told, unless the cooldown or the day's limit holds it back; then it's told when that is over,
 * if it still holds. While it goes on, reminders are told. `unknown` moves nothing, and keeps the clock
 * from telling. Without `holdForMs` pending is over at once, without `keepFiringForMs` recovering is.
 */
export type AlertState = {
	readonly phase: 'inactive' | 'pending' | 'firing' | 'recovering';
	/** Whether the rule was ever judged with an answer; before that, a level that holds is `firstSight`. */
	readonly judged: boolean;
	/** Whether the last event got an answer; after an unknown, or asleep, the clock alone doesn't tell. */
	readonly certain: boolean;
	/** Of the current episode. */
	readonly episode?: Episode;
	/** Since when a firing alert has stopped holding; with a reset, since when that has held. */
	readonly failsSince?: EpochMs;
	/** Time of the event that last told. */
	readonly toldAt?: EpochMs;
	/** Beginning of the candle whose episode was told last. */
	readonly toldCandle?: EpochMs;
	/** Alerts told on the day of `toldAt`, UTC. */
	readonly toldThatDay: number;
	/** Alerts told so far; none where it isn't there. */
	readonly toldInAll?: number;
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
	/** Closed candles at which it held so far, where they are counted. */
	readonly candles?: number;
	/** Beginning of the candle it began in, for firing by candle. */
	readonly candle?: EpochMs;
};

export const noAlert: AlertState = {
	phase: 'inactive',
	judged: false,
	certain: false,
	toldThatDay: 0,
	heldBack: 0,
};

/** What comes in: an answer about an event, time passing, or an event the rule sleeps through. */
export type AlertInput =
	| {
			readonly kind: 'verdict';
			readonly outcome: 'holds' | 'fails' | 'unknown';
			/** An edge happened: a new episode even if the last one hasn't ended. */
			readonly pulse: boolean;
			/** What the conditions that end the alert say, where there are any. */
			readonly reset?: 'holds' | 'fails' | 'unknown';
			/** Beginning of the candle the event lies in. */
			readonly candle?: EpochMs;
			readonly eventAt: EpochMs;
			readonly eventId: string;
	  }
	| { readonly kind: 'clock'; readonly eventAt: EpochMs }
	/** An event outside the rule's schedule. */
	| { readonly kind: 'asleep'; readonly eventAt: EpochMs };

/** What comes out: an alert to tell. */
export type Transition = {
	readonly state: 'firing' | 'resolved' | 'reminder';
	readonly episode: Episode;
	/** Episodes that were kept quiet before this one. */
	readonly heldBack: number;
};

/** Why an alert that holds isn't told yet. */
export type QuietReason = 'holdFor' | 'cooldown' | 'maxPerDay';

export type Quiet =
	| { readonly by: QuietReason; readonly until: EpochMs }
	| { readonly by: 'holdFor'; readonly candles: number };

export type AlertStep = {
	readonly alert: AlertState;
	readonly transition?: Transition;
	/** It holds, and isn't told before this instant, or before so many more candles have closed. */
	readonly quiet?: Quiet;
};
