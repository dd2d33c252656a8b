import type { Condition, Conditions, Leaf } from './streams';

/**
 * The answers docs/rules.md promises, worked out as plainly as can be and with nothing of core/rules:
 * what a comparison says of two values, and what groups make of answers of which some are unknown.
 */
export type Answer = boolean | undefined;
/** Both sides of an edge, at one event. */
export type Sides = { readonly left: unknown; readonly right: unknown };

export const splitOperator = (operator: string): readonly [string[], string] => {
	const parts = operator.split(':');
	return [parts.slice(0, -1), parts[parts.length - 1]!];
};

const isMissing = (value: unknown): boolean =>
	value === undefined || value === null || Number.isNaN(value);
export const isNumericText = (value: unknown): boolean =>
	typeof value === 'string' && /^[\s\d.e+-]*\d[\s\d.e+-]*$/i.test(value) && !Number.isNaN(+value);
const toNumber = (value: unknown): number | undefined =>
	(typeof value === 'number' && Math.abs(value) < Infinity) || isNumericText(value)
		? Number(value)
		: undefined;
/** A fact as its column has it; the catalogue's own are numbers, or missing. */
export const asFact = (fact: string, raw: unknown): unknown =>
	['price', 'previousClose', 'peRatio'].includes(fact) ? toNumber(raw) : raw;
/** A fact as a document asks for it, `{ "times": 2 }`. Nothing drawn has more than three decimals. */
export const multiplied = (value: unknown, times: unknown): unknown => {
	const number = toNumber(value);
	if (typeof times !== 'number' || number === undefined)
		return times === undefined ? value : undefined;
	return Math.round(number * times * 1_000) / 1_000;
};
const isRange = (value: unknown): boolean =>
	Array.isArray(value) &&
	value.length === 2 &&
	value.every((end) => toNumber(end) !== undefined) &&
	Number(value[0]) <= Number(value[1]);

type Test = (left: any, right: any) => boolean;

/** json-rules-engine's comparisons of numbers, as JavaScript has them. */
const COMPARED: Readonly<Record<string, Test>> = {
	lessThan: (left, right) => left < right,
	lessThanInclusive: (left, right) => left <= right,
	greaterThan: (left, right) => left > right,
	greaterThanInclusive: (left, right) => left >= right,
};
const same: Test = (left, right) =>
	left === right ||
	(typeof left !== typeof right &&
		typeof left !== 'boolean' &&
		typeof right !== 'boolean' &&
		[left, right].every((side) => toNumber(side) !== undefined) &&
		Number(left) === Number(right));
const holds: Test = (whole, part) =>
	Array.isArray(whole)
		? whole.some((member) => same(member, part))
		: whole.toLowerCase().indexOf(part.toLowerCase()) >= 0;
const isWhole: Test = (whole, part) =>
	Array.isArray(whole) || (typeof whole === 'string' && typeof part === 'string');
const EQUALLED: Readonly<Record<string, Test>> = {
	equal: same,
	notEqual: (left, right) => !same(left, right),
	in: (left, right) => right.some((member: unknown) => same(left, member)),
	notIn: (left, right) => !right.some((member: unknown) => same(left, member)),
	contains: (left, right) => isWhole(left, right) && holds(left, right),
	doesNotContain: (left, right) => isWhole(left, right) && !holds(left, right),
};

const thousandths = (value: unknown): number => Math.round(Number(value) * 1_000);
const lies = (value: unknown, [lower, upper]: readonly unknown[]): boolean =>
	[thousandths(lower), thousandths(value), thousandths(upper)].every(
		(at, index, all) => index === 0 || all[index - 1]! <= at,
	);
const asPattern = (pattern: string): RegExp =>
	new RegExp(
		`^${pattern
			.replace(/[^*?]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.replaceAll('*', '[^]*')
			.replaceAll('?', '[^]')}$`,
		'i',
	);
