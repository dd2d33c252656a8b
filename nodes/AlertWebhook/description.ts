import type { INodeProperties } from 'n8n-workflow';

import {
	alertIdField,
	localeFields,
	outputParameters,
	retryForField,
} from '../host/outputParameters';

export const webhookParameters = (): INodeProperties[] =>
	outputParameters([
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
					description: 'What is sent instead of the whole item: JSON, with expressions',
				},
				{
					displayName: 'Body Template',
					name: 'bodyTemplate',
					type: 'string',
					typeOptions: { rows: 4 },
					default: '',
					placeholder: 'e.g. { "text": "[[title]]", "price": [[price]] }',
					description:
						'What is sent instead of the whole item: a text with [[ ]] around facts, escaped for JSON. With a Content-Type header that is not JSON, any text.',
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
				...localeFields(),
				{
					displayName: 'Payload',
					name: 'payload',
					type: 'options',
					options: [
						{
							name: 'Apperate',
							value: 'apperate',
							description:
								"The alert in the shape of IEX Cloud's Apperate, for receivers that know it",
						},
						{ name: 'Item', value: 'item', description: 'The whole item' },
					],
					default: 'item',
					description: 'What is sent when there is no body of your own',
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
	]);
