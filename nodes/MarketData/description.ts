import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { requestFields, requestNames, requestOptions } from '../sources';
import { indicatorFields } from './indicatorFields';

const INSTRUMENT_OPERATIONS: readonly INodePropertyOptions[] = [
	{
		name: 'Get Candles',
		value: 'candles',
		action: 'Get past candles of stocks or crypto',
		description: 'Open, high, low, close and volume of past intervals, one item each',
	},
	{
		name: 'Get Indicator',
		value: 'indicator',
		action: 'Get an indicator such as RSI of stocks or crypto',
		description: 'RSI, SMA, MACD and others, as rules work them out',
	},
	{
		name: 'Get Quote',
		value: 'quote',
		action: 'Get quotes of stocks or crypto',
		description: 'Latest price, bid and ask, change and volume, one item for each symbol',
	},
	{
		name: 'Search Symbols',
		value: 'search',
		action: 'Search symbols of stocks or crypto',
		description: 'Symbols by a part of their name, the closest first',
	},
];
const MARKET_OPERATIONS: readonly INodePropertyOptions[] = [
	{
		name: 'Get Status',
		value: 'status',
		action: 'Get whether the market is open',
		description: 'Whether the market is open, its session, and when it opens and closes next',
	},
];

export const subtitle = `={{ (${JSON.stringify(
	Object.fromEntries(
		[...INSTRUMENT_OPERATIONS, ...MARKET_OPERATIONS].map(({ name, value }) => [
			String(value),
			name,
		]),
	),
)})[$parameter["operation"]] + ": " + (${JSON.stringify(requestNames())})[$parameter["source"]] }}`;

/** n8n tells an agent what an operation does only where the node has resources. */
const operationField = (
	resource: string,
	options: readonly INodePropertyOptions[],
	usual: string,
): INodeProperties => ({
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: [resource] } },
	options: options.map((option) => ({ ...option })),
	default: usual,
});

const show = (...operation: string[]) => ({ displayOptions: { show: { operation } } });

/** The node's fields, fresh at each call: n8n adds to the array it's given. */
export function marketDataParameters(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Instrument', value: 'instrument', description: 'Stocks and crypto pairs' },
				{ name: 'Market', value: 'market', description: 'Whether it is open, and until when' },
			],
			default: 'instrument',
		},
		operationField('instrument', INSTRUMENT_OPERATIONS, 'quote'),
		operationField('market', MARKET_OPERATIONS, 'status'),
		...requestFields({
			symbols: ['quote', 'candles', 'indicator'],
			intervals: ['candles', 'indicator'],
		}),
		...rangeFields(),
		...indicatorFields(),
		{
			displayName: 'Text',
			name: 'text',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. BTC',
			description:
				'A part of the symbol, such as BTC or AAPL; where the source knows names, a part of the name as well, such as Apple',
			...show('search'),
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			...show('search'),
		},
		{
			displayName: 'Simplify',
			name: 'simplify',
			type: 'boolean',
			default: true,
			description: 'Whether to return a simplified version of the response instead of the raw data',
			...show('quote', 'candles', 'status'),
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Give Up After',
					name: 'giveUpAfter',
					type: 'string',
					default: '30s',
					placeholder: 'e.g. 30s',
					description:
						'How long a call is tried again while the provider is busy or its limit of calls is used up: 10s, 2m',
				},
				{
					displayName: 'Include Running Candle',
					name: 'running',
					type: 'boolean',
					default: true,
					description:
						'Whether the candle that has not ended yet is given, too, with closed: false',
					displayOptions: { show: { '/operation': ['candles'] } },
				},
				...requestOptions(),
			],
		},
	];
}

function rangeFields(): INodeProperties[] {
	const between = { show: { operation: ['candles'], range: ['between'] } };
	return [
		{
			displayName: 'Range',
			name: 'range',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Between Two Times', value: 'between' },
				{ name: 'The Last Ones', value: 'last' },
			],
			default: 'last',
			...show('candles'),
		},
		{
			displayName: 'Number of Candles',
			name: 'last',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50000 },
			default: 100,
			description:
				'The newest ones that have closed; more than the provider gives at once are fetched page by page',
			displayOptions: { show: { operation: ['candles'], range: ['last'] } },
		},
		{
			displayName: 'From',
			name: 'from',
			type: 'dateTime',
			default: '',
			required: true,
			description:
				'Candles that begin at this time or later. A time without a zone is in that of the workflow.',
			displayOptions: between,
		},
		{
			displayName: 'To',
			name: 'to',
			type: 'dateTime',
			default: '',
			description: 'Candles that begin before this time; empty means now',
			displayOptions: between,
		},
	];
}
