/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import {
	advanceAlert,
	nextChangeAt,
	nextDueAt,
	noAlert,
	type AlertInput,
	type AlertState,
	type Transition,
} from '../alerts';
import { Instruments, type Instrument, type Observation, type Sight } from '../facts';
import { hasSeen, isNewStream } from '../market';
import type { EpochMs } from '../ports';
import {
	answerSides,
	ChangeGate,
	InstrumentWatch,
	judgeSides,
	readSides,
	type BeforeValues,
	type CompiledRule,
	type Outcome,
	type Schedule,
	type Sides,
	type Verdict,
} from '../rules';
import { lookAt, policyOf, toldAlert } from './advanceWatch';
import { DueTimes } from './DueTimes';
import type { LiveAlert } from './LiveAlert';
import type { LastSeen, LiveChanges, LiveCounts, LiveCourse, LiveOptions } from './LiveRules';
import { RuleBook } from './RuleBook';
import {
	ASLEEP,
	CHANGED,
	CHOSEN,
	EACH,
	EDGED,
	FLEETING,
	FRESH,
	RECHECKED,
	SAID,
	Slots,
} from './Slots';
import type { WatchState } from './watchState';

/** One instrument and the rules on it. */
type Lane = {
	readonly number: number;
	/** In upper case. */
	readonly symbol: string;
	readonly instrument: Instrument;
	readonly watch: InstrumentWatch;
	slots: number[];
	/** How many of them no event was put to yet. */
	fresh: number;
	/** Slots whose conditions can't be indexed. */
	rechecked: number[];
	/** Slots by their schedules, which may have become awake or fallen asleep. */
	schedules: Scheduled[];
	/** Slots an event may change something of though it says the same: from when on. */
	attending: Map<number, number> | undefined;
	/** The earliest of those. */
	attendAt: number;
	/** The last event that was taken in. */
	observation: Observation | undefined;
	isChanged: boolean;
};
type Scheduled = {
	readonly key: string;
	readonly schedule: Schedule;
	isAwake: boolean | undefined;
	slots: number[];
};

/** What an event showed a slot. */
type Seen = LastSeen & { readonly sides: Sides };
/** What was done on the gate's word, to be confirmed by the judge. */
type Task = Seen & {
	readonly slot: number;
	readonly life: number;
	readonly rule: CompiledRule;
	readonly reset: Sides | undefined;
	readonly input: Extract<AlertInput, { kind: 'verdict' | 'clock' }>;
	/** The alert before. */
	alert: AlertState;
	transition: Transition | undefined;
};
/** What is kept of a slot that is looked at whenever there is an event. */
type Recheck = { before: BeforeValues; splits: number };

/** What goes on of a slot whose rule has other texts or times. */
type Kept = {
	readonly state: WatchState;
	readonly isAhead: boolean;
	readonly dueAt: EpochMs | undefined;
	readonly seen: Seen | undefined;
};

/** Of lists that most instruments leave empty; written into by nobody. */
const NONE: never[] = [];

/**
 * Only rules whose answer changed are put to the judge.
 *
 * What the gate says is taken at its word at once, so that the next event finds every alert where it belongs.
 * What came of it is told when the judge has confirmed it; where the judge says something else, its word
 * stands, and what was done since is done again on top of it.
 */
export class LiveRulesAskedChanged implements LiveCourse {
	private readonly instruments: Instruments;

	private readonly gate = new ChangeGate();

	private readonly book = new RuleBook();

	private readonly slots = new Slots();

	private readonly lanes: Lane[] = [];

	/** By symbol, as events spell it and in upper case. */
	private readonly lanesBySymbol = new Map<string, Lane>();

	/** The first slot of each rule. */
	private readonly firstSlot: number[] = [];

	/** Rules that watch every instrument. */
	private readonly everywhere = new Set<number>();

	/** Rules whose conditions were changed: what was kept is of others. */
	private readonly renewed = new Set<number>();

	private readonly due = new DueTimes<number>();

