import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { catalogue } from '../../core/facts/catalogue';
import { operators } from '../../core/rules/operators';

/**
 * The fields of a rule, the same in every node that has one. Fresh at each call: n8n adds to the arrays
 * it's given. The lists come from the catalogue and the operators, so that a new fact or operator is here
 * as soon as it's there.
 */
export function ruleParameters(): INodeProperties[] {
	const builder = { show: { ruleSource: ['builder'] } };
	return [
		{
			displayName: 'Rule Name',
			name: 'ruleName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Shopify Simple Rule',
			description: 'How alerts of this rule are called. It may change at any time.',
		},
		{
			displayName: 'Rule Source',
			name: 'ruleSource',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Builder', value: 'builder', description: 'Put conditions together from lists' },
				{
					name: 'JSON',
					value: 'json',
					description: 'Write json-rules-engine conditions or a whole rule document',
				},
			],
			default: 'builder',
		},
		{
			displayName: 'Rule (JSON)',
			name: 'ruleJson',
			type: 'json',
			typeOptions: { rows: 12 },
			default:
				'{\n  "all": [\n    { "fact": "price", "operator": "lessThan", "value": 60 }\n  ]\n}',
			description:
				'Any json-rules-engine conditions, or a whole rule document; what the document says goes before the fields below',
			displayOptions: { show: { ruleSource: ['json'] } },
		},
		{
			displayName: 'Match',
			name: 'match',
			type: 'options',
			options: [
				{ name: 'All Conditions', value: 'all' },
				{ name: 'Any Condition', value: 'any' },
			],
			default: 'all',
			description: 'Whether every condition has to hold, or one is enough',
			displayOptions: builder,
		},
		{
			displayName: 'Conditions',
			name: 'conditions',
			type: 'fixedCollection',
			typeOptions: {
				multipleValues: true,
				sortable: true,
				multipleValueButtonText: 'Add Condition',
			},
			placeholder: 'Add Condition',
			default: {
				condition: [{ fact: 'price', operator: 'lessThan', compareWith: 'value', value: '' }],
			},
			displayOptions: builder,
			options: [{ displayName: 'Condition', name: 'condition', values: conditionRow() }],
		},
		{
			displayName: 'Fire',
			name: 'fire',
			type: 'options',
			options: [
				{
					name: 'At Every Match',
					value: 'everyMatch',
					description: 'At each event for which the rule holds',
				},
				{
					name: 'On Change',
					value: 'onChange',
					description: 'When the rule begins to hold; again only after it stopped holding',
				},
				{ name: 'Once', value: 'once', description: 'One time for each symbol' },
			],
			default: 'onChange',
			description: 'When an alert is told',
		},
		{
			displayName: 'Cooldown',
			name: 'cooldown',
			type: 'string',
			default: '',
			placeholder: 'e.g. 1h',
			description:
				'Least time between two alerts of one symbol: 30s, 5m, 1h, 1d. If the rule still holds when it is over, the alert is told then.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: ruleOptions(),
		},
	];
}

function ruleOptions(): INodeProperties[] {
	return [
		{
			displayName: 'Event ID Field',
			name: 'eventIdField',
			type: 'string',
			default: 'eventId',
			description:
				'Field that names an event; an item that comes again under the same name gives the same alert',
		},
		{
			displayName: 'Include',
			name: 'include',
			type: 'string',
			default: '',
			placeholder: 'e.g. peRatio, high',
			description: 'Further facts or fields the alert shall carry, separated by commas',
		},
		{
			displayName: 'Labels',
			name: 'labels',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			default: {},
			placeholder: 'Add Label',
			description: 'Names and values that travel with the alert',
			options: [
				{
					displayName: 'Label',
					name: 'label',
					values: [
						{ displayName: 'Name', name: 'name', type: 'string', default: '' },
						{ displayName: 'Value', name: 'value', type: 'string', default: '' },
					],
				},
			],
		},
		{
			displayName: 'Message',
			name: 'message',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: 'e.g. [[symbol]] trades at [[price]]',
			description:
				'Text of the alert. [[price]] stands for a fact; without a message the alert says why.',
		},
		{
			displayName: 'Severity',
			name: 'severity',
			type: 'options',
			options: [
				{ name: 'Critical', value: 'critical' },
				{ name: 'Info', value: 'info' },
				{ name: 'Warning', value: 'warning' },
			],
			default: 'info',
		},
		{
			displayName: 'Symbol Field',
			name: 'symbolField',
			type: 'string',
			default: 'symbol',
			description: 'Field that says which instrument an item is about; state is kept for each',
		},
		{
			displayName: 'Symbols',
			name: 'symbols',
			type: 'string',
			default: '',
			placeholder: 'e.g. SHOP, BTC/USD',
			description: 'Only items of these are judged, separated by commas; all of them when empty',
		},
		{
			displayName: 'Time Field',
			name: 'timeField',
			type: 'string',
			default: 'eventAt',
			description:
				'Field with the time of the event: epoch milliseconds, or ISO 8601 with a time zone. Without it, now.',
		},
		{
			displayName: 'Title',
			name: 'title',
			type: 'string',
			default: '',
			placeholder: 'e.g. Time to buy [[symbol]]!',
			description: 'Headline of the alert. [[symbol]] stands for the symbol, [[price]] for a fact.',
		},
	];
}

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
		'crosses',
		'crossesAbove',
		'crossesBelow',
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

function conditionRow(): INodeProperties[] {
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
		},
		{
			displayName: 'Value',
			name: 'value',
			type: 'string',
			default: '',
			placeholder: 'e.g. 60',
			displayOptions: { show: { compareWith: ['value'] } },
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
