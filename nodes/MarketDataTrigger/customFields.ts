import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Sources whose address and columns the user names. */
export const CUSTOM = ['customRest', 'customWebSocket'];
const ofBoth = { show: { source: CUSTOM } };
const ofRest = { show: { source: ['customRest'] } };

/** What a field of a row can be; those of `CUSTOM_COLUMNS` in the core, which isn't loaded for a list. */
const COLUMNS: readonly INodePropertyOptions[] = [
	['ask', 'Ask'],
	['bid', 'Bid'],
	['change', 'Change'],
	['changePercent', 'Change (%)'],
	['close', 'Close'],
	['high', 'High'],
	['id', 'ID'],
	['low', 'Low'],
	['open', 'Open'],
	['peRatio', 'P/E Ratio'],
	['previousClose', 'Previous Close'],
	['price', 'Price'],
	['size', 'Size'],
	['symbol', 'Symbol'],
	['time', 'Time'],
	['volume', 'Volume'],
	['own', 'Column of Your Own'],
].map(([value = '', name = '']) => ({ name, value }));

/** What is asked, or listened to, and how its answers are read. */
export function customFields(): INodeProperties[] {
	return [...restFields(), ...webSocketFields(), symbolsField(), ...mappingFields(), pollField()];
}

function restFields(): INodeProperties[] {
	return [
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://api.example.com/quotes?symbols=[[symbols]]',
			description:
				'Address that answers with JSON. [[symbols]] stands for all symbols at once, separated by commas; [[symbol]] makes one request for each. Keep keys out of it: use a credential.',
			displayOptions: ofRest,
		},
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'GET', value: 'GET' },
				{ name: 'POST', value: 'POST' },
			],
			default: 'GET',
			displayOptions: ofRest,
		},
		{
			displayName: 'Body',
			name: 'body',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: 'e.g. { "symbols": [[symbols]] }',
			description:
				'JSON, usually. [[symbols]] stands for a list, "[[symbols]]" for a text with commas, [[symbol]] for one of them.',
			displayOptions: { show: { source: ['customRest'], method: ['POST'] } },
		},
		pairsField('Query Parameters', 'query', 'Parameter', ofRest),
		pairsField('Headers', 'headers', 'Header', ofRest),
	];
}

const ofWebSocket = { show: { source: ['customWebSocket'] } };

function webSocketFields(): INodeProperties[] {
	return [
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. wss://stream.example.com/v1',
			description:
				'Address that sends JSON. [[symbols]] stands for all symbols, separated by commas. Keep keys out of it: use a credential.',
			displayOptions: ofWebSocket,
		},
		{
			displayName: 'Credential Goes',
			name: 'credentialGoes',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'With the Handshake',
					value: 'handshake',
					description: 'In the header or the query of the connection',
				},
				{
					name: 'In the Login Message Only',
					value: 'message',
				},
			],
			default: 'handshake',
			displayOptions: ofWebSocket,
		},
		{
			displayName: 'Login Message',
			name: 'loginMessage',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. { "action": "auth", "key": "[[apiKey]]" }',
			description:
				"Sent first on each connection. [[apiKey]], [[user]] and [[password]] stand for the credential's.",
			displayOptions: ofWebSocket,
		},
		{
			displayName: 'Subscribe Message',
			name: 'subscribeMessage',
			type: 'string',
			typeOptions: { rows: 2 },
			default: '',
			placeholder: 'e.g. { "op": "subscribe", "symbols": [[symbols]] }',
			description:
				'Sent on each connection. [[symbols]] stands for a list, "[[symbols]]" for a text with commas; [[symbol]] makes one message for each. Empty for an address that sends by itself.',
			displayOptions: ofWebSocket,
		},
		{
			displayName: 'Only Frames With',
			name: 'framesPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. $.type',
			description: 'JSONPath that tells frames with data from others. Empty: all are data.',
			displayOptions: ofWebSocket,
		},
		{
			displayName: 'Frame Values',
			name: 'framesValues',
			type: 'string',
			default: '',
			placeholder: 'e.g. trade, quote',
			description:
				'What must stand there, separated by commas. Empty: anything, so long as it is there.',
			displayOptions: ofWebSocket,
		},
	];
}

