import { advanceAlert, nextDueAt, noAlert, type AlertState } from '../alerts';
import { Instruments, type Instrument, type Observation } from '../facts';
import { hasSeen, isNewStream } from '../market';
import type { EpochMs } from '../ports';
import {
	askAlways,
	judgeSides,
	readSides,
	type BeforeValues,
	type CompiledRule,
	type Sides,
	type Verdict,
} from '../rules';
import { lookAt, policyOf, toldAlert, type Look } from './advanceWatch';
import { DueTimes } from './DueTimes';
import type { LiveAlert } from './LiveAlert';
import type { LastSeen, LiveChanges, LiveCounts, LiveCourse, LiveOptions } from './LiveRules';
import { beginWatch, type WatchState } from './watchState';

/** One rule and symbol. What is looked at moves with the events, the alert when the judge has spoken. */
type Watch = {
	rule: CompiledRule;
	/** In upper case. */
	readonly symbol: string;
	before: BeforeValues;
	splits: number;
	alert: AlertState;
	/** What it has seen where it was kept, until an event comes that it hasn't. */
	ahead: Marks | undefined;
	isGone: boolean;
	/** The last answer and its event, for an alert that the clock tells. */
	last?: Answered;
};
type Marks = Pick<WatchState, 'seen' | 'lastEventAt'>;
type Rule = {
	readonly rule: CompiledRule;
	/** Whether what was kept is of these conditions, for all we know. */
	readonly mayGoOn: boolean;
};
type Answered = LastSeen & { readonly verdict: Verdict };

/** What is to be done, in order, once the judge has time. */
type Task =
	| { readonly kind: 'time'; readonly before: EpochMs }
	| { readonly kind: 'anew'; readonly watch: Watch }
	| { readonly kind: 'asleep'; readonly watch: Watch; readonly eventAt: EpochMs }
	| { readonly kind: 'resume'; readonly watch: Watch; readonly last: LastSeen }
	| ({
			readonly kind: 'awake';
			readonly watch: Watch;
			readonly rule: CompiledRule;
			readonly look: Extract<Look, { kind: 'awake' }>;
			readonly reset: Sides | undefined;
	  } & LastSeen);

/** Every rule that watches an instrument is asked at each of its events: right by construction, and slow. */
export class LiveRulesAskedAlways implements LiveCourse {
	readonly instruments: Instruments;

	private readonly rules = new Map<string, Rule>();

	/** By rule, then by symbol in upper case. */
	private readonly watches = new Map<string, Map<string, Watch>>();

	private readonly due = new DueTimes<Watch>();

	private tasks: Task[] = [];

	private working: Promise<unknown> = Promise.resolve();

	private readonly changed = { watches: new Set<Watch>(), symbols: new Set<string>() };

	private readonly count = { events: 0, leftOut: 0, judgeCalls: 0, alerts: 0 };

	constructor(private readonly options: LiveOptions) {
		this.instruments = new Instruments([], options.splits, options.instrumentStates);
	}

	put(rule: CompiledRule): void {
		const { id } = rule.document;
		const known = this.rules.get(id);
		this.instruments.ask(rule);
		if (known !== undefined) this.instruments.unask(known.rule);
		const goesOn = known === undefined || known.rule.fingerprint === rule.fingerprint;
		this.rules.set(id, { rule, mayGoOn: goesOn && known?.mayGoOn !== false });
		for (const watch of this.watches.get(id)?.values() ?? []) {
			if (goesOn && rule.symbols?.has(watch.symbol) !== false) watch.rule = rule;
			else this.drop(watch);
		}
	}

	remove(ruleId: string): void {
		const known = this.rules.get(ruleId);
		if (known === undefined) return;
		this.rules.delete(ruleId);
		this.instruments.unask(known.rule);
		for (const watch of this.watches.get(ruleId)?.values() ?? []) this.drop(watch);
	}

	resume(ruleId: string, symbol: string, last: LastSeen): void {
		const rule = this.rules.get(ruleId)?.rule;
		if (rule === undefined || rule.symbols?.has(symbol.toUpperCase()) === false) return;
		this.tasks.push({ kind: 'resume', watch: this.find(rule, symbol), last });
	}

