import { toNumber } from '../facts';
import { faultOfParams } from './checkParams';
import { didYouMean } from './nearestName';
import {
	decorators,
	findOperator,
	operators,
	toDates,
	toRange,
	toTimes,
	type OperatorDefinition,
} from './operators';
import { RuleError } from './RuleError';

const GROUPS = ['all', 'any', 'not', 'condition'] as const;
const MAX_DEPTH = 20;
const MAX_CONDITIONS = 500;

export type ConditionCheck = {
	/** Whose conditions they are, for the message. */
	readonly ruleName: string;
	readonly namedConditions: Readonly<Record<string, unknown>>;
	/** Where they stand in the document; `conditions` when nothing is said. */
	readonly at?: string;
	/** The rule's candle interval, unchecked. */
	readonly interval?: unknown;
	/** Whether crossings may be used. */
	readonly edges?: boolean;
};

/**
 * Walks conditions of unknown origin and refuses what can't be judged, saying where it is.
 * @throws RuleError
 */
export function checkConditions(conditions: unknown, check: ConditionCheck): void {
	const at = check.at ?? 'conditions';
	if (!isObject(conditions) || !GROUPS.some((group) => group in conditions)) {
		refuse(
			check,
			'malformed',
			`${at} begin with ${quote(conditions)}; use {"all": […]}, {"any": […]} or {"not": {…}} at the top.`,
		);
	}
	const walk = new Walk(check);
	walk.visit(conditions, at, 1, []);
	// Those nobody refers to as well; a reset answers only for those it refers to.
	if (check.at !== undefined) return;
	for (const [name, named] of Object.entries(check.namedConditions)) {
		walk.visit(named, `namedConditions.${name}`, 1, [name]);
	}
}

class Walk {
	private count = 0;

	constructor(private readonly check: ConditionCheck) {}

	visit(condition: unknown, at: string, depth: number, within: readonly string[]): void {
		this.count += 1;
		if (depth > MAX_DEPTH || this.count > MAX_CONDITIONS) {
			const [limit, what] =
				depth > MAX_DEPTH ? [MAX_DEPTH, 'levels'] : [MAX_CONDITIONS, 'conditions'];
			refuse(
				this.check,
				'tooLarge',
				`${at}: more than ${limit} ${what}; split it into several rules.`,
			);
		}
		if (!isObject(condition)) {
			refuse(this.check, 'malformed', `${at} is ${quote(condition)}; a condition is an object.`);
		}
		const { priority } = condition;
		if (priority !== undefined && !(Number.isSafeInteger(priority) && Number(priority) > 0)) {
			refuse(
				this.check,
				'malformed',
				`${at}.priority is ${quote(priority)}; use a whole number from 1 on.`,
			);
		}
		const groups = GROUPS.filter((group) => group in condition);
		if (groups.length > 1) {
			refuse(
				this.check,
				'malformed',
				`${at} has both "${groups[0]}" and "${groups[1]}"; put one inside the other.`,
			);
		}
		const group = groups[0];
		if (group === undefined) checkLeaf(condition, at, this.check);
		else if (group === 'condition') this.visitNamed(condition['condition'], at, depth, within);
		else if (group === 'not') this.visit(condition['not'], `${at}.not`, depth + 1, within);
		else this.visitGroup(condition[group], `${at}.${group}`, depth, within);
	}

	private visitGroup(members: unknown, at: string, depth: number, within: readonly string[]): void {
		if (!Array.isArray(members)) {
			refuse(this.check, 'malformed', `${at} is ${quote(members)}; use a list of conditions.`);
		}
		if (members.length === 0) {
			refuse(
				this.check,
				'emptyGroup',
				`${at} is empty, so it would always hold; add a condition or remove the group.`,
			);
		}
		members.forEach((member, index) => this.visit(member, `${at}[${index}]`, depth + 1, within));
	}

