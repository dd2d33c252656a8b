import { observe, type Instruments } from '../facts';
import type { MarketEvent } from '../market';
import type { HistoryChange, WrittenHistories } from './writtenHistories';

/** Events of an instrument that are written down as they are, before all its candles are written anew. */
const WHOLE_AFTER = 64;

/** What is written of an instrument since it was written whole, and what isn't yet. */
type Log = { pieces: number; events: number; unwritten: MarketEvent[] };

/**
 * Says at each batch what must be written so that the instruments of a feed can be had again as they stand
 * there: mostly their new events, which are little beside hundreds of candles. Its memory is bounded,
 * however long it takes from one batch to the next.
 */
export class HistoryLog {
	private readonly logs = new Map<string, Log>();

	/** Those with events since it was asked last. */
	private readonly moved = new Map<string, Log>();

	/** @param written its events are fed to the instruments, which have the states already */
	constructor(
		private readonly instruments: Instruments,
		written: WrittenHistories,
	) {
		for (const [symbol, { pieces }] of written) {
			const events = pieces.flat();
			for (const event of events) instruments.observe(observe(event));
			this.logs.set(symbol, { pieces: pieces.length, events: events.length, unwritten: [] });
		}
	}

	/** Its instrument has taken this event in. */
	note(event: MarketEvent): void {
		const symbol = event.symbol.toUpperCase();
		if (!this.instruments.keeps(symbol)) return;
		const log = this.logs.get(symbol) ?? this.begin(symbol);
		if (log.events < WHOLE_AFTER) log.unwritten.push(event);
		log.events += 1;
		this.moved.set(symbol, log);
	}

	/** It knows what no event says: its next events are written with all there is. */
	writeWhole(symbol: string): void {
		const key = symbol.toUpperCase();
		const log = this.logs.get(key) ?? this.begin(key);
		Object.assign(log, { events: WHOLE_AFTER, unwritten: [] });
	}

	/** What is to be written; asked again, what has come since. */
	take(): HistoryChange[] {
		const changes = [...this.moved].map(([symbol, log]): HistoryChange => {
			const { pieces, events, unwritten } = log;
			if (events < WHOLE_AFTER) {
				Object.assign(log, { pieces: pieces + 1, unwritten: [] });
				return { symbol, piece: pieces + 1, events: unwritten };
			}
			Object.assign(log, { pieces: 0, events: 0, unwritten: [] });
			return { symbol, state: this.instruments.snapshot(symbol), pieces };
		});
		this.moved.clear();
		return changes;
	}

	/** Each begins at another point, so that not all are written whole at once. */
	private begin(symbol: string): Log {
		const log: Log = { pieces: 0, events: (this.logs.size * 7) % WHOLE_AFTER, unwritten: [] };
		this.logs.set(symbol, log);
		return log;
	}
}
