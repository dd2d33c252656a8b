import type {
	IAuthenticate,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

const shownFor = (...types: string[]) => ({ show: { type: types } });

/** What proves to any address who calls: a key in a header or the query, a bearer token, or user and password. */
export class MarketAlertsHttpApi implements ICredentialType {
	name = 'marketAlertsHttpApi';

	displayName = 'Market Alerts: HTTP API';

	icon = { light: 'file:icons/http.svg', dark: 'file:icons/http.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-market-alerts/n8n-nodes-market-alerts/blob/main/docs/sources.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Type',
			name: 'type',
			type: 'options',
			options: [
				{ name: 'Basic', value: 'basic', description: 'User and password' },
				{ name: 'Bearer Token', value: 'bearer', description: 'Authorization: Bearer …' },
				{ name: 'Header', value: 'header', description: 'A key in a header of its own' },
				{ name: 'Query Parameter', value: 'query', description: 'A key in the address' },
			],
			default: 'header',
		},
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: 'e.g. X-API-Key',
			description: 'Of the header or the query parameter',
			displayOptions: shownFor('header', 'query'),
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: shownFor('header', 'query', 'bearer'),
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			displayOptions: shownFor('basic'),
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: shownFor('basic'),
		},
		{
			displayName: 'Test URL',
			name: 'testUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://api.example.com/account',
			description:
				'An address that answers with status 200 only to who has the key; asked when the credential is tested, and for nothing else',
		},
	];

	authenticate: IAuthenticate = async (credentials, options) => {
		const { toHttpSecret } = await import('../nodes/host/httpSecret');
		const { headers, query } = toHttpSecret(credentials);
		return {
			...options,
			headers: { ...options.headers, ...headers },
			qs: { ...options.qs, ...query },
			// Wherever it would lead, the key doesn't go along.
			sendCredentialsOnCrossOriginRedirect: false,
		};
	};

	test: ICredentialTestRequest = {
		request: { url: '={{$credentials.testUrl}}', disableFollowRedirect: true },
	};
}
