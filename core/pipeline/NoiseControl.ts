import {
	advanceNoise,
	nextNoiseAt,
	type AlertItem,
	type AlertKey,
	type NoiseInput,
	type NoisePolicy,
} from '../alerts';
import type { Change, EpochMs, Store } from '../ports';
import type { WatchScope } from './advanceWatch';
import { composeMessage } from './composeMessage';
import { keysIn, noiseChanges, readNoise, type StoredNoise } from './noiseState';

/** A step of noise control that nobody has written down yet. */
export type PlannedNoise = {
	/** Items to give out, in order. */
	readonly told: readonly AlertItem[];
	/** To be committed together with what is told. */
	readonly changes: readonly Change[];
	/** The changes were committed: the next step goes on from here. */
	settle(): void;
};

/**
 * Noise control of a node that has a clock and is the only one to write its state.
 *
 * ```
 * const step = noise.plan({ kind: 'alerts', at: clock.now(), alerts });
 * await store.commit([...step.changes, ...whatTellsOf(step.told)]);
 * step.settle();
 * ```
 *
 * An alert that ends without being told (its rule doesn't notify resolved) is an input of kind `over`: else what
 * it inhibits stays muted, and what's muted of it would be told later.
 *
 * A step that isn't settled never was: the next one is planned from the same state.
 */
export class NoiseControl {
	private constructor(
		private stored: StoredNoise,
		private readonly policy: NoisePolicy,
		private readonly scope: WatchScope,
	) {}

	/** @throws StoreError */
	static async open(policy: NoisePolicy, scope: WatchScope, store: Store): Promise<NoiseControl> {
		return new NoiseControl(await readNoise(scope, store), policy, scope);
	}

	/** When to plan a step of kind `clock`; `undefined` when only an alert can change something. */
	get nextDueAt(): EpochMs | undefined {
		return nextNoiseAt(this.stored.state, this.policy);
	}

	/** Rules and symbols whose end is worth an input of kind `over`. */
	get known(): ReadonlySet<AlertKey> {
		return keysIn(this.stored.state);
	}

	plan(input: NoiseInput): PlannedNoise {
		const before = this.stored;
		const step = advanceNoise(before.state, input, this.policy);
		return {
			told: step.told.map(composeMessage),
			changes: noiseChanges(before, step, this.scope),
			settle: () => {
				this.stored = { ...before, state: step.state };
			},
		};
	}
}
