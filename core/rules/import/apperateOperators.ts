import { quote } from '../checkConditions';
import { didYouMean } from '../nearestName';
import { operators } from '../operators';
import { refuse, type Passage } from './passage';

/** Apperate's operators: as its API has them, and as its console called them. */
const OPERATORS: ReadonlyArray<readonly [ours: string, ...theirs: string[]]> = [
	['greaterThan', '>', 'is above'],
	['greaterThanInclusive', '>=', 'is above or equal to'],
	['lessThan', '<', 'is below'],
	['lessThanInclusive', '<=', 'is below or equal to'],
	['equal', '==', '=', '===', 'is'],
	['notEqual', '!=', '<>', '!==', 'is not'],
];

const squeeze = (name: string): string => name.toLowerCase().replace(/[\s_]+/g, '');

/** Our own names work as well, in any spelling: `crosses above`, `notIn`. */
const byName: ReadonlyMap<string, string> = new Map([
	...operators.map(({ name }) => [squeeze(name), name] as const),
	...OPERATORS.flatMap(([ours, ...theirs]) => theirs.map((one) => [squeeze(one), ours] as const)),
]);

/** @throws RuleError naming the ones there are */
export function ourOperator(given: unknown, at: string, passage: Passage): string {
	const typed = typeof given === 'string' ? given : '';
	const operator = byName.get(squeeze(typed));
	if (operator !== undefined) return operator;
	const ours = operators.map(({ name }) => name);
	const theirs = OPERATORS.flatMap(([, ...names]) => names);
	const signs = OPERATORS.map(([, sign = '']) => sign);
	return refuse(
		passage,
		`${at}: ${quote(given)} is not an operator.${didYouMean(typed, [...theirs, ...ours])} There are ${[...signs, ...ours].join(', ')}.`,
	);
}
