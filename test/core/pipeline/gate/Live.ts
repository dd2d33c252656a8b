import { noAlert } from '../../../../core/alerts';
import type { InstrumentState, Observation } from '../../../../core/facts';
import { LiveRules, type LiveAlert, type LiveOptions } from '../../../../core/pipeline';
import { epochMs } from '../../../../core/ports';
import type { CompiledRule } from '../../../../core/rules';

type WatchState = ReturnType<NonNullable<LiveOptions['states']>>;
export type GateName = 'askAlways' | 'askChanged';

/** Live rules of one gate, and what is kept of them as JSON, as a store has it. */
export class Live {
	private live: LiveRules;

	private readonly rules = new Map<string, CompiledRule>();

	private readonly watches = new Map<string, string>();

	private readonly instruments = new Map<string, string>();

	/** Of the live rules before the last restoring. */
	private readonly countsBefore = { judgeCalls: 0, disagreements: 0, leftOut: 0 };

	constructor(private readonly gate: GateName) {
		this.live = this.open();
	}

	put(rule: CompiledRule): void {
		const { id } = rule.document;
		const isSame = this.rules.get(id)?.fingerprint === rule.fingerprint;
		this.forget(id, (symbol) => !isSame || rule.symbols?.has(symbol) === false);
		this.rules.set(id, rule);
		this.live.put(rule);
	}

	remove(id: string): void {
		this.forget(id, () => true);
		this.rules.delete(id);
		this.live.remove(id);
	}

	observe(observation: Observation): void {
		this.live.observe(observation);
	}

	passTime(before: number): void {
		this.live.passTime(epochMs(before));
	}

	async drain(): Promise<readonly LiveAlert[]> {
		return await this.live.drain();
	}

	get nextDueAt(): number | undefined {
		return this.live.nextDueAt;
	}

	get counts() {
		const { judgeCalls, disagreements, leftOut } = this.live.counts;
		return {
			judgeCalls: this.countsBefore.judgeCalls + judgeCalls,
			disagreements: this.countsBefore.disagreements + disagreements,
			leftOut: this.countsBefore.leftOut + leftOut,
		};
	}

	/** Writes down what must be kept, and goes on with rules that have nothing but that. Everything is drained. */
	restore(): void {
		this.keep();
		Object.assign(this.countsBefore, this.counts);
		this.live = this.open();
		for (const rule of this.rules.values()) this.live.put(rule);
	}

	/**
	 * What is kept of each rule and symbol, where that is anything. Which events it has seen is left out: the
	 * instrument knows that better.
	 */
	kept(): readonly string[] {
		this.keep();
		const states = [...this.watches].flatMap(([key, text]) => {
			const { alert, before } = JSON.parse(text) as NonNullable<WatchState>;
			const state = JSON.stringify({ alert, before });
			return state === JSON.stringify({ alert: noAlert, before: {} }) ? [] : [`${key} ${state}`];
		});
		return states.toSorted();
	}

	private keep(): void {
		const { watches, instruments } = this.live.takeChanges();
		for (const { ruleId, symbol, state } of watches) {
			this.watches.set(`${ruleId}/${symbol}`, JSON.stringify(state));
		}
		for (const [symbol, state] of instruments) this.instruments.set(symbol, JSON.stringify(state));
	}

	private open(): LiveRules {
		const read = <State>(text: string | undefined) =>
			text === undefined ? undefined : (JSON.parse(text) as State);
		return new LiveRules({
			gate: this.gate,
			// All but the last are made ready again from their text.
			keptReady: 1,
			scope: { workflowId: 'w', nodeId: 'n' },
			states: (id, symbol) => read<WatchState>(this.watches.get(`${id}/${symbol}`)),
			instrumentStates: (symbol) => read<InstrumentState>(this.instruments.get(symbol)),
		});
	}

	/** State belongs to a rule's conditions, and goes with them. */
	private forget(id: string, isOver: (symbol: string) => boolean): void {
		for (const key of this.watches.keys()) {
			const [ruleId, symbol = ''] = key.split('/');
			if (ruleId === id && isOver(symbol)) this.watches.delete(key);
		}
	}
}
