// Past the folder's index on purpose: node files load the operators, and the index brings JSONPath along.
import { toNumber } from '../../facts/toNumber';

/** The same value, as json-rules-engine has it; a number is also the same as a text that is it. */
export function isSame(left: unknown, right: unknown): boolean {
	if (typeof left === 'number' && typeof right === 'string') return left === toNumber(right);
	if (typeof left === 'string' && typeof right === 'number') return toNumber(left) === right;
	return left === right;
}

export const differs = (left: unknown, right: unknown): boolean => !isSame(left, right);

export const isOneOf = (value: unknown, list: readonly unknown[]): boolean =>
	list.some((member) => isSame(value, member));

export const isNoneOf = (value: unknown, list: readonly unknown[]): boolean =>
	!isOneOf(value, list);
