import type { INodeProperties } from 'n8n-workflow';

import { alertIdField, retryForField } from '../host/outputParameters';

export const webhookParameters = (): INodeProperties[] => [
	{
		displayName: 'URL',
		name: 'url',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/alerts',
		description: "Gets a POST with JSON. Empty: the webhooks the alert's rule names.",
	},
	alertIdField(),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Body',
				name: 'body',
				type: 'json',
				default: '={{ $json }}',
				description: 'What is sent instead of the whole item',
			},
			{
				displayName: 'Headers',
				name: 'headers',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Header',
				default: {},
				options: [
					{
						displayName: 'Header',
						name: 'header',
						values: [
							{ displayName: 'Name', name: 'name', type: 'string', default: '' },
							{ displayName: 'Value', name: 'value', type: 'string', default: '' },
						],
					},
				],
			},
			retryForField(),
			{
				displayName: 'Timeout',
				name: 'timeout',
				type: 'string',
				default: '10s',
				placeholder: 'e.g. 10s',
				description: 'How long to wait for one answer: 500ms, 10s',
			},
		],
	},
];
