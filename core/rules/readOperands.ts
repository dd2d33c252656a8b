import {
	toNumber,
	type FactReading,
	type FactRef,
	type FactSheet,
	type MissingReason,
} from '../facts';
import type { CompiledLeaf } from './compileRule';
import { toRange } from './operators';
import type { BeforeValues, EdgeSides } from './verdict';

/** The two sides of one comparison, ready for the engine, or what is missing. */
export type Operands =
	| {
			readonly left: unknown;
			readonly right: unknown;
			/** The sides to remember for the next event, when it's an edge. */
			readonly now?: EdgeSides;
	  }
	| {
			readonly missing: { readonly fact: FactRef; readonly reason: MissingReason };
			readonly left?: unknown;
			readonly right?: unknown;
			readonly now?: EdgeSides;
	  };

/** Looks up both sides of a comparison and brings them into the shape its operator compares. */
export function readOperands(
	leaf: CompiledLeaf,
	index: number,
	facts: FactSheet,
	before: BeforeValues,
): Operands {
	const left =
		leaf.compares === 'range'
			? asNumber(facts.read(leaf.left))
			: shape(facts.read(leaf.left), leaf);
	const right = shape(
		'fact' in leaf.right ? facts.read(leaf.right.fact) : { value: leaf.right.literal },
		leaf,
	);
	if ('missing' in left || 'missing' in right) {
		return {
			missing:
				'missing' in left
					? { fact: leaf.left, reason: left.missing }
					: { fact: rightRef(leaf), reason: 'missing' in right ? right.missing : 'invalid' },
			...('value' in left ? { left: left.value } : {}),
			...('value' in right ? { right: right.value } : {}),
		};
	}
	if (!leaf.edge) return inTheSameUnit(leaf, left.value, right.value);
	// `shape` made a number of the left side, and a number or a range of the right one.
	const now = { left: left.value, right: right.value } as EdgeSides;
	const last = before[index];
	if (last === undefined) {
		return {
			missing: { fact: leaf.left, reason: 'firstValue' },
			left: now.left,
			right: now.right,
			now,
		};
	}
	return {
		left: { before: last.left, now: now.left },
		right: { before: last.right, now: now.right },
		now,
	};
}

function shape(reading: FactReading, leaf: CompiledLeaf): FactReading {
	if (leaf.compares === 'number') return asNumber(reading);
	if ('missing' in reading || leaf.compares !== 'range') return reading;
	const range = toRange(reading.value);
	return range === undefined ? { missing: 'invalid' } : { value: range };
}

function asNumber(reading: FactReading): FactReading {
	if ('missing' in reading) return reading;
	const number = toNumber(reading.value);
	return number === undefined ? { missing: 'invalid' } : { value: number };
}

/** A number equals the same number written as text. */
function inTheSameUnit(leaf: CompiledLeaf, left: unknown, right: unknown): Operands {
	if (leaf.compares !== 'any') return { left, right };
	if (typeof left === 'number' && typeof right === 'string') {
		return { left, right: toNumber(right) ?? right };
	}
	if (typeof right === 'number' && typeof left === 'string') {
		return { left: toNumber(left) ?? left, right };
	}
	return { left, right };
}

const rightRef = (leaf: CompiledLeaf): FactRef =>
	'fact' in leaf.right ? leaf.right.fact : leaf.left;
