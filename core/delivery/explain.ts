import type { Reason } from '../alerts';
import { describeFact } from '../facts';
import { findOperator } from '../rules';
import { toText } from './formatValue';
import { cut } from './template';

/** Longest value shown in a sentence or a table. */
const MAX_VALUE = 200;

/** The name of the fact a reason is about: `price`, `rsi(14, 5m)`. */
export const nameOfReason = (reason: Reason): string =>
	describeFact({
		fact: reason.fact,
		...(reason.params === undefined ? {} : { params: reason.params }),
		...(reason.path === undefined ? {} : { path: reason.path }),
	});

/** What the fact was compared with: `60`, `previousClose (61.2)`, `1 % of 60`. */
export const rightOfReason = (reason: Reason): string => {
	const compares = findOperator(reason.operator)?.compares ?? 'any';
	const between = ['range', 'times', 'dates'].includes(compares) ? ' to ' : ', ';
	const value = Array.isArray(reason.right)
		? cut(reason.right.map(quoted).join(between), MAX_VALUE)
		: quoted(reason.right);
	const right = reason.rightFact === undefined ? value : `${reason.rightFact} (${value})`;
	return reason.percent === undefined ? right : `${reason.percent} % of ${right}`;
};

/** What the fact was: `59.2`, of a crossing `60.4 → 59.2`. */
export const leftOfReason = ({ before, left }: Reason): string =>
	before === undefined ? quoted(left) : `${quoted(before.left)} → ${quoted(left)}`;

/** An operator between its sides, `is less than`; a decorated one keeps its name. */
export const wordsOfOperator = (operator: string): string =>
	findOperator(operator)?.words ?? operator;

/** A reason as a sentence: `price 59.2 is less than 60`, `price crossed below 60 (60.4 → 59.2)`. */
export function explainReason(reason: Reason): string {
	const name = nameOfReason(reason);
	const condition = `${wordsOfOperator(reason.operator)} ${rightOfReason(reason)}`;
	if (reason.holds === null) {
		return `${name} ${condition}: unknown (${reason.missing ?? 'no value'})`;
	}
	const value = leftOfReason(reason);
	const sentence =
		reason.before === undefined
			? `${name} ${value} ${condition}`
			: `${name} ${condition} (${value})`;
	return reason.holds ? sentence : `not: ${sentence}`;
}

/** Text in quotation marks, so that where it ends is plain; numbers written as text stay numbers. */
function quoted(value: unknown): string {
	const text = cut(toText(value), MAX_VALUE);
	const isWord = typeof value === 'string' && value !== '' && Number.isNaN(Number(value));
	return isWord ? `"${text}"` : text;
}
