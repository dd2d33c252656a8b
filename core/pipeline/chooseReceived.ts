import { findFact, type FactRef } from '../facts';
import { nameFact, RuleError, type CompiledRule } from '../rules';

/** The kinds of events a source may give. */
export type EventKind = 'trade' | 'quote' | 'candle';

/** What a source shall be asked for. */
export type Wanted = { readonly kind: EventKind; readonly interval?: string };

const ALL: readonly EventKind[] = ['candle', 'trade', 'quote'];

/**
 * Which events rules need, the best first: closed candles where all of them are judged when one closes, trades
 * where these carry everything, else quotes. What rules only include decides between those that would do.
 *
 * @param offered what the source has to offer
 * @throws RuleError naming the rules that can't have what they ask for
 */
export function chooseReceived(
	rules: readonly CompiledRule[],
	offered: readonly EventKind[] = ALL,
): Wanted[] {
	checkOffered(rules, offered);
	const asked = askedBy(rules);
	const interval = commonInterval(rules);
	const fit = offered.filter((kind) => asked.every(({ ref }) => kindsWith(ref).includes(kind)));
	if (fit.length === 0) throw apart(asked);
	const wanted = fit.flatMap((kind): Wanted[] => {
		if (kind !== 'candle') return [{ kind }];
		return interval === undefined ? [] : [{ kind, interval }];
	});
	if (wanted.length === 0) throw noInterval(rules);
	const all = rules.flatMap(({ facts }) => facts);
	const isWhole = ({ kind }: Wanted) => all.every((ref) => kindsWith(ref).includes(kind));
	return [...wanted.filter(isWhole), ...wanted.filter((one) => !isWhole(one))];
}

/**
 * Refuses rules that compare what none of a source's events carries.
 * @throws RuleError
 */
export function checkOffered(rules: readonly CompiledRule[], offered: readonly EventKind[]): void {
	for (const { rule, ref } of askedBy(rules)) {
		if (!kindsWith(ref).some((kind) => offered.includes(kind))) throw lacking(rule, ref, offered);
	}
}

/** Every fact that is compared, and the rule that does. */
export const askedBy = (rules: readonly CompiledRule[]): Asked[] =>
	rules.flatMap((rule) => conditionFacts(rule).map((ref) => ({ rule, ref })));

type Asked = { readonly rule: CompiledRule; readonly ref: FactRef };

/** Candles of one length, where nothing else is looked at. */
function commonInterval(rules: readonly CompiledRule[]): string | undefined {
	const [first] = rules;
	const fits = rules.every(
		(rule) =>
			rule.judgedOnClose && rule.intervalMs !== undefined && rule.intervalMs === first?.intervalMs,
	);
	return fits ? first?.document.interval : undefined;
}

const conditionFacts = (rule: CompiledRule): FactRef[] =>
	[...rule.leaves, ...(rule.reset?.leaves ?? [])].flatMap(({ left, right }) =>
		'fact' in right ? [left, right.fact] : [left],
	);

/** The kinds of events that carry a fact, or that it can be worked out from. */
function kindsWith({ fact, params = {} }: FactRef): readonly EventKind[] {
	const definition = findFact(fact);
	const isColumn = definition?.kind === 'column' && params['interval'] === undefined;
	if (!isColumn || params['candle'] === 'running') return ALL;
	return definition.offeredBy ?? ALL;
}

function lacking(rule: CompiledRule, ref: FactRef, offered: readonly EventKind[]): RuleError {
	const where = `only ${kindsWith(ref).map(plural).join(' and ')} carry`;
	const has = offered.map(plural).join(' and ');
	return new RuleError(
		'notSupported',
		`Rule "${rule.document.name}" asks for ${nameFact(ref)}, which ${where}; this source gives ${has}. Choose another source, or remove the condition.`,
	);
}

function apart(asked: readonly Asked[]): RuleError {
	const narrow = asked.filter(({ ref }) => kindsWith(ref).length < ALL.length);
	const [one] = narrow;
	const other = narrow.find(
		({ ref }) => one && !kindsWith(ref).some((kind) => kindsWith(one.ref).includes(kind)),
	);
	const say = (of: typeof one) =>
		of &&
		`rule "${of.rule.document.name}" asks for ${nameFact(of.ref)} of ${kindsWith(of.ref).map(plural).join(' or ')}`;
	return new RuleError(
		'notSupported',
		`One trigger receives one kind of events, and ${say(one)}, ${say(other ?? narrow.at(-1))}. Use a trigger for each.`,
	);
}

const noInterval = ([rule]: readonly CompiledRule[]): RuleError =>
	new RuleError(
		'notSupported',
		`Rule "${rule?.document.name}" asks for the close of a candle and doesn't say how long the candle is; set its Candle Interval.`,
	);

const plural = (kind: EventKind): string => `${kind}s`;
