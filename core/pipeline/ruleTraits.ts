import type { Splits } from '../facts';
import type { CompiledRule } from '../rules';
import { EACH, EDGED, FLEETING } from './Slots';

/** What a rule is like, wherever it watches. */
export const traitsOf = (rule: CompiledRule): number =>
	(rule.hasEdge ? EDGED | FLEETING : 0) |
	(symbolsIn(rule).length > 0 ? FLEETING : 0) |
	(EACH_FOR_ITSELF.has(rule.document.fire) ? EACH : 0);

/**
 * Whether a rule's conditions depend on more than what is said at each event and at the one before, so that
 * the gate can't keep their answer: on the closing of candles; and edges on what was the case at the last
 * event that was looked at, in the units of then.
 */
export function mustRecheck(
	rule: CompiledRule,
	symbol: string,
	splits: Splits | undefined,
): boolean {
	if (rule.judgedOnClose) return true;
	if (!rule.hasEdge) return false;
	return (
		// The event before is another one for who has slept.
		rule.schedule !== undefined ||
		// Both sides would have to be remembered.
		rule.leaves.some(({ edge, right }) => edge && 'fact' in right) ||
		// Whether the engine comes to an edge decides whether it has happened.
		hasPriority(rule.tree) ||
		[symbol, ...symbolsIn(rule)].some((one) => splits?.has(one))
	);
}

const EACH_FOR_ITSELF: ReadonlySet<string> = new Set([
	'everyMatch',
	'oncePerCandle',
	'onCandleClose',
]);

/** Other instruments a rule looks at, in upper case. */
const symbolsIn = ({ facts }: CompiledRule): string[] =>
	facts.flatMap(({ params }) =>
		typeof params?.['symbol'] === 'string' ? [params['symbol'].toUpperCase()] : [],
	);

const hasPriority = (tree: CompiledRule['tree']): boolean =>
	tree.priority !== undefined ||
	(tree.kind === 'not'
		? hasPriority(tree.member)
		: tree.kind !== 'leaf' && tree.members.some(hasPriority));
