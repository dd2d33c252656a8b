import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** An account at Alpaca, for its market data. A paper account's key does as well as a live one's. */
export class MarketAlertsAlpacaApi implements ICredentialType {
	name = 'marketAlertsAlpacaApi';

	displayName = 'Market Alerts: Alpaca API';

	icon = { light: 'file:icons/alpaca.svg', dark: 'file:icons/alpaca.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/sources.md#alpaca';

	properties: INodeProperties[] = [
		{
			displayName: 'Key ID',
			name: 'keyId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. PK…',
			description: 'Of a paper account or a live one; both have the same market data',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
		},
		{
			displayName: 'Plan',
			name: 'plan',
			type: 'options',
			options: [
				{
					name: 'Algo Trader Plus',
					value: 'plus',
					description: 'All exchanges in real time, any number of symbols',
				},
				{
					name: 'Basic (Free)',
					value: 'basic',
					description: 'One exchange (IEX) in real time, all exchanges 15 minutes late, crypto',
				},
			],
			default: 'basic',
			description: 'What the account pays for at Alpaca; sets the limits the trigger keeps to',
		},
		{
			displayName: 'Data Address',
			name: 'dataBaseUrl',
			type: 'string',
			default: 'https://data.alpaca.markets',
			description: 'Another one for a sandbox or a gateway of your own; the key is sent there',
		},
		{
			displayName: 'Stream Address',
			name: 'streamBaseUrl',
			type: 'string',
			default: 'wss://stream.data.alpaca.markets',
			description: 'Another one for a sandbox or a gateway of your own; the key is sent there',
		},
		{
			displayName: 'Trading Address',
			name: 'tradingBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://paper-api.alpaca.markets',
			description:
				'Asked for the market clock and for symbols only. Empty makes it that of paper or live accounts, as the key says; another one gets the key, too.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				'APCA-API-KEY-ID': '={{$credentials.keyId}}',
				'APCA-API-SECRET-KEY': '={{$credentials.secretKey}}',
			},
		},
	};

	/** Asks for what only the chosen plan has, so that a wrong key and a missing plan differ. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.dataBaseUrl}}',
			url: '/v2/stocks/snapshots',
			qs: { symbols: 'AAPL', feed: '={{$credentials.plan === "plus" ? "sip" : "iex"}}' },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message: 'Alpaca refuses the key. Check Key ID and Secret Key; they belong together.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 403,
					message:
						"Alpaca knows the key, but its plan doesn't include this. Choose Plan: Basic (Free), unless you pay for Algo Trader Plus.",
				},
			},
		],
	};
}
