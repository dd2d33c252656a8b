import {
	findFact,
	Instruments,
	isFactValue,
	observe,
	type CandleNeed,
	type FactReading,
	type FactRef,
	type FactValue,
	type MissingReason,
	type PastCandles,
	type Sight,
} from '../facts';
import type { MarketEvent } from '../market';
import { HistoryLog } from './HistoryLog';
import type { HistoryChange, WrittenHistories } from './writtenHistories';

/** A fact that is added to each event, and the field it becomes. */
export type FactColumn = { readonly name: string; readonly fact: FactRef };

/**
 * Adds facts to the events of one source: each a field of its own beside those of the event. A fact that
 * isn't known is left out, and `marketAlerts.missing` says why.
 *
 * Takes every event once, in order, also those that nobody gets to see.
 */
export class FactColumns {
	private readonly instruments: Instruments;

	private readonly log: HistoryLog;

	/** @param written what an earlier run of the same play wrote down; taken over, and out of the map */
	constructor(
		private readonly columns: readonly FactColumn[],
		written: WrittenHistories = new Map(),
	) {
		const asker = { symbols: undefined, facts: columns.map(({ fact }) => fact) };
		this.instruments = new Instruments([asker], undefined, (symbol) => {
			const state = written.get(symbol)?.state;
			written.delete(symbol);
			return state;
		});
		this.log = new HistoryLog(this.instruments, written);
	}

	addTo(events: readonly MarketEvent[]): readonly MarketEvent[] {
		return this.columns.length === 0 ? events : events.map((event) => this.add(event));
	}

	needs(symbol: string): readonly CandleNeed[] {
		return this.instruments.find(symbol).needs();
	}

	/** What a source's history says of a symbol; known from its next event on. */
	fill(symbol: string, past: PastCandles): void {
		this.instruments.find(symbol).fill(past);
		this.log.writeWhole(symbol);
	}

	/** What must be written down for a later run to go on from here; once. */
	takeChanges(): HistoryChange[] {
		return this.log.take();
	}

	private add(event: MarketEvent): MarketEvent {
		const sight = this.instruments.observe(observe(event));
		this.log.note(event);
		const values: Record<string, FactValue> = {};
		const missing: Record<string, MissingReason | 'late'> = {};
		for (const { name, fact } of this.columns) {
			const reading = readFor(event, fact, sight);
			if ('missing' in reading) missing[name] = reading.missing;
			else if (isFactValue(reading.value)) values[name] = reading.value;
			else missing[name] = 'invalid';
		}
		const isWhole = Object.keys(missing).length === 0;
		return { ...event, ...values, ...(isWhole ? {} : { marketAlerts: { missing } }) };
	}
}

/** A late event isn't taken into the history: what that says is of another moment. */
function readFor(
	event: MarketEvent,
	fact: FactRef,
	sight: Sight,
): FactReading | { readonly missing: 'late' } {
	const isOfTime = findFact(fact.fact)?.kind === 'time';
	return event.quality.includes('late') && !isOfTime ? { missing: 'late' } : sight.read(fact);
}
