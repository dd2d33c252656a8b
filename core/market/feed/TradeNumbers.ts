/** A trade's number. @param id what makes it unique within its microsecond, on its venue */
export type NumberOf = (micros: number, id: unknown, venue?: unknown) => number;

/** So many live trades are remembered, to know one that comes twice. */
const REMEMBERED = 2_000;

/**
 * Numbers for trades that have none in their order: the microsecond, or the next free number where several
 * share it. Trades in the same order get the same numbers, whether they come live or from the history.
 *
 * What's remembered lies in columns, overwritten in a circle. An object or a text for each would outlive the
 * collector's young generation, and moving those costs as much as reading the trades.
 */
export class TradeNumbers {
	private readonly micros: number[] = [];

	private readonly ids: unknown[] = [];

	private readonly venues: unknown[] = [];

	private readonly numbers: number[] = [];

	/** Where the next one goes. */
	private at = 0;

	private last = 0;

	/** Of trades that come live. */
	readonly live: NumberOf = (micros, id, venue) => {
		const known = this.find(micros, id, venue);
		if (known !== undefined) return this.numbers[known] ?? micros;
		this.last = Math.max(micros, this.last + 1);
		this.micros[this.at] = micros;
		this.ids[this.at] = id;
		this.venues[this.at] = venue;
		this.numbers[this.at] = this.last;
		this.at = this.at + 1 < REMEMBERED ? this.at + 1 : 0;
		return this.last;
	};

	/** Of trades of the history, oldest first. */
	past(): NumberOf {
		let last = 0;
		return (micros, id, venue) => {
			const known = this.find(micros, id, venue);
			last = Math.max(known === undefined ? micros : (this.numbers[known] ?? micros), last + 1);
			if (known !== undefined) this.numbers[known] = last;
			return last;
		};
	}

	/** Where it's remembered. Numbers grow, and are no lower than their microsecond: behind a lower one it can't be. */
	private find(micros: number, id: unknown, venue: unknown): number | undefined {
		const { length } = this.numbers;
		for (let back = 1; back <= length; back += 1) {
			const at = this.at >= back ? this.at - back : this.at - back + length;
			if ((this.numbers[at] ?? 0) < micros) return undefined;
			const isIt = this.micros[at] === micros && this.ids[at] === id && this.venues[at] === venue;
			if (isIt) return at;
		}
		return undefined;
	}
}
