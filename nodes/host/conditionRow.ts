import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { catalogue, type FactType } from '../../core/facts/catalogue';
import { operators, type Comparison } from '../../core/rules/operators';
import { factOptions, ITEM_FIELD, LEFT, paramFields, RIGHT } from './factFields';

const namesOf = (...compares: readonly Comparison[]): string[] =>
	operators.filter((operator) => compares.includes(operator.compares)).map(({ name }) => name);

/** Operators that compare with a lower and an upper number. */
export const RANGE_OPERATORS = namesOf('range');
/** Operators that compare with two moments. */
export const MOMENT_OPERATORS = namesOf('times', 'dates');
/** Operators that compare with a list. */
export const LIST_OPERATORS = ['in', 'notIn'];
const PAIRS = [...RANGE_OPERATORS, ...MOMENT_OPERATORS];

/** What a list of operators is for. */
type Kind = FactType | 'timeOfDay' | 'date';

const TEXT = ['equal', 'notEqual', 'in', 'notIn', 'contains', 'doesNotContain', 'matches'];
const OPERATORS: Readonly<Record<Kind, readonly string[]>> = {
	number: [...namesOf('number', 'range', 'percent'), 'equal', 'notEqual'],
	text: TEXT,
	timeOfDay: ['betweenTimes'],
	date: ['betweenDates', 'equal', 'notEqual'],
	boolean: ['equal', 'notEqual'],
};

const operatorOptions = (kind: Kind): INodePropertyOptions[] =>
	operators
		.filter(({ name }) => OPERATORS[kind].includes(name))
		.map(({ name, label }) => ({ name: label, value: name }))
		.sort((a, b) => a.name.localeCompare(b.name));

const operatorFor = (kind: Kind, show: Record<string, string[]>): INodeProperties => ({
	displayName: 'Operator',
	name: 'operator',
	type: 'options',
	noDataExpression: true,
	options: operatorOptions(kind),
	default: firstOf(kind),
	displayOptions: { show },
});

const kindOf = (fact: { readonly name: string; readonly type: FactType }): Kind =>
	fact.name === 'timeOfDay' || fact.name === 'date' ? fact.name : fact.type;

/** The operator a row begins with. */
export const defaultOperator = (fact: string, fieldType: FactType): string =>
	firstOf(kindOfRow(fact, fieldType));

/** The operators the list of a row's fact offers. */
export const operatorsOf = (fact: string, fieldType: FactType): readonly string[] =>
	OPERATORS[kindOfRow(fact, fieldType)];

function kindOfRow(fact: string, fieldType: FactType): Kind {
	const found = catalogue.find(({ name }) => name === fact);
	return found === undefined ? fieldType : kindOf(found);
}

const firstOf = (kind: Kind): string =>
	kind === 'number' ? 'lessThan' : (OPERATORS[kind][0] ?? 'equal');

const named = (kind: Kind): string[] =>
	catalogue.filter((fact) => kindOf(fact) === kind).map((fact) => fact.name);

const fieldOf = (
	name: string,
	displayName: string,
	show: Record<string, string[]>,
): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder: 'e.g. order.total',
	requiresDataPath: 'single',
	description: 'Name of the field; a dot goes into an object',
	displayOptions: { show },
});

const valueField = (
	name: 'value' | 'upperValue',
	displayName: string,
	placeholder: string,
	description: string,
	displayOptions: INodeProperties['displayOptions'],
): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	description,
	...(displayOptions === undefined ? {} : { displayOptions }),
});

/**
 * One row of the rule builder: a fact with its parameters, an operator, and what it's compared with. The
 * lists come from the catalogue and the operators, so that a new fact or operator is here as soon as it's
 * there.
 */
export function conditionRow(): INodeProperties[] {
	const ownField = (fieldType: string) => ({ fact: [ITEM_FIELD], fieldType: [fieldType] });
	return [
		{
			displayName: 'Fact',
			name: 'fact',
			type: 'options',
			noDataExpression: true,
			options: factOptions(),
			default: 'price',
		},
		fieldOf('field', 'Field', { fact: [ITEM_FIELD] }),
		{
			displayName: 'Field Type',
			name: 'fieldType',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Boolean', value: 'boolean' },
				{ name: 'Number', value: 'number' },
				{ name: 'Text', value: 'text' },
			],
			default: 'number',
			displayOptions: { show: { fact: [ITEM_FIELD] } },
		},
		...paramFields(LEFT),
		...(['boolean', 'text', 'number'] as const).map((kind) => operatorFor(kind, ownField(kind))),
		// A new row begins with the default of the last list, whatever its fact is.
		...(['date', 'timeOfDay', 'text', 'number'] as const).map((kind) =>
			operatorFor(kind, { fact: named(kind) }),
		),
		{
			displayName: 'Compare With',
			name: 'compareWith',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Value', value: 'value' },
				{ name: 'Another Fact', value: 'fact' },
			],
			default: 'value',
			displayOptions: { hide: { operator: [...PAIRS, ...LIST_OPERATORS] } },
		},
		{
			displayName: 'Percent',
			name: 'percent',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 4 },
			default: 1,
			description: 'How far away it may be, in percent of what it is compared with',
			displayOptions: { show: { operator: ['within'] } },
		},
		valueField('value', 'Value', 'e.g. 60', '', {
			show: { compareWith: ['value'] },
			hide: { operator: [...PAIRS, ...LIST_OPERATORS] },
		}),
		// Of their own: n8n hides what depends on a hidden field, and Compare With is hidden for these.
		valueField('value', 'Values', 'e.g. AAPL, MSFT', 'Separated by commas', {
			show: { operator: LIST_OPERATORS },
		}),
		valueField(
			'value',
			'Lower Value',
			'e.g. 60',
			'The lower end of the range; both ends belong to it',
			{
				show: { operator: RANGE_OPERATORS },
			},
		),
		valueField(
			'upperValue',
			'Upper Value',
			'e.g. 70',
			'The upper end of the range; both ends belong to it',
			{
				show: { operator: RANGE_OPERATORS },
			},
		),
		valueField(
			'value',
			'From',
			'e.g. 09:30',
			'Time of day such as 09:30, or date such as 2026-01-31',
			{
				show: { operator: MOMENT_OPERATORS },
			},
		),
		valueField(
			'upperValue',
			'To',
			'e.g. 16:00',
			'A time that comes before From goes over midnight',
			{
				show: { operator: MOMENT_OPERATORS },
			},
		),
		{
			displayName: 'Other Fact',
			name: 'otherFact',
			type: 'options',
			noDataExpression: true,
			options: factOptions(),
			default: 'previousClose',
			displayOptions: { show: { compareWith: ['fact'] } },
		},
		fieldOf('otherField', 'Other Field', { compareWith: ['fact'], otherFact: [ITEM_FIELD] }),
		...paramFields(RIGHT),
	];
}
