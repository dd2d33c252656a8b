import { isDeepStrictEqual } from 'node:util';

import { advanceAlert, type AlertInput, type AlertState, type Transition } from '../alerts';
import type { FactReader, Observation } from '../facts';
import type { Log } from '../ports';
import { judgeSides, type CompiledRule, type Sides, type Verdict } from '../rules';
import { policyOf, toldAlert, type WatchScope } from './advanceWatch';
import type { LiveAlert } from './LiveAlert';

/** What an event showed a rule, kept for when the judge has time. */
export type Seen = {
	readonly sides: Sides;
	readonly observation: Observation;
	readonly eventId: string;
	readonly facts: FactReader;
};

/** What was done on the gate's word, to be confirmed by the judge. */
export type Task = Seen & {
	/** Whose alert it is, and which life of that row. */
	readonly slot: number;
	readonly life: number;
	readonly rule: CompiledRule;
	/** Of the conditions that end the alert, where they were looked at. */
	readonly reset: Sides | undefined;
	readonly input: Extract<AlertInput, { kind: 'verdict' | 'clock' }>;
	/** The alert before. */
	alert: AlertState;
	transition: Transition | undefined;
};

/** What the judge said last of a slot for the clock. */
type Told = {
	readonly document: CompiledRule['document'];
	readonly sides: Sides;
	readonly verdict: Verdict;
};

/** Slots whose last answer is kept for the next reminder. */
const MOST_TOLD = 1_024;

/**
 * What was done on the gate's word, in order, until the judge has confirmed it; told only then.
 *
 * Where the judge says something else, its word stands: what was done since is done again on top of it.
 */
export class Confirmations {
	/** How often the judge was asked, and how often it said something else. */
	calls = 0;

	disagreements = 0;

	private readonly tasks: Task[] = [];

	private readonly told = new Map<number, Told>();

	private working: Promise<unknown> = Promise.resolve();

	/** @param correct is told where an alert stands by the judge's word, and what was said of it last */
	constructor(
		private readonly scope: WatchScope,
		private readonly log: Log | undefined,
		private readonly correct: (
			slot: number,
			life: number,
			said: Verdict['outcome'],
			alert: AlertState,
		) => void,
	) {}

	add(task: Task): void {
		this.tasks.push(task);
	}

	/** The alerts that were confirmed, in the order of their events. */
	async drain(): Promise<LiveAlert[]> {
		const work = this.working.then(async () => await this.work());
		this.working = work.then(nothing, nothing); // what was told isn't kept
		return await work;
	}

	private async work(): Promise<LiveAlert[]> {
		const alerts: LiveAlert[] = [];
		let done = 0;
		// More may come while the judge speaks.
		for (const task of this.tasks) {
			const verdict = await this.judge(task, done);
			done += 1;
			if (task.transition !== undefined) {
				alerts.push(this.toAlert(task, task.transition, verdict));
			}
		}
		this.tasks.splice(0, done);
		return alerts;
	}

	private async judge(task: Task, at: number): Promise<Verdict> {
		const { rule, input } = task;
		if (input.kind === 'clock') return await this.judgeForClock(task);
		this.calls += 1;
		const verdict = await judgeSides(rule, task.sides);
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

	/** The judge's answer follows from the rule and what it sees; a reminder that sees the same has it already. */
	private async judgeForClock({ slot, rule, sides }: Task): Promise<Verdict> {
		const last = this.told.get(slot);
		// A rule that was made again from its text is another object, and says the same.
		const isSame = last !== undefined && isDeepStrictEqual(last.document, rule.document);
		if (isSame && isDeepStrictEqual(last.sides, sides)) return last.verdict;
		this.calls += 1;
		const verdict = await judgeSides(rule, sides);
		this.told.delete(slot);
		this.told.set(slot, { document: rule.document, sides, verdict });
		const [oldest = slot] = this.told.keys();
		if (this.told.size > MOST_TOLD) this.told.delete(oldest);
		return verdict;
	}

	/** The judge's word stands: what was done on the gate's, and since, is done again. */
	private disagree(task: Task, at: number, input: Extract<AlertInput, { kind: 'verdict' }>): void {
		this.disagreements += 1;
		const { slot, life, rule, observation } = task;
		if (this.disagreements <= 10 || this.disagreements % 1_000 === 0) {
			this.log?.warn(
				`Rule "${rule.document.name}": on ${observation.symbol} at ${input.eventAt} json-rules-engine says "${input.outcome}", the gate said otherwise. The engine's answer stands; please report the rule. Seen ${this.disagreements} times.`,
			);
		}
		let step = advanceAlert(task.alert, input, policyOf(rule));
		task.transition = step.transition;
		let said = input.outcome;
		for (const later of this.tasks.slice(at + 1)) {
			if (later.slot !== slot || later.life !== life) continue;
			later.alert = step.alert;
			step = advanceAlert(step.alert, later.input, policyOf(later.rule));
			later.transition = step.transition;
			if (later.input.kind === 'verdict') said = later.input.outcome;
		}
		this.correct(slot, life, said, step.alert);
	}

	private toAlert(task: Task, transition: Transition, verdict: Verdict): LiveAlert {
		const { rule, observation, facts, input } = task;
		const { symbol } = observation;
		const byClock = input.kind === 'clock';
		const at = input.eventAt;
		// Several may be told after one event: what tells them apart is when.
		const eventId = byClock ? `${task.eventId}@${at}` : task.eventId;
		const told = toldAlert(transition, verdict, this.scope, rule, symbol, eventId);
		return { ...told, rule, symbol, at, byClock, observation, eventId, facts };
	}
}

const nothing = (): void => {};
