import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { CUSTOM } from './customFields';
import { PAIR_SOURCES, pairFields, pairOptions } from './pairFields';
import { EVERY, IS_QUOTES, SECONDS, SYMBOLS } from './requestBudget';

/** Sources that go on for ever, reach over the network, and want no key. */
const LIVE = ['binance', ...PAIR_SOURCES];
const BINANCE = ['binance'];
const displayOptions = { show: { source: LIVE } };
const polled = { show: { source: LIVE, delivery: ['poll'] } };
const polledBinance = { show: { source: BINANCE, delivery: ['poll'] } };

const INTERVALS: readonly INodePropertyOptions[] = [
	['1s', '1 Second'],
	['1m', '1 Minute'],
	['3m', '3 Minutes'],
	['5m', '5 Minutes'],
	['15m', '15 Minutes'],
	['30m', '30 Minutes'],
	['1h', '1 Hour'],
	['2h', '2 Hours'],
	['4h', '4 Hours'],
	['6h', '6 Hours'],
	['8h', '8 Hours'],
	['12h', '12 Hours'],
	['1d', '1 Day'],
	['3d', '3 Days'],
	['1w', '1 Week'],
].map(([value, name]) => ({ name: name ?? '', value: value ?? '' }));

/** What is received from a live source, and how. */
export function liveFields(): INodeProperties[] {
	return [
		{
			displayName: 'Symbols',
			name: 'symbols',
			type: 'string',
			typeOptions: { rows: 2 },
			default: 'BTC/USDT, ETH/USDT',
			placeholder: 'e.g. BTC/USDT, ETH/USDT',
			description: 'Pairs, separated by commas or line breaks; BTCUSDT works as well',
			displayOptions: { show: { source: BINANCE } },
		},
		{
			displayName: 'Receive',
			name: 'receive',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Candles',
					value: 'candles',
					description: 'Each candle once, when it has closed',
				},
				{
					name: 'Quotes',
					value: 'quotes',
					description: 'Price, bid and ask, change and volume of 24 hours; about one a second',
				},
				{
					name: 'Running Candles',
					value: 'runningCandles',
					description: 'Each change of the running candle as well, about every 2 seconds',
				},
				{
					name: 'Trades',
					value: 'trades',
					description: 'Every trade; up to hundreds a second',
				},
			],
			default: 'quotes',
			displayOptions,
		},
		{
			displayName: 'Interval',
			name: 'interval',
			type: 'options',
			noDataExpression: true,
			options: [...INTERVALS],
			default: '1m',
			description: 'How long a candle is; days and weeks begin at midnight UTC',
			displayOptions: { show: { source: BINANCE, receive: ['candles', 'runningCandles'] } },
		},
		{
			displayName: 'Delivery',
			name: 'delivery',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Poll',
					value: 'poll',
					description: 'Asked for again and again',
				},
				{
					name: 'Stream',
					value: 'stream',
					description: 'Sent to us as it happens; costs no requests',
				},
			],
			default: 'stream',
			displayOptions,
		},
		{
			displayName: 'Poll Every',
			name: 'pollEvery',
			type: 'string',
			default: '15s',
			placeholder: 'e.g. 15s',
			description: 'Time between two rounds: 5s, 1m, 1h',
			displayOptions: polled,
		},
		{
			displayName: 'Request Budget',
			name: 'requestBudget',
			type: 'string',
			default: REQUEST_BUDGET,
			description: 'What these settings cost; worked out, not a setting',
			displayOptions: polledBinance,
			disabledOptions: polledBinance,
		},
		...pairFields(INTERVALS),
	];
}

/** Under Options. The defaults are those of the core, which isn't loaded for a list of fields; a test holds them together. */
export function liveOptions(): INodeProperties[] {
	const ofBinance = { show: { '/source': BINANCE } };
	return [
		{
			displayName: 'Limit per Minute',
			name: 'limitPerMinute',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 6000,
			description:
				'Request weight the provider allows per minute. Lower it where other programs use the same IP address.',
			displayOptions: ofBinance,
		},
		{
			displayName: 'REST Address',
			name: 'restBaseUrl',
			type: 'string',
			default: 'https://data-api.binance.vision',
			description: 'Another host of the provider, where the usual one is blocked',
			displayOptions: ofBinance,
		},
		{
			displayName: 'Silent After',
			name: 'silentAfter',
			type: 'string',
			default: '5m',
			description: 'A symbol without any event for that long is reported on the Feed output',
			displayOptions: { show: { '/source': ['alpaca', ...LIVE, ...CUSTOM] } },
		},
		{
			displayName: 'Stream Address',
			name: 'streamBaseUrl',
			type: 'string',
			default: 'wss://data-stream.binance.vision',
			description: 'Another host of the provider, where the usual one is blocked',
			displayOptions: ofBinance,
		},
		...pairOptions(),
	];
}

/**
 * The cost in words, worked out in the editor. It repeats `pollCost` of the core in the language of n8n's
 * expressions; a test holds the two together.
 */
const ALL_AT_ONCE = `(${SYMBOLS} > 780)`;
const CALLS = `(${IS_QUOTES} ? (${ALL_AT_ONCE} ? 1 : Math.ceil(${SYMBOLS} / 20)) : ${SYMBOLS})`;
const WEIGHT = `(${IS_QUOTES} && ${ALL_AT_ONCE} ? 80 : 2)`;
export const REQUEST_BUDGET = `={{ $parameter["receive"] === "trades" ? "Trades can't be polled; choose Stream." : ${SYMBOLS} + " symbols every " + ${EVERY} + " = " + Math.round(${CALLS} * 3600 / ${SECONDS}) + " calls an hour of weight " + ${WEIGHT} + ", " + Math.ceil(${CALLS} * ${WEIGHT} * 60 / ${SECONDS}) + " weight a minute; Binance allows 6000 per IP address" }}`;