	private visitNamed(name: unknown, at: string, depth: number, within: readonly string[]): void {
		const { namedConditions } = this.check;
		if (typeof name !== 'string' || !Object.hasOwn(namedConditions, name)) {
			const names = Object.keys(namedConditions);
			const typed = typeof name === 'string' ? name : '';
			refuse(
				this.check,
				'malformed',
				`${at}: there's no named condition ${quote(name)}; ${names.length === 0 ? 'the rule has no "namedConditions".' : `there are ${names.map(quote).join(', ')}.`}${didYouMean(typed, names)}`,
			);
		}
		if (within.includes(name)) {
			refuse(this.check, 'malformed', `${at}: named condition "${name}" contains itself.`);
		}
		this.visit(namedConditions[name], `${at}<${name}>`, depth + 1, [...within, name]);
	}
}

function checkLeaf(leaf: Record<string, unknown>, at: string, check: ConditionCheck): void {
	const { fact, operator, value } = leaf;
	if (typeof fact !== 'string' || fact === '') {
		refuse(
			check,
			'malformed',
			`${at}: ${'fact' in leaf ? `"fact" is ${quote(fact)}` : `no "fact" in ${quote(leaf)}`}; a condition is {"fact": "price", "operator": "lessThan", "value": 60}.`,
		);
	}
	if (!('value' in leaf)) {
		refuse(check, 'wrongValue', `${at}: fact "${fact}" is compared with nothing; add a "value".`);
	}
	const definition = checkOperator(operator, at, check);
	checkRef(fact, leaf, at, check);
	if (definition.compares === 'percent') {
		checkNear(leaf, at, check);
		return;
	}
	if (isObject(value) && 'fact' in value) {
		checkFactValue(value, `${at}.value`, check);
		return;
	}
	const expected = faultOfValue(definition, value);
	if (expected !== undefined) {
		refuse(
			check,
			'wrongValue',
			`${at}: fact "${fact}" is compared with ${quote(value)}; use ${expected}.`,
		);
	}
}

type Operator = OperatorDefinition & { readonly decorators: readonly string[] };

/** What a literal value should be instead. */
function faultOfValue(
	{ name, compares, decorators: parts }: Operator,
	value: unknown,
): string | undefined {
	if (looksIntoValue([...parts, name]) && !Array.isArray(value)) {
		return 'a list such as ["AAPL", "MSFT"]';
	}
	switch (compares) {
		case 'number':
			if (!parts.every((one) => one === 'not' || one === 'swap')) return undefined;
			return toNumber(value) === undefined ? 'a number such as 70' : undefined;
		case 'range':
			return toRange(value) === undefined
				? 'two numbers, the lower one first, such as [50, 60]'
				: undefined;
		case 'times':
			return toTimes(value) === undefined
				? 'two times of day such as ["09:30", "16:00"]'
				: undefined;
		case 'dates':
			return toDates(value) === undefined
				? 'two dates, the earlier one first, such as ["2026-01-01", "2026-12-31"]'
				: undefined;
		case 'text':
			return typeof value === 'string' && value !== ''
				? undefined
				: 'a text such as "*split*"; * stands for any text, ? for one character';
		default:
			return undefined;
	}
}

/** Whether a decorator, or `in`, looks into the value as a list; `swap` makes it the left side. */
function looksIntoValue([first, ...rest]: readonly string[], onRight = true): boolean {
	switch (first) {
		case 'someValue':
		case 'everyValue':
			return onRight || looksIntoValue(rest, onRight);
		case 'someFact':
		case 'everyFact':
			return !onRight || looksIntoValue(rest, onRight);
		case 'in':
		case 'notIn':
			return onRight;
		case 'swap':
			return looksIntoValue(rest, !onRight);
		case 'not':
			return looksIntoValue(rest, onRight);
		default:
			return false;
	}
}

