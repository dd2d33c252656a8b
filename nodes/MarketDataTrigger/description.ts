import type { INodeProperties } from 'n8n-workflow';

import { addFactsField } from './addFactsField';
import { alpacaFields } from './alpacaFields';
import { customFields } from './customFields';
import { customOptions } from './customOptions';
import { liveFields, liveOptions } from './liveFields';

const forSource = (source: string) => ({ show: { source: [source] } });

/** The trigger's fields, fresh at each call: n8n adds to the array it's given. */
export function triggerParameters(): INodeProperties[] {
	return [
		{
			displayName: 'Source',
			name: 'source',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Alpaca',
					value: 'alpaca',
					description: 'US stocks and crypto; a free account is enough',
				},
				{
					name: 'Binance',
					value: 'binance',
					description: 'Crypto pairs as they trade; free, no account needed',
				},
				{
					name: 'Coinbase',
					value: 'coinbase',
					description: 'Crypto pairs as they trade; free, no account needed',
				},
				{
					name: 'Custom REST',
					value: 'customRest',
					description: 'Any address that answers with JSON, asked again and again',
				},
				{
					name: 'Custom WebSocket',
					value: 'customWebSocket',
					description: 'Any address that sends JSON as things happen',
				},
				{
					name: 'Kraken',
					value: 'kraken',
					description: 'Crypto pairs as they trade; free, no account needed',
				},
				{
					name: 'Replay',
					value: 'replay',
					description: 'Recorded trades or candles from a file',
				},
				{
					name: 'Simulated Market',
					value: 'simulated',
					description: 'A market of its own, no account needed: to try things out',
				},
			],
			default: 'simulated',
		},
		...alpacaFields(),
		...liveFields(),
		...customFields(),
		{
			displayName: 'Symbols',
			name: 'symbols',
			type: 'string',
			typeOptions: { rows: 2 },
			default: 'SHOP, AAPL, BTC/USD',
			placeholder: 'e.g. SHOP, AAPL, BTC/USD',
			description: 'Separated by commas or line breaks. For a replay, none means all of the file.',
			displayOptions: { show: { source: ['replay', 'simulated'] } },
		},
		...simulatedFields(),
		...replayFields(),
		addFactsField(),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Batch Size',
					name: 'batchSize',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 10000 },
					default: 1000,
					description: 'Most events one execution gets',
				},
				...liveOptions(),
				...customOptions(),
				{
					displayName: 'While Busy',
					name: 'whileBusy',
					type: 'options',
					options: [
						{
							name: 'Keep Every Event',
							value: 'gather',
							description: 'Events gather while an execution runs, and none is left out',
						},
						{
							name: 'Keep the Latest of Each Symbol',
							value: 'conflate',
							description: 'Older ones are replaced and counted on the Feed output',
						},
					],
					default: 'gather',
					description: 'What becomes of events that arrive while an execution runs',
				},
			],
		},
	];
}

function simulatedFields(): INodeProperties[] {
	const displayOptions = forSource('simulated');
	return [
		{
			displayName: 'Interval',
			name: 'interval',
			type: 'string',
			default: '1s',
			placeholder: 'e.g. 1s',
			description: 'Time between two quotes of a symbol: 200ms, 1s, 1m',
			displayOptions,
		},
		{
			displayName: 'Scenario',
			name: 'scenario',
			type: 'options',
			noDataExpression: true,
			options: [
				{ name: 'Calm', value: 'calm', description: 'Prices drift; only your own events happen' },
				{
					name: 'Demo',
					value: 'demo',
					description: 'SHOP falls under 60 within seconds, recovers, and falls again',
				},
			],
			default: 'demo',
			displayOptions,
		},
		{
			displayName: 'Seed',
			name: 'seed',
			type: 'number',
			default: 1,
			description: 'The same seed gives the same prices',
			displayOptions,
		},
		{
			displayName: 'Instruments',
			name: 'instruments',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Instrument',
			default: {},
			description: 'How a symbol behaves, where the built-in figures do not suit',
			displayOptions,
			options: [
				{
					displayName: 'Instrument',
					name: 'instrument',
					values: [
						{ displayName: 'Symbol', name: 'symbol', type: 'string', default: '' },
						{
							displayName: 'Start Price',
							name: 'startPrice',
							type: 'number',
							typeOptions: { minValue: 0, numberPrecision: 8 },
							default: 100,
						},
						{
							displayName: 'Drift (% per Day)',
							name: 'driftPercent',
							type: 'number',
							typeOptions: { numberPrecision: 4 },
							default: 0,
						},
						{
							displayName: 'Volatility (% per Day)',
							name: 'volatilityPercent',
							type: 'number',
							typeOptions: { minValue: 0, numberPrecision: 4 },
							default: 2,
						},
					],
				},
			],
		},
		{
			displayName: 'Scripted Events',
			name: 'script',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true, sortable: true },
			placeholder: 'Add Event',
			default: {},
			description: 'What shall happen, and when after the start',
			displayOptions,
			options: [
				{
					displayName: 'Event',
					name: 'event',
					values: [
						{
							displayName: 'At',
							name: 'at',
							type: 'string',
							default: '10s',
							description: 'Time after the start:	10s, 5m',
						},
						{
							displayName: 'For',
							name: 'for',
							type: 'string',
							default: '5s',
							description: 'How long it takes:	5s, 1m',
						},
						{
							displayName: 'Kind',
							name: 'kind',
							type: 'options',
							options: [
								{
									name: 'Crash',
									value: 'crash',
									description: 'The price falls within a short time',
								},
								{
									name: 'Gap',
									value: 'gap',
									description: 'The price jumps from one quote to the next',
								},
								{
									name: 'Silence',
									value: 'silence',
									description: 'No quotes come',
								},
								{
									name: 'Spike',
									value: 'spike',
									description: 'The price rises within a short time',
								},
							],
							default: 'crash',
						},
						{
							displayName: 'Percent',
							name: 'percent',
							type: 'number',
							default: 5,
							description: 'How far the price moves;	a gap down is negative',
						},
						{
							displayName: 'Symbol',
							name: 'symbol',
							type: 'string',
							default: '',
							placeholder: 'e.g. SHOP',
							description: 'Silence may also concern all of them:	*',
						},
					],
				},
			],
		},
	];
}

function replayFields(): INodeProperties[] {
	const displayOptions = forSource('replay');
	return [
		{
			displayName: 'File',
			name: 'filePath',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. trades.csv.gz',
			description:
				'CSV, NDJSON or JSON, also gzipped. A name without a folder is looked up in .n8n/market-alerts/tapes.',
			displayOptions,
		},
		{
			displayName: 'Pace',
			name: 'pace',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'As Fast as the Workflow Follows',
					value: 'asFastAsPossible',
				},
				{
					name: 'As Recorded',
					value: 'recorded',
					description: 'With the time between events as it was',
				},
			],
			default: 'asFastAsPossible',
			displayOptions,
		},
		{
			displayName: 'Speed',
			name: 'speed',
			type: 'number',
			typeOptions: { minValue: 0.001, numberPrecision: 3 },
			default: 1,
			description: 'How many times as fast as recorded',
			displayOptions: { show: { source: ['replay'], pace: ['recorded'] } },
		},
	];
}
