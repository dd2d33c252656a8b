import type { AlertItem, AlertKey } from '../alerts';
import { epochMs, type Change, type EpochMs } from '../ports';
import type { NoiseControl } from './NoiseControl';

/** What is told of a batch's alerts and of those held before, and what must be written with it. */
export type Quietened = {
	readonly told: readonly AlertItem[];
	readonly changes: readonly Change[];
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
	 * @param upTo how far time has come when there's nothing more
	 */
	advance(
		alerts: readonly AlertItem[],
		over: readonly AlertKey[],
		upTo: EpochMs | undefined,
	): Quietened {
		const told: AlertItem[] = [];
		const changes: Change[] = [];
		const plan = (input: Parameters<NoiseControl['plan']>[0]) => {
			this.at = input.at;
			const step = this.noise.plan(input);
			step.settle(); // what is written is written with the batch, or this is the end
			told.push(...step.told);
			changes.push(...step.changes);
		};
		const passTime = (at: EpochMs) => {
			for (let due = this.nextDueAt; due !== undefined && due <= at;) {
				plan({ kind: 'clock', at: this.notBefore(due) });
				const next = this.nextDueAt;
				due = next === due ? undefined : next;
			}
		};
		for (const [moment, ofMoment] of momentsOf(alerts)) {
			passTime(moment);
			plan({ kind: 'alerts', at: this.notBefore(moment), alerts: ofMoment });
		}
		const { known } = this;
		const keys = over.filter((key) => known.has(key));
		if (keys.length > 0) plan({ kind: 'over', at: this.notBefore(upTo ?? this.at), keys });
		if (upTo !== undefined) passTime(upTo);
		return { told, changes };
	}

	private notBefore(at: EpochMs): EpochMs {
		return epochMs(Math.max(at, this.at));
	}
}

/** Alerts by their moments, as they come. */
function momentsOf(alerts: readonly AlertItem[]): Array<[EpochMs, AlertItem[]]> {
	const moments: Array<[EpochMs, AlertItem[]]> = [];
	for (const alert of alerts) {
		const last = moments.at(-1);
		if (last !== undefined && last[0] === alert.alert.eventAt) last[1].push(alert);
		else moments.push([epochMs(alert.alert.eventAt), [alert]]);
	}
	return moments;
}
