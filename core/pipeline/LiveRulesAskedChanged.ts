/* eslint-disable @typescript-eslint/no-non-null-assertion -- rows of typed arrays are always there */
import { advanceAlert, type AlertInput } from '../alerts';
import type { Instruments, Observation, Sight } from '../facts';
import type { EpochMs } from '../ports';
import { readSides, type CompiledRule } from '../rules';
import { lookAt, policyOf } from './advanceWatch';
import { Confirmations, type Seen } from './Confirmations';
import type { Lane } from './Lane';
import type { LiveAlert } from './LiveAlert';
import type { LastSeen, LiveChanges, LiveCounts, LiveCourse, LiveOptions } from './LiveRules';
import { LiveTable } from './LiveTable';
import { ASLEEP, CHOSEN, FLEETING, FRESH, SAID } from './Slots';

/**
 * Only rules whose answer changed are put to the judge.
 *
 * At each event the gate says whose answer is another one now. To these come the few of which an event may
 * change something although it says the same: time was running for them, each event counts for itself, they
 * have just come, wake up or fall asleep, or can't be indexed. What the gate says is taken at its word at once,
 * so that the next event finds every alert where it belongs; the judge confirms it later.
 */
export class LiveRulesAskedChanged implements LiveCourse {
	private readonly table: LiveTable;

	private readonly confirmations: Confirmations;

	/** Slots this event may change something of. */
	private readonly chosen: number[] = [];

	/** Whose event is being taken in, and what is known at it, once somebody looks. */
	private readonly looked: { lane: Lane | undefined; sight: Sight | undefined } = {
		lane: undefined,
		sight: undefined,
	};

	private readonly count = { events: 0, leftOut: 0, alerts: 0 };

	constructor(options: LiveOptions) {
		this.table = new LiveTable(options);
		this.confirmations = new Confirmations(
			options.scope,
			options.log,
			(slot, life, said, alert) => {
				const { slots } = this.table;
				if (slots.life[slot] !== life) return;
				slots.said[slot] = SAID[said];
				this.table.move(slot, this.table.ruleOf(slot), alert);
				// Where the gate says otherwise still, the judge is asked again at the next event.
				this.table.laneOfSlot(slot).attendFrom(slot, Number.NEGATIVE_INFINITY);
			},
		);
	}

	put(rule: CompiledRule): void {
		this.table.put(rule);
	}

	remove(ruleId: string): void {
		this.table.remove(ruleId);
	}

	resume(ruleId: string, symbol: string, last: LastSeen): void {
		this.table.resume(ruleId, symbol, last);
	}

	observe(observation: Observation): void {
		const { table } = this;
		const { eventAt } = observation;
		this.count.events += 1;
		const { firstAt } = table.due;
		if (firstAt !== undefined && firstAt < eventAt) this.tellTime(eventAt);
		const lane = table.laneOf(observation.symbol);
		const intake = lane.instrument.observe(observation);
		if (!lane.isChanged) table.noteLane(lane);
		if (intake === 'seenBefore' || intake === 'late') {
			this.count.leftOut += 1;
			return;
		}
		lane.observation = observation;
		lane.eventId = observation.eventId ?? `row ${lane.instrument.unnamed}`;
		if (lane.count === 0) return;
		this.looked.lane = lane;
		this.looked.sight = undefined;
		if (intake === 'anew') table.beginAnew(lane);
		if (lane.fresh > 0) this.chooseFresh(lane, observation);
		const isFine = observation.quality.length === 0 || !isDoubtful(observation);
		table.gate.move(lane.watch, isFine ? observation.facts : undefined, this.look);
		this.choose(lane, observation);
		if (this.chosen.length > 0) this.advanceChosen(lane, observation);
	}

	passTime(before: EpochMs): void {
		this.tellTime(before);
	}

	get instruments(): Instruments {
		return this.table.instruments;
	}

	get nextDueAt(): EpochMs | undefined {
		return this.table.due.firstAt;
	}

	async drain(): Promise<readonly LiveAlert[]> {
		const alerts = await this.confirmations.drain();
		this.count.alerts += alerts.length;
		return alerts;
	}

	takeChanges(): LiveChanges {
		return this.table.takeChanges();
	}

	get counts(): LiveCounts {
		const { calls: judgeCalls, disagreements } = this.confirmations;
		return { ...this.count, judgeCalls, disagreements };
	}

	/** What is known at the event that is being taken in. */
	private readonly look = (): Sight => {
		const { looked } = this;
		if (looked.sight !== undefined) return looked.sight;
		const { lane } = looked;
		if (lane?.observation === undefined) throw new Error('no event to look at');
		const { observation, instrument } = lane;
		return (looked.sight = this.table.instruments.sightOf(observation, instrument, 'new'));
	};

	/** Chooses the slots of which this event may change something. */
	private choose(lane: Lane, observation: Observation): void {
		const { changed } = this.table.gate;
		if (lane.schedules.length > 0) this.wake(lane);
		if (changed.length > 0) {
			for (const owner of changed) {
				const slot = owner >> 1;
				const isReset = (owner & 1) === 1;
				if (isReset && this.table.slots.alert[slot]!.episode === undefined) continue;
				if (!this.table.slots.has(slot, FRESH | ASLEEP)) this.chooseSlot(slot);
			}
			changed.length = 0;
		}
		if (lane.attendAt <= observation.eventAt) this.attend(lane, observation.eventAt);
		for (const slot of lane.rechecked)
			if (!this.table.slots.has(slot, FRESH)) this.chooseSlot(slot);
	}

