import {
	advanceNoise,
	isHolding,
	nextNoiseAt,
	type AlertItem,
	type AlertKey,
	type HeldRecord,
	type NoiseInput,
	type NoisePolicy,
	type NoiseState,
} from '../alerts';
import type { Change, EpochMs, Store } from '../ports';
import type { WatchScope } from './advanceWatch';
import { composeMessage } from './composeMessage';
import { keysIn, noiseChanges, readNoise, type StoredNoise } from './noiseState';

/**
 * Noise control of a node that has a clock and is the only one to write its state.
 *
 * ```
 * const told = noise.step({ kind: 'alerts', at: clock.now(), alerts });
 * await store.commit([...noise.takeChanges(), ...whatTellsOf(told)]);
 * ```
 *
 * An alert that ends without being told (its rule doesn't notify resolved) is an input of kind `over`: else what
 * it inhibits stays muted, and what's muted of it would be told later.
 *
 * What was told and not written down was never told: the node has to be opened anew then.
 */
export class NoiseControl {
	/** Entries of the ledger that changed since they were asked for. */
	private readonly records = new Map<number, HeldRecord>();

	private constructor(
		/** As the store has it. */
		private written: StoredNoise,
		private state: NoiseState,
		private readonly policy: NoisePolicy,
		private readonly scope: WatchScope,
	) {}

	/** @throws StoreError */
	static async open(policy: NoisePolicy, scope: WatchScope, store: Store): Promise<NoiseControl> {
		const stored = await readNoise(scope, store);
		return new NoiseControl(stored, stored.state, policy, scope);
	}

	/** When a step of kind `clock` is worth it; `undefined` when only an alert can change something. */
	get nextDueAt(): EpochMs | undefined {
		return nextNoiseAt(this.state, this.policy);
	}

	/** Whether somebody waits, or a message of several isn't over. */
	get isHolding(): boolean {
		return isHolding(this.state);
	}

	/** Who waits waits under other settings than these: a step of kind `clock` lets go of whom they don't hold. */
	get isResettled(): boolean {
		return this.state.fingerprint !== this.policy.fingerprint && this.isHolding;
	}

	/** Rules and symbols whose end is worth an input of kind `over`. */
	get known(): ReadonlySet<AlertKey> {
		return keysIn(this.state);
	}

	/** @returns items to give out, in order */
	step(input: NoiseInput): readonly AlertItem[] {
		const { state, told, held } = advanceNoise(this.state, input, this.policy);
		this.state = state;
		for (const record of held) this.records.set(record.number, record);
		return told.map(composeMessage);
	}

	/** What must be written down together with what was told, and what was given up in it. */
	takeChanges(): { readonly changes: readonly Change[]; readonly givenUp: readonly HeldRecord[] } {
		const { state, written, scope } = this;
		if (state === written.state) return { changes: [], givenUp: [] };
		const held = [...this.records.values()];
		this.records.clear();
		this.written = { ...written, state };
		return {
			changes: noiseChanges(written, { state, held }, scope),
			givenUp: held.filter(({ ended }) => ended?.as === 'full'),
		};
	}
}
