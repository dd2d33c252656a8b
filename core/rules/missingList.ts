import type { FactRef } from '../facts';

/** One side of a comparison, or a member of it, and the fact it comes from. */
export type Side = { readonly value: unknown; readonly fact: FactRef };

/**
 * The fact that gave something else where a decorator or `in` looks into a list. json-rules-engine would
 * say no there, so that `not` holds, or break off.
 *
 * @param operator its parts, decorators first: `['not', 'everyFact', 'in']`
 */
export function missingList(
	[first, ...rest]: readonly string[],
	left: Side,
	right: Side,
): FactRef | undefined {
	switch (first) {
		case 'someFact':
		case 'everyFact':
			return lookInto(left, (member) => missingList(rest, member, right));
		case 'someValue':
		case 'everyValue':
			return lookInto(right, (member) => missingList(rest, left, member));
		case 'swap':
			return missingList(rest, right, left);
		case 'not':
			return missingList(rest, left, right);
		case 'in':
		case 'notIn':
			return lookInto(right, () => undefined);
		default:
			return undefined;
	}
}

function lookInto(
	{ value, fact }: Side,
	look: (member: Side) => FactRef | undefined,
): FactRef | undefined {
	if (!Array.isArray(value)) return fact;
	for (const member of value as readonly unknown[]) {
		const missing = look({ value: member, fact });
		if (missing !== undefined) return missing;
	}
	return undefined;
}
