import type { Instrument, Observation } from '../facts';
import { InstrumentWatch, type CompiledRule, type Schedule } from '../rules';

/** Slots of one schedule, which are awake or asleep together. */
type Scheduled = {
	readonly key: string;
	readonly schedule: Schedule;
	/** `undefined` until an event says. */
	isAwake: boolean | undefined;
	slots: number[];
};

/** Of lists that most lanes leave empty; written into by nobody. */
const NONE: never[] = [];

/** One instrument and the slots of the rules on it. */
export class Lane {
	/** What the gate watches on it. */
	readonly watch = new InstrumentWatch();

	slots: number[] = NONE;

	/** How many there are: said here, so that an event needn't look at the list. */
	count = 0;

	/** How many of them no event was put to yet. */
	fresh = 0;

	/** Those whose conditions can't be indexed. */
	rechecked: number[] = NONE;

	schedules: Scheduled[] = NONE;

	/** Slots an event may change something of though it says the same: from when on. */
	attending: Map<number, number> | undefined;

	/** The earliest of those. */
	attendAt = Number.POSITIVE_INFINITY;

	/** The last event that was taken in, and what it is called. */
	observation: Observation | undefined;

	eventId = '';

	/** Since changes were taken. */
	isChanged = false;

	/** @param symbol in upper case */
	constructor(
		readonly number: number,
		readonly symbol: string,
		readonly instrument: Instrument,
	) {}

	/** @param isRechecked whether its conditions can't be indexed */
	join(slot: number, rule: CompiledRule, isRechecked: boolean): void {
		this.slots = append(this.slots, slot);
		this.count += 1;
		this.fresh += 1;
		if (isRechecked) this.rechecked = append(this.rechecked, slot);
		else if (rule.schedule !== undefined) this.joinSchedule(slot, rule, rule.schedule);
	}

	leave(slot: number, isFresh: boolean): void {
		const isOther = (one: number) => one !== slot;
		this.slots = this.slots.filter(isOther);
		this.count -= 1;
		if (isFresh) this.fresh -= 1;
		if (this.rechecked.length > 0) this.rechecked = this.rechecked.filter(isOther);
		if (this.schedules.length > 0) {
			for (const scheduled of this.schedules) scheduled.slots = scheduled.slots.filter(isOther);
			this.schedules = this.schedules.filter(({ slots }) => slots.length > 0);
		}
		this.attendFrom(slot, Number.POSITIVE_INFINITY);
	}

	/** From when on a slot must be looked at whatever an event says; infinity for no more. */
	attendFrom(slot: number, at: number): void {
		const known = this.attending?.get(slot) ?? Number.POSITIVE_INFINITY;
		if (known === at) return;
		if (at === Number.POSITIVE_INFINITY) this.attending?.delete(slot);
		else (this.attending ??= new Map<number, number>()).set(slot, at);
		if (at < this.attendAt) this.attendAt = at;
		else if (known === this.attendAt) {
			this.attendAt = Number.POSITIVE_INFINITY;
			for (const one of this.attending?.values() ?? [])
				if (one < this.attendAt) this.attendAt = one;
		}
		if (this.attending?.size === 0) this.attending = undefined;
	}

	private joinSchedule(slot: number, rule: CompiledRule, schedule: Schedule): void {
		const key = JSON.stringify(rule.document.schedule);
		const known = this.schedules.find((one) => one.key === key);
		if (known === undefined) {
			this.schedules = [...this.schedules, { key, schedule, isAwake: undefined, slots: [slot] }];
			return;
		}
		known.slots.push(slot);
		known.isAwake = undefined;
	}
}

/** In place, unless it's the list that all empty ones share. */
function append(list: number[], slot: number): number[] {
	if (list.length === 0) return [slot];
	list.push(slot);
	return list;
}
