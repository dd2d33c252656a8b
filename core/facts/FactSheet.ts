import { findFact } from './catalogue';
import { isMissingReason, type FactRef, type FactValue, type MissingReason } from './model';
import { readField, readPath } from './readPath';
import { toNumber, toTwelveDigits } from './toNumber';

/** What one look at a fact gives: a value (any JSON value for own columns), or why there is none. */
export type FactReading = { readonly value: unknown } | { readonly missing: MissingReason };

/** Looks facts up. */
export interface FactReader {
	read(ref: FactRef): FactReading;
}

/**
 * What one event or item says about its instrument.
 *
 * Facts of the catalogue come out in their type: prices that arrive as text become numbers, and what
 * can't be one is `invalid`, never 0. Everything else is a column, read as it came.
 */
export class FactSheet implements FactReader {
	/** @param columns the fields of a market event or of any n8n item; never changed */
	constructor(private readonly columns: Readonly<Record<string, unknown>>) {}

	read(ref: FactRef): FactReading {
		const whole = this.readWhole(ref.fact);
		if ('missing' in whole || ref.path === undefined) return whole;
		try {
			return present(readPath(whole.value, ref.path));
		} catch {
			// A filter may ask for a field of what isn't there, or be none.
			return { missing: 'invalid' };
		}
	}

	/** A fact without parameters as a number; NaN where it's missing or isn't one. Allocates nothing as a rule. */
	number(name: string): number {
		const value = this.columns[name];
		if (typeof value === 'number' && value - value === 0) return value;
		const reading = this.readWhole(name);
		return 'value' in reading ? (toNumber(reading.value) ?? Number.NaN) : Number.NaN;
	}

	/** The facts of the catalogue that are known, by name, in the catalogue's order. */
	known(names: Iterable<string>): Record<string, FactValue> {
		const facts: Record<string, FactValue> = {};
		for (const name of names) {
			const reading = this.readWhole(name);
			if ('value' in reading && isFactValue(reading.value)) facts[name] = reading.value;
		}
		return facts;
	}

	/** A field as it came; `undefined` when there's none. */
	raw(name: string): unknown {
		return readField(this.columns, name);
	}

	private readWhole(name: string): FactReading {
		const definition = findFact(name);
		if (definition === undefined) return this.readColumn(name);
		const value = this.raw(name) ?? this.derived(name);
		if (value === undefined || value === null) return { missing: 'notOffered' };
		if (definition.type === 'number') {
			const number = toNumber(value);
			return number === undefined ? { missing: 'invalid' } : { value: number };
		}
		return typeof value === 'string' ? { value } : { missing: 'invalid' };
	}

	/** A column as it came; of one that a trigger of ours couldn't add, the reason it gave. */
	private readColumn(name: string): FactReading {
		const reading = present(this.raw(name));
		if ('value' in reading || reading.missing === 'invalid') return reading;
		const reason = this.raw(`marketAlerts.missing.${name}`);
		return isMissingReason(reason) ? { missing: reason } : reading;
	}

	/** Facts that follow from others where the source doesn't give them. */
	private derived(name: string): number | undefined {
		if (name === 'price') return toNumber(this.raw('close'));
		if (name === 'spread' || name === 'spreadPercent') return this.spread(name);
		if (name !== 'change' && name !== 'changePercent') return undefined;
		const price = toNumber(this.raw('price') ?? this.raw('close'));
		const previousClose = toNumber(this.raw('previousClose'));
		if (price === undefined || previousClose === undefined || previousClose === 0) return undefined;
		const change = price - previousClose;
		return toTwelveDigits(name === 'change' ? change : (change / previousClose) * 100);
	}

	private spread(name: 'spread' | 'spreadPercent'): number | undefined {
		const bid = toNumber(this.raw('bid'));
		const ask = toNumber(this.raw('ask'));
		if (bid === undefined || ask === undefined || bid + ask === 0) return undefined;
		return toTwelveDigits(name === 'spread' ? ask - bid : ((ask - bid) / ((ask + bid) / 2)) * 100);
	}
}

export const isFactValue = (value: unknown): value is FactValue =>
	typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

function present(value: unknown): FactReading {
	if (value === undefined || value === null) return { missing: 'notOffered' };
	return Number.isNaN(value) ? { missing: 'invalid' } : { value };
}
