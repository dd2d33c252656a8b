import type { INodeProperties } from 'n8n-workflow';

import { alertIdField, outputParameters, retryForField } from '../host/outputParameters';

export const pagerParameters = (): INodeProperties[] => outputParameters(pagerFields());

const pagerFields = (): INodeProperties[] => [
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '={{ $json.title }}',
		description: 'The summary of the incident; PagerDuty reads it out',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.text }}',
	},
	{
		displayName: 'Severity',
		name: 'severity',
		type: 'string',
		default: '={{ $json.alert.severity }}',
		placeholder: 'e.g. critical',
		description: 'Critical, error, warning or info; anything else is a warning',
	},
	{
		displayName: 'Incident Key',
		name: 'incidentKey',
		type: 'string',
		default: '={{ $json.alert.episodeId }}',
		description:
			'Events with the same key are one incident: what opens it, reminds of it and resolves it. Empty: the alert ID.',
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
				displayName: 'Event',
				name: 'event',
				type: 'options',
				options: [
					{ name: 'Acknowledge', value: 'acknowledge' },
					{
						name: "By the Alert's State",
						value: 'byState',
						description: 'Resolves when it is over, triggers otherwise',
					},
					{ name: 'Resolve', value: 'resolve' },
					{ name: 'Trigger', value: 'trigger' },
				],
				default: 'byState',
				description: 'What happens to the incident',
			},
			retryForField(),
			{
				displayName: 'Source',
				name: 'source',
				type: 'string',
				default: '={{ $json.alert.symbol }}',
				description: "What has the trouble. Without this option, the alert's symbol.",
			},
		],
	},
];
