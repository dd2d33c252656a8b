import {
	toNumber,
	type FactReader,
	type FactReading,
	type FactRef,
	type MissingReason,
} from '../facts';
import type { CompiledLeaf } from './compileRule';
import { missingList } from './missingList';
import { isDate, isTime, toDates, toRange, toTimes } from './operators';
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
	facts: FactReader,
	before: BeforeValues,
): Operands {
	const left = shapeLeft(facts.read(leaf.left), leaf);
	const right = shapeRight(
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
	if (leaf.percent !== undefined) {
		return { left: left.value, right: [right.value, leaf.percent] };
	}
	if (!leaf.edge) {
		const noList = missingList(
			leaf.operator.split(':'),
			{ value: left.value, fact: leaf.left },
			{ value: right.value, fact: rightRef(leaf) },
		);
		const sides = { left: left.value, right: right.value };
		return noList === undefined
			? sides
			: { missing: { fact: noList, reason: 'invalid' }, ...sides };
	}
	// The left side is a number by now, the right one a number or a range.
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

function shapeLeft(reading: FactReading, { compares }: CompiledLeaf): FactReading {
	switch (compares) {
		case 'number':
		case 'range':
		case 'percent':
			return asNumber(reading);
		case 'numbers':
			return asNumbers(reading);
		case 'text':
			return asText(reading);
		case 'times':
			return asText(reading, isTime);
		case 'dates':
			return asText(reading, isDate);
		default:
			return reading;
	}
}

function shapeRight(reading: FactReading, { compares }: CompiledLeaf): FactReading {
	if ('missing' in reading) return reading;
	switch (compares) {
		case 'number':
		case 'percent':
			return asNumber(reading);
		case 'numbers':
			return asNumbers(reading);
		case 'text':
			return asText(reading);
		case 'range':
			return orInvalid(toRange(reading.value));
		case 'times':
			return orInvalid(toTimes(reading.value));
		case 'dates':
			return orInvalid(toDates(reading.value));
		default:
			return reading;
	}
}

const orInvalid = (value: unknown): FactReading =>
	value === undefined ? { missing: 'invalid' } : { value };

function asText(reading: FactReading, suits: (text: string) => boolean = () => true): FactReading {
	if ('missing' in reading) return reading;
	const { value } = reading;
	return typeof value === 'string' && suits(value) ? reading : { missing: 'invalid' };
}

function asNumber(reading: FactReading): FactReading {
	if ('missing' in reading) return reading;
	const number = toNumber(reading.value);
	return number === undefined ? { missing: 'invalid' } : { value: number };
}

const asNumbers = (reading: FactReading): FactReading =>
	'missing' in reading ? reading : { value: numbersIn(reading.value) };

/** Text that is a number becomes one, in lists too; whatever else is there stays as it comes. */
const numbersIn = (value: unknown): unknown =>
	Array.isArray(value) ? value.map(numbersIn) : (toNumber(value) ?? value);

const rightRef = (leaf: CompiledLeaf): FactRef =>
	'fact' in leaf.right ? leaf.right.fact : leaf.left;
