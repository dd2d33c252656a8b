import type { INodeProperties } from 'n8n-workflow';

import { budgetField } from '../budget';
import { rowsFields, rowsOptions } from '../custom/fields';
import type { SourceFace } from '../SourceFace';

export const customRest: SourceFace = {
	value: 'customRest',
	name: 'Custom REST',
	description: 'Any address that answers with JSON, asked again and again',
	credential: { name: 'marketAlertsHttpApi', required: false },
	fields: () => ({
		market: [
			{
				displayName: 'URL',
				name: 'url',
				type: 'string',
				default: '',
				required: true,
				placeholder: 'e.g. https://api.example.com/quotes?symbols=[[symbols]]',
				description:
					'Address that answers with JSON. [[symbols]] stands for all symbols at once, separated by commas; [[symbol]] makes one request for each. Keep keys out of it: use a credential.',
			},
			{
				displayName: 'Method',
				name: 'method',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'GET', value: 'GET' },
					{ name: 'POST', value: 'POST' },
				],
				default: 'GET',
			},
			{
				displayName: 'Body',
				name: 'body',
				type: 'string',
				typeOptions: { rows: 4 },
				default: '',
				placeholder: 'e.g. { "symbols": [[symbols]] }',
				description:
					'JSON, usually. [[symbols]] stands for a list, "[[symbols]]" for a text with commas, [[symbol]] for one of them.',
				displayOptions: { show: { method: ['POST'] } },
			},
			pairsField('Query Parameters', 'query', 'Parameter'),
			pairsField('Headers', 'headers', 'Header'),
			...rowsFields(),
		],
		receive: [],
		delivery: [
			{
				displayName: 'Poll Every',
				name: 'pollEvery',
				type: 'string',
				default: '1m',
				placeholder: 'e.g. 1m',
				description: 'Time between two rounds: 15s, 1m, 1h',
			},
			budgetField(),
		],
	}),
	options: () => [
		{
			displayName: 'Requests per Minute',
			name: 'requestsPerMinute',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 60,
			description:
				'What the address allows, for all triggers with this host and credential together',
		},
		...rowsOptions(),
	],
	load: async () => (await import('./read')).readCustomRest,
};

function pairsField(displayName: string, name: string, member: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: `Add ${member}`,
		default: {},
		description: 'Sent with each request; secrets belong into a credential',
		options: [
			{
				displayName: member,
				name: 'pair',
				values: [
					{ displayName: 'Name', name: 'name', type: 'string', default: '' },
					{ displayName: 'Value', name: 'value', type: 'string', default: '' },
				],
			},
		],
	};
}
