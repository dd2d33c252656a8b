import type { Clock, EpochMs } from '../../ports';

/** Lists that are long and hardly change: asked for once, and again when they're old. Failures aren't kept. */
export class Remembered {
	private readonly kept = new Map<
		string,
		{ readonly until: EpochMs | number; readonly value: Promise<unknown> }
	>();

	/** @param make what there is of this key, the same type each time */
	async get<T>(key: string, forMs: number, clock: Clock, make: () => Promise<T>): Promise<T> {
		const now = clock.now();
		const found = this.kept.get(key);
		if (found !== undefined && now < found.until) return (await found.value) as T;
		const value = make();
		this.kept.set(key, { until: now + forMs, value });
		value.catch(() => {
			if (this.kept.get(key)?.value === value) this.kept.delete(key);
		});
		return await value;
	}
}
