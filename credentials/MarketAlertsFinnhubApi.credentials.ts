import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** An account at Finnhub, for its market data. */
export class MarketAlertsFinnhubApi implements ICredentialType {
	name = 'marketAlertsFinnhubApi';

	displayName = 'Market Alerts: Finnhub API';

	icon = { light: 'file:icons/finnhub.svg', dark: 'file:icons/finnhub.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/sources.md#finnhub';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'On the dashboard of your account at Finnhub',
		},
		{
			displayName: 'Plan',
			name: 'plan',
			type: 'options',
			options: [
				{
					name: 'Free',
					value: 'free',
					description: '60 calls a minute, 50 streamed symbols',
				},
				{
					name: 'Paid',
					value: 'paid',
					description: 'What your plan allows, as you fill it in',
				},
			],
			default: 'free',
			description: 'What the account pays for at Finnhub; sets the limits the trigger keeps to',
		},
		{
			displayName: 'Calls per Minute',
			name: 'callsPerMinute',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 300,
			displayOptions: { show: { plan: ['paid'] } },
		},
		{
			displayName: 'Streamed Symbols',
			name: 'streamedSymbols',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 500,
			displayOptions: { show: { plan: ['paid'] } },
		},
		{
			displayName: 'REST Address',
			name: 'restBaseUrl',
			type: 'string',
			default: 'https://finnhub.io/api/v1',
			description: 'Another one for a gateway of your own; the key is sent there',
		},
		{
			displayName: 'Stream Address',
			name: 'streamBaseUrl',
			type: 'string',
			default: 'wss://ws.finnhub.io',
			description: 'Another one for a gateway of your own; the key is sent there',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-Finnhub-Token': '={{$credentials.apiKey}}' } },
	};

	/** Asks for what only the chosen plan has, so that a wrong key and a missing plan differ. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.restBaseUrl}}',
			url: '={{$credentials.plan === "paid" ? "/stock/bidask" : "/quote"}}',
			qs: { symbol: 'AAPL' },
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 401, message: 'Finnhub refuses the key. Copy it from its dashboard.' },
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						"Finnhub knows the key, but its plan doesn't include bid and ask of US stocks, so it's hardly a paid one. Choose Plan: Free.",
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message: 'Finnhub knows the key, but too much was asked for. Try again in a minute.',
				},
			},
		],
	};
}
