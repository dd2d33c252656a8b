import { findFact, toNumber, type FactRef } from '../../facts';
import type { CompiledLeaf } from '../compileRule';
import { toRange } from '../operators';

/** A level a number passes on its way up: at it, or just above it. */
export type Level = {
	readonly level: number;
	readonly above: boolean;
	/** What passing it adds; passing it on the way down takes it away. */
	readonly adds: 1 | -1;
};

/**
 * A comparison as levels of one number: it holds while `base` and what was added by the levels passed is more
 * than 0. `price between [50, 60]` is +1 at 50 and −1 above 60.
 */
export type Levels = {
	readonly left: FactRef;
	/** The number is left minus right where this is there. */
	readonly right?: FactRef;
	readonly base: 0 | 1;
	readonly levels: readonly Level[];
	/**
	 * Of an edge, which holds for one event. `rises`: when what is said above begins to hold. `crosses`: when the
	 * sum changed, and isn't 1.
	 */
	readonly edge?: 'rises' | 'crosses';
};

const at = (level: number, adds: 1 | -1): Level => ({ level, above: false, adds });
const above = (level: number, adds: 1 | -1): Level => ({ level, above: true, adds });
const exactly = (level: number, adds: 1 | -1): Level[] => [
	at(level, adds),
	above(level, adds === 1 ? -1 : 1),
];

type Shape = Pick<Levels, 'base' | 'levels' | 'edge'>;

/** How a comparison is kept as levels; `undefined` for one that can't be. */
export function toLevels(leaf: CompiledLeaf): Levels | undefined {
	const parts = leaf.operator.split(':');
	const operator = parts.pop() ?? '';
	if (parts.some((one) => one !== 'not') || leaf.percent !== undefined) return undefined;
	const isNegated = parts.length % 2 === 1;
	if ('fact' in leaf.right) {
		// A range of an edge would have to be remembered as it was.
		if (leaf.edge || !isOfNumbers(leaf, leaf.right.fact)) return undefined;
		const shape = toShape(operator, 0);
		if (shape === undefined) return undefined;
		return { left: leaf.left, right: leaf.right.fact, ...negate(shape, isNegated) };
	}
	if (!isOfNumbers(leaf)) return undefined;
	const shape = toShape(operator, leaf.right.literal);
	if (shape === undefined || shape.levels.length === 0) return undefined;
	return { left: leaf.left, ...negate(shape, isNegated) };
}

/** Whether both sides are numbers or missing, so that nothing else has to be compared. */
function isOfNumbers({ compares, left }: CompiledLeaf, right?: FactRef): boolean {
	if (compares === 'number') return true;
	if (compares === 'range') return right === undefined;
	return compares === 'any' && [left, ...(right === undefined ? [] : [right])].every(isNumber);
}

const isNumber = ({ fact, path }: FactRef): boolean =>
	path === undefined && findFact(fact)?.type === 'number';

function toShape(operator: string, value: unknown): Shape | undefined {
	const range = toRange(value);
	if (range !== undefined) {
		const [lower, upper] = range;
		const inside = { base: 0, levels: [at(lower, 1), above(upper, -1)] } as const;
		const outside = { base: 1, levels: [at(lower, -1), above(upper, 1)] } as const;
		switch (operator) {
			case 'between':
				return inside;
			case 'outside':
				return outside;
			case 'entersRange':
				return { ...inside, edge: 'rises' };
			case 'leavesRange':
				return { ...outside, edge: 'rises' };
		}
	}
	if (Array.isArray(value)) {
		const members = value.map(toNumber).filter((one) => one !== undefined);
		if (operator === 'in') return { base: 0, levels: members.flatMap((one) => exactly(one, 1)) };
		const distinct = [...new Set(members)];
		return operator === 'notIn'
			? { base: 1, levels: distinct.flatMap((one) => exactly(one, -1)) }
			: undefined;
	}
	const level = toNumber(value);
	if (level === undefined) return undefined;
	switch (operator) {
		case 'greaterThan':
			return { base: 0, levels: [above(level, 1)] };
		case 'greaterThanInclusive':
			return { base: 0, levels: [at(level, 1)] };
		case 'lessThan':
			return { base: 1, levels: [at(level, -1)] };
		case 'lessThanInclusive':
			return { base: 1, levels: [above(level, -1)] };
		case 'equal':
			return { base: 0, levels: exactly(level, 1) };
		case 'notEqual':
			return { base: 1, levels: exactly(level, -1) };
		case 'crossesAbove':
			return { base: 0, levels: [above(level, 1)], edge: 'rises' };
		case 'crossesBelow':
			return { base: 1, levels: [at(level, -1)], edge: 'rises' };
		case 'crosses':
			return { base: 0, levels: [at(level, 1), above(level, 1)], edge: 'crosses' };
		default:
			return undefined;
	}
}

/** The opposite of a level is levels, too: what was more than 0 isn't. Edges are never negated. */
function negate(shape: Shape, isNegated: boolean): Shape {
	if (!isNegated) return shape;
	return {
		base: shape.base === 1 ? 0 : 1,
		levels: shape.levels.map(({ adds, ...level }) => ({ ...level, adds: adds === 1 ? -1 : 1 })),
	};
}
