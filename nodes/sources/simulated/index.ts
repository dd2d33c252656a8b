import { FUNDAMENTALS } from '../eventsOf';
import { symbolsField } from '../liveFields';
import type { SourceFace } from '../SourceFace';

export const simulated: SourceFace = {
	value: 'simulated',
	name: 'Simulated Market',
	description: 'A market of its own, no account needed: to try things out',
	fields: () => ({
		market: [
			symbolsField(
				'SHOP, AAPL, BTC/USD',
				'SHOP, AAPL, BTC/USD',
				'Separated by commas or line breaks. For a replay, none means all of the file.',
			),
			{
				displayName: 'Interval',
				name: 'interval',
				type: 'string',
				default: '1s',
				placeholder: 'e.g. 1s',
				description: 'Time between two quotes of a symbol: 200ms, 1s, 1m',
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
			},
			{
				displayName: 'Seed',
				name: 'seed',
				type: 'number',
				default: 1,
				description: 'The same seed gives the same prices',
			},
			{
				displayName: 'Instruments',
				name: 'instruments',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Instrument',
				default: {},
				description: 'How a symbol behaves, where the built-in figures do not suit',
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
		],
		receive: [],
		delivery: [],
	}),
	options: () => [],
	load: async () => (await import('./read')).readSimulated,
	events: { kinds: ['quote'], without: FUNDAMENTALS.filter((fact) => fact !== 'peRatio') },
	requests: {
		description: 'A market of its own, no account needed: to try things out',
		symbol: 'SHOP',
		symbolsDescription:
			'One or more, separated by commas or line breaks; any name will do, such as SHOP or BTC/USD',
		intervals: ['1m', '5m', '15m', '30m', '1h', '4h', '1d'],
		market: () => [
			{
				displayName: 'Seed',
				name: 'seed',
				type: 'number',
				default: 1,
				description: 'The same seed gives the same prices at the same time',
				displayOptions: { show: { operation: ['quote', 'candles', 'indicator'] } },
			},
			{
				displayName: 'Market',
				name: 'market',
				type: 'options',
				options: [
					{ name: 'Crypto', value: 'crypto', description: 'Round the clock' },
					{
						name: 'Currencies (Forex)',
						value: 'forex',
						description: 'From Sunday to Friday, 17:00 in New York',
					},
					{
						name: 'US Equities',
						value: 'us-equities',
						description: 'NYSE and Nasdaq, with holidays and half days',
					},
				],
				default: 'us-equities',
				description: 'Whose hours are told',
				displayOptions: { show: { operation: ['status'] } },
			},
		],
		options: () => [],
		load: async () => (await import('./requests')).openSimulatedRequests,
		loadPast: async () => (await import('./requests')).openSimulatedPast,
	},
};
