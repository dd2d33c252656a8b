import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { silentAfterOption, symbolsField } from '../liveFields';

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

/** How the rows of any address are read. */
export function rowsFields(): INodeProperties[] {
	return [
		symbolsField(
			'',
			'SHOP, BTC/USD = bitcoin',
			'Separated by commas or line breaks. Behind = stands how the address calls it, where that differs. None means whatever comes.',
		),
		{
			displayName: 'Rows At',
			name: 'rowsPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. $.data',
			description:
				'JSONPath to the rows: a list, or all that the path leads to ($.rates.*). Empty when the answer itself is the row or the list.',
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
		},
		{
			displayName: 'Candle Length',
			name: 'candleLength',
			type: 'string',
			default: '1m',
			placeholder: 'e.g. 1m',
			description: 'How long a candle is: 1m, 1h, 1d',
			displayOptions: { show: { rowsAre: ['candles'] } },
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

/** Under Options. */
export function rowsOptions(): INodeProperties[] {
	return [
		{
			displayName: 'Error At',
			name: 'errorPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. $.error',
			description:
				'JSONPath to the message of an error, for an address that tells errors with status 200. What is there is no error when it is empty or false.',
		},
		silentAfterOption(),
		{
			displayName: 'Stale After',
			name: 'staleAfter',
			type: 'string',
			default: '',
			placeholder: 'e.g. 1m',
			description:
				'An event that is older than this when it comes is flagged as stale, and fires no rule. Empty: none is.',
		},
		{
			displayName: 'Time Zone',
			name: 'timeZone',
			type: 'string',
			default: '',
			placeholder: 'e.g. America/New_York',
			description: 'Of times that do not say theirs, such as 2026-01-30 15:59:00',
		},
	];
}
