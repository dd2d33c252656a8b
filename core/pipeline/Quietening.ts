import type { AlertItem, AlertKey, HeldRecord, NoiseInput } from '../alerts';
import { epochMs, type Change, type EpochMs } from '../ports';
import type { NoiseControl } from './NoiseControl';

/** What is told of a batch's alerts and of those held before, and what must be written with it. */
export type Quietened = {
	readonly told: readonly AlertItem[];
	readonly changes: readonly Change[];
	/** Nobody will be told of these: too many were muted. */
	readonly givenUp: readonly HeldRecord[];
};

export type NoiseTime = {
	/** How far time has come when there's nothing more; `undefined` while that isn't known. */
	readonly upTo: EpochMs | undefined;
	/** It can't be later than that, whatever an event says of itself; `undefined` on a tape. */
	readonly notAfter: EpochMs | undefined;
};

/** Noise control behind rules that watch a feed: alerts in the order of their moments, and time in between. */
export class Quietening {
	/** Where its time stands; it never goes back. */
	private at = epochMs(0);

	constructor(private readonly noise: NoiseControl) {}

	get nextDueAt(): EpochMs | undefined {
		return this.noise.nextDueAt;
	}

	/** Rules and symbols whose end matters. */
	get known(): ReadonlySet<AlertKey> {
		return this.noise.known;
	}

	/**
	 * @param over alerts that ended without being told
	 * @param isLast nothing comes after it, and no time passes
	 */
	advance(
		alerts: readonly AlertItem[],
		over: readonly AlertKey[],
		{ upTo, notAfter }: NoiseTime,
		isLast = false,
	): Quietened {
		const told: AlertItem[] = [];
		const step = (input: NoiseInput) => {
			const at = epochMs(Math.max(input.at, this.at));
			this.at = at;
			told.push(...this.noise.step({ ...input, at }));
		};
		const passTime = (at: EpochMs) => {
			for (let due = this.nextDueAt; due !== undefined && due <= at;) {
				step({ kind: 'clock', at: due });
				const next = this.nextDueAt;
				due = next === due ? undefined : next;
			}
		};
		const moments = momentsOf(alerts, notAfter);
		const beginsAt = moments[0]?.[0] ?? upTo;
		if (this.noise.isResettled && beginsAt !== undefined) step({ kind: 'clock', at: beginsAt });
		for (const [at, ofMoment] of moments) {
			passTime(at);
			step({ kind: 'alerts', at, alerts: ofMoment });
		}
		const { known } = this;
		const keys = over.filter((key) => known.has(key));
		if (keys.length > 0) step({ kind: 'over', at: upTo ?? this.at, keys });
		if (upTo !== undefined) passTime(upTo);
		if (isLast) step({ kind: 'end', at: upTo ?? this.at });
		return { told, ...this.noise.takeChanges() };
	}
}

/** Alerts by their moments, as they come. */
function momentsOf(
	alerts: readonly AlertItem[],
	notAfter: number = Infinity,
): Array<[EpochMs, AlertItem[]]> {
	const moments: Array<[EpochMs, AlertItem[]]> = [];
	for (const alert of alerts) {
		const at = epochMs(Math.min(alert.alert.eventAt, notAfter));
		const last = moments.at(-1);
		if (last !== undefined && last[0] === at) last[1].push(alert);
		else moments.push([at, [alert]]);
	}
	return moments;
}
