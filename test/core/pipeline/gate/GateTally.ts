import type { LiveAlert } from '../../../../core/pipeline';
import type { CompiledRule, judgeSides, Verdict } from '../../../../core/rules';
import { splitOperator } from '../../rules/judge/naive';
import type { Step, Tape } from './tapes';

type Counts = { readonly judgeCalls: number; readonly disagreements: number };

/** What two gates have been through together, so that one can say how much their agreement is worth. */
export class GateTally {
	streams = 0;
	/** Streams whose verdicts were counted, event by event, and of those the ones in which one changed. */
	heard = 0;
	changing = 0;
	/** Streams in which something was told. */
	telling = 0;
	events = 0;
	/** Verdicts of the gate that asks always. */
	readonly outcomes = { holds: 0, fails: 0, unknown: 0 };
	verdictChanges = 0;
	askedAlways = 0;
	askedChanged = 0;
	disagreements = 0;
	/** How often steps, settings, operators and kinds of telling were there. */
	readonly times: Record<string, number> = {};
	/** Whether what the judge says is to be counted. */
	listens = false;

	private last = new Map<string, Verdict['outcome']>();

	private changes = 0;

	private told = 0;

	/** Each answer of json-rules-engine; the gates are drained one after the other. */
	hear(rule: Parameters<typeof judgeSides>[0] | CompiledRule, { outcome, because }: Verdict): void {
		if (!this.listens || !('document' in rule)) return;
		this.outcomes[outcome] += 1;
		const { id } = rule.document;
		const before = this.last.get(id);
		if (before !== undefined && before !== outcome) {
			this.changes += 1;
			this.count(`${before} to ${outcome}`);
		}
		this.last.set(id, outcome);
		for (const { operator, holds, left, right } of because) {
			if (holds === undefined) continue;
			const [decorators, name] = splitOperator(operator);
			for (const one of [...decorators, name]) this.count(one);
			if ('fact' in right) this.count('fact with fact');
			if (left.params?.['symbol'] !== undefined) this.count('of another instrument');
			if (left.path !== undefined) this.count('path');
			if (left.params?.['over'] !== undefined) this.count('window of time');
			if (left.params?.['last'] !== undefined) this.count('window of candles');
			if (left.params?.['period'] !== undefined) this.count('indicator');
		}
	}

	begin({ drainEvery, steps }: Tape): void {
		this.last = new Map();
		this.changes = 0;
		this.told = 0;
		if (drainEvery > 1) this.count('drained in batches');
		else this.heard += 1;
		const symbols = new Set(steps.flatMap((step) => (step.kind === 'event' ? step.symbol : [])));
		if (symbols.size > 1) this.count('interleaved');
	}

	note(step: Step, alerts: readonly LiveAlert[]): void {
		this.count(step.kind);
		if (step.kind === 'event') {
			this.events += 1;
			for (const flag of step.quality) this.count(flag);
			this.count(`id ${step.id}`);
			if (step.candle !== undefined) this.count(`${step.candle} candle`);
			if (step.afterMs < 0) this.count('older');
		}
		this.told += alerts.length;
		for (const { rule, transition, verdict, byClock } of alerts) {
			this.count(`${rule.document.fire} ${transition.state}`);
			if (byClock) this.count(`${transition.state} by the clock`);
			if (verdict.pulse) this.count('pulse');
			if (transition.heldBack > 0) this.count('held back before');
			if (transition.episode.firstSight) this.count('first sight');
			for (const setting of SETTINGS) {
				const { [setting]: given } = rule.document;
				if (given !== undefined && given !== false) this.count(`${setting} told`);
			}
			if (rule.document.namedConditions !== undefined) this.count('named conditions told');
		}
	}

	end(always: Counts, changed: Counts): void {
		this.streams += 1;
		this.verdictChanges += this.changes;
		if (this.changes > 0) this.changing += 1;
		if (this.told > 0) this.telling += 1;
		this.askedAlways += always.judgeCalls;
		this.askedChanged += changed.judgeCalls;
		this.disagreements += always.disagreements + changed.disagreements;
	}

	get spared(): number {
		return 1 - this.askedChanged / this.askedAlways;
	}

	toString(): string {
		const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
		const { holds, fails, unknown } = this.outcomes;
		const answers = holds + fails + unknown;
		const rarest = Object.entries(this.times).sort(([, a], [, b]) => a - b);
		return [
			`${this.streams} streams: a verdict changes in ${percent(this.changing, this.heard)}, something is told in ${percent(this.telling, this.streams)}`,
			`${this.events} steps with an event, ${answers} verdicts counted: ${percent(holds, answers)} hold, ${percent(fails, answers)} fail, ${percent(unknown, answers)} unknown, ${percent(this.verdictChanges, answers)} change`,
			`json-rules-engine asked ${this.askedAlways} times by one gate, ${this.askedChanged} by the other, which spared ${percent(this.spared, 1)}`,
			`rarest: ${rarest
				.slice(0, 5)
				.map((entry) => entry.join(' '))
				.join(', ')}`,
		].join('; ');
	}

	count(what: string): void {
		this.times[what] = (this.times[what] ?? 0) + 1;
	}
}

const SETTINGS = [
	...(['cooldown', 'holdFor', 'keepFiringFor', 'resetWhen', 'remindEvery'] as const),
	...(['maxPerDay', 'maxAlerts', 'schedule', 'interval', 'notifyResolved'] as const),
];
