import { advanceAlert, nextDueAt } from '../../../../core/alerts';
import { Instruments, type Observation } from '../../../../core/facts';
import { advanceWatch, type ToldAlert, type WatchStep } from '../../../../core/pipeline';
import { policyOf, toldAlert } from '../../../../core/pipeline/advanceWatch';
import { epochMs } from '../../../../core/ports';
import type { CompiledRule, Verdict } from '../../../../core/rules';

const scope = { workflowId: 'w', nodeId: 'n' };

type Watched = {
	readonly rule: CompiledRule;
	readonly symbol: string;
	state: WatchStep['state'] | undefined;
	last?: { readonly verdict: Verdict; readonly eventId: string };
};

/**
 * What live rules shall tell, worked out as plainly as can be: every rule of a fixed set takes every event of its
 * instruments by itself, and the clock goes to whoever is due first.
 */
export class Plain {
	private readonly instruments: Instruments;

	private readonly watches = new Map<string, Watched>();

	/** By whom the clock is wanted; equals in the order they began to wait. */
	private readonly waiting = new Map<Watched, number>();

	constructor(private readonly rules: readonly CompiledRule[]) {
		this.instruments = new Instruments(rules);
	}

	private work: Promise<ToldAlert[]> = Promise.resolve([]);

	observe(observation: Observation): void {
		this.then(async () => await this.take(observation));
	}

	passTime(before: number): void {
		this.then(async () => await Promise.resolve(this.tellTime(before)));
	}

	put(): never {
		throw new Error('its rules are fixed');
	}

	remove(): never {
		throw new Error('its rules are fixed');
	}

	async drain(): Promise<readonly ToldAlert[]> {
		const told = await this.work;
		this.work = Promise.resolve([]);
		return told;
	}

	private then(more: () => Promise<ToldAlert[]>): void {
		this.work = this.work.then(async (told) => [...told, ...(await more())]);
	}

	private async take(observation: Observation): Promise<ToldAlert[]> {
		const { symbol, eventAt } = observation;
		const told = this.tellTime(eventAt);
		const sight = this.instruments.observe(observation);
		const eventId = observation.eventId ?? `row ${this.instruments.find(symbol).unnamed}`;
		for (const rule of this.rules) {
			const key = symbol.toUpperCase();
			if (rule.symbols?.has(key) === false) continue;
			const name = `${rule.document.id}/${key}`;
			const watch = this.watches.get(name) ?? { rule, symbol, state: undefined };
			this.watches.set(name, watch);
			const step = await advanceWatch(watch.state, rule, observation, sight, scope, eventId);
			watch.state = step.state;
			if (step.verdict !== undefined) watch.last = { verdict: step.verdict, eventId };
			this.wait(watch);
			if (step.told !== undefined) told.push(step.told);
		}
		return told;
	}

	private tellTime(before: number): ToldAlert[] {
		const told: ToldAlert[] = [];
		for (;;) {
			const [first] = [...this.waiting].sort(([, one], [, other]) => one - other);
			if (first === undefined || first[1] >= before) return told;
			const [watch, at] = first;
			const { rule, symbol, state, last } = watch;
			this.waiting.delete(watch);
			const dueAt = epochMs(at);
			if (state === undefined || last === undefined) continue;
			if (rule.schedule?.isAwake(dueAt) === false) continue;
			const step = advanceAlert(state.alert, { kind: 'clock', eventAt: dueAt }, policyOf(rule));
			watch.state = { ...state, alert: step.alert };
			this.wait(watch);
			if (step.transition === undefined) continue;
			const cause = `${last.eventId}@${dueAt}`;
			told.push(toldAlert(step.transition, last.verdict, scope, rule, symbol, cause));
		}
	}

	private wait(watch: Watched): void {
		const dueAt = watch.state && nextDueAt(watch.state.alert, policyOf(watch.rule));
		if (dueAt === undefined) this.waiting.delete(watch);
		else this.waiting.set(watch, dueAt);
	}
}
