/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import { nextChangeAt, nextDueAt, noAlert, type AlertState } from '../alerts';
import { Instruments, type Observation } from '../facts';
import { hasSeen, isNewStream } from '../market';
import type { EpochMs } from '../ports';
import {
	answerSides,
	ChangeGate,
	readSides,
	type BeforeValues,
	type CompiledRule,
	type Outcome,
	type Sides,
} from '../rules';
import { policyOf } from './advanceWatch';
import type { Seen } from './Confirmations';
import { DueTimes } from './DueTimes';
import { Lane } from './Lane';
import type { LastSeen, LiveChanges, LiveOptions } from './LiveRules';
import { RuleBook } from './RuleBook';
import { mustRecheck, traitsOf } from './ruleTraits';
import { CHANGED, EACH, EDGED, FLEETING, FRESH, RECHECKED, SAID, Slots } from './Slots';
import type { WatchState } from './watchState';

/** What is kept of a slot that is looked at whenever there is an event. */
type Recheck = { before: BeforeValues; splits: number };

/** What goes on of a slot whose rule has other texts or times. */
type Kept = {
	readonly state: WatchState;
	readonly isAhead: boolean;
	readonly dueAt: EpochMs | undefined;
	readonly duePlace: number | undefined;
	readonly seen: Seen | undefined;
};

/**
 * Which rules are on which instruments, and where the alert of each stands: a *slot* is one rule on one
 * instrument, a *lane* all that is on one instrument.
 */
export class LiveTable {
	readonly instruments: Instruments;

	readonly gate = new ChangeGate();

	readonly book: RuleBook;

	readonly slots = new Slots();

	readonly due = new DueTimes<number>();

	/** What slots saw of which the clock can't be told from what is known now. */
	readonly lastSeen = new Map<number, Seen>();

	/** Of slots that were kept: what they have seen, until an event comes that they haven't. */
	readonly ahead = new Map<number, WatchState>();

	readonly rechecks = new Map<number, Recheck>();

	private readonly lanes: Lane[] = [];

	/** By symbol, as events spell it and in upper case. */
	private readonly lanesBySymbol = new Map<string, Lane>();

	/** The first slot of each rule. */
	private readonly firstSlot: number[] = [];

	/** Rules that watch every instrument. */
	private readonly everywhere = new Set<number>();

	/** Rules whose conditions were changed: what was kept is of others. */
	private readonly renewed = new Set<number>();

	private changedSlots: number[] = [];

	private changedLanes: Lane[] = [];

	constructor(private readonly options: LiveOptions) {
		this.book = new RuleBook(options.keptReady);
		this.instruments = new Instruments([], options.splits, options.instrumentStates);
	}

	put(rule: CompiledRule): void {
		const known = this.book.find(rule.document.id);
		this.instruments.ask(rule);
		if (known === undefined) {
			const number = this.book.add(rule);
			this.firstSlot[number] = -1;
			this.spread(number, rule, new Map());
			return;
		}
		const old = this.book.rule(known);
		const goesOn = old.fingerprint === rule.fingerprint;
		if (!goesOn) this.renewed.add(known);
		const kept = new Map<number, Kept>();
		for (const slot of this.slotsOf(known)) {
			if (goesOn) {
				kept.set(this.slots.lane[slot]!, {
					state: this.stateOf(slot, old),
					isAhead: this.ahead.has(slot),
					dueAt: this.due.at(slot),
					duePlace: this.due.placeOf(slot),
					seen: this.lastSeen.get(slot),
				});
			}
			this.removeSlot(slot, old);
		}
		this.everywhere.delete(known);
		this.instruments.unask(old);
		this.book.change(known, rule);
		this.spread(known, rule, kept);
	}

	remove(ruleId: string): void {
		const number = this.book.find(ruleId);
		if (number === undefined) return;
		const rule = this.book.rule(number);
		for (const slot of this.slotsOf(number)) this.removeSlot(slot, rule);
		this.everywhere.delete(number);
		this.renewed.delete(number);
		this.instruments.unask(rule);
		this.book.remove(ruleId);
	}

