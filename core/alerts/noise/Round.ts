import { epochMs, type EpochMs } from '../../ports';
import type { AlertItem } from '../alertItem';
import type { NoisePolicy } from './compileNoise';
import {
	keyOf,
	type AlertKey,
	type Held,
	type HeldRecord,
	type Hold,
	type HoldEnd,
	type NoiseInput,
	type NoiseMessage,
	type NoiseState,
	type NoiseStep,
} from './model';

type Mutable<T> = { -readonly [Part in keyof T]: T[Part] };

/** Where alerts wait, by rule and symbol. */
export type Place = Record<AlertKey, Held>;

export type Why = Pick<Hold, 'by' | 'cause' | 'until'>;

/** Alerts that may wait in one place. What waits for its time is told early then; what is muted is given up. */
export const MAX_HELD = 10_000;

/**
 * One step of noise control: a copy of the state that its stages may change, and what comes out. Nothing of
 * it is left when the step is done.
 */
export class Round {
	readonly sources: Mutable<NoiseState['sources']>;
	readonly muted: Mutable<NoiseState['muted']>;
	readonly changes: Mutable<NoiseState['changes']>;
	readonly groups: Mutable<NoiseState['groups']>;
	readonly quiet: Mutable<NoiseState['quiet']['held']>;
	readonly told: Mutable<NoiseState['budget']['told']>;
	readonly overBudget: Mutable<NoiseState['budget']['held']>;
	readonly waves: Mutable<NoiseState['waves']>;
	readonly waveOf: Mutable<NoiseState['waveOf']>;

	/** When the quiet hours that lie around this moment end. */
	readonly quietUntil: EpochMs | undefined;

	readonly at: EpochMs;

	/** Nothing comes after it. */
	readonly isLast: boolean;

	/** The settings are others than before. */
	readonly isResettled: boolean;

	readonly messages: NoiseMessage[] = [];

	/** Whether what is muted may be so no longer, for other reasons than time. */
	hasChanged: boolean;

	private readonly records = new Map<number, HeldRecord>();

	private nextNumber: number;

	constructor(
		state: NoiseState,
		{ kind, at }: Pick<NoiseInput, 'kind' | 'at'>,
		readonly policy: NoisePolicy,
	) {
		this.at = at;
		this.isLast = kind === 'end';
		this.isResettled = state.fingerprint !== policy.fingerprint;
		this.sources = { ...state.sources };
		this.muted = { ...state.muted };
		this.changes = { ...state.changes };
		this.groups = { ...state.groups };
		this.quiet = { ...state.quiet.held };
		this.told = policy.budget === undefined ? {} : { ...state.budget.told };
		this.overBudget = { ...state.budget.held };
		this.waves = { ...state.waves };
		this.waveOf = { ...state.waveOf };
		this.nextNumber = state.nextNumber;
		this.quietUntil = this.isLast ? undefined : policy.quietHours?.endsAt(at);
		this.hasChanged = this.isResettled;
	}

	/** Keeps an alert in a place, for a reason; whoever waits there already, it stands for from now on. */
	hold(place: Place, alert: Held, why: Why): void {
		const key = keyOf(alert.alert.alert);
		const before = place[key];
		const entry = before?.hold ?? { since: this.at, number: this.nextNumber };
		if (before?.hold === undefined) this.nextNumber += 1;
		// Who waited without an entry is counted in this one.
		const count = (before?.hold?.count ?? (before === undefined ? 0 : 1)) + 1;
		const { since, number } = entry;
		const held = { ...takePlace(before, alert), hold: { ...why, since, number, count } };
		place[key] = held;
		this.write(held);
	}

	/** Says why it waits now, where that has changed. */
	goOnHolding(place: Place, held: Held, why: Why): void {
		const { hold } = held;
		if (hold === undefined) return;
		if (hold.by === why.by && hold.cause === why.cause && hold.until === why.until) return;
		const { until: _, ...rest } = hold;
		const next = { ...held, hold: { ...rest, ...why } };
		place[keyOf(held.alert.alert)] = next;
		this.write(next);
	}

	/** Nothing holds it any more. */
	end(held: Held, as: HoldEnd): Held {
		if (held.hold !== undefined) this.write(held, { at: this.at, as });
		const { hold: _, ...free } = held;
		return free;
	}

	step(): NoiseStep {
		const held = [...this.records.values()].sort((a, b) => a.number - b.number);
		const { quietUntil } = this;
		const waits = Object.keys(this.quiet).length > 0;
		return {
			state: {
				sources: this.sources,
				muted: this.muted,
				changes: this.changes,
				groups: this.groups,
				quiet: {
					held: this.quiet,
					...(waits && quietUntil !== undefined ? { until: quietUntil } : {}),
				},
				budget: { told: this.told, held: this.overBudget },
				waves: this.waves,
				waveOf: this.waveOf,
				nextNumber: this.nextNumber,
				fingerprint: this.policy.fingerprint,
			},
			told: this.messages,
			held,
		};
	}

	private write({ alert, hold }: Held, ended?: HeldRecord['ended']): void {
		if (hold === undefined) return;
		const { id, episodeId, ruleId, ruleName, symbol, state, severity } = alert.alert;
		this.records.set(hold.number, {
			...hold,
			alert: { id, episodeId, ruleId, ruleName, symbol, state, severity },
			title: alert.title,
			...(ended === undefined ? {} : { ended }),
		});
	}
}

/** An alert as it comes in. */
export const arrived = (alert: AlertItem): Held => ({
	alert,
	count: 1,
	fresh: alert.alert.state === 'firing',
});

/** The newer of two of the same rule and symbol, standing for both. */
export function takePlace(before: Held | undefined, next: Held): Held {
	if (before === undefined) return next;
	const isNewer = next.alert.alert.eventAt >= before.alert.alert.eventAt;
	const { alert } = isNewer ? next : before;
	const fresh = before.fresh || next.fresh;
	const { hold } = before;
	const closes = [
		...(before.closes ?? []),
		...(next.closes ?? []),
		...endOf(isNewer ? before : next, alert),
	];
	return {
		alert: fresh && alert.alert.state === 'reminder' ? asFirst(alert) : alert,
		count: before.count + next.count,
		fresh,
		...(closes.length === 0 ? {} : { closes: [...new Set(closes)] }),
		...(hold === undefined ? {} : { hold }),
	};
}

/** The episode whose end somebody waits for, when another one takes its place. */
const endOf = ({ alert: { alert }, fresh }: Held, by: AlertItem): string[] =>
	!fresh && alert.state === 'resolved' && alert.episodeId !== by.alert.episodeId
		? [alert.episodeId]
		: [];

/** A reminder of what nobody was told is the first they hear of it. */
const asFirst = (alert: AlertItem): AlertItem => ({
	...alert,
	alert: { ...alert.alert, state: 'firing' },
});

/** By time, then rule and symbol: whatever order they came in. */
export function inOrderOfTime<Of>(items: readonly Of[], alertOf: (item: Of) => AlertItem): Of[] {
	const keyed = items.map((item) => {
		const { alert } = alertOf(item);
		return { item, at: alert.eventAt, key: keyOf(alert) };
	});
	keyed.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
	return keyed.map(({ item }) => item);
}

/** Whether an instant lies within a span around now; after a leap back in time, neither does the future. */
export const isWithin = (instant: EpochMs, spanMs: number, now: EpochMs): boolean =>
	instant > now - spanMs && instant < now + spanMs;

export const later = (...instants: readonly number[]): EpochMs => epochMs(Math.max(...instants));
