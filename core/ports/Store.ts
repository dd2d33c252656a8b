import type { EpochMs } from './time';

/**
 * What must survive a restart, as versioned entries.
 *
 * An entry is found by `space` (what kind of thing it is) and `key`. Its `revision` starts at 1 and
 * grows by one with each write, so that a writer can say which state its decision was made on.
 */
export interface Store {
	/** The entries there are; missing keys are left out. */
	read(space: Space, keys: readonly string[]): Promise<ReadonlyMap<string, Entry>>;

	/** Entries whose key begins with `prefix`, in the order of their keys, or those written last first. */
	list(space: Space, prefix: string, options?: ListOptions): Promise<Entry[]>;

	/**
	 * Applies all changes or none. `conflict` when an `expect` doesn't hold: read again, decide again.
	 * @throws StoreError when the store is full, locked for too long, or damaged
	 */
	commit(changes: readonly Change[]): Promise<'committed' | 'conflict'>;

	/** Removes entries of a space that were last written before an instant; says how many. */
	prune(space: Space, before: EpochMs): Promise<number>;

	close(): Promise<void>;
}

/** The kinds of things we keep. */
export type Space =
	/** Where a source stands, per trigger node. */
	| 'cursor'
	/** Batches written down before they're handed to n8n. */
	| 'batch'
	/** Alert states, per workflow, node, rule and symbol. */
	| 'state'
	/** Candles, windows and last values, per workflow, node and instrument. */
	| 'history'
	/** Alerts that were given out, by the event they came from. */
	| 'alert'
	/** Who was told what, when. */
	| 'delivery'
	/** What they were told, to send it again. */
	| 'message'
	/** Where an alert was told first, and what stands there now. */
	| 'episode'
	/** Where noise control stands, and the alerts that wait there, per workflow and node. */
	| 'noise'
	/** What was held back, by what, per workflow and node. */
	| 'ledger';

export type ListOptions = { readonly limit?: number; readonly newestFirst?: boolean };

export type Entry = {
	readonly key: string;
	/** Any JSON value. */
	readonly value: unknown;
	readonly revision: number;
	readonly writtenAt: EpochMs;
};

/** Without `expect` the change is made whatever is there; 0 expects that nothing is there. */
export type Change =
	| {
			readonly put: { readonly space: Space; readonly key: string; readonly value: unknown };
			readonly expect?: number;
	  }
	| {
			readonly remove: { readonly space: Space; readonly key: string };
			readonly expect?: number;
	  };

export class StoreError extends Error {
	override readonly name = 'StoreError';

	constructor(
		readonly code: 'full' | 'locked' | 'damaged' | 'unavailable',
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
