import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

const displayOptions = { show: { source: ['alpaca'] } };
const polled = { show: { source: ['alpaca'], delivery: ['poll'] } };

const INTERVALS: readonly INodePropertyOptions[] = [
	['1m', '1 Minute'],
	['3m', '3 Minutes'],
	['5m', '5 Minutes'],
	['15m', '15 Minutes'],
	['30m', '30 Minutes'],
	['1h', '1 Hour'],
	['2h', '2 Hours'],
	['4h', '4 Hours'],
	['1d', '1 Day'],
].map(([value, name]) => ({ name: name ?? '', value: value ?? '' }));

/** What is received from Alpaca, and how. */
export function alpacaFields(): INodeProperties[] {
	return [
		{
			displayName: 'Feed',
			name: 'feed',
			type: 'options',
			noDataExpression: true,
			options: [
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
				{
					name: 'Test',
					value: 'test',
					description: 'The made-up stock FAKEPACA, which trades day and night; by stream only',
				},
			],
			default: 'iex',
			displayOptions,
		},
		{
			displayName: 'Symbols',
			name: 'symbols',
			type: 'string',
			typeOptions: { rows: 2 },
			default: 'AAPL, MSFT',
			placeholder: 'e.g. AAPL, BRK.B',
			description:
				'Separated by commas or line breaks: stocks such as AAPL, BRK.B; with Feed: Crypto pairs such as BTC/USD',
			displayOptions,
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
			description: 'How long a candle is; other ones than 1 minute are polled',
			displayOptions: { show: { source: ['alpaca'], receive: ['candles'] } },
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
					description: 'Asked for again and again, all symbols in one call',
				},
				{
					name: 'Stream',
					value: 'stream',
					description: 'Sent to us as it happens, over one connection that all triggers share',
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
			default: ALPACA_BUDGET,
			description: 'What these settings cost; worked out, not a setting',
			displayOptions: polled,
			disabledOptions: polled,
		},
	];
}

/** In the editor's language what `alpacaCallsPerRound` of the core says; a test holds the two together. */
const SYMBOLS =
	'String($parameter["symbols"]).split(/[,\\n]/).filter(part => part.trim() !== "").length';
const EVERY = 'String($parameter["pollEvery"]).trim()';
const SECONDS = `(parseFloat(${EVERY}) * ({ ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 })[${EVERY}.replace(/[^a-z]/g, "")])`;
const CALLS = `Math.ceil(${SYMBOLS} / 200)`;
export const ALPACA_BUDGET = `={{ $parameter["receive"] === "trades" ? "Trades can't be polled; choose Stream." : ${SYMBOLS} + " symbols every " + ${EVERY} + " = " + Math.round(${CALLS} * 3600 / ${SECONDS}) + " calls an hour, " + Math.ceil(${CALLS} * 60 / ${SECONDS}) + " a minute; Alpaca allows 200 per key with the free plan" }}`;