export function pairsField(
	displayName: string,
	name: string,
	member: string,
	displayOptions: INodeProperties['displayOptions'],
): INodeProperties {
	return {
		displayName,
		name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: `Add ${member}`,
		default: {},
		description: 'Sent with each request; secrets belong into a credential',
		...(displayOptions === undefined ? {} : { displayOptions }),
		options: [
			{
				displayName: member,
				name: 'pair',
				values: [
					{ displayName: 'Name', name: 'name', type: 'string', default: '' },
					{ displayName: 'Value', name: 'value', type: 'string', default: '' },
				],
			},
		],
	};
}

const symbolsField = (): INodeProperties => ({
	displayName: 'Symbols',
	name: 'symbols',
	type: 'string',
	typeOptions: { rows: 2 },
	default: '',
	placeholder: 'e.g. SHOP, BTC/USD = bitcoin',
	description:
		'Separated by commas or line breaks. Behind = stands how the address calls it, where that differs. None means whatever comes.',
	displayOptions: ofBoth,
});

function mappingFields(): INodeProperties[] {
	return [
		{
			displayName: 'Rows At',
			name: 'rowsPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. $.data',
			description:
				'JSONPath to the rows: a list, or all that the path leads to ($.rates.*). Empty when the answer itself is the row or the list.',
			displayOptions: ofBoth,
		},
		{
			displayName: 'Rows Are',
			name: 'rowsAre',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Candles',
					value: 'candles',
					description: 'Open, high, low and close of a span; each is given when it has ended',
				},
				{
					name: 'Quotes',
					value: 'quotes',
					description: 'Prices as they stand: each row that differs from before',
				},
				{
					name: 'Trades',
					value: 'trades',
					description: 'Single executions: each row that was not there before',
				},
			],
			default: 'quotes',
			displayOptions: ofBoth,
		},
		{
			displayName: 'Candle Length',
			name: 'candleLength',
			type: 'string',
			default: '1m',
			placeholder: 'e.g. 1m',
			description: 'How long a candle is: 1m, 1h, 1d',
			displayOptions: { show: { source: CUSTOM, rowsAre: ['candles'] } },
		},
		{
			displayName: 'Columns',
			name: 'columns',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, sortable: true },
			placeholder: 'Add Column',
			default: {},
			description:
				'Which field of a row is what. Prices and the like under their own names (price, bid, volume) are found by themselves; all other fields go along as they are.',
			displayOptions: ofBoth,
			options: [
				{
					displayName: 'Column',
					name: 'column',
					values: [
						{
							displayName: 'Column',
							name: 'column',
							type: 'options',
							noDataExpression: true,
							options: [...COLUMNS],
							default: 'price',
							description:
								'An ID makes a row that comes again the same event; a time says when it happened (of candles: when they begin)',
						},
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							placeholder: 'e.g. marketCap',
							description: 'How the column is called; for a column of your own only',
							displayOptions: { show: { column: ['own'] } },
						},
						{
							displayName: 'Field',
							name: 'field',
							type: 'string',
							default: '',
							placeholder: 'e.g. last, or quote.USD.price',
							description:
								'A field of the row; a dot goes into it, a number into a list. A single dot is the row itself, ~ the name it has in the answer; what begins with $ is a JSONPath of the whole answer.',
						},
					],
				},
			],
		},
	];
}

const pollField = (): INodeProperties => ({
	displayName: 'Poll Every',
	name: 'pollEvery',
	type: 'string',
	default: '1m',
	placeholder: 'e.g. 1m',
	description: 'Time between two rounds: 15s, 1m, 1h',
	displayOptions: ofRest,
});