	observe(observation: Observation): void {
		const { symbol, eventAt } = observation;
		this.count.events += 1;
		this.passTime(eventAt);
		const sight = this.instruments.observe(observation);
		this.changed.symbols.add(symbol.toUpperCase());
		if (sight.intake === 'seenBefore' || sight.intake === 'late') {
			this.count.leftOut += 1;
			return;
		}
		const eventId = observation.eventId ?? `row ${this.instruments.find(symbol).unnamed}`;
		const rules = [...this.rules.values()].map((one) => one.rule);
		for (const rule of askAlways(rules).select(observation)) {
			const watch = this.find(rule, symbol);
			if (watch.ahead !== undefined && !this.catchUp(watch, watch.ahead, observation)) continue;
			if (sight.intake === 'anew') this.beginAnew(watch);
			const look = lookAt(rule, sight, watch);
			if (look.kind === 'asleep') this.tasks.push({ kind: 'asleep', watch, eventAt });
			if (look.kind !== 'awake') continue;
			watch.before = look.before;
			watch.splits = look.splits;
			this.tasks.push({
				kind: 'awake',
				watch,
				rule,
				look,
				reset: rule.reset === undefined ? undefined : readSides(rule.reset, sight, {}),
				observation,
				eventId,
				facts: sight.keep(rule.facts),
			});
		}
	}

	passTime(before: EpochMs): void {
		this.tasks.push({ kind: 'time', before });
	}

	get nextDueAt(): EpochMs | undefined {
		return this.due.firstAt;
	}

	async drain(): Promise<readonly LiveAlert[]> {
		const work = this.working.then(async () => await this.work());
		this.working = work.catch(() => undefined);
		return await work;
	}

	takeChanges(): LiveChanges {
		const { watches, symbols } = this.changed;
		const changes: LiveChanges = {
			watches: [...watches].map((watch) => {
				const { rule, symbol, alert, before, splits, ahead, last } = watch;
				const waits = last !== undefined && this.due.at(watch) !== undefined;
				return {
					ruleId: rule.document.id,
					symbol,
					state: {
						fingerprint: rule.fingerprint,
						alert,
						before,
						...(splits === 0 ? {} : { splits }),
						...(ahead ?? marksOf(this.instruments.find(symbol))),
					},
					...(waits ? { last } : {}),
				};
			}),
			instruments: [...symbols].map((symbol) => [symbol, this.instruments.snapshot(symbol)]),
		};
		watches.clear();
		symbols.clear();
		return changes;
	}

	get counts(): LiveCounts {
		return { ...this.count, disagreements: 0 };
	}

	private async work(): Promise<LiveAlert[]> {
		const alerts: LiveAlert[] = [];
		const { tasks } = this;
		this.tasks = [];
		for (const task of tasks) {
			const told = await this.perform(task);
			alerts.push(...told);
		}
		this.count.alerts += alerts.length;
		return alerts;
	}

	private async perform(task: Task): Promise<LiveAlert[]> {
		switch (task.kind) {
			case 'time':
				return [...this.tellTime(task.before)];
			case 'anew':
				this.move(task.watch, noAlert);
				return [];
			case 'asleep': {
				const { watch, eventAt } = task;
				const input = { kind: 'asleep', eventAt } as const;
				this.move(watch, advanceAlert(watch.alert, input, policyOf(watch.rule)).alert);
				return [];
			}
			case 'resume': {
				const { watch, last } = task;
				const sides = readSides(watch.rule, last.facts, watch.before);
				watch.last = { ...last, verdict: await judgeSides(watch.rule, sides) };
				this.move(watch, watch.alert);
				return [];
			}
			case 'awake':
				return await this.judge(task);
		}
	}

