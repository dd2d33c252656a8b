import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/** What proves to a webhook's receiver who calls. Tested by Alert Webhook: there is no address to ask. */
export class MarketAlertsWebhookApi implements ICredentialType {
	name = 'marketAlertsWebhookApi';

	displayName = 'Market Alerts: Webhook API';

	icon = { light: 'file:icons/webhook.svg', dark: 'file:icons/webhook.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/alerts.md#alert-webhook';

	properties: INodeProperties[] = [
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'whsec_…',
			description:
				'Shared with the receiver; signs each request (Standard Webhooks). While it is being changed, the new and the old one separated by a space.',
		},
		{
			displayName: 'Secret Headers',
			name: 'headers',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Header',
			default: {},
			description: "Sent to the node's own URL only, not to the addresses that rules name",
			options: [
				{
					displayName: 'Header',
					name: 'header',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. Authorization',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							typeOptions: { password: true },
							default: '',
						},
					],
				},
			],
		},
	];
}