/** Since midnight, whatever the zone; NaN for what is no time of day. */
const secondOfDay = (time: string): number => {
	const [hour, minute, second = 0, ...rest] = time
		.replace('Z', '')
		.split(':')
		.map((part) => Number(part || NaN));
	const fits = rest.length === 0 && hour! < 24 && minute! < 60 && second < 60;
	return fits ? hour! * 3_600 + minute! * 60 + second : Number.NaN;
};
const after = (seconds: number): number => (seconds + 86_400) % 86_400;

/** Ours that are no edges. A fact on the right, or in it, is already looked up. */
const OURS: Readonly<Record<string, { fits: Test; test: Test }>> = {
	matches: {
		fits: (left, right) => typeof left === 'string' && typeof right === 'string',
		test: (left, right) => asPattern(right).test(left),
	},
	between: {
		fits: (left, right) => toNumber(left) !== undefined && isRange(right),
		test: lies,
	},
	outside: {
		fits: (left, right) => toNumber(left) !== undefined && isRange(right),
		test: (left, right) => !lies(left, right),
	},
	within: {
		fits: (left, { of }) => [left, of].every((side) => toNumber(side) !== undefined),
		test: (left, { of, percent }) =>
			100 * Math.abs(thousandths(left) - thousandths(of)) <= percent * Math.abs(thousandths(of)),
	},
	betweenTimes: {
		fits: (left, right) =>
			[left, ...(Array.isArray(right) && right.length === 2 ? right : [0])].every(
				(time) => typeof time === 'string' && secondOfDay(time) >= 0,
			),
		test: (left, [from, to]) =>
			after(secondOfDay(left) - secondOfDay(from)) < after(secondOfDay(to) - secondOfDay(from)),
	},
	betweenDates: {
		fits: (left) => typeof left === 'string' && left.includes('-') && Date.parse(left) > 0,
		test: (left, [from, to]) =>
			Date.parse(left.slice(0, 10)) >= Date.parse(from) &&
			Date.parse(left.slice(0, 10)) <= Date.parse(to),
	},
};

/** Above (1), at (0) or below (-1) the right side. */
const standing = ({ left, right }: Sides): number => Math.sign(Number(left) - Number(right));
const isInside = ({ left, right }: Sides): boolean => lies(left, right as readonly unknown[]);

/** Edges: both sides before, both sides now. */
const EDGES: Readonly<Record<string, (before: Sides, now: Sides) => boolean>> = {
	crossesAbove: (before, now) => standing(before) <= 0 && standing(now) === 1,
	crossesBelow: (before, now) => standing(before) >= 0 && standing(now) === -1,
	crosses: (before, now) => standing(now) !== 0 && standing(before) !== standing(now),
	entersRange: (before, now) => !isInside(before) && isInside(now),
	leavesRange: (before, now) => isInside(before) && !isInside(now),
};
export const isEdge = (operator: string): boolean => operator in EDGES;
export const answerEdge = ({ operator }: Leaf, before: Sides, now: Sides): boolean =>
	EDGES[operator]!(before, now);
/** For the bare engine: ours, as functions of the two sides it hands over. */
export const ours: ReadonlyArray<readonly [name: string, test: Test]> = Object.entries(OURS).map(
	([name, { test }]) => [name, test],
);

/** A comparison with decorators, as json-rules-engine describes them. */
function decorate([first, ...rest]: readonly string[], test: Test): Test {
	if (first === undefined) return test;
	const next = decorate(rest, test);
	switch (first) {
		case 'not':
			return (left, right) => !next(left, right);
		case 'swap':
			return (left, right) => next(right, left);
		case 'someFact':
			return (left, right) => left.some((member: unknown) => next(member, right));
		case 'everyFact':
			return (left, right) => left.every((member: unknown) => next(member, right));
		case 'someValue':
			return (left, right) => right.some((member: unknown) => next(left, member));
		case 'everyValue':
			return (left, right) => right.every((member: unknown) => next(left, member));
		default:
			throw new Error(`no decorator ${first}`);
	}
}

