import { StoreError, type Store, type Timer } from '../ports';

export type StorePorts = {
	readonly store: () => Promise<Store>;
	readonly timer: Timer;
	/** Shows the user a failure that isn't a run's; once per outage. */
	readonly showFailure: (error: Error) => void;
};

const STORE_AGAIN_AFTER_MS = 5_000;

/**
 * Store work that is tried again until it succeeds or the trigger is closed; shown once per outage.
 * @returns `undefined` when it was closed first
 */
export async function withStore<T>(
	ports: StorePorts,
	signal: AbortSignal,
	work: (store: Store) => Promise<T>,
): Promise<T | undefined> {
	for (let shown = false; ;) {
		try {
			return await work(await ports.store());
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			if (!shown) ports.showFailure(error);
			shown = true;
			if (signal.aborted) return undefined;
		}
		await ports.timer.sleep(STORE_AGAIN_AFTER_MS, signal);
	}
}
