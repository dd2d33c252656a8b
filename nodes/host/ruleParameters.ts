import type { INodeProperties } from 'n8n-workflow';

import { conditionRow } from './conditionRow';

/** The fields of a rule, the same in every node that has one. Fresh at each call: n8n adds to the arrays it's given. */
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
			displayName: 'Hold For',
			name: 'holdFor',
			type: 'string',
			default: '',
			placeholder: 'e.g. 30s',
			description:
				'How long the rule must hold before the alert fires: 30s, 5m. It fires at the first event after that.',
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
			displayName: 'Max per Day',
			name: 'maxPerDay',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'Most alerts of one symbol a day (UTC); 0 for no limit',
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
			displayName: 'Notify Resolved',
			name: 'notifyResolved',
			type: 'boolean',
			default: false,
			description: 'Whether to tell when an alert that was told is over',
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