	/** Of fleeting slots that want the clock. */
	private readonly lastSeen = new Map<number, Seen>();

	/** Of slots that were kept: what they have seen, until an event comes that they haven't. */
	private readonly ahead = new Map<number, WatchState>();

	private readonly rechecks = new Map<number, Recheck>();

	private tasks: Task[] = [];

	private working: Promise<unknown> = Promise.resolve();

	private changedSlots: number[] = [];

	private changedLanes: Lane[] = [];

	private readonly chosen: number[] = [];

	private readonly count = { events: 0, leftOut: 0, judgeCalls: 0, disagreements: 0, alerts: 0 };

	constructor(private readonly options: LiveOptions) {
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

	resume(ruleId: string, symbol: string, last: LastSeen): void {
		const number = this.book.find(ruleId);
		if (number === undefined) return;
		const rule = this.book.rule(number);
		if (rule.symbols?.has(symbol.toUpperCase()) === false) return;
		const lane = this.laneOf(symbol);
		const slot = this.slotsOf(number).find((one) => this.slots.lane[one] === lane.number);
		if (slot === undefined) return;
		const { before = {} } = this.ahead.get(slot) ?? {};
		this.lastSeen.set(slot, { ...last, sides: readSides(rule, last.facts, before) });
		this.due.set(slot, nextDueAt(this.slots.alert[slot]!, policyOf(rule)));
	}

	observe(observation: Observation): void {
		const { eventAt } = observation;
		this.count.events += 1;
		const firstAt = this.due.firstAt;
		if (firstAt !== undefined && firstAt < eventAt) this.tellTime(eventAt);
		const lane = this.lanesBySymbol.get(observation.symbol) ?? this.laneOf(observation.symbol);
		const intake = lane.instrument.observe(observation);
		if (!lane.isChanged) {
			lane.isChanged = true;
			this.changedLanes.push(lane);
		}
		if (intake === 'seenBefore' || intake === 'late') {
			this.count.leftOut += 1;
			return;
		}
		lane.observation = observation;
		if (lane.slots.length === 0) return;
		this.looked.lane = lane;
		this.looked.observation = observation;
		this.looked.sight = undefined;
		if (intake === 'anew') this.beginAnew(lane);
		if (lane.fresh > 0) this.chooseFresh(lane, observation);
		const isFine = observation.quality.length === 0 || !isDoubtful(observation);
		this.gate.move(lane.watch, isFine ? observation.facts : undefined, this.look);
		this.choose(lane, observation);
		if (this.chosen.length > 0) this.advanceChosen(lane, observation);
	}

	passTime(before: EpochMs): void {
		this.tellTime(before);
	}

	get nextDueAt(): EpochMs | undefined {
		return this.due.firstAt;
	}

	async drain(): Promise<readonly LiveAlert[]> {
		if (this.tasks.length === 0) {
			await this.working;
			if (this.tasks.length === 0) return [];
		}
		const work = this.working.then(async () => await this.work());
		this.working = work.catch(() => undefined);
		return await work;
	}

	takeChanges(): LiveChanges {
		const slots = new Set(this.changedSlots.filter((slot) => this.slots.has(slot, CHANGED)));
		for (const lane of this.changedLanes) {
			lane.isChanged = false;
			// What edges are compared with is another with each event, and so is what the clock would tell.
			for (const slot of lane.slots) {
				if (this.slots.has(slot, EDGED) || this.due.at(slot) !== undefined) slots.add(slot);
			}
		}
		const changes: LiveChanges = {
			watches: [...slots].map((slot) => {
				this.slots.unmark(slot, CHANGED);
				const rule = this.book.rule(this.slots.rule[slot]!);
				const { symbol } = this.lanes[this.slots.lane[slot]!]!;
				const kept = { ruleId: rule.document.id, symbol, state: this.stateOf(slot, rule) };
				const waits = this.due.at(slot) !== undefined;
				const last = waits ? (this.lastSeen.get(slot) ?? this.seeAgain(slot, rule)) : undefined;
				return last === undefined ? kept : { ...kept, last };
			}),
			instruments: this.changedLanes.map((lane) => [lane.symbol, lane.instrument.snapshot()]),
		};
		this.changedSlots = [];
		this.changedLanes = [];
		return changes;
	}

	get counts(): LiveCounts {
		return { ...this.count };
	}

	// An event, step by step.

	private readonly looked: {
		lane: Lane | undefined;
		observation: Observation | undefined;
		sight: Sight | undefined;
	} = { lane: undefined, observation: undefined, sight: undefined };

	/** What is known at the event that is being taken in. */
	private readonly look = (): Sight => {
		const { looked } = this;
		if (looked.sight !== undefined) return looked.sight;
		const { lane, observation } = looked;
		if (lane === undefined || observation === undefined) throw new Error('no event to look at');
		return (looked.sight = this.instruments.sightOf(observation, lane.instrument, 'new'));
	};

	/** Chooses the slots of which this event may change something. */
	private choose(lane: Lane, observation: Observation): void {
		const { changed } = this.gate;
		if (lane.schedules.length > 0) this.wake(lane);
		if (changed.length > 0) {
			for (const owner of changed) {
				const slot = owner >> 1;
				const isReset = (owner & 1) === 1;
				if (isReset && this.slots.alert[slot]!.episode === undefined) continue;
				if (!this.slots.has(slot, FRESH | ASLEEP)) this.chooseSlot(slot);
			}
			changed.length = 0;
		}
		if (lane.attendAt <= observation.eventAt) this.attend(lane, observation.eventAt);
		for (const slot of lane.rechecked) if (!this.slots.has(slot, FRESH)) this.chooseSlot(slot);
	}

	private chooseSlot(slot: number): void {
		if (this.slots.has(slot, CHOSEN)) return;
		this.slots.mark(slot, CHOSEN);
		this.chosen.push(slot);
	}

	private chooseFresh(lane: Lane, observation: Observation): void {
		for (const slot of lane.slots) {
			if (!this.slots.has(slot, FRESH)) continue;
			const state = this.ahead.get(slot);
			if (state !== undefined && !this.catchUp(slot, state, observation)) continue;
			this.slots.unmark(slot, FRESH);
			lane.fresh -= 1;
			this.chooseSlot(slot);
		}
	}

	private attend(lane: Lane, eventAt: EpochMs): void {
		for (const [slot, at] of lane.attending ?? []) {
			if (at <= eventAt && !this.slots.has(slot, FRESH | ASLEEP)) this.chooseSlot(slot);
		}
	}

	private wake(lane: Lane): void {
		const { moment } = this.look();
		for (const scheduled of lane.schedules) {
			const isAwake = scheduled.schedule.isAwake(moment);
			if (scheduled.isAwake === isAwake) continue;
			scheduled.isAwake = isAwake;
			for (const slot of scheduled.slots) {
				if (isAwake) this.slots.unmark(slot, ASLEEP);
				else this.slots.mark(slot, ASLEEP);
				if (!this.slots.has(slot, FRESH)) this.chooseSlot(slot);
			}
		}
	}

	private advanceChosen(lane: Lane, observation: Observation): void {
		const { chosen } = this;
		const placeOf = (slot: number) => this.book.placeOf(this.slots.rule[slot]!);
		if (chosen.length > 1) chosen.sort((a, b) => placeOf(a) - placeOf(b));
		const eventId = observation.eventId ?? `row ${this.count.events}`;
		for (const slot of chosen) {
			this.slots.unmark(slot, CHOSEN);
			this.advanceSlot(lane, slot, observation, eventId);
		}
		chosen.length = 0;
	}

	private advanceSlot(lane: Lane, slot: number, observation: Observation, eventId: string): void {
		const { eventAt } = observation;
		const rule = this.book.rule(this.slots.rule[slot]!);
		const sight = this.look();
		const recheck = this.rechecks.get(slot);
		const look = lookAt(rule, sight, recheck ?? this.sidesBefore(lane, slot, rule));
		const alert = this.slots.alert[slot]!;
		if (look.kind === 'betweenCandles') return;
		if (look.kind === 'asleep') {
			this.slots.said[slot] = SAID.asleep;
			const input = { kind: 'asleep', eventAt } as const;
			this.move(slot, rule, advanceAlert(alert, input, policyOf(rule)).alert);
			return;
		}
		if (recheck !== undefined) {
			recheck.before = look.before;
			recheck.splits = look.splits;
		}
		const { outcome, pulse } = this.answerOf(slot, rule, look.sides);
		const reset =
			rule.reset === undefined || alert.episode === undefined
				? undefined
				: readSides(rule.reset, sight, {});
		const input: AlertInput = {
			kind: 'verdict',
			outcome,
			pulse,
			eventAt,
			eventId,
			...(rule.reset === undefined || reset === undefined
				? {}
				: { reset: this.resetAnswerOf(slot, rule.reset, reset) }),
			...(look.candle === undefined ? {} : { candle: look.candle }),
		};
		const step = advanceAlert(alert, input, policyOf(rule));
		const said = this.slots.said[slot]!;
		this.slots.said[slot] = SAID[outcome];
		const isNews =
			SAID[outcome] !== said &&
			(outcome === 'holds' || said === SAID.holds || alert.episode !== undefined);
		const seen = (): Seen => ({
			sides: look.sides,
			observation,
			eventId,
			facts: sight.keep(rule.facts),
		});
		if (isNews || step.transition !== undefined) {
			const life = this.slots.life[slot]!;
			const { transition } = step;
			this.tasks.push({ ...seen(), slot, life, rule, reset, input, alert, transition });
		}
		this.move(slot, rule, step.alert);
		if (!this.slots.has(slot, FLEETING)) {
			// There may be one from before a restart.
			if (this.lastSeen.size > 0) this.lastSeen.delete(slot);
			return;
		}
		if (this.due.at(slot) === undefined) this.lastSeen.delete(slot);
		else this.lastSeen.set(slot, seen());
	}

	private sidesBefore(lane: Lane, slot: number, rule: CompiledRule): Recheck {
		const before = rule.hasEdge
			? this.gate.sidesOf(lane.watch, rule, this.slots.top[slot]!, 'before')
			: {};
		return { before, splits: 0 };
	}

	private answerOf(slot: number, rule: CompiledRule, sides: Sides): Outcome {
		const top = this.slots.top[slot]!;
		if (top < 0) return answerSides(rule, sides);
		const outcome = toOutcome(this.gate.answerOf(top));
		return { outcome, pulse: rule.hasEdge && outcome === 'holds' && this.gate.hasPulse(top) };
	}

	private resetAnswerOf(
		slot: number,
		reset: NonNullable<CompiledRule['reset']>,
		sides: Sides,
	): Outcome['outcome'] {
		const top = this.slots.resetTop[slot]!;
		return top < 0 ? answerSides(reset, sides).outcome : toOutcome(this.gate.answerOf(top));
	}

	/** Moves a slot's alert, and notes when it wants a look next. */
	private move(slot: number, rule: CompiledRule, alert: AlertState): void {
		if (this.slots.move(slot, alert)) this.noteChanged(slot);
		const policy = policyOf(rule);
		const dueAt = nextDueAt(alert, policy);
		this.due.set(slot, dueAt);
		const always =
			(dueAt !== undefined && this.slots.has(slot, FLEETING)) ||
			(this.slots.has(slot, EACH) && this.slots.said[slot] === SAID.holds);
		this.attendFrom(slot, always ? Number.NEGATIVE_INFINITY : nextChangeAt(alert, policy));
	}

	private noteChanged(slot: number): void {
		if (this.slots.has(slot, CHANGED)) return;
		this.slots.mark(slot, CHANGED);
		this.changedSlots.push(slot);
	}

	private attendFrom(slot: number, at: number): void {
		const lane = this.lanes[this.slots.lane[slot]!]!;
		const known = lane.attending?.get(slot) ?? Number.POSITIVE_INFINITY;
		if (known === at) return;
		if (at === Number.POSITIVE_INFINITY) lane.attending?.delete(slot);
		else (lane.attending ??= new Map()).set(slot, at);
		if (at < lane.attendAt) lane.attendAt = at;
		else if (known === lane.attendAt) lane.attendAt = Math.min(...(lane.attending?.values() ?? []));
		if (lane.attending?.size === 0) lane.attending = undefined;
	}

	// The passing of time.

	/** Sends a clock event to each alert as often as one is due before an instant, the earliest first. */
	private tellTime(before: EpochMs): void {
		for (let due = this.due.take(before); due !== undefined; due = this.due.take(before)) {
			const { key: slot, dueAt } = due;
			const rule = this.book.rule(this.slots.rule[slot]!);
			const seen = this.lastSeen.get(slot) ?? this.seeAgain(slot, rule);
			if (seen === undefined || rule.schedule?.isAwake(dueAt) === false) continue;
			const alert = this.slots.alert[slot]!;
			const input = { kind: 'clock', eventAt: dueAt } as const;
			const { alert: moved, transition } = advanceAlert(alert, input, policyOf(rule));
			if (transition !== undefined) {
				const life = this.slots.life[slot]!;
				this.tasks.push({ ...seen, slot, life, rule, reset: undefined, input, alert, transition });
			}
			this.move(slot, rule, moved);
		}
	}

	/** What the last event of a slot's instrument showed; nothing of it has changed since. */
	private seeAgain(slot: number, rule: CompiledRule): Seen | undefined {
		const { observation, instrument } = this.lanes[this.slots.lane[slot]!]!;
		if (observation === undefined) return undefined;
		const sight = this.instruments.sightOf(observation, instrument, 'new');
		return {
			sides: readSides(rule, sight, {}),
			observation,
			eventId: observation.eventId ?? '',
			facts: sight.keep(rule.facts),
		};
	}

	// The judge.

	private async work(): Promise<LiveAlert[]> {
		const alerts: LiveAlert[] = [];
		let at = 0;
		for (; at < this.tasks.length; at += 1) {
			const task = this.tasks[at]!;
			const verdict = await this.judge(task, at);
			if (task.transition !== undefined) {
				alerts.push(this.toAlert(task, task.transition, verdict));
			}
		}
		this.tasks.splice(0, at);
		this.count.alerts += alerts.length;
		return alerts;
	}

	private async judge(task: Task, at: number): Promise<Verdict> {
		const { rule, input } = task;
		this.count.judgeCalls += 1;
		const verdict = await judgeSides(rule, task.sides);
		if (input.kind === 'clock') return verdict;
		const { outcome, pulse } = verdict;
		const reset =
			rule.reset === undefined || task.reset === undefined
				? undefined
				: (await judgeSides(rule.reset, task.reset)).outcome;
		if (outcome === input.outcome && pulse === input.pulse && reset === input.reset) return verdict;
		this.disagree(task, at, {
			...input,
			outcome,
			pulse,
			...(reset === undefined ? {} : { reset }),
		});
		return verdict;
	}

	/** The judge's word stands: what was done on the gate's, and since, is done again. */
	private disagree(task: Task, at: number, input: Extract<AlertInput, { kind: 'verdict' }>): void {
		this.count.disagreements += 1;
		const { slot, life, rule, observation } = task;
		if (this.count.disagreements <= 10 || this.count.disagreements % 1_000 === 0) {
			this.options.log?.warn(
				`Rule "${rule.document.name}": on ${observation.symbol} at ${input.eventAt} json-rules-engine says "${input.outcome}", the gate said otherwise. The engine's answer stands; please report the rule. Seen ${this.count.disagreements} times.`,
			);
		}
		let step = advanceAlert(task.alert, input, policyOf(rule));
		task.transition = step.transition;
		let said: number = SAID[input.outcome];
		for (const later of this.tasks.slice(at + 1)) {
			if (later.slot !== slot || later.life !== life) continue;
			later.alert = step.alert;
			step = advanceAlert(step.alert, later.input, policyOf(later.rule));
			later.transition = step.transition;
			if (later.input.kind === 'verdict') said = SAID[later.input.outcome];
		}
		if (this.slots.life[slot] !== life) return;
		// Where the gate still says otherwise, the judge is asked again at the next event.
		this.slots.said[slot] = said;
		this.move(slot, this.book.rule(this.slots.rule[slot]!), step.alert);
		this.attendFrom(slot, Number.NEGATIVE_INFINITY);
	}

	private toAlert(task: Task, transition: Transition, verdict: Verdict): LiveAlert {
		const { rule, observation, facts, input } = task;
		const { symbol } = observation;
		const byClock = input.kind === 'clock';
		const at = input.eventAt;
		// Several may be told after one event: what tells them apart is when.
		const eventId = byClock ? `${task.eventId}@${at}` : task.eventId;
		const told = toldAlert(transition, verdict, this.options.scope, rule, symbol, eventId);
		return { ...told, rule, symbol, at, byClock, observation, eventId, facts };
	}

	// Rules and instruments come and go.

	private laneOf(symbol: string): Lane {
		const key = symbol.toUpperCase();
		let lane = this.lanesBySymbol.get(key);
		if (lane === undefined) {
			lane = {
				number: this.lanes.length,
				symbol: key,
				instrument: this.instruments.find(key),
				watch: new InstrumentWatch(),
				slots: NONE,
				fresh: 0,
				rechecked: NONE,
				schedules: NONE,
				attending: undefined,
				attendAt: Number.POSITIVE_INFINITY,
				observation: undefined,
				isChanged: false,
			};
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
		const kept = own?.state ?? this.restore(number, rule, lane);
		const state = kept?.fingerprint === rule.fingerprint ? kept : undefined;
		if (kept !== undefined && own?.isAhead !== false) this.ahead.set(slot, kept);
		slots.move(slot, state?.alert ?? noAlert);
		const isRechecked = this.mustRecheck(rule, lane);
		slots.mark(slot, FRESH | traitsOf(rule) | (isRechecked ? RECHECKED | FLEETING : 0));
		slots.next[slot] = this.firstSlot[number] ?? -1;
		this.firstSlot[number] = slot;
		lane.slots = append(lane.slots, slot);
		lane.fresh += 1;
		if (own !== undefined) {
			this.due.set(slot, own.dueAt);
			if (own.seen !== undefined) this.lastSeen.set(slot, own.seen);
			this.noteChanged(slot);
		}
		if (isRechecked) {
			lane.rechecked = append(lane.rechecked, slot);
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
		if (rule.schedule !== undefined) schedule(lane, slot, rule, rule.schedule);
	}

	private restore(number: number, rule: CompiledRule, lane: Lane): WatchState | undefined {
		return this.renewed.has(number)
			? undefined
			: this.options.states?.(rule.document.id, lane.symbol);
	}

	/** Whether conditions depend on more than what is said at each event and at the one before. */
	private mustRecheck(rule: CompiledRule, lane: Lane): boolean {
		if (rule.judgedOnClose) return true;
		if (!rule.hasEdge) return false;
		// The event before is another for those that sleep, a split changes its units, a fact's fact with it.
		return (
			rule.schedule !== undefined ||
			rule.leaves.some(({ edge, right }) => edge && 'fact' in right) ||
			hasPriority(rule.tree) ||
			[lane.symbol, ...symbolsIn(rule)].some((symbol) => this.options.splits?.has(symbol))
		);
	}

	private removeSlot(slot: number, rule: CompiledRule): void {
		const { slots } = this;
		const lane = this.lanes[slots.lane[slot]!]!;
		if (slots.top[slot]! >= 0) this.gate.remove(lane.watch, rule, slots.top[slot]!);
		if (slots.resetTop[slot]! >= 0 && rule.reset !== undefined) {
			this.gate.remove(lane.watch, rule.reset, slots.resetTop[slot]!);
		}
		const without = (list: number[]) =>
			list.length === 0 ? list : list.filter((one) => one !== slot);
		lane.slots = without(lane.slots);
		if (slots.has(slot, FRESH)) lane.fresh -= 1;
		lane.rechecked = without(lane.rechecked);
		if (lane.schedules.length > 0) {
			for (const scheduled of lane.schedules) scheduled.slots = without(scheduled.slots);
			lane.schedules = lane.schedules.filter((scheduled) => scheduled.slots.length > 0);
		}
		this.attendFrom(slot, Number.POSITIVE_INFINITY);
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
		for (let slot = this.firstSlot[number] ?? -1; slot >= 0; slot = this.slots.next[slot]!) {
			found.push(slot);
		}
		return found;
	}

	/** Another history begins: what was watched so far isn't part of it. */
	private beginAnew(lane: Lane): void {
		for (const slot of lane.slots) {
			if (this.slots.has(slot, FRESH)) continue;
			this.resetSlot(lane, slot);
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
	private catchUp(slot: number, state: WatchState, observation: Observation): boolean {
		const { eventId = '', eventAt } = observation;
		if (hasSeen(state.seen, eventId)) return false;
		const isOlder = state.lastEventAt !== undefined && eventAt < state.lastEventAt;
		if (isOlder && !isNewStream(state.seen, eventId)) return false;
		this.ahead.delete(slot);
		const lane = this.lanes[this.slots.lane[slot]!]!;
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
		const lane = this.lanes[this.slots.lane[slot]!]!;
		const recheck = this.rechecks.get(slot);
		const top = this.slots.top[slot]!;
		const before =
			recheck?.before ??
			(rule.hasEdge ? this.gate.sidesOf(lane.watch, rule, top, 'last') : NOTHING);
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

/** In place, unless it's the list that all empty ones share. */
function append(list: number[], slot: number): number[] {
	if (list.length === 0) return [slot];
	list.push(slot);
	return list;
}

const NOTHING: BeforeValues = {};

const toOutcome = (answer: number): Outcome['outcome'] =>
	answer === 1 ? 'holds' : answer === 0 ? 'fails' : 'unknown';

const isDoubtful = ({ quality }: Observation): boolean =>
	quality.includes('implausible') || quality.includes('stale');

const traitsOf = (rule: CompiledRule): number =>
	(rule.hasEdge ? EDGED | FLEETING : 0) |
	(symbolsIn(rule).length > 0 ? FLEETING : 0) |
	(EACH_FOR_ITSELF.has(rule.document.fire) ? EACH : 0);

const EACH_FOR_ITSELF: ReadonlySet<string> = new Set([
	'everyMatch',
	'oncePerCandle',
	'onCandleClose',
]);

/** Other instruments a rule looks at, in upper case. */
const symbolsIn = ({ facts }: CompiledRule): string[] =>
	facts.flatMap(({ params }) =>
		typeof params?.['symbol'] === 'string' ? [params['symbol'].toUpperCase()] : [],
	);

const hasPriority = (tree: CompiledRule['tree']): boolean =>
	tree.priority !== undefined ||
	(tree.kind === 'not'
		? hasPriority(tree.member)
		: tree.kind !== 'leaf' && tree.members.some(hasPriority));

function schedule(lane: Lane, slot: number, rule: CompiledRule, own: Schedule): void {
	const key = JSON.stringify(rule.document.schedule);
	const known = lane.schedules.find((one) => one.key === key);
	if (known !== undefined) known.slots.push(slot);
	else {
		lane.schedules = [...lane.schedules, { key, schedule: own, isAwake: undefined, slots: [slot] }];
	}
	// The next event says whether it is awake.
	for (const one of lane.schedules) if (one.key === key) one.isAwake = undefined;
}
