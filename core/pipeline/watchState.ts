import { noAlert, type AlertState } from '../alerts';
import { nothingSeen, type SeenEvents } from '../market';
import type { EpochMs } from '../ports';
import type { BeforeValues } from '../rules';

/** What is kept per rule and symbol between events. Plain JSON. */
export type WatchState = {
	/** The conditions it belongs to; other conditions begin anew. */
	readonly fingerprint: string;
	readonly alert: AlertState;
	readonly before: BeforeValues;
	/** How many splits lie behind those values; none when it isn't there. */
	readonly splits?: number;
	readonly seen: SeenEvents;
	/** Time of the last event that was judged. */
	readonly lastEventAt?: EpochMs;
};

/** Whether an alert is on: it began to hold, and isn't over. */
export const isOn = (state: Pick<WatchState, 'alert'> | undefined): boolean =>
	state?.alert.phase === 'firing' || state?.alert.phase === 'recovering';

export const beginWatch = (fingerprint: string): WatchState => ({
	fingerprint,
	alert: noAlert,
	before: {},
	seen: nothingSeen,
});