/** Whether there are lists wherever decorators, and `in`, look into one: whether all the looking finds any. */
function findsLists(decorators: readonly string[], name: string, left: unknown, right: unknown) {
	let found = true;
	const ask = (list: unknown) => {
		if (!Array.isArray(list)) found = false;
		return Array.isArray(list) ? list : [];
	};
	const look = ([first, ...rest]: readonly string[], one: unknown, other: unknown): void => {
		if (first === undefined) {
			if (name === 'in' || name === 'notIn') ask(other);
		} else if (first.endsWith('Fact')) {
			ask(one).forEach((member) => look(rest, member, other));
		} else if (first.endsWith('Value')) {
			ask(other).forEach((member) => look(rest, one, member));
		} else if (first === 'swap') {
			look(rest, other, one);
		} else {
			look(rest, one, other);
		}
	};
	look(decorators, left, right);
	return found;
}

const numbersIn = (value: unknown): unknown =>
	Array.isArray(value) ? value.map(numbersIn) : (toNumber(value) ?? value);

/** json-rules-engine wants a number, or text that begins like one, on the left of `lessThan`. */
const ofNumbers =
	(test: Test): Test =>
	(left, right) =>
		!Number.isNaN(Number.parseFloat(left)) && test(left, right);

/** Whether a comparison that is no edge holds. Either side may be missing. */
export function answerLeaf({ operator, value }: Leaf, left: unknown, right: unknown): Answer {
	const [decorators, name] = splitOperator(operator);
	// `null` may be written, and is a value then.
	if (isMissing(left) || (isMissing(right) && value !== null)) return undefined;
	const ownTest = OURS[name];
	if (ownTest !== undefined) {
		if (!ownTest.fits(left, right)) return undefined;
		return decorate(decorators, ownTest.test)(left, right);
	}
	if (!findsLists(decorators, name, left, right)) return undefined;
	const compare = COMPARED[name];
	if (compare === undefined) return decorate(decorators, EQUALLED[name]!)(left, right);
	const areWhole = decorators.every((one) => one === 'not' || one === 'swap');
	if (areWhole && [left, right].some((side) => toNumber(side) === undefined)) return undefined;
	return decorate(decorators, ofNumbers(compare))(numbersIn(left), numbersIn(right));
}

/** Both sides of an edge, if they are known. */
export function sidesOf({ operator }: Leaf, left: unknown, right: unknown): Sides | undefined {
	const fits = operator.endsWith('Range') ? isRange(right) : toNumber(right) !== undefined;
	return toNumber(left) !== undefined && fits ? { left, right } : undefined;
}

/**
 * Whether json-rules-engine would compare these otherwise than we do: a number written as text, or a text
 * looked for in a text. What it can't compare at all is unknown, and not asked about here.
 */
export function isDifferent({ operator }: Leaf, left: unknown, right: unknown): boolean {
	const [, name] = splitOperator(operator);
	const all = [left, isNear(right) ? right.of : right].flat(3);
	const hasNumericText = all.some(isNumericText);
	if (!(name in EQUALLED)) return hasNumericText;
	const isTextInText =
		['contains', 'doesNotContain'].includes(name) &&
		all.filter((side) => typeof side === 'string').length > 1;
	return isTextInText || (hasNumericText && all.some((side) => typeof side === 'number'));
}
const isNear = (side: unknown): side is { of: unknown } =>
	typeof side === 'object' && side !== null && 'of' in side;

/** Kleene's three values: true, false, and undefined for unknown. */
export function answer(
	condition: Condition,
	named: Conditions['namedConditions'],
	answers: ReadonlyMap<Leaf, Answer>,
): Answer {
	const ask = (one: Condition) => answer(one, named, answers);
	if ('condition' in condition) return ask(named[condition.condition]!);
	if ('not' in condition) {
		const inner = ask(condition.not);
		return inner === undefined ? undefined : !inner;
	}
	if ('fact' in condition) return answers.get(condition);
	const [members, deciding] = 'all' in condition ? [condition.all, false] : [condition.any, true];
	const found = members.map(ask);
	if (found.includes(deciding)) return deciding;
	return found.includes(undefined) ? undefined : !deciding;
}