	/** Lets a slot that was kept wait for the clock. */
	resume(ruleId: string, symbol: string, last: LastSeen): void {
		const number = this.book.find(ruleId);
		if (number === undefined) return;
		const lane = this.laneOf(symbol);
		const slot = this.slotsOf(number).find((one) => this.slots.lane[one] === lane.number);
		if (slot === undefined) return;
		const rule = this.ruleOf(slot);
		const { before = {} } = this.ahead.get(slot) ?? {};
		this.lastSeen.set(slot, { ...last, sides: readSides(rule, last.facts, before) });
		this.due.set(slot, nextDueAt(this.slots.alert[slot]!, policyOf(rule)));
	}

	ruleOf(slot: number): CompiledRule {
		return this.book.rule(this.slots.rule[slot]!);
	}

	laneOfSlot(slot: number): Lane {
		return this.lanes[this.slots.lane[slot]!]!;
	}

	noteLane(lane: Lane): void {
		lane.isChanged = true;
		this.changedLanes.push(lane);
	}

	takeChanges(): LiveChanges {
		const slots = new Set(this.changedSlots.filter((slot) => this.slots.has(slot, CHANGED)));
		for (const lane of this.changedLanes) {
			lane.isChanged = false;
			for (const slot of lane.slots) {
				// What edges are compared with is another with each event, and what the clock would tell.
				if (this.slots.has(slot, EDGED) || this.due.at(slot) !== undefined) slots.add(slot);
			}
		}
		const changes: LiveChanges = {
			watches: [...slots].map((slot) => {
				this.slots.unmark(slot, CHANGED);
				const rule = this.ruleOf(slot);
				const last =
					this.due.at(slot) === undefined
						? undefined
						: (this.lastSeen.get(slot) ?? this.seeAgain(slot, rule));
				return {
					ruleId: rule.document.id,
					symbol: this.laneOfSlot(slot).symbol,
					state: this.stateOf(slot, rule),
					...(last === undefined ? {} : { last }),
				};
			}),
			instruments: this.changedLanes.map((lane) => [lane.symbol, lane.instrument.snapshot()]),
		};
		this.changedSlots = [];
		this.changedLanes = [];
		return changes;
	}

	// What is said of a slot.

	sidesBefore(lane: Lane, slot: number, rule: CompiledRule): Recheck {
		const before = rule.hasEdge
			? this.gate.sidesOf(lane.watch, rule, this.slots.top[slot]!, 'before')
			: {};
		return { before, splits: 0 };
	}

	answerOf(slot: number, rule: CompiledRule, sides: Sides): Outcome {
		const top = this.slots.top[slot]!;
		if (top < 0) return answerSides(rule, sides);
		const outcome = toOutcome(this.gate.answerOf(top));
		return { outcome, pulse: rule.hasEdge && outcome === 'holds' && this.gate.hasPulse(top) };
	}

	resetAnswerOf(
		slot: number,
		reset: NonNullable<CompiledRule['reset']>,
		sides: Sides,
	): Outcome['outcome'] {
		const top = this.slots.resetTop[slot]!;
		return top < 0 ? answerSides(reset, sides).outcome : toOutcome(this.gate.answerOf(top));
	}

	/** What the last event of a slot's instrument showed; nothing of it has changed since. */
	seeAgain(slot: number, rule: CompiledRule): Seen | undefined {
		const { observation, eventId, instrument } = this.laneOfSlot(slot);
		if (observation === undefined) return undefined;
		const sight = this.instruments.sightOf(observation, instrument, 'new');
		return {
			sides: readSides(rule, sight, {}),
			observation,
			eventId,
			facts: sight.keep(rule.facts),
		};
	}

