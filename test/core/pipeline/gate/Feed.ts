import { FactSheet, type Observation } from '../../../../core/facts';
import { toEventId, toStream } from '../../../../core/market';
import { epochMs } from '../../../../core/ports';
import type { Columns } from '../../rules/judge/streams';
import type { Step, Tape } from './tapes';

type EventStep = Extract<Step, { kind: 'event' }>;

/** Makes the events of a tape, one after the other: their times, ids and repetitions. */
export class Feed {
	private stream = toStream('replay', 'tape', 'one');

	private sequence = 0;

	private previous: Observation | undefined;

	private readonly last = new Map<string, Columns>();

	/** The time it is, before the first event. */
	at: number;

	constructor({ beginsAt }: Tape) {
		this.at = beginsAt;
	}

	next(step: EventStep): Observation {
		if (step.id === 'again' && this.previous !== undefined) return this.previous;
		this.previous = this.make(step);
		return this.previous;
	}

	private make(step: EventStep): Observation {
		this.at += step.afterMs;
		const key = step.symbol.toUpperCase();
		const columns = step.columns === 'same' ? (this.last.get(key) ?? { price: 2 }) : step.columns;
		this.last.set(key, columns);
		return {
			symbol: step.symbol,
			eventAt: epochMs(this.at),
			eventId: this.idOf(step.id),
			quality: step.quality,
			facts: new FactSheet({ ...columns, ...candleOf(step.candle, columns, this.at) }),
		};
	}

	private idOf(id: EventStep['id']): string | undefined {
		if (id === 'none') return undefined;
		this.sequence += 1;
		if (id === 'foreign') return `row ${this.sequence} of theirs`;
		if (id === 'anew') this.stream = toStream('replay', 'tape', String(this.sequence));
		return toEventId(this.stream, this.sequence);
	}
}

/** The candle of 10 s around a price. */
function candleOf(candle: EventStep['candle'], { price }: Columns, at: number): Columns {
	if (candle === undefined || typeof price !== 'number') return { type: 'trade' };
	const startAt = Math.floor((at - 1) / 10_000) * 10_000;
	return {
		type: 'candle',
		interval: '10s',
		startAt,
		endAt: startAt + 10_000,
		open: 2,
		high: Math.max(2, price),
		low: Math.min(2, price),
		close: price,
		volume: 3,
		closed: candle === 'closed',
	};
}
