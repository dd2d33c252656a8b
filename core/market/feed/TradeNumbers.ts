/** Trades are remembered in two halves; the older one is forgotten at once. */
const HALF = 1_000;

type Known = { readonly key: string; number: number; readonly next: Known | undefined };

/**
 * Numbers for trades that have none in their order: the microsecond, or the next free number where several
 * share it. Trades in the same order get the same numbers, whether they come live or from the history.
 */
export class TradeNumbers {
	/** By microsecond. */
	private recent = new Map<number, Known>();

	private before = new Map<number, Known>();

	private last = 0;

	/** A trade that came live. @param key what makes it unique within its microsecond */
	live(key: string, micros: number): number {
		// What's known is no later than the last one.
		const known = micros <= this.last ? this.find(key, micros) : undefined;
		if (known !== undefined) return known.number;
		this.last = Math.max(micros, this.last + 1);
		this.remember(key, micros);
		return this.last;
	}

	/** Trades of the history, oldest first. */
	past(trades: readonly { readonly key: string; readonly micros: number }[]): number[] {
		let last = 0;
		return trades.map(({ key, micros }) => {
			const known = this.find(key, micros);
			last = known !== undefined && known.number > last ? known.number : Math.max(micros, last + 1);
			if (known !== undefined) known.number = last;
			return last;
		});
	}

	private find(key: string, micros: number): Known | undefined {
		for (const half of [this.recent, this.before]) {
			for (let one = half.get(micros); one !== undefined; one = one.next) {
				if (one.key === key) return one;
			}
		}
		return undefined;
	}

	private remember(key: string, micros: number): void {
		if (this.recent.size >= HALF) {
			this.before = this.recent;
			this.recent = new Map();
		}
		this.recent.set(micros, { key, number: this.last, next: this.recent.get(micros) });
	}
}
