import { budgetField } from '../budget';
import {
	deliveryField,
	pollEveryField,
	receiveField,
	silentAfterOption,
	symbolsField,
} from '../liveFields';
import type { SourceFace } from '../SourceFace';

export const finnhub: SourceFace = {
	value: 'finnhub',
	name: 'Finnhub',
	description: 'US stocks with fundamentals, crypto and forex; a free key is enough',
	credential: { name: 'marketAlertsFinnhubApi', required: true },
	fields: () => ({
		market: [
			symbolsField(
				'AAPL, MSFT',
				'AAPL, BINANCE:BTCUSDT',
				'Separated by commas or line breaks: stocks such as AAPL, BRK.B; pairs with their venue, such as BINANCE:BTCUSDT, OANDA:EUR_USD',
			),
		],
		receive: [
			receiveField([
				{
					name: 'Quotes',
					value: 'quotes',
					description:
						'Price, change and the figures of the day, with P/E, market value and the 52 weeks’ range of US stocks; polled',
				},
				{
					name: 'Trades',
					value: 'trades',
					description: 'Every trade; by stream',
				},
			]),
		],
		delivery: [
			{
				...deliveryField({
					poll: 'Quotes, asked for again and again, one call for each symbol',
					stream: 'Trades, as they happen, over one connection that all triggers share',
				}),
				default: 'poll',
			},
			pollEveryField(),
			budgetField(),
		],
	}),
	options: () => [silentAfterOption()],
	load: async () => (await import('./read')).readFinnhub,
	events: {
		kinds: ['trade', 'quote'],
		without: ['bid', 'ask', 'spread', 'spreadPercent', 'volume'],
	},
	requests: {
		description: 'US stocks with fundamentals, crypto and forex; quotes, search and status',
		symbol: 'AAPL',
		symbolsDescription:
			'One or more, separated by commas or line breaks: stocks such as AAPL, BRK.B; pairs with their venue, such as BINANCE:BTCUSDT, OANDA:EUR_USD',
		// Free keys have none.
		intervals: [],
		market: () => [],
		options: () => [],
		load: async () => (await import('./requests')).openFinnhubRequests,
	},
};