	/** Moves a slot's alert, and notes when it wants a look next. */
	move(slot: number, rule: CompiledRule, alert: AlertState): void {
		if (this.slots.move(slot, alert)) this.noteChanged(slot);
		const policy = policyOf(rule);
		const dueAt = nextDueAt(alert, policy);
		this.due.set(slot, dueAt);
		const always =
			(dueAt !== undefined && this.slots.has(slot, FLEETING)) ||
			(this.slots.has(slot, EACH) && this.slots.said[slot] === SAID.holds);
		this.laneOfSlot(slot).attendFrom(
			slot,
			always ? Number.NEGATIVE_INFINITY : nextChangeAt(alert, policy),
		);
	}

	private noteChanged(slot: number): void {
		if (this.slots.has(slot, CHANGED)) return;
		this.slots.mark(slot, CHANGED);
		this.changedSlots.push(slot);
	}

	// Rules and instruments come and go.

	laneOf(symbol: string): Lane {
		const known = this.lanesBySymbol.get(symbol);
		if (known !== undefined) return known;
		const key = symbol.toUpperCase();
		let lane = this.lanesBySymbol.get(key);
		if (lane === undefined) {
			lane = new Lane(this.lanes.length, key, this.instruments.find(key));
			this.lanes.push(lane);
			this.lanesBySymbol.set(key, lane);
			for (const rule of this.everywhere) this.addSlot(rule, this.book.rule(rule), lane, undefined);
		}
		this.lanesBySymbol.set(symbol, lane);
		return lane;
	}

	private spread(number: number, rule: CompiledRule, kept: ReadonlyMap<number, Kept>): void {
		if (rule.symbols === undefined) {
			for (const lane of this.lanes) this.addSlot(number, rule, lane, kept.get(lane.number));
			this.everywhere.add(number);
			return;
		}
		for (const symbol of rule.symbols) {
			const lane = this.laneOf(symbol);
			this.addSlot(number, rule, lane, kept.get(lane.number));
		}
	}

	private addSlot(number: number, rule: CompiledRule, lane: Lane, own: Kept | undefined): void {
		const { slots } = this;
		const slot = slots.open(number, lane.number);
		const kept = own?.state ?? this.restore(number, rule, lane.symbol);
		const state = kept?.fingerprint === rule.fingerprint ? kept : undefined;
		if (kept !== undefined && own?.isAhead !== false) this.ahead.set(slot, kept);
		slots.move(slot, state?.alert ?? noAlert);
		const isRechecked = mustRecheck(rule, lane.symbol, this.options.splits);
		slots.mark(slot, FRESH | traitsOf(rule) | (isRechecked ? RECHECKED | FLEETING : 0));
		slots.next[slot] = this.firstSlot[number] ?? -1;
		this.firstSlot[number] = slot;
		lane.join(slot, rule, isRechecked);
		if (own !== undefined) {
			this.due.set(slot, own.dueAt, own.duePlace);
			if (own.seen !== undefined) this.lastSeen.set(slot, own.seen);
			this.noteChanged(slot);
		}
		if (isRechecked) {
			this.rechecks.set(slot, { before: state?.before ?? {}, splits: state?.splits ?? 0 });
			this.book.pin(number, rule);
			return;
		}
		const before = state?.splits === undefined ? state?.before : undefined;
		slots.top[slot] = this.gate.add(lane.watch, rule, slot * 2, before);
		if (rule.reset !== undefined) {
			slots.resetTop[slot] = this.gate.add(lane.watch, rule.reset, slot * 2 + 1);
		}
		this.gate.changed.length = 0;
	}

	private restore(number: number, rule: CompiledRule, symbol: string): WatchState | undefined {
		if (this.renewed.has(number)) return undefined;
		return this.options.states?.(rule.document.id, symbol);
	}

