/** What's remembered of live trades, to know one that comes twice. */
const REMEMBERED = 2_000;

/**
 * Numbers for trades that have none in their order: the microsecond, or the next free number where several
 * share it. Trades in the same order get the same numbers, whether they come live or from the history.
 */
export class TradeNumbers {
	private readonly known = new Map<string, number>();

	private last = 0;

	/** A trade that came live, by what makes it unique. */
	live(key: string, micros: number): number {
		const known = this.known.get(key);
		if (known !== undefined) return known;
		this.last = Math.max(micros, this.last + 1);
		this.remember(key, this.last);
		return this.last;
	}

	/** Trades of the history, oldest first. */
	past(trades: readonly { readonly key: string; readonly micros: number }[]): number[] {
		let last = 0;
		return trades.map(({ key, micros }) => {
			const known = this.known.get(key);
			last = known !== undefined && known > last ? known : Math.max(micros, last + 1);
			if (known !== undefined) this.known.set(key, last);
			return last;
		});
	}

	private remember(key: string, number: number): void {
		this.known.set(key, number);
		if (this.known.size <= REMEMBERED) return;
		for (const oldest of this.known.keys()) {
			this.known.delete(oldest);
			return;
		}
	}
}
