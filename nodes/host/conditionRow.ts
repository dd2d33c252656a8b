import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { catalogue } from '../../core/facts/catalogue';
import { operators } from '../../core/rules/operators';

/** Operators that compare with a lower and an upper value. */
export const RANGE_OPERATORS = operators
	.filter(({ compares }) => compares === 'range')
	.map(({ name }) => name);

/** Stands in the lists of facts for a field of the item. */
export const ITEM_FIELD = 'itemField';

const factOptions = (): INodePropertyOptions[] => [
	...catalogue.map(({ name, label, description }) => ({ name: label, value: name, description })),
	{
		name: 'Item Field',
		value: ITEM_FIELD,
		description: 'Any field of the item: a column of your own data, or what another node added',
	},
];

const named = (type: 'number' | 'text') =>
	catalogue.filter((fact) => fact.type === type).map((fact) => fact.name);

const OPERATORS = {
	number: [
		'between',
		'crosses',
		'crossesAbove',
		'crossesBelow',
		'entersRange',
		'leavesRange',
		'outside',
		'lessThanInclusive',
		'greaterThanInclusive',
		'equal',
		'greaterThan',
		'lessThan',
		'notEqual',
	],
	text: ['equal', 'notEqual'],
	boolean: ['equal', 'notEqual'],
} as const;

const operatorOptions = (type: keyof typeof OPERATORS): INodePropertyOptions[] =>
	OPERATORS[type]
		.map((name) => operators.find((operator) => operator.name === name))
		.filter((operator) => operator !== undefined)
		.map(({ name, label }) => ({ name: label, value: name }))
		.sort((a, b) => a.name.localeCompare(b.name));

const operatorFor = (
	type: keyof typeof OPERATORS,
	show: Record<string, string[]>,
): INodeProperties => ({
	displayName: 'Operator',
	name: 'operator',
	type: 'options',
	noDataExpression: true,
	options: operatorOptions(type),
	default: type === 'number' ? 'lessThan' : 'equal',
	displayOptions: { show },
});

/**
 * One row of the rule builder: a fact, an operator, and what it's compared with. The lists come from the
 * catalogue and the operators, so that a new fact or operator is here as soon as it's there.
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
		{
			displayName: 'Field',
			name: 'field',
			type: 'string',
			default: '',
			placeholder: 'e.g. order.total',
			requiresDataPath: 'single',
			description: 'Name of the field; a dot goes into an object',
			displayOptions: { show: { fact: [ITEM_FIELD] } },
		},
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
		operatorFor('number', { fact: named('number') }),
		operatorFor('text', { fact: named('text') }),
		operatorFor('number', ownField('number')),
		operatorFor('text', ownField('text')),
		operatorFor('boolean', ownField('boolean')),
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
			displayOptions: { hide: { operator: RANGE_OPERATORS } },
		},
		{
			displayName: 'Value',
			name: 'value',
			type: 'string',
			default: '',
			placeholder: 'e.g. 60',
			displayOptions: { show: { compareWith: ['value'] }, hide: { operator: RANGE_OPERATORS } },
		},
		{
			displayName: 'Lower Value',
			name: 'value',
			type: 'string',
			default: '',
			placeholder: 'e.g. 60',
			description: 'The lower end of the range; both ends belong to it',
			// Of its own: n8n hides what depends on a hidden field, and Compare With is hidden here.
			displayOptions: { show: { operator: RANGE_OPERATORS } },
		},
		{
			displayName: 'Upper Value',
			name: 'upperValue',
			type: 'string',
			default: '',
			placeholder: 'e.g. 70',
			description: 'The upper end of the range; both ends belong to it',
			displayOptions: { show: { operator: RANGE_OPERATORS } },
		},
		{
			displayName: 'Other Fact',
			name: 'otherFact',
			type: 'options',
			noDataExpression: true,
			options: factOptions(),
			default: 'previousClose',
			displayOptions: { show: { compareWith: ['fact'] } },
		},
		{
			displayName: 'Other Field',
			name: 'otherField',
			type: 'string',
			default: '',
			placeholder: 'e.g. order.limit',
			requiresDataPath: 'single',
			description: 'Name of the field; a dot goes into an object',
			displayOptions: { show: { compareWith: ['fact'], otherFact: [ITEM_FIELD] } },
		},
	];
}
