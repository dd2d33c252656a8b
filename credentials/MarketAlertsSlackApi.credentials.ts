import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** An app of the user's own, as its bot. */
export class MarketAlertsSlackApi implements ICredentialType {
	name = 'marketAlertsSlackApi';

	displayName = 'Market Alerts: Slack API';

	icon = { light: 'file:icons/chat.svg', dark: 'file:icons/chat.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/alerts.md#slack';

	properties: INodeProperties[] = [
		{
			displayName: 'Bot Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. xoxb-…',
			description: 'The Bot User OAuth Token of an app with the scope chat:write',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://slack.com/api',
			description: "Of Slack's Web API",
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.token }}' } },
	};

	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.baseUrl }}', url: '/auth.test', method: 'POST' },
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'ok',
					value: false,
					message: 'Slack does not take this token. Copy the Bot User OAuth Token of your app.',
				},
			},
		],
	};
}
