import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { budgetOf, CALLS_OF_CANDLES, IS_QUOTES, SYMBOLS } from './requestBudget';

/**
 * Venues of pairs without a key. The figures are those of the core, which isn't loaded for a list of fields; a
 * test holds them together.
 */
type PairFace = {
	readonly source: string;
	readonly provider: string;
	readonly intervals: readonly string[];
	readonly intervalHint: string;
	readonly limitPerMinute: number;
	readonly restBaseUrl: string;
	readonly streamBaseUrl: string;
	/** Calls of a round of quotes, in the language of n8n's expressions. */
	readonly callsOfQuotes: string;
};

const FACES: readonly PairFace[] = [
	{
		source: 'coinbase',
		provider: 'Coinbase',
		intervals: ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '1d'],
		intervalHint: 'How long a candle is; streamed, only 5 minutes',
		limitPerMinute: 600,
		restBaseUrl: 'https://api.coinbase.com/api/v3/brokerage',
		streamBaseUrl: 'wss://advanced-trade-ws.coinbase.com',
		callsOfQuotes: `Math.ceil(${SYMBOLS} / 100)`,
	},
	{
		source: 'kraken',
		provider: 'Kraken',
		intervals: ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'],
		intervalHint: 'How long a candle is; days begin at midnight UTC',
		limitPerMinute: 60,
		restBaseUrl: 'https://api.kraken.com',
		streamBaseUrl: 'wss://ws.kraken.com/v2',
		callsOfQuotes: '1',
	},
];

export const PAIR_SOURCES = FACES.map(({ source }) => source);

/** What is their own: symbols, intervals, costs. */
export function pairFields(intervalOptions: readonly INodePropertyOptions[]): INodeProperties[] {
	return FACES.flatMap(
		({ source, provider, intervals, intervalHint, limitPerMinute, callsOfQuotes }) => {
			const polled = { show: { source: [source], delivery: ['poll'] } };
			const calls = `(${IS_QUOTES} ? ${callsOfQuotes} : ${CALLS_OF_CANDLES})`;
			return [
				{
					displayName: 'Symbols',
					name: 'symbols',
					type: 'string',
					typeOptions: { rows: 2 },
					default: 'BTC/USD, ETH/USD',
					placeholder: 'e.g. BTC/USD, ETH/USD',
					description: 'Pairs, separated by commas or line breaks; BTC-USD works as well',
					displayOptions: { show: { source: [source] } },
				},
				{
					displayName: 'Interval',
					name: 'interval',
					type: 'options',
					noDataExpression: true,
					options: intervalOptions.filter(({ value }) => intervals.includes(String(value))),
					default: '5m',
					description: intervalHint,
					displayOptions: { show: { source: [source], receive: ['candles', 'runningCandles'] } },
				},
				{
					displayName: 'Request Budget',
					name: 'requestBudget',
					type: 'string',
					default: budgetOf(calls, `${provider} allows ${limitPerMinute} per IP address`),
					description: 'What these settings cost; worked out, not a setting',
					displayOptions: polled,
					disabledOptions: polled,
				},
			] satisfies INodeProperties[];
		},
	);
}

/** Under Options. */
export function pairOptions(): INodeProperties[] {
	return FACES.flatMap(({ source, limitPerMinute, restBaseUrl, streamBaseUrl }) => {
		const displayOptions = { show: { '/source': [source] } };
		return [
			{
				displayName: 'Limit per Minute',
				name: 'limitPerMinute',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: limitPerMinute,
				description:
					'Calls the provider allows per minute. Lower it where other programs use the same IP address.',
				displayOptions,
			},
			{
				displayName: 'REST Address',
				name: 'restBaseUrl',
				type: 'string',
				default: restBaseUrl,
				description: 'Another host of the provider, where the usual one is blocked',
				displayOptions,
			},
			{
				displayName: 'Stream Address',
				name: 'streamBaseUrl',
				type: 'string',
				default: streamBaseUrl,
				description: 'Another host of the provider, where the usual one is blocked',
				displayOptions,
			},
		] satisfies INodeProperties[];
	});
}
