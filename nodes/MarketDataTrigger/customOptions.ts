import type { INodeProperties } from 'n8n-workflow';

import { CUSTOM } from './customFields';

/** Under Options. */
export function customOptions(): INodeProperties[] {
	const both = { show: { '/source': CUSTOM } };
	return [
		{
			displayName: 'Error At',
			name: 'errorPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. $.error',
			description:
				'JSONPath to the message of an error, for an address that tells errors with status 200. What is there is no error when it is empty or false.',
			displayOptions: both,
		},
		{
			displayName: 'Heartbeat Every',
			name: 'heartbeatEvery',
			type: 'string',
			default: '30s',
			description: 'Time between two heartbeat messages',
			displayOptions: { show: { '/source': ['customWebSocket'] } },
		},
		{
			displayName: 'Heartbeat Message',
			name: 'heartbeatMessage',
			type: 'string',
			default: '',
			placeholder: 'e.g. { "op": "ping" }',
			description:
				'For an address that wants to hear a message now and then. Ping frames are sent in any case.',
			displayOptions: { show: { '/source': ['customWebSocket'] } },
		},
		{
			displayName: 'Requests per Minute',
			name: 'requestsPerMinute',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 60,
			description:
				'What the address allows, for all triggers with this host and credential together',
			displayOptions: { show: { '/source': ['customRest'] } },
		},
		{
			displayName: 'Stale After',
			name: 'staleAfter',
			type: 'string',
			default: '',
			placeholder: 'e.g. 1m',
			description:
				'An event that is older than this when it comes is flagged as stale, and fires no rule. Empty: none is.',
			displayOptions: both,
		},
		{
			displayName: 'Time Zone',
			name: 'timeZone',
			type: 'string',
			default: '',
			placeholder: 'e.g. America/New_York',
			description: 'Of times that do not say theirs, such as 2026-01-30 15:59:00',
			displayOptions: both,
		},
	];
}
