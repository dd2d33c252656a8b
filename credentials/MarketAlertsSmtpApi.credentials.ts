import type { ICredentialType, INodeProperties } from 'n8n-workflow';

/** A mail server of the user's own. Tested by Alert Email, which speaks SMTP. */
export class MarketAlertsSmtpApi implements ICredentialType {
	name = 'marketAlertsSmtpApi';

	displayName = 'Market Alerts: SMTP API';

	icon = { light: 'file:icons/smtp.svg', dark: 'file:icons/smtp.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts#e-mail';

	properties: INodeProperties[] = [
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. smtp.example.com',
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 65535 },
			default: 465,
			description: 'Usually 465 with TLS, 587 with STARTTLS',
		},
		{
			displayName: 'Security',
			name: 'security',
			type: 'options',
			options: [
				{
					name: 'None',
					value: 'none',
					description: 'Nothing is encrypted; for servers of your own only',
				},
				{ name: 'STARTTLS', value: 'startTls' },
				{ name: 'TLS', value: 'tls' },
			],
			default: 'tls',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			description: 'Leave empty for a server that asks for none',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Allow Unauthorized Certificates',
			name: 'allowUnauthorizedCerts',
			type: 'boolean',
			default: false,
			description: 'Whether to accept certificates that nobody vouches for',
		},
	];
}
