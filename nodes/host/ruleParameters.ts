import type { INodeProperties } from 'n8n-workflow';

import { conditionRow } from './conditionRow';
import { ruleOptions } from './ruleOptions';

/**
 * The fields of a rule, the same in every node that has one. Fresh at each call: n8n adds to the arrays it's given.
 *
 * @param options what stands under Options, where a node has more or fewer of them
 */
export function ruleParameters(
	options: INodeProperties[] = ruleOptions('items'),
): INodeProperties[] {
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
					description: 'Write json-rules-engine conditions, or one or several rule documents',
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
				'Any json-rules-engine conditions, a whole rule document, a rule of Apperate, or a list of them, perhaps from an earlier node by an expression; what a document says goes before the fields below',
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
					name: 'At Candle Close',
					value: 'onCandleClose',
					description: 'At each closed candle for which the rule holds; set its Candle Interval',
				},
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
				{
					name: 'Once per Candle',
					value: 'oncePerCandle',
					description: 'At the first event of a candle that holds; set its Candle Interval',
				},
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
			options,
		},
	];
}
