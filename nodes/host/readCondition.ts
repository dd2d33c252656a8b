import { findFact } from '../../core/facts';
import { findOperator, RuleError } from '../../core/rules';
import {
	defaultOperator,
	LIST_OPERATORS,
	MOMENT_OPERATORS,
	operatorsOf,
	RANGE_OPERATORS,
} from './conditionRow';
import { ITEM_FIELD, LEFT, readFactRef, RIGHT } from './factFields';
import { isFilled, listOf, textOf } from './texts';

/** A row of the builder; n8n leaves out what nobody changed. */
export type ConditionRow = {
	readonly fact?: string;
	readonly field?: string;
	readonly fieldType?: 'number' | 'text' | 'boolean';
	readonly operator?: string;
	readonly compareWith?: 'value' | 'fact';
	readonly value?: unknown;
	readonly upperValue?: unknown;
	readonly percent?: number;
	readonly otherFact?: string;
	readonly otherField?: string;
};

/** @throws RuleError quoting what's wrong, and in which row */
export function toCondition(
	row: ConditionRow,
	index: number,
	ruleName: string,
): Record<string, unknown> {
	const at = `Rule "${ruleName}": condition ${index + 1}`;
	const name = nameOf(row.fact ?? 'price', row.field, at);
	const left = row.fact === ITEM_FIELD ? { fact: name } : readFactRef(row, name, LEFT);
	const operator = operatorOf(row, name, at);
	const isPair = RANGE_OPERATORS.includes(operator) || MOMENT_OPERATORS.includes(operator);
	const isList = LIST_OPERATORS.includes(operator);
	if (row.compareWith === 'fact' && !isPair && !isList) {
		const other = nameOf(row.otherFact ?? 'previousClose', row.otherField, at);
		const right = row.otherFact === ITEM_FIELD ? { fact: other } : readFactRef(row, other, RIGHT);
		return { ...left, operator, value: near(operator, row, right) };
	}
	const given = isPair ? [row.value, 'upperValue' in row ? row.upperValue : ''] : [row.value];
	if (given.some((value) => value === undefined || value === null)) {
		// An expression that found nothing in this item: it's missing, and the rule unknown.
		const missing = { fact: `value of condition ${index + 1}` };
		return { ...left, operator, value: near(operator, row, missing) };
	}
	const type = RANGE_OPERATORS.includes(operator) ? 'number' : typeOf(row);
	const where = `${at} ("${name}")`;
	if (isList) return { ...left, operator, value: toList(given[0], type, where) };
	const values = given.map((value) => toValue(value, type, where));
	return { ...left, operator, value: isPair ? values : near(operator, row, values[0]) };
}

/** A row keeps its operator when its fact is changed, suitable or not. */
function operatorOf({ operator, fieldType = 'number' }: ConditionRow, fact: string, at: string) {
	const offered = operatorsOf(fact, fieldType);
	if (operator === undefined) return defaultOperator(fact, fieldType);
	if (offered.includes(operator)) return operator;
	const label = (name: string) => findOperator(name)?.label ?? name;
	throw new RuleError(
		'wrongValue',
		`${at} ("${fact}") has the operator "${label(operator)}", which is not for this fact; choose ${offered.map(label).join(', ')}.`,
	);
}

/** What `within` compares with; for other operators the value itself. */
const near = (operator: string, { percent = 1 }: ConditionRow, of: unknown): unknown =>
	operator === 'within' ? { percent: Number(percent), of } : of;

function nameOf(fact: string, field: string | undefined, at: string): string {
	if (fact !== ITEM_FIELD) return fact;
	if (isFilled(field)) return field.trim();
	throw new RuleError(
		'malformed',
		`${at} compares an item field, but names none; fill in its field.`,
	);
}

const typeOf = (row: ConditionRow) =>
	row.fact === ITEM_FIELD
		? (row.fieldType ?? 'number')
		: (findFact(row.fact ?? 'price')?.type ?? 'number');

/** Members of a list: an expression may give one, a field has them separated by commas. */
function toList(value: unknown, type: string, at: string): unknown[] {
	const members = Array.isArray(value) ? (value as unknown[]) : listOf(textOf(value));
	if (members.length > 0) return members.map((member) => toValue(member, type, at));
	throw new RuleError('wrongValue', `${at} is compared with nothing; fill in its values.`);
}

function toValue(value: unknown, type: string, at: string): unknown {
	if (value === '') {
		throw new RuleError('wrongValue', `${at} is compared with nothing; fill in its value.`);
	}
	if (type === 'text') return textOf(value);
	if (type === 'boolean') return toBoolean(value, at);
	const text = typeof value === 'string' ? value.trim() : value;
	const number = typeof text === 'string' || typeof text === 'number' ? Number(text) : Number.NaN;
	if (Number.isFinite(number)) return number;
	throw new RuleError(
		'wrongValue',
		`${at} is compared with ${JSON.stringify(value)}; use a number such as 70.`,
	);
}

function toBoolean(value: unknown, at: string): boolean {
	const text = textOf(value).trim().toLowerCase();
	if (text === 'true') return true;
	if (text === 'false') return false;
	throw new RuleError(
		'wrongValue',
		`${at} is compared with ${JSON.stringify(value)}; use true or false.`,
	);
}
