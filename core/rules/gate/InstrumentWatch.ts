import { toNumber, type FactReader, type FactReading, type FactRef } from '../../facts';
import type { CompiledLeaf } from '../compileRule';
import type { EdgeSides } from '../verdict';

/** How a ladder's number is read. */
export type NumberReader = {
	readonly key: string;
	/** Of a field of the event that needs no more than its name. */
	readonly field: string | undefined;
	readonly left: FactRef;
	/** Taken away from left. */
	readonly right: FactRef | undefined;
};

/** A comparison that is no level: made anew when its fact has another value. */
export type Rechecked = {
	readonly atom: number;
	readonly leaf: CompiledLeaf;
	readonly key: string;
};
export type WatchedFact = {
	readonly key: string;
	readonly ref: FactRef;
	reading: FactReading | undefined;
	atoms: Rechecked[];
};
/** An edge without a value before, or with one that was kept. */
export type Unarmed = {
	readonly atom: number;
	readonly leaf: CompiledLeaf;
	readonly before: EdgeSides | undefined;
};

/** What is watched on one instrument. Made and changed by `askChanged` only. */
export class InstrumentWatch {
	ladders: number[] = NOTHING;

	readers: NumberReader[] = NOTHING;

	facts: WatchedFact[] = NOTHING;

	/** Between two facts that aren't both numbers: made anew at each event. */
	pairs: Rechecked[] = NOTHING;

	unarmed: Unarmed[] = NOTHING;

	/** Those that got their first value at the last event, and so were compared with what was kept. */
	justArmed: Unarmed[] = NOTHING;

	/** Edges that held at the last event. */
	pulsing: number[] = NOTHING;
}
/** Most instruments need only some of their lists; none of them writes into this one. */
export const NOTHING: never[] = [];

/** In place, unless it's the list that all empty ones share. */
export function append<One>(list: One[], one: One): One[] {
	if (list.length === 0) return [one];
	list.push(one);
	return list;
}

/** NaN where a side is missing or is no number. */
export function readNumber({ left, right }: NumberReader, reader: FactReader): number {
	const value = numberIn(reader.read(left));
	return right === undefined ? value : value - numberIn(reader.read(right));
}

const numberIn = (reading: FactReading): number =>
	'value' in reading ? (toNumber(reading.value) ?? Number.NaN) : Number.NaN;
