import type { CompiledConditions, CompiledLeaf, CompiledRule, ConditionTree } from '../compileRule';
import { findOperator } from '../operators';
import { candlesIn, type RuleDocument, type ScheduleDocument } from '../schema';
import { candlesOf, city, inRow, nameFact, onceIn, shortDuration, textOf } from './words';

/** Symbols named in a sentence before the rest is counted. */
const MAX_SYMBOLS = 5;

/**
 * A rule in a sentence: `Alerts on SHOP when price is less than 60 and RSI(14) on 5-minute candles is less
 * than 30 for 30 s; at most once an hour; New York regular session.`
 */
export function describeRule(rule: CompiledRule): string {
	const { document } = rule;
	const { schedule, cooldown, maxPerDay, maxAlerts, remindEvery, notifyResolved } = document;
	const parts = [
		`Alerts${occasion(document)} on ${subject(document)} when ${describeConditions(rule)}${holding(document)}`,
		...howItEnds(rule),
		...(remindEvery === undefined ? [] : [`reminds every ${shortDuration(remindEvery)}`]),
		...(cooldown === undefined ? [] : [`at most ${onceIn(cooldown)}`]),
		...(maxPerDay === undefined ? [] : [`at most ${maxPerDay} a day`]),
		...(maxAlerts === undefined ? [] : [`at most ${maxAlerts} in all`]),
		...(notifyResolved ? ["tells when it's over"] : []),
		...(schedule === undefined ? [] : [describeSchedule(schedule)]),
	];
	return `${parts.join('; ')}.`;
}

/** Conditions in words, groups within groups in brackets. */
export const describeConditions = (conditions: CompiledConditions): string =>
	describeTree(conditions.tree, conditions.leaves, false);

function occasion({ fire, interval }: RuleDocument): string {
	const candle = interval === undefined ? 'candle' : candlesOf(interval).replace(/s$/, '');
	switch (fire) {
		case 'onChange':
			return '';
		case 'everyMatch':
			return ' at every event';
		case 'once':
			return ' once';
		case 'oncePerCandle':
			return ` once per ${candle}`;
		case 'onCandleClose':
			return ` at the close of each ${candle}`;
	}
}

function subject({ symbols }: RuleDocument): string {
	if (symbols === undefined || symbols.includes('*')) return 'any symbol';
	const named = symbols.slice(0, MAX_SYMBOLS);
	const more = symbols.length - named.length;
	if (more > 0) return `${named.join(', ')} and ${more} more`;
	return inRow(named, 'or');
}

function holding({ holdFor, interval }: RuleDocument): string {
	if (holdFor === undefined) return '';
	const candles = candlesIn(holdFor);
	if (candles === undefined) return ` for ${shortDuration(holdFor)}`;
	const kind = interval === undefined ? 'candles' : candlesOf(interval);
	return ` at ${candles} ${candles === 1 ? kind.replace(/s$/, '') : kind} in a row`;
}

function howItEnds({ document: { keepFiringFor }, reset }: CompiledRule): string[] {
	const after =
		keepFiringFor === undefined ? '' : ` and has been for ${shortDuration(keepFiringFor)}`;
	if (reset !== undefined) return [`over when ${describeConditions(reset)}${after}`];
	return keepFiringFor === undefined
		? []
		: [`over when that hasn't held for ${shortDuration(keepFiringFor)}`];
}

function describeTree(
	tree: ConditionTree,
	leaves: readonly CompiledLeaf[],
	nested: boolean,
): string {
	if (tree.kind === 'leaf') return describeLeaf(leaves[tree.leaf]);
	if (tree.kind === 'not') return `not (${describeTree(tree.member, leaves, false)})`;
	const many = tree.members.length > 1;
	const members = tree.members.map((member) => describeTree(member, leaves, many));
	const text = members.join(tree.kind === 'all' ? ' and ' : ' or ');
	return nested && many ? `(${text})` : text;
}

function describeLeaf(leaf: CompiledLeaf | undefined): string {
	if (leaf === undefined) return '';
	const decorators = leaf.operator.split(':');
	const definition = findOperator(decorators.pop() ?? '');
	const isNegated = decorators.length === 1 && decorators[0] === 'not';
	// The words of an edge tell what happened; here it's about what may happen.
	const plain = definition?.edge === true ? definition.label.toLowerCase() : definition?.words;
	const words = decorators.length === 0 || isNegated ? (plain ?? leaf.operator) : leaf.operator;
	const right = 'fact' in leaf.right ? nameFact(leaf.right.fact) : nameValue(leaf);
	const sentence =
		leaf.percent === undefined
			? `${nameFact(leaf.left)} ${words} ${right}`
			: `${nameFact(leaf.left)} is within ${leaf.percent} % of ${right}`;
	return isNegated ? `not (${sentence})` : sentence;
}

function nameValue({ right, compares, edge }: CompiledLeaf): string {
	if ('fact' in right) return '';
	const { literal } = right;
	if (!Array.isArray(literal))
		return typeof literal === 'string' ? `"${literal}"` : textOf(literal);
	const isPair = compares === 'range' || compares === 'times' || compares === 'dates';
	// Between 50 and 60; enters the range 50 to 60.
	return literal.map(textOf).join(edge ? ' to ' : isPair ? ' and ' : ', ');
}

const DAYS = {
	mon: 'Monday',
	tue: 'Tuesday',
	wed: 'Wednesday',
	thu: 'Thursday',
	fri: 'Friday',
	sat: 'Saturday',
	sun: 'Sunday',
} as const;

function describeSchedule({
	calendar,
	session,
	days,
	times,
	timezone,
	from,
	until,
}: ScheduleDocument): string {
	const market = calendar ?? (session === undefined ? undefined : 'us-equities');
	const sessions =
		session === undefined ? 'trading hours' : `${[session].flat().join(', ')} session`;
	const parts = [
		...(market === undefined
			? []
			: [`${market === 'us-equities' ? 'New York' : market} ${sessions}`]),
		...(days === undefined ? [] : [inRow(days.map((day) => DAYS[day]))]),
		...(times ?? []).map((window) => `${window.from} to ${window.to}`),
		...(timezone === undefined || (market !== undefined && times === undefined)
			? []
			: [`${city(timezone)} time`]),
		...(from === undefined ? [] : [`from ${from}`]),
		...(until === undefined ? [] : [`until ${until}`]),
	];
	return parts.join(', ');
}
