import type { INodeProperties } from 'n8n-workflow';

import { alertIdField, outputParameters, retryForField } from '../host/outputParameters';

/** Whose deliveries are listed depends on the channel as well. */
export function messageParameters(): INodeProperties[] {
	const [operation, ...fields] = outputParameters(messageFields());
	return operation === undefined ? [] : [operation, channelField(), ...fields];
}

const channelField = (): INodeProperties => ({
	displayName: 'Channel',
	name: 'channel',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Discord', value: 'discord' },
		{ name: 'Slack', value: 'slack' },
		{ name: 'Telegram', value: 'telegram' },
	],
	default: 'telegram',
});

const messageFields = (): INodeProperties[] => [
	{
		displayName: 'Chat ID',
		name: 'chatId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 123456789, -1001234567890 or @channel',
		description:
			"Of a person, group or channel; several separated by commas. Empty: the chats the alert's rule names.",
		displayOptions: { show: { channel: ['telegram'] } },
	},
	{
		displayName: 'Slack Channel',
		name: 'slackChannel',
		type: 'string',
		default: '',
		placeholder: 'e.g. C0123456789 or #alerts',
		description:
			"ID or name; several separated by commas. Empty: the channels the alert's rule names.",
		displayOptions: { show: { channel: ['slack'] } },
	},
	{
		displayName: "It goes to the credential's webhook, or to the webhooks the alert's rule names",
		name: 'discordNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { channel: ['discord'] } },
	},
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '={{ $json.title }}',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.text }}',
		description: 'Plain text: it looks in the chat as it does here',
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
				displayName: 'Append Reasons',
				name: 'appendReasons',
				type: 'boolean',
				default: true,
				description: 'Whether to say below the text why the alert came, unless the text does',
			},
			{
				displayName: 'Follow-Up',
				name: 'followUp',
				type: 'options',
				options: [
					{
						name: 'Change the First Message',
						value: 'edit',
						description: 'It says how things stand. No phone rings for it.',
					},
					{
						name: 'Reply to the First Message',
						value: 'reply',
						description: 'In a thread on Slack. Discord can only send a new message.',
					},
					{ name: 'Send a New Message', value: 'new' },
				],
				default: 'edit',
				description:
					'What a reminder or the end of an alert does. Without this option: Slack replies, Telegram and Discord change the first message.',
			},
			retryForField(),
			{
				displayName: 'Silent',
				name: 'silent',
				type: 'boolean',
				default: false,
				description: 'Whether to send without a sound',
				displayOptions: { show: { '/channel': ['telegram', 'discord'] } },
			},
			{
				displayName: 'Thread ID',
				name: 'threadId',
				type: 'string',
				default: '',
				placeholder: 'e.g. 42',
				description: 'The topic of a Telegram forum, or the thread of a Discord channel',
				displayOptions: { show: { '/channel': ['telegram', 'discord'] } },
			},
		],
	},
];
