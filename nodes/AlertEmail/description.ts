import type { INodeProperties } from 'n8n-workflow';

import {
	alertIdField,
	localeFields,
	outputParameters,
	retryForField,
} from '../host/outputParameters';

export const emailParameters = (): INodeProperties[] =>
	outputParameters([
		{
			displayName: 'From Email',
			name: 'fromEmail',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Market Alerts <alerts@example.com>',
		},
		{
			displayName: 'To Email',
			name: 'toEmail',
			type: 'string',
			default: '',
			placeholder: 'e.g. me@example.com, you@example.com',
			description:
				"Separated by commas; each gets a message of their own. Empty: the e-mail addresses the alert's rule names.",
		},
		{
			displayName: 'Subject',
			name: 'subject',
			type: 'string',
			default: '={{ $json.title }}',
			required: true,
			description: 'Of items that are alerts, [[symbol]] and [[price]] stand for what they have',
		},
		{
			displayName: 'Text',
			name: 'text',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '={{ $json.text }}',
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
					displayName: 'Append Tables',
					name: 'appendTables',
					type: 'boolean',
					default: true,
					description: 'Whether to show the facts and the reasons of an alert below the text',
				},
				...localeFields(),
				{
					displayName: 'Reply To',
					name: 'replyTo',
					type: 'string',
					default: '',
					placeholder: 'e.g. desk@example.com',
				},
				retryForField(),
			],
		},
	]);
