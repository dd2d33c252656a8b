import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A bot of the user's own. */
export class MarketAlertsTelegramApi implements ICredentialType {
	name = 'marketAlertsTelegramApi';

	displayName = 'Market Alerts: Telegram API';

	icon = { light: 'file:icons/chat.svg', dark: 'file:icons/chat.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/alerts.md#telegram';

	properties: INodeProperties[] = [
		{
			displayName: 'Bot Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. 123456789:AbC…',
			description: 'BotFather gives it when you make a bot',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.telegram.org',
			description: 'Of the Bot API; change it for a server of your own',
		},
	];

	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.baseUrl }}', url: '=/bot{{ $credentials.token }}/getMe' },
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: NOT_TAKEN } },
			{ type: 'responseCode', properties: { value: 404, message: NOT_TAKEN } },
		],
	};
}

const NOT_TAKEN = 'Telegram does not take this token. Copy it again from BotFather.';
