import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { budgetField } from '../budget';
import { ALL_KINDS, FUNDAMENTALS } from '../eventsOf';
import {
	deliveryField,
	intervalField,
	pollEveryField,
	receiveField,
	silentAfterOption,
	symbolsField,
} from '../liveFields';
import type { SourceFace } from '../SourceFace';

const FEEDS: readonly INodePropertyOptions[] = [
	{ name: 'Crypto', value: 'crypto', description: 'Pairs such as BTC/USD; free' },
	{
		name: 'IEX',
		value: 'iex',
		description: 'US stocks as one exchange sees them, a few percent of all trades; free',
	},
	{
		name: 'SIP',
		value: 'sip',
		description: 'US stocks on all exchanges; Algo Trader Plus only',
	},
	{
		name: 'SIP Delayed',
		value: 'delayed_sip',
		description: 'US stocks on all exchanges, 15 minutes late',
	},
];
const TEST_FEED: INodePropertyOptions = {
	name: 'Test',
	value: 'test',
	description: 'The made-up stock FAKEPACA, which trades day and night; by stream only',
};
const INTERVALS = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '1d'];

const feedField = (options: INodePropertyOptions[]): INodeProperties => ({
	displayName: 'Feed',
	name: 'feed',
	type: 'options',
	noDataExpression: true,
	options,
	default: 'iex',
});

export const alpaca: SourceFace = {
	value: 'alpaca',
	name: 'Alpaca',
	description: 'US stocks and crypto; a free account is enough',
	credential: { name: 'marketAlertsAlpacaApi', required: true },
	fields: () => ({
		market: [
			feedField([...FEEDS, TEST_FEED]),
			symbolsField(
				'AAPL, MSFT',
				'AAPL, BRK.B',
				'Separated by commas or line breaks: stocks such as AAPL, BRK.B; with Feed: Crypto pairs such as BTC/USD',
			),
		],
		receive: [
			receiveField([
				{
					name: 'Candles',
					value: 'candles',
					description:
						'Each candle once, when it has closed; of a minute without trades there is none',
				},
				{
					name: 'Quotes',
					value: 'quotes',
					description: 'Price, bid and ask, the change since yesterday and the figures of the day',
				},
				{
					name: 'Trades',
					value: 'trades',
					description: 'Every trade of the feed',
				},
			]),
			intervalField(INTERVALS, '1m', 'How long a candle is; other ones than 1 minute are polled'),
		],
		delivery: [
			deliveryField({
				poll: 'Asked for again and again, all symbols in one call',
				stream: 'Sent to us as it happens, over one connection that all triggers share',
			}),
			pollEveryField(),
			budgetField({ show: { delivery: ['poll'] } }),
		],
	}),
	options: () => [silentAfterOption()],
	load: async () => (await import('./read')).readAlpaca,
	events: { kinds: ALL_KINDS, without: FUNDAMENTALS },
	requests: {
		description: 'US stocks and crypto; a free account is enough',
		symbol: 'AAPL',
		symbolsDescription:
			'One or more, separated by commas or line breaks: stocks such as AAPL, BRK.B; with Feed: Crypto pairs such as BTC/USD',
		intervals: INTERVALS,
		market: () => [feedField([...FEEDS])],
		options: () => [],
		load: async () => (await import('./requests')).openAlpacaRequests,
	},
};
