import { checkRule, compileRule, describeRule } from '../../../core/rules';

const rule = (more: object = {}, ...all: object[]) =>
	compileRule({
		version: 1,
		id: 'r',
		name: 'r',
		symbols: ['SHOP'],
		conditions: { all: all.length === 0 ? [under60] : all },
		...more,
	});
const under60 = { fact: 'price', operator: 'lessThan', value: 60 };
const oversold = {
	fact: 'rsi',
	params: { period: 14, interval: '5m' },
	operator: 'lessThan',
	value: 30,
};

describe('describeRule', () => {
	it.each<[string, ReturnType<typeof rule>]>([
		[
			'Alerts on SHOP when price is less than 60 and RSI(14) on 5-minute candles is less than 30 for 30 s; at most once an hour; New York regular session.',
			rule({ holdFor: '30s', cooldown: '1h', schedule: { session: 'regular' } }, under60, oversold),
		],
		[
			'Alerts on SHOP when volume is greater than 3 × average volume(20) on 5-minute candles and 0.9 × orders is less than 60.',
			rule(
				{},
				{
					fact: 'volume',
					operator: 'greaterThan',
					value: { fact: 'averageVolume', params: { period: 20, interval: '5m', times: 3 } },
				},
				{ ...under60, fact: 'orders', params: { times: 0.9 } },
			),
		],
		['Alerts on any symbol when price is less than 60.', rule({ symbols: ['*'] })],
		[
			'Alerts on SHOP or AAPL when price is less than 60; over when price is greater than 62.',
			rule({
				symbols: ['SHOP', 'AAPL'],
				resetWhen: { all: [{ ...under60, operator: 'greaterThan', value: 62 }] },
			}),
		],
		[
			'Alerts once on A, B, C, D, E and 2 more when price is less than 60.',
			rule({ fire: 'once', symbols: ['A', 'B', 'C', 'D', 'E', 'F', 'G'] }),
		],
		[
			'Alerts at the close of each 5-minute candle on SHOP when close on 5-minute candles crosses above EMA(20) on 5-minute candles.',
			rule(
				{ fire: 'onCandleClose', interval: '5m' },
				{
					fact: 'price',
					operator: 'crossesAbove',
					value: { fact: 'ema', params: { period: 20 } },
				},
			),
		],
		[
			'Alerts on SHOP when (P/E ratio is less than 20 or not (52-week high is between 60 and 70)) and change in percent of SPY is greater than 0.',
			rule(
				{},
				{
					any: [
						{ fact: 'peRatio', operator: 'lessThan', value: 20 },
						{ not: { fact: 'week52High', operator: 'between', value: [60, 70] } },
					],
				},
				{
					fact: 'changePercent',
					params: { symbol: 'SPY' },
					operator: 'greaterThan',
					value: 0,
				},
			),
		],
		[
			"Alerts on SHOP when move in percent over 15 min is at most -5; over when that hasn't held for 10 min; reminds every 1 h; at most 3 a day; at most 9 in all; tells when it's over.",
			rule(
				{
					keepFiringFor: '10m',
					remindEvery: '1h',
					maxPerDay: 3,
					maxAlerts: 9,
					notifyResolved: true,
				},
				{
					fact: 'movePercent',
					params: { over: '15m' },
					operator: 'lessThanInclusive',
					value: -5,
				},
			),
		],
		[
			'Alerts at every event on SHOP when price is within 1 % of highest price of the last 20 daily candles; at most once in 90 seconds.',
			rule(
				{ fire: 'everyMatch', cooldown: '90s' },
				{
					fact: 'price',
					operator: 'within',
					value: {
						percent: 1,
						of: { fact: 'highest', params: { last: 20, interval: '1d' } },
					},
				},
			),
		],
		['Alerts on SHOP when price is less than 60; Sunday.', rule({ schedule: { days: ['sun'] } })],
		[
			'Alerts on SHOP when close on daily candles is less than 60 at 3 daily candles in a row.',
			rule({ holdFor: '3 candles', interval: '1d' }),
		],
		[
			'Alerts on SHOP when price is less than 60 at 2 candles in a row.',
			rule({ holdFor: '2candles' }),
		],
		[
			'Alerts on SHOP when price is less than 60; Tuesday, Wednesday and Saturday.',
			rule({ schedule: { days: ['tue', 'wed', 'sat'] } }),
		],
		[
			'Alerts on SHOP when headline matches "*split*" and desk is one of tech, retail and time of day in New York is between 09:30 and 16:00; Monday and Friday, 22:00 to 02:00, Berlin time, until 2027-01-01T00:00:00Z.',
			rule(
				{
					schedule: {
						days: ['mon', 'fri'],
						times: [{ from: '22:00', to: '02:00' }],
						timezone: 'Europe/Berlin',
						until: '2027-01-01T00:00:00Z',
					},
				},
				{ fact: 'headline', operator: 'matches', value: '*split*' },
				{ fact: 'desk', operator: 'in', value: ['tech', 'retail'] },
				{
					fact: 'timeOfDay',
					params: { timezone: 'America/New_York' },
					operator: 'betweenTimes',
					value: ['09:30', '16:00'],
				},
			),
		],
	])('%s', (sentence, compiled) => {
		expect(describeRule(compiled)).toBe(sentence);
	});
});

