import type { Item } from '../../feed';
import { toClosed, type Reader } from './events';

/**
 * Closes the candles of a stream that never says one is closed: a later one says it. Only what was heard
 * without interruption is the whole candle; after one, the history has it.
 */
export class CandleCloser {
	private running: Item | undefined;

	constructor(private readonly reader: Reader) {}

	/** @returns the candle that's over now, if any, and the one that's running */
	take(item: Item): Item[] {
		const before = this.running;
		if (before !== undefined && (item.at < before.at || isOlder(item, before))) return [];
		this.running = item;
		return before === undefined || before.at === item.at
			? [item]
			: [toClosed(this.reader, before), item];
	}

	/** Whether nothing was heard yet, or since an interruption. */
	get isAnew(): boolean {
		return this.running === undefined;
	}

	interrupt(): void {
		this.running = undefined;
	}
}

const isOlder = (item: Item, other: Item): boolean =>
	item.at === other.at && item.within <= other.within;