	private async judge(task: Extract<Task, { kind: 'awake' }>): Promise<LiveAlert[]> {
		const { watch, rule, look, observation, eventId, facts } = task;
		this.count.judgeCalls += 1;
		const verdict = await judgeSides(rule, look.sides);
		const needsReset = rule.reset !== undefined && watch.alert.episode !== undefined;
		const reset =
			needsReset && task.reset !== undefined
				? (await judgeSides(rule.reset, task.reset)).outcome
				: undefined;
		const { outcome, pulse } = verdict;
		const { eventAt } = observation;
		const step = advanceAlert(
			watch.alert,
			{
				kind: 'verdict',
				outcome,
				pulse,
				eventAt,
				eventId,
				...(reset === undefined ? {} : { reset }),
				...(look.candle === undefined ? {} : { candle: look.candle }),
			},
			policyOf(rule),
		);
		watch.last = { verdict, observation, eventId, facts };
		this.move(watch, step.alert);
		if (step.transition === undefined) return [];
		const { scope } = this.options;
		const { symbol } = observation;
		const told = toldAlert(step.transition, verdict, scope, rule, symbol, eventId);
		return [{ ...told, rule, symbol, at: eventAt, byClock: false, observation, eventId, facts }];
	}

	/** Sends a clock event to each alert as often as one is due before an instant, the earliest first. */
	private *tellTime(before: EpochMs): Generator<LiveAlert> {
		for (let due = this.due.take(before); due !== undefined; due = this.due.take(before)) {
			const { key: watch, dueAt } = due;
			const { rule, alert, last } = watch;
			if (last === undefined || rule.schedule?.isAwake(dueAt) === false) continue;
			const step = advanceAlert(alert, { kind: 'clock', eventAt: dueAt }, policyOf(rule));
			this.move(watch, step.alert);
			if (step.transition === undefined) continue;
			const { verdict, observation, facts } = last;
			const { symbol } = observation;
			// Several may be told after one event: what tells them apart is when.
			const eventId = `${last.eventId}@${dueAt}`;
			const told = toldAlert(step.transition, verdict, this.options.scope, rule, symbol, eventId);
			yield { ...told, rule, symbol, at: dueAt, byClock: true, observation, eventId, facts };
		}
	}

	private move(watch: Watch, alert: AlertState): void {
		watch.alert = alert;
		if (watch.isGone) return;
		this.changed.watches.add(watch);
		this.due.set(watch, nextDueAt(alert, policyOf(watch.rule)));
	}

	private find(rule: CompiledRule, observed: string): Watch {
		const { id } = rule.document;
		const symbol = observed.toUpperCase();
		const ofRule = this.watches.get(id) ?? new Map<string, Watch>();
		this.watches.set(id, ofRule);
		const known = ofRule.get(symbol);
		if (known !== undefined) return known;
		const kept =
			this.rules.get(id)?.mayGoOn === true ? this.options.states?.(id, symbol) : undefined;
		const { alert, before, splits } =
			kept?.fingerprint === rule.fingerprint ? kept : beginWatch(rule.fingerprint);
		const watch: Watch = {
			rule,
			symbol,
			before,
			splits: splits ?? 0,
			alert,
			ahead: kept,
			isGone: false,
		};
		ofRule.set(symbol, watch);
		return watch;
	}

	/** Whether an event is one that a rule hasn't seen that may have seen more than its instrument. */
	private catchUp(watch: Watch, { seen, lastEventAt }: Marks, observation: Observation): boolean {
		const { eventId = '', eventAt } = observation;
		if (hasSeen(seen, eventId)) return false;
		if (lastEventAt !== undefined && eventAt < lastEventAt) {
			if (!isNewStream(seen, eventId)) return false;
			this.beginAnew(watch);
		}
		watch.ahead = undefined;
		return true;
	}

	private beginAnew(watch: Watch): void {
		watch.before = {};
		watch.splits = 0;
		this.tasks.push({ kind: 'anew', watch });
	}

	private drop(watch: Watch): void {
		watch.isGone = true;
		this.watches.get(watch.rule.document.id)?.delete(watch.symbol);
		this.due.set(watch, undefined);
		this.changed.watches.delete(watch);
	}
}

const marksOf = ({ marks: { seen, lastEventAt } }: Instrument): Marks => ({
	seen,
	...(lastEventAt === undefined ? {} : { lastEventAt }),
});