function checkNear(leaf: Record<string, unknown>, at: string, check: ConditionCheck): void {
	const { fact, value } = leaf;
	const { percent, of } = isObject(value) ? value : {};
	const isPercent = typeof percent === 'number' && percent > 0 && percent <= 1_000;
	const isFact = isObject(of) && 'fact' in of;
	if (!isPercent || (!isFact && toNumber(of) === undefined)) {
		refuse(
			check,
			'wrongValue',
			`${at}: fact "${String(fact)}" is compared with ${quote(value)}; "within" wants how far and of what, such as {"percent": 1, "of": 60}.`,
		);
	}
	if (isFact) checkFactValue(of, `${at}.value.of`, check);
}

function checkFactValue(value: Record<string, unknown>, at: string, check: ConditionCheck): void {
	const { fact } = value;
	if (typeof fact !== 'string' || fact === '') {
		refuse(check, 'wrongValue', `${at}.fact is ${quote(fact)}; name a fact.`);
	}
	checkRef(fact, value, at, check);
}

function checkOperator(operator: unknown, at: string, check: ConditionCheck): Operator {
	if (typeof operator !== 'string' || operator === '') {
		refuse(
			check,
			'malformed',
			`${at}.operator is ${quote(operator)}; name one such as "lessThan".`,
		);
	}
	const parts = operator.split(':');
	const name = parts.pop() ?? '';
	const definition = findOperator(name);
	if (definition === undefined) {
		const names = operators.map((one) => one.name);
		refuse(
			check,
			'unknownOperator',
			`${at}: "${name}" is not an operator.${didYouMean(name, names)} There are ${names.join(', ')}.`,
		);
	}
	const unknown = parts.find((decorator) => !decorators.includes(decorator));
	if (unknown !== undefined) {
		refuse(
			check,
			'unknownOperator',
			`${at}: "${unknown}" is not an operator decorator.${didYouMean(unknown, decorators)}`,
		);
	}
	if (definition.edge && check.edges === false) {
		refuse(
			check,
			'notSupported',
			`${at}: "${name}" is over with its event, so it can't say when an alert is over; compare with lessThan or greaterThan.`,
		);
	}
	if (parts.length > 0 && definition.edge) {
		refuse(check, 'notSupported', `${at}: "${name}" takes no decorator ("${parts.join(':')}").`);
	}
	const others = parts.filter((decorator) => decorator !== 'not');
	const [other] = others;
	if (other !== undefined && OURS.includes(definition.compares)) {
		refuse(check, 'notSupported', `${at}: "${name}" takes no decorator but "not" ("${other}").`);
	}
	return { ...definition, decorators: parts };
}

/** Comparisons json-rules-engine doesn't have. */
const OURS: ReadonlyArray<OperatorDefinition['compares']> = [
	'range',
	'percent',
	'text',
	'times',
	'dates',
];

/**
 * Further facts an alert shall carry.
 * @throws RuleError
 */
export function checkIncluded(include: unknown, check: ConditionCheck): void {
	if (!Array.isArray(include)) return;
	for (const [index, one] of include.entries()) {
		if (isObject(one) && typeof one['fact'] === 'string') {
			checkRef(one['fact'], one, `include[${index}]`, check);
		}
	}
}

/** What a fact is asked with. */
function checkRef(
	fact: string,
	{ params = {}, path }: Record<string, unknown>,
	at: string,
	check: ConditionCheck,
): void {
	if (!isObject(params)) {
		refuse(check, 'malformed', `${at}.params is ${quote(params)}; use an object.`);
	}
	if (path !== undefined && typeof path !== 'string') {
		refuse(check, 'malformed', `${at}.path is ${quote(path)}; use a JSONPath such as "$.total".`);
	}
	const fault = faultOfParams(fact, params, check.interval);
	if (fault !== undefined) refuse(check, 'wrongValue', `${at}: ${fault}`);
}

function refuse(check: ConditionCheck, code: RuleError['code'], message: string): never {
	throw new RuleError(code, `Rule "${check.ruleName}": ${message}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the user wrote, short enough for a message. */
export function quote(value: unknown): string {
	const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
	return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
