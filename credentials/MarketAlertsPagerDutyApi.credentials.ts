import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

/** An integration of one service. */
export class MarketAlertsPagerDutyApi implements ICredentialType {
	name = 'marketAlertsPagerDutyApi';

	displayName = 'Market Alerts: PagerDuty API';

	icon = { light: 'file:icons/pager.svg', dark: 'file:icons/pager.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/alerts.md#pagerduty';

	properties: INodeProperties[] = [
		{
			displayName: 'Integration Key',
			name: 'routingKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Of an Events API v2 integration of your service; 32 letters and digits',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://events.pagerduty.com',
			description: 'In the EU: https://events.eu.pagerduty.com',
		},
	];

	/** Resolving an incident that never was changes nothing, but wants a key that's right. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.baseUrl }}',
			url: '/v2/enqueue',
			method: 'POST',
			body: {
				routing_key: '={{ $credentials.routingKey }}',
				event_action: 'resolve',
				dedup_key: 'market-alerts-credential-test',
			},
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 400,
					message: 'PagerDuty does not take this integration key. Copy it from the service.',
				},
			},
		],
	};
}