	private removeSlot(slot: number, rule: CompiledRule): void {
		const { slots } = this;
		const lane = this.lanes[slots.lane[slot]!]!;
		if (slots.top[slot]! >= 0) this.gate.remove(lane.watch, rule, slots.top[slot]!);
		if (slots.resetTop[slot]! >= 0 && rule.reset !== undefined) {
			this.gate.remove(lane.watch, rule.reset, slots.resetTop[slot]!);
		}
		lane.leave(slot, slots.has(slot, FRESH));
		this.due.set(slot, undefined);
		this.lastSeen.delete(slot);
		this.ahead.delete(slot);
		this.rechecks.delete(slot);
		const number = slots.rule[slot]!;
		let before = -1;
		for (let one = this.firstSlot[number]!; one !== slot; one = slots.next[one]!) before = one;
		if (before < 0) this.firstSlot[number] = slots.next[slot]!;
		else slots.next[before] = slots.next[slot]!;
		slots.close(slot);
	}

	private slotsOf(number: number): number[] {
		const found: number[] = [];
		for (let slot = this.firstSlot[number] ?? -1; slot >= 0; slot = this.slots.next[slot]!)
			found.push(slot);
		return found;
	}

	/** Another history begins: what was watched so far isn't part of it. */
	beginAnew(lane: Lane): void {
		for (const slot of lane.slots) {
			const isFresh = this.slots.has(slot, FRESH);
			if (isFresh && this.ahead.has(slot)) continue;
			this.resetSlot(lane, slot);
			if (isFresh) continue;
			this.slots.mark(slot, FRESH);
			lane.fresh += 1;
		}
	}

	private resetSlot(lane: Lane, slot: number): void {
		const rule = this.book.rule(this.slots.rule[slot]!);
		this.slots.said[slot] = SAID.nothing;
		this.move(slot, rule, noAlert);
		this.lastSeen.delete(slot);
		const recheck = this.rechecks.get(slot);
		if (recheck !== undefined) {
			recheck.before = {};
			recheck.splits = 0;
		} else if (rule.hasEdge) this.gate.disarm(lane.watch, rule, this.slots.top[slot]!, {});
	}

	/** Whether an event is one that a slot hasn't seen that may have seen more than its instrument. */
	catchUp(slot: number, state: WatchState, observation: Observation): boolean {
		const { eventId = '', eventAt } = observation;
		if (hasSeen(state.seen, eventId)) return false;
		const isOlder = state.lastEventAt !== undefined && eventAt < state.lastEventAt;
		if (isOlder && !isNewStream(state.seen, eventId)) return false;
		this.ahead.delete(slot);
		const lane = this.laneOfSlot(slot);
		if (isOlder) this.resetSlot(lane, slot);
		else this.rearm(lane, slot, state);
		return true;
	}

	/** Edges go on from where they were kept, whatever their instrument has seen since. */
	private rearm(lane: Lane, slot: number, state: WatchState): void {
		const top = this.slots.top[slot]!;
		if (top < 0 || !this.slots.has(slot, EDGED)) return;
		const rule = this.book.rule(this.slots.rule[slot]!);
		const isOurs = state.fingerprint === rule.fingerprint && state.splits === undefined;
		this.gate.disarm(lane.watch, rule, top, isOurs ? state.before : {});
	}

	private stateOf(slot: number, rule: CompiledRule): WatchState {
		const lane = this.laneOfSlot(slot);
		const recheck = this.rechecks.get(slot);
		const top = this.slots.top[slot]!;
		const before =
			recheck?.before ?? (rule.hasEdge ? this.gate.sidesOf(lane.watch, rule, top, 'last') : {});
		const { seen, lastEventAt } = this.ahead.get(slot) ?? lane.instrument.marks;
		return {
			fingerprint: rule.fingerprint,
			alert: this.slots.alert[slot]!,
			before,
			...((recheck?.splits ?? 0) === 0 ? {} : { splits: recheck?.splits ?? 0 }),
			seen,
			...(lastEventAt === undefined ? {} : { lastEventAt }),
		};
	}
}

const toOutcome = (answer: number): Outcome['outcome'] =>
	answer === 1 ? 'holds' : answer === 0 ? 'fails' : 'unknown';
