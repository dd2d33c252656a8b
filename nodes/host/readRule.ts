import type { IExecuteFunctions, ITriggerFunctions } from 'n8n-workflow';

import { findFact } from '../../core/facts';
import { compileRule, RuleError, type CompiledRule } from '../../core/rules';
import { ITEM_FIELD, RANGE_OPERATORS } from './conditionRow';

/** Reads one parameter, for one item where there are items. */
export type ReadParameter = (name: string, fallback?: unknown) => unknown;

type ConditionRow = {
	readonly fact?: string;
	readonly field?: string;
	readonly fieldType?: 'number' | 'text' | 'boolean';
	readonly operator?: string;
	readonly compareWith?: 'value' | 'fact';
	readonly value?: unknown;
	readonly upperValue?: unknown;
	readonly otherFact?: string;
	readonly otherField?: string;
};

type RuleOptions = {
	readonly severity?: string;
	readonly holdFor?: string;
	readonly maxPerDay?: number;
	readonly notifyResolved?: boolean;
	readonly labels?: { readonly label?: ReadonlyArray<{ name: string; value: string }> };
	readonly include?: string;
	readonly symbols?: string;
	readonly title?: string;
	readonly message?: string;
};

/** The rule's fields whose expressions are worked out for each item. */
export const RULE_FIELDS = [
	'ruleName',
	'ruleJson',
	'match',
	'conditions',
	'fire',
	'cooldown',
	'options',
] as const;

/**
 * Makes a rule of the fields a node has for it.
 *
 * @param node its id stands for the rule's where the rule has none, so that the name may change; its raw
 *   parameters make the fingerprint, so that an expression in a value doesn't begin a new rule per item
 * @throws RuleError quoting what's wrong
 */
export function readRule(
	read: ReadParameter,
	node: { readonly id: string; readonly parameters: Readonly<Record<string, unknown>> },
): CompiledRule {
	const name = textOf(read('ruleName', '')).trim();
	const options = (read('options', {}) ?? {}) as RuleOptions;
	const cooldown = textOf(read('cooldown', '')).trim();
	const fields = {
		version: 1,
		id: node.id,
		name: name === '' ? 'Unnamed rule' : name,
		fire: read('fire', 'onChange'),
		...(cooldown === '' ? {} : { cooldown }),
		...fromOptions(options),
	};
	const { ruleJson, conditions, match, fire } = node.parameters;
	if (read('ruleSource', 'builder') === 'json') {
		const document = { ...fields, ...parseRuleJson(read('ruleJson'), fields.name) };
		return compileRule(document, hasExpression(ruleJson) ? ['json', ruleJson, fire] : undefined);
	}
	const rows = (read('conditions', {}) as { condition?: readonly ConditionRow[] }).condition ?? [];
	const group = read('match', 'all') === 'any' ? 'any' : 'all';
	const built = { [group]: rows.map((row, index) => toCondition(row, index, fields.name)) };
	return compileRule({ ...fields, conditions: built }, ['builder', conditions, match, fire]);
}

/** Whether a field holds an expression, so that it differs from item to item. */
export function hasExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (typeof value !== 'object' || value === null) return false;
	return Object.values(value).some(hasExpression);
}

export const readItemParameter =
	(context: IExecuteFunctions, itemIndex: number): ReadParameter =>
	(name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback);

export const readTriggerParameter =
	(context: ITriggerFunctions): ReadParameter =>
	(name, fallback) =>
		context.getNodeParameter(name, fallback);

function fromOptions(options: RuleOptions): Record<string, unknown> {
	const include = listOf(options.include);
	const symbols = listOf(options.symbols);
	const labels = (options.labels?.label ?? []).filter((label) => label.name !== '');
	return {
		...(options.severity === undefined ? {} : { severity: options.severity }),
		...(labels.length === 0
			? {}
			: { labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])) }),
		...(include.length === 0 ? {} : { include }),
		...(symbols.length === 0 ? {} : { symbols }),
		...(isFilled(options.holdFor) ? { holdFor: options.holdFor } : {}),
		...(options.maxPerDay === undefined || options.maxPerDay === 0
			? {}
			: { maxPerDay: options.maxPerDay }),
		...(options.notifyResolved === true ? { notifyResolved: true } : {}),
		...(isFilled(options.title) ? { title: options.title } : {}),
		...(isFilled(options.message) ? { message: options.message } : {}),
	};
}

/** Conditions, or a whole document that holds them. The field gives text, or an object from an expression. */
function parseRuleJson(given: unknown, ruleName: string): Record<string, unknown> {
	let parsed = given;
	if (typeof given === 'string') {
		try {
			parsed = JSON.parse(given);
		} catch (error) {
			throw new RuleError(
				'malformed',
				`Rule "${ruleName}": the JSON can't be read: ${(error as Error).message}`,
				{ cause: error },
			);
		}
	}
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
		throw new RuleError(
			'malformed',
			`Rule "${ruleName}": the JSON is ${Array.isArray(parsed) ? 'a list' : JSON.stringify(parsed)}; use conditions such as {"all": […]}, or one rule document.`,
		);
	}
	return 'conditions' in parsed ? { ...parsed } : { conditions: parsed };
}

function toCondition(row: ConditionRow, index: number, ruleName: string): Record<string, unknown> {
	const at = `Rule "${ruleName}": condition ${index + 1}`;
	const fact = nameOf(row.fact ?? 'price', row.field, at);
	const operator = row.operator ?? 'equal';
	const isRange = RANGE_OPERATORS.includes(operator);
	if (row.compareWith === 'fact' && !isRange) {
		const other = nameOf(row.otherFact ?? 'previousClose', row.otherField, at);
		return { fact, operator, value: { fact: other } };
	}
	const given = isRange ? [row.value, 'upperValue' in row ? row.upperValue : ''] : [row.value];
	if (given.some((value) => value === undefined || value === null)) {
		// An expression that found nothing in this item: it's missing, and the rule unknown.
		return { fact, operator, value: { fact: `value of condition ${index + 1}` } };
	}
	const type = isRange ? 'number' : typeOf(row);
	const values = given.map((value) => toValue(value, type, `${at} ("${fact}")`));
	return { fact, operator, value: isRange ? values : values[0] };
}

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

export const listOf = (text: string | undefined): string[] =>
	(text ?? '')
		.split(/[,\n]/)
		.map((part) => part.trim())
		.filter((part) => part !== '');

/** What a text field holds; an expression may give a number or a boolean. */
export const textOf = (value: unknown): string => {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? '' : JSON.stringify(value);
};

const isFilled = (text: string | undefined): text is string =>
	text !== undefined && text.trim() !== '';
