import type { Reason } from '../alerts';
import { describeFact } from '../facts';
import { findOperator } from '../rules';
import { toText } from './template';

/** The name of the fact a reason is about: `price`, `rsi(14, 5m)`. */
export const nameOfReason = (reason: Reason): string =>
	describeFact({
		fact: reason.fact,
		...(reason.params === undefined ? {} : { params: reason.params }),
		...(reason.path === undefined ? {} : { path: reason.path }),
	});

/** What the fact was compared with: `60`, or `previousClose (61.2)`. */
export const rightOfReason = (reason: Reason): string => {
	const value = Array.isArray(reason.right)
		? reason.right.map(toText).join(', ')
		: toText(reason.right);
	return reason.rightFact === undefined ? value : `${reason.rightFact} (${value})`;
};

/** An operator between its sides, `is less than`; a decorated one keeps its name. */
export const wordsOfOperator = (operator: string): string =>
	findOperator(operator)?.words ?? operator;

/** A reason as a sentence: `price is less than 60 (59.2)`. */
export function explainReason(reason: Reason): string {
	const name = nameOfReason(reason);
	const sentence = `${name} ${wordsOfOperator(reason.operator)} ${rightOfReason(reason)}`;
	if (reason.holds === null) return `${sentence}: unknown (${reason.missing ?? 'no value'})`;
	const moved =
		reason.before === undefined
			? toText(reason.left)
			: `${toText(reason.before.left)} → ${toText(reason.left)}`;
	return reason.holds ? `${sentence} (${moved})` : `not: ${sentence} (${moved})`;
}
