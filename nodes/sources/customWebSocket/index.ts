import { rowsFields, rowsOptions } from '../custom/fields';
import type { SourceFace } from '../SourceFace';

export const customWebSocket: SourceFace = {
	value: 'customWebSocket',
	name: 'Custom WebSocket',
	description: 'Any address that sends JSON as things happen',
	credential: { name: 'marketAlertsHttpApi', required: false },
	fields: () => ({
		market: [
			{
				displayName: 'URL',
				name: 'url',
				type: 'string',
				default: '',
				required: true,
				placeholder: 'e.g. wss://stream.example.com/v1',
				description:
					'Address that sends JSON. [[symbols]] stands for all symbols, separated by commas. Keep keys out of it: use a credential.',
			},
			{
				displayName: 'Credential Goes',
				name: 'credentialGoes',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'With the Handshake',
						value: 'handshake',
						description: 'In the header or the query of the connection',
					},
					{
						name: 'In the Login Message Only',
						value: 'message',
					},
				],
				default: 'handshake',
			},
			{
				displayName: 'Login Message',
				name: 'loginMessage',
				type: 'string',
				typeOptions: { rows: 2 },
				default: '',
				placeholder: 'e.g. { "action": "auth", "key": "[[apiKey]]" }',
				description:
					"Sent first on each connection. [[apiKey]], [[user]] and [[password]] stand for the credential's.",
			},
			{
				displayName: 'Subscribe Message',
				name: 'subscribeMessage',
				type: 'string',
				typeOptions: { rows: 2 },
				default: '',
				placeholder: 'e.g. { "op": "subscribe", "symbols": [[symbols]] }',
				description:
					'Sent on each connection. [[symbols]] stands for a list, "[[symbols]]" for a text with commas; [[symbol]] makes one message for each. Empty for an address that sends by itself.',
			},
			{
				displayName: 'Only Frames With',
				name: 'framesPath',
				type: 'string',
				default: '',
				placeholder: 'e.g. $.type',
				description: 'JSONPath that tells frames with data from others. Empty: all are data.',
			},
			{
				displayName: 'Frame Values',
				name: 'framesValues',
				type: 'string',
				default: '',
				placeholder: 'e.g. trade, quote',
				description:
					'What must stand there, separated by commas. Empty: anything, so long as it is there.',
			},
			...rowsFields(),
		],
		receive: [],
		delivery: [],
	}),
	options: () => [
		{
			displayName: 'Heartbeat Every',
			name: 'heartbeatEvery',
			type: 'string',
			default: '30s',
			description: 'Time between two heartbeat messages',
		},
		{
			displayName: 'Heartbeat Message',
			name: 'heartbeatMessage',
			type: 'string',
			default: '',
			placeholder: 'e.g. { "op": "ping" }',
			description:
				'For an address that wants to hear a message now and then. Ping frames are sent in any case.',
		},
		...rowsOptions(),
	],
	load: async () => (await import('./read')).readCustomWebSocket,
};
