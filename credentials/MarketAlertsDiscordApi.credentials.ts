import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A webhook of one channel. */
export class MarketAlertsDiscordApi implements ICredentialType {
	name = 'marketAlertsDiscordApi';

	displayName = 'Market Alerts: Discord API';

	icon = { light: 'file:icons/chat.svg', dark: 'file:icons/chat.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/alerts.md#discord';

	properties: INodeProperties[] = [
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. https://discord.com/api/webhooks/123/abc',
			description: "From the channel's settings: Integrations, Webhooks",
		},
	];

	/** Looking at a webhook sends nothing. */
	test: ICredentialTestRequest = {
		request: { baseURL: '={{ $credentials.webhookUrl }}', url: '' },
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: NOT_TAKEN } },
			{ type: 'responseCode', properties: { value: 404, message: NOT_TAKEN } },
		],
	};
}

const NOT_TAKEN = "Discord knows no such webhook. Copy its address from the channel's settings.";
