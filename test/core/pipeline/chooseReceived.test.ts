import { checkOffered, chooseReceived } from '../../../core/pipeline';
import { compileRule } from '../../../core/rules';

const rule = (conditions: readonly object[], more: object = {}) =>
	compileRule({ version: 1, id: 'r', name: 'r', conditions: { all: conditions }, ...more });
const leaf = (fact: string, more: object = {}) => ({
	fact,
	operator: 'lessThan',
	value: 60,
	...more,
});
const price = rule([leaf('price')]);
const rsi = { params: { period: 14, interval: '5m' } };

describe('chooseReceived', () => {
	it.each([
		['trades for the price', [price], 'trade, quote'],
		['quotes for what only quotes have', [rule([leaf('bid')])], 'quote'],
		['quotes for the figures of the day', [rule([leaf('high')])], 'quote'],
		['quotes for fundamentals', [rule([leaf('marketCap')])], 'quote'],
		['trades for what only trades have', [rule([leaf('size')])], 'trade'],
		['trades for candles of their own', [rule([leaf('rsi', rsi)])], 'trade, quote'],
		[
			'quotes where a rule includes what only they have',
			[rule([leaf('price')], { include: ['peRatio'] })],
			'quote, trade',
		],
		[
			'closed candles where all rules are judged at their close',
			[
				rule([leaf('close')], { fire: 'onCandleClose', interval: '5m' }),
				rule([leaf('rsi', rsi)], { holdFor: '3 candles', interval: '5m' }),
			],
			'candle 5m, trade, quote',
		],
		[
			'trades where candles are of two lengths',
			[
				rule([leaf('close')], { fire: 'onCandleClose', interval: '5m' }),
				rule([leaf('close')], { fire: 'onCandleClose', interval: '1h' }),
			],
			'trade, quote',
		],
		[
			'trades where one rule looks at every event',
			[price, rule([leaf('close')], { fire: 'onCandleClose', interval: '5m' })],
			'trade, quote',
		],
	])('%s', (_, rules, expected) => {
		const wanted = chooseReceived(rules).map(({ kind, interval }) =>
			interval === undefined ? kind : `${kind} ${interval}`,
		);
		expect(wanted.join(', ')).toBe(expected);
	});

	it('refuses rules that one kind of events cannot serve, naming them', () => {
		const bid = compileRule({
			version: 1,
			id: 'b',
			name: 'b',
			conditions: { all: [leaf('bid')] },
		});
		expect(() => chooseReceived([rule([leaf('size')]), bid])).toThrow(
			'One trigger receives one kind of events, and rule "r" asks for trade size of trades, rule "b" asks for bid of quotes. Use a trigger for each.',
		);
	});

	it('refuses the close of a candle of no length', () => {
		expect(() => chooseReceived([rule([leaf('close')])])).toThrow(
			`Rule "r" asks for the close of a candle and doesn't say how long the candle is; set its Candle Interval.`,
		);
	});

	it('refuses what the source does not give', () => {
		expect(() => checkOffered([rule([leaf('size')])], ['quote'])).toThrow(
			'Rule "r" asks for trade size, which only trades carry; this source gives quotes. Choose another source, or remove the condition.',
		);
	});
});
