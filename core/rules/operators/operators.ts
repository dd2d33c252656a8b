import { isBetweenDates, isBetweenTimes } from './moments';
import { isNear, isWithin, type Range } from './ranges';
import { differs, isNoneOf, isOneOf, isSame } from './sameness';
import { contains, lacks, matchesPattern } from './texts';

/** An operator as conditions name it: what it's called, what it compares, how it reads in a sentence. */
export type OperatorDefinition = {
	readonly name: string;
	readonly label: string;
	/** Goes between the two sides: "price *is less than* 60". */
	readonly words: string;
	/**
	 * `number`: both sides are numbers, numeric text counts. `range`: a number with `[lower, upper]`.
	 * `percent`: a number with `{ percent, of }`. `text`: two texts. `times`, `dates`: a text with two.
	 * `any`: as json-rules-engine compares them.
	 */
	readonly compares: Comparison;
	/** An edge looks at {before, now} of both sides and holds for one event only. */
	readonly edge: boolean;
	/** Where the engine has none of its own, or another notion. Edges get pairs, the others the values themselves. */
	readonly test?: (left: never, right: never) => boolean;
};

export type Comparison = 'number' | 'range' | 'percent' | 'text' | 'times' | 'dates' | 'any';

/** A side of an edge: its value at the event before, and now. */
export type Pair<Value = number> = { readonly before: Value; readonly now: Value };

const above = ({ before, now }: Pair, right: Pair) => before <= right.before && now > right.now;
const below = ({ before, now }: Pair, right: Pair) => before >= right.before && now < right.now;
const enters = ({ before, now }: Pair, range: Pair<Range>) =>
	!isWithin(before, range.before) && isWithin(now, range.now);
const leaves = ({ before, now }: Pair, range: Pair<Range>) =>
	isWithin(before, range.before) && !isWithin(now, range.now);

export const operators: readonly OperatorDefinition[] = [
	{
		name: 'lessThan',
		label: 'Is Less Than',
		words: 'is less than',
		compares: 'number',
		edge: false,
	},
	{
		name: 'lessThanInclusive',
		label: 'Is at Most',
		words: 'is at most',
		compares: 'number',
		edge: false,
	},
	{
		name: 'greaterThan',
		label: 'Is Greater Than',
		words: 'is greater than',
		compares: 'number',
		edge: false,
	},
	{
		name: 'greaterThanInclusive',
		label: 'Is at Least',
		words: 'is at least',
		compares: 'number',
		edge: false,
	},
	{
		name: 'equal',
		label: 'Is Equal To',
		words: 'equals',
		compares: 'any',
		edge: false,
		test: isSame,
	},
	{
		name: 'notEqual',
		label: 'Is Not Equal To',
		words: "doesn't equal",
		compares: 'any',
		edge: false,
		test: differs,
	},
	{
		name: 'in',
		label: 'Is One Of',
		words: 'is one of',
		compares: 'any',
		edge: false,
		test: isOneOf,
	},
	{
		name: 'notIn',
		label: 'Is None Of',
		words: 'is none of',
		compares: 'any',
		edge: false,
		test: isNoneOf,
	},
	{
		name: 'contains',
		label: 'Contains',
		words: 'contains',
		compares: 'any',
		edge: false,
		test: contains,
	},
	{
		name: 'doesNotContain',
		label: 'Does Not Contain',
		words: "doesn't contain",
		compares: 'any',
		edge: false,
		test: lacks,
	},
	{
		name: 'matches',
		label: 'Matches Pattern',
		words: 'matches',
		compares: 'text',
		edge: false,
		test: matchesPattern,
	},
	{
		name: 'crossesAbove',
		label: 'Crosses Above',
		words: 'crossed above',
		compares: 'number',
		edge: true,
		test: above,
	},
	{
		name: 'crossesBelow',
		label: 'Crosses Below',
		words: 'crossed below',
		compares: 'number',
		edge: true,
		test: below,
	},
	{
		name: 'crosses',
		label: 'Crosses',
		words: 'crossed',
		compares: 'number',
		edge: true,
		test: (left: Pair, right: Pair) => above(left, right) || below(left, right),
	},
	{
		name: 'between',
		label: 'Is Between',
		words: 'is between',
		compares: 'range',
		edge: false,
		test: isWithin,
	},
	{
		name: 'outside',
		label: 'Is Outside',
		words: 'is outside',
		compares: 'range',
		edge: false,
		test: (value: number, range: Range) => !isWithin(value, range),
	},
	{
		name: 'within',
		label: 'Is Within Percent Of',
		words: 'is within',
		compares: 'percent',
		edge: false,
		test: isNear,
	},
	{
		name: 'betweenTimes',
		label: 'Is Between Times',
		words: 'is between',
		compares: 'times',
		edge: false,
		test: isBetweenTimes,
	},
	{
		name: 'betweenDates',
		label: 'Is Between Dates',
		words: 'is between',
		compares: 'dates',
		edge: false,
		test: isBetweenDates,
	},
	{
		name: 'entersRange',
		label: 'Enters Range',
		words: 'entered the range',
		compares: 'range',
		edge: true,
		test: enters,
	},
	{
		name: 'leavesRange',
		label: 'Leaves Range',
		words: 'left the range',
		compares: 'range',
		edge: true,
		test: leaves,
	},
];

const byName = new Map(operators.map((operator) => [operator.name, operator]));

export const findOperator = (name: string): OperatorDefinition | undefined => byName.get(name);

/** json-rules-engine's decorators, written before an operator: `everyFact:greaterThan`. */
export const decorators: readonly string[] = [
	'someFact',
	'someValue',
	'everyFact',
	'everyValue',
	'swap',
	'not',
];
