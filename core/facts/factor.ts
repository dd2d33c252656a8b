import type { FactReading } from './FactSheet';
import type { FactRef } from './model';
import { toNumber, toTwelveDigits } from './toNumber';

/** What a fact's value is multiplied by, `{ "times": 3 }`; `undefined` where it stands as it is. */
export function factorOf({ params }: FactRef): number | undefined {
	const times = params?.['times'];
	return typeof times === 'number' ? times : undefined;
}

/** The parameters that say which fact is meant; `times` only says how much of it. */
export function ownParams({ params = {} }: FactRef): Readonly<Record<string, unknown>> {
	const { times: _, ...own } = params;
	return own;
}

/** A fact as it stands, without what multiplies it. */
export function withoutFactor(ref: FactRef): FactRef {
	if (factorOf(ref) === undefined) return ref;
	const { params: _, ...rest } = ref;
	const own = ownParams(ref);
	return Object.keys(own).length === 0 ? rest : { ...rest, params: own };
}

/** A reading times the fact's factor; what is missing stays missing. */
export function multiply(reading: FactReading, ref: FactRef): FactReading {
	const factor = factorOf(ref);
	if (factor === undefined || 'missing' in reading) return reading;
	const product = (toNumber(reading.value) ?? Number.NaN) * factor;
	return Number.isFinite(product) ? { value: toTwelveDigits(product) } : { missing: 'invalid' };
}