describe('checkRule', () => {
	it.each<[string, ReturnType<typeof rule>, RegExp]>([
		[
			'a fact that is nearly one of ours',
			rule({}, { ...under60, fact: 'peRato' }),
			/^"peRato" is read from a field of that name\. Did you mean the fact "peRatio"\?$/,
		],
		[
			'a window that says neither how long nor how many',
			rule({}, { ...under60, value: { fact: 'lowest' } }),
			/^"lowest" has no parameters, so it's read from a field of that name; give it "params" such as \{"over": "15m"\} or \{"last": 20\}/,
		],
		[
			'a fact of the day without its candles',
			rule({}, { ...under60, fact: 'vwap' }),
			/^"vwap" has no parameters.* such as \{"interval": "5m"\} to have it worked out\.$/,
		],
		[
			'comparisons that cannot hold together',
			rule({}, under60, { ...under60, operator: 'greaterThan', value: 60 }),
			/^The comparisons of price can't hold together/,
		],
		[
			'a number that is two at once',
			rule({}, { ...under60, operator: 'equal' }, { ...under60, operator: 'equal', value: 61 }),
			/can't hold together/,
		],
		[
			'the same in a group within',
			rule({}, { any: [{ all: [under60, { ...under60, operator: 'equal' }] }, oversold] }),
			/can't hold together/,
		],
		[
			'a level that is never reached',
			rule({}, { ...oversold, value: 130 }),
			/^RSI\(14\) on 5-minute candles lies between 0 and 100; 130 is beyond it\.$/,
		],
		[
			'an alert at every event',
			rule({ fire: 'everyMatch' }),
			/^Every event for which it holds tells an alert; set a cooldown/,
		],
		[
			'a cooldown shorter than the candle',
			rule({ fire: 'oncePerCandle', interval: '5m', cooldown: '1m' }),
			/^A cooldown of 1m is shorter than its 5-minute candles/,
		],
	])('warns of %s', (_, compiled, warning) => {
		expect(checkRule(compiled)).toEqual([expect.stringMatching(warning)]);
	});

	it.each<[string, ReturnType<typeof rule>]>([
		['an ordinary rule', rule({}, under60, oversold)],
		['a range', rule({}, { ...under60, operator: 'greaterThan', value: 50 }, under60)],
		[
			'a range whose ends meet',
			rule(
				{},
				{ ...under60, operator: 'lessThanInclusive' },
				{ ...under60, operator: 'greaterThanInclusive' },
			),
		],
		[
			'either of two',
			rule({}, { any: [under60, { ...under60, operator: 'greaterThan', value: 70 }] }),
		],
		['a column of another name', rule({}, { ...under60, fact: 'warehouse.level' })],
		[
			"a fact of the day on the rule's candles",
			rule({ interval: '5m' }, { ...under60, fact: 'vwap' }),
		],
	])('has nothing against %s', (_, compiled) => {
		expect(checkRule(compiled)).toEqual([]);
	});
});