	private chooseSlot(slot: number): void {
		if (this.table.slots.has(slot, CHOSEN)) return;
		this.table.slots.mark(slot, CHOSEN);
		this.chosen.push(slot);
	}

	private chooseFresh(lane: Lane, observation: Observation): void {
		for (const slot of lane.slots) {
			if (!this.table.slots.has(slot, FRESH)) continue;
			const state = this.table.ahead.get(slot);
			if (state !== undefined && !this.table.catchUp(slot, state, observation)) continue;
			this.table.slots.unmark(slot, FRESH);
			lane.fresh -= 1;
			this.chooseSlot(slot);
		}
	}

	private attend(lane: Lane, eventAt: EpochMs): void {
		for (const [slot, at] of lane.attending ?? []) {
			if (at <= eventAt && !this.table.slots.has(slot, FRESH | ASLEEP)) this.chooseSlot(slot);
		}
	}

	private wake(lane: Lane): void {
		const { moment } = this.look();
		for (const scheduled of lane.schedules) {
			const isAwake = scheduled.schedule.isAwake(moment);
			if (scheduled.isAwake === isAwake) continue;
			scheduled.isAwake = isAwake;
			for (const slot of scheduled.slots) {
				if (isAwake) this.table.slots.unmark(slot, ASLEEP);
				else this.table.slots.mark(slot, ASLEEP);
				if (!this.table.slots.has(slot, FRESH)) this.chooseSlot(slot);
			}
		}
	}

	private advanceChosen(lane: Lane, observation: Observation): void {
		const { chosen } = this;
		const placeOf = (slot: number) => this.table.book.placeOf(this.table.slots.rule[slot]!);
		if (chosen.length > 1) chosen.sort((a, b) => placeOf(a) - placeOf(b));
		for (const slot of chosen) {
			this.table.slots.unmark(slot, CHOSEN);
			this.advanceSlot(lane, slot, observation);
		}
		chosen.length = 0;
	}

	private advanceSlot(lane: Lane, slot: number, observation: Observation): void {
		const { table } = this;
		const { eventAt } = observation;
		const { eventId } = lane;
		const rule = table.ruleOf(slot);
		const sight = this.look();
		const recheck = this.table.rechecks.get(slot);
		const look = lookAt(rule, sight, recheck ?? table.sidesBefore(lane, slot, rule));
		const alert = this.table.slots.alert[slot]!;
		if (look.kind === 'betweenCandles') return;
		if (look.kind === 'asleep') {
			this.table.slots.said[slot] = SAID.asleep;
			const input = { kind: 'asleep', eventAt } as const;
			table.move(slot, rule, advanceAlert(alert, input, policyOf(rule)).alert);
			return;
		}
		if (recheck !== undefined) {
			recheck.before = look.before;
			recheck.splits = look.splits;
		}
		const { outcome, pulse } = table.answerOf(slot, rule, look.sides);
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
				: { reset: table.resetAnswerOf(slot, rule.reset, reset) }),
			...(look.candle === undefined ? {} : { candle: look.candle }),
		};
		const step = advanceAlert(alert, input, policyOf(rule));
		const said = this.table.slots.said[slot]!;
		this.table.slots.said[slot] = SAID[outcome];
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
			const life = this.table.slots.life[slot]!;
			const { transition } = step;
			this.confirmations.add({ ...seen(), slot, life, rule, reset, input, alert, transition });
		}
		table.move(slot, rule, step.alert);
		const isWaiting = table.slots.has(slot, FLEETING) && table.due.at(slot) !== undefined;
		if (isWaiting) table.lastSeen.set(slot, seen());
		else if (table.lastSeen.size > 0) table.lastSeen.delete(slot);
	}

	/** Sends a clock event to each alert as often as one is due before an instant, the earliest first. */
	private tellTime(before: EpochMs): void {
		const { table } = this;
		for (let due = table.due.take(before); due !== undefined; due = table.due.take(before)) {
			const { key: slot, dueAt } = due;
			const rule = table.ruleOf(slot);
			const seen = table.lastSeen.get(slot) ?? table.seeAgain(slot, rule);
			if (seen === undefined || rule.schedule?.isAwake(dueAt) === false) continue;
			const alert = table.slots.alert[slot]!;
			const input = { kind: 'clock', eventAt: dueAt } as const;
			const { alert: moved, transition } = advanceAlert(alert, input, policyOf(rule));
			if (transition !== undefined) {
				const life = table.slots.life[slot]!;
				this.confirmations.add({
					...seen,
					slot,
					life,
					rule,
					reset: undefined,
					input,
					alert,
					transition,
				});
			}
			table.move(slot, rule, moved);
		}
	}
}

const isDoubtful = ({ quality }: Observation): boolean =>
	quality.includes('implausible') || quality.includes('stale');
