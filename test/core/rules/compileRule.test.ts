import { compileRule, ruleDocumentSchema } from '../../../core/rules';

const price = { fact: 'price', operator: 'lessThan', value: 60 };
const rule = (more: object = {}) => ({
	version: 1,
	id: 'shop',
	name: 'shop-cheap',
	conditions: { all: [price] },
	...more,
});
const conditions = (...all: unknown[]) => rule({ conditions: { all } });

describe('compileRule', () => {
	it('fills in what a document leaves out', () => {
		const { document, symbols, cooldownMs, hasEdge } = compileRule(rule());
		expect(document).toMatchObject({ fire: 'onChange', severity: 'info', labels: {}, deliver: [] });
		expect([symbols, cooldownMs, hasEdge]).toEqual([undefined, 0, false]);
	});

	it.each([
		[['SHOP', ' btc/usd '], new Set(['SHOP', 'BTC/USD'])],
		[['*'], undefined],
		[['SHOP', '*'], undefined],
	])('watches %j', (symbols, watched) => {
		expect(compileRule(rule({ symbols })).symbols).toEqual(watched);
	});

	it.each<[string, unknown, string]>([
		['a rule that is none', [], 'A rule is an object; this is [].'],
		[
			'no conditions',
			rule({ conditions: undefined }),
			'conditions begin with nothing; use {"all": […]}',
		],
		[
			'a condition at the top',
			rule({ conditions: price }),
			'conditions begin with {"fact":"price"',
		],
		[
			'an empty group',
			rule({ conditions: { any: [] } }),
			'conditions.any is empty, so it would always hold',
		],
		[
			'two groups at once',
			rule({ conditions: { all: [price], any: [price] } }),
			'has both "all" and "any"',
		],
		[
			'a group that is no list',
			rule({ conditions: { all: price } }),
			'conditions.all is {"fact":"price"',
		],
		[
			'a condition that is text',
			conditions('price < 60'),
			'conditions.all[0] is "price < 60"; a condition is an object.',
		],
		[
			'an operator typed wrong',
			conditions({ ...price, operator: 'lesThan' }),
			'conditions.all[0]: "lesThan" is not an operator. Did you mean "lessThan"?',
		],
		[
			'a decorator typed wrong',
			conditions({ ...price, operator: 'evryFact:lessThan' }),
			'"evryFact" is not an operator decorator. Did you mean "everyFact"?',
		],
		[
			'an edge with a decorator',
			conditions({ ...price, operator: 'not:crossesAbove' }),
			'"crossesAbove" takes no decorator ("not")',
		],
		[
			'no operator',
			conditions({ fact: 'price', value: 1 }),
			'conditions.all[0].operator is nothing; name one such as "lessThan".',
		],
		[
			'no fact',
			conditions({ operator: 'lessThan', value: 1 }),
			'no "fact" in {"operator":"lessThan","value":1}',
		],
		[
			'no value',
			conditions({ fact: 'price', operator: 'lessThan' }),
			'fact "price" is compared with nothing; add a "value".',
		],
		[
			'a value that is no number',
			conditions({ ...price, value: 'seventy' }),
			'fact "price" is compared with "seventy"; use a number such as 70.',
		],
		[
			'a list where none is',
			conditions({ ...price, operator: 'in' }),
			'fact "price" is compared with 60; use a list such as ["AAPL", "MSFT"].',
		],
		[
			'a list of values where none is',
			conditions({ ...price, operator: 'not:everyValue:lessThan' }),
			'fact "price" is compared with 60; use a list such as ["AAPL", "MSFT"].',
		],
		[
			'a list where swapped sides look into one',
			conditions({ ...price, operator: 'swap:someFact:equal', value: 'AAPL' }),
			'fact "price" is compared with "AAPL"; use a list',
		],
		[
			'a swapped value that is no number',
			conditions({ ...price, operator: 'not:swap:lessThan', value: 'seventy' }),
			'fact "price" is compared with "seventy"; use a number such as 70.',
		],
		[
			'a range with one end',
			conditions({ ...price, operator: 'between', value: [50] }),
			'fact "price" is compared with [50]; use two numbers, the lower one first, such as [50, 60].',
		],
		[
			'a range the wrong way round',
			conditions({ ...price, operator: 'outside', value: [60, 50] }),
			'fact "price" is compared with [60,50]; use two numbers',
		],
		[
			'an unknown named condition',
			rule({ conditions: { condition: 'cheep' }, namedConditions: { cheap: { all: [price] } } }),
			'there\'s no named condition "cheep"; there are "cheap". Did you mean "cheap"?',
		],
		[
			'a named condition in itself',
			rule({
				conditions: { condition: 'a' },
				namedConditions: { a: { all: [{ condition: 'a' }] } },
			}),
			'named condition "a" contains itself',
		],
		[
			'a part that comes later',
			rule({ grouping: ['symbol'] }),
			'"grouping" isn\'t supported in this release; remove it.',
		],
		[
			'to hold for a time on a crossing',
			rule({
				holdFor: '30s',
				conditions: { all: [{ ...price, operator: 'crossesBelow' }] },
			}),
			'"holdFor" can\'t be kept, for a crossing is over with its event.',
		],
		[
			'to resolve a crossing',
			rule({
				notifyResolved: true,
				conditions: { all: [{ ...price, operator: 'crossesBelow' }] },
			}),
			'"notifyResolved" can\'t be kept, for a crossing is over with its event.',
		],
		[
			'to resolve every match',
			rule({ notifyResolved: true, fire: 'everyMatch' }),
			'"notifyResolved" can\'t be kept, for with "fire": "everyMatch" each event stands for itself.',
		],
		['no alert a day at all', rule({ maxPerDay: 0 }), '"maxPerDay" is 0; '],
		[
			'a part that is none',
			rule({ cooldwn: '1h' }),
			'"cooldwn" is not a part of a rule. Did you mean "cooldown"?',
		],
		[
			'a wrong fire',
			rule({ fire: 'sometimes' }),
			'"fire" is "sometimes"; expected one of "onChange"|"everyMatch"|"once"|"oncePerCandle"|"onCandleClose".',
		],
		[
			'a wrong cooldown',
			rule({ cooldown: 'an hour' }),
			'"cooldown" is "an hour"; use a duration such as "30s"',
		],
		['another version', rule({ version: 2 }), '"version" is 2; expected 1.'],
		[
			'a parameter the fact has not',
			conditions({ ...price, fact: 'rsi', params: { perod: 14 } }),
			'conditions.all[0]: fact "rsi" takes no parameter "perod". Did you mean "period"? It takes period, interval, candle, symbol, times.',
		],
		[
			"a parameter of a column of one's own",
			conditions({ ...price, fact: 'stock', params: { period: 14 } }),
			'fact "stock" takes no parameter "period". It takes symbol, times.',
		],
		[
			'a factor of 0',
			conditions({ ...price, params: { times: 0 } }),
			'parameter "times" of "price" is 0; use a number from 0.000001 to 1000000.',
		],
		[
			'a factor that is text',
			conditions({ ...price, fact: 'order.total', params: { times: '3' } }),
			'parameter "times" of "order.total" is "3"; use a number from 0.000001 to 1000000.',
		],
		[
			'a factor of what is no number',
			conditions({ ...price, fact: 'weekday', params: { times: 3 } }),
			'fact "weekday" takes no parameter "times".',
		],
		[
			'a factor beside a span of neither time nor candles',
			conditions({ ...price, fact: 'highest', params: { times: 3, symbol: 'SPY' } }),
			'fact "highest" needs "over", such as "15m", or "last", such as 20.',
		],
		[
			'a period that is none',
			conditions({ ...price, fact: 'rsi', params: { period: 1.5 } }),
			'parameter "period" of "rsi" is 1.5; use a whole number from 1 to 1000.',
		],
		[
			'an interval that is none',
			conditions({ ...price, fact: 'rsi', params: { interval: '5 minutes' } }),
			'parameter "interval" of "rsi" is "5 minutes"; use a duration such as "5m" or "1h".',
		],
		[
			'a choice that is none',
			conditions({ ...price, fact: 'rsi', params: { candle: 'open' } }),
			'parameter "candle" of "rsi" is "open"; use one of "closed", "running".',
		],
		[
			'a time zone that is none',
			conditions({
				fact: 'weekday',
				operator: 'equal',
				value: 'mon',
				params: { timezone: 'EST5' },
			}),
			'parameter "timezone" of "weekday" is "EST5"; use an IANA name such as "America/New_York".',
		],
		[
			'a span of time and of candles at once',
			conditions({ ...price, fact: 'movePercent', params: { over: '15m', last: 3 } }),
			'fact "movePercent" has both "over" and "last"',
		],
		[
			'a window without a span',
			conditions({ ...price, fact: 'movePercent', params: { symbol: 'SPY' } }),
			'fact "movePercent" needs "over", such as "15m", or "last", such as 20.',
		],
		[
			'a VWAP of candles under a minute',
			conditions({ ...price, fact: 'vwap', params: { interval: '1s' } }),
			'parameter "interval" of "vwap" is "1s"; use at least "1m".',
		],
		[
			'a parameter of the fact on the right side',
			conditions({ ...price, value: { fact: 'sma', params: { length: 3 } } }),
			'conditions.all[0].value: fact "sma" takes no parameter "length".',
		],
		[
			'a parameter of an included fact',
			rule({ include: [{ fact: 'sma', params: { length: 3 } }] }),
			'include[0]: fact "sma" takes no parameter "length".',
		],
		[
			'within without how far',
			conditions({ ...price, operator: 'within' }),
			'"within" wants how far and of what, such as {"percent": 1, "of": 60}.',
		],
		[
			'times that are none',
			conditions({ fact: 'timeOfDay', operator: 'betweenTimes', value: ['9:30', '16:00'] }),
			'use two times of day such as ["09:30", "16:00"].',
		],
		[
			'dates the wrong way round',
			conditions({ fact: 'date', operator: 'betweenDates', value: ['2026-12-31', '2026-01-01'] }),
			'use two dates, the earlier one first',
		],
		[
			'a pattern that is none',
			conditions({ fact: 'headline', operator: 'matches', value: 5 }),
			'use a text such as "*split*"',
		],
		[
			'a list decorator on an operator of ours',
			conditions({ ...price, operator: 'everyFact:between', value: [1, 2] }),
			'"between" takes no decorator but "not" ("everyFact").',
		],
		[
			'a crossing that says when an alert is over',
			rule({ resetWhen: { all: [{ ...price, operator: 'crossesAbove' }] } }),
			'resetWhen.all[0]: "crossesAbove" is over with its event',
		],
		[
			'a reset where each event stands for itself',
			rule({ fire: 'everyMatch', resetWhen: { all: [price] } }),
			'"resetWhen" can\'t be kept, for with "fire": "everyMatch" each event stands for itself.',
		],
		[
			'reminders of a crossing',
			rule({
				remindEvery: '1h',
				conditions: { all: [{ ...price, operator: 'crossesBelow' }] },
			}),
			'"remindEvery" can\'t be kept, for a crossing is over with its event.',
		],
		[
			'a schedule of an unknown zone',
			rule({ schedule: { timezone: 'Mars' } }),
			'"schedule.timezone" is "Mars"; use an IANA name',
		],
		[
			'a schedule of an unknown session',
			rule({ schedule: { session: 'lunch' } }),
			'"schedule.session" is "lunch"; use one or several of "pre", "regular", "post", "closed"',
		],
		[
			'a part of a schedule typed wrong',
			rule({ schedule: { sesion: 'regular' } }),
			'"schedule.sesion" is not a part of a rule. Did you mean "session"?',
		],
		[
			'a window of a schedule typed wrong',
			rule({ schedule: { times: [{ from: '09:30', til: '16:00' }] } }),
			'"schedule.times.0.to" is nothing',
		],
		[
			'a priority that is none',
			conditions({ ...price, priority: 'high' }),
			'conditions.all[0].priority is "high"; use a whole number from 1 on.',
		],
		[
			'parameters on the right that are none',
			conditions({ ...price, value: { fact: 'sma', params: 20 } }),
			'conditions.all[0].value.params is 20; use an object.',
		],
		[
			'a path on the right that is none',
			conditions({ ...price, value: { fact: 'order', path: {} } }),
			'conditions.all[0].value.path is {}; use a JSONPath such as "$.total".',
		],
		[
			'parameters of a fact to carry that are none',
			rule({ include: [{ fact: 'sma', params: [20] }] }),
			'include[0].params is [20]; use an object.',
		],
		[
			'a duration that is a number',
			rule({ cooldown: 60 }),
			'"cooldown" is 60; use a duration such as "30s", "5m", "1h" or "1d".',
		],
		[
			'a list of no symbols',
			rule({ symbols: [] }),
			'"symbols" is []; name at least one, or leave "symbols" out to watch every symbol.',
		],
		[
			'no candle to hold at',
			rule({ holdFor: '0 candles' }),
			'"holdFor" is "0 candles"; use a duration such as "30s" or "5m", or candles, up to 999, such as "3 candles".',
		],
		['half a candle', rule({ holdFor: '1.5 candles' }), '"holdFor" is "1.5 candles"; '],
		['too many candles', rule({ holdFor: '1000 candles' }), '"holdFor" is "1000 candles"; '],
		[
			'a number of candles where an edge is over at once',
			rule({
				holdFor: '3 candles',
				conditions: { all: [{ ...price, operator: 'crossesBelow' }] },
			}),
			'"holdFor" can\'t be kept, for a crossing is over with its event.',
		],
		[
			'a number of candles where each stands for itself',
			rule({ holdFor: '3 candles', fire: 'onCandleClose' }),
			'"holdFor" can\'t be kept, for with "fire": "onCandleClose" each event stands for itself.',
		],
		['candles where time is meant', rule({ cooldown: '3 candles' }), '"cooldown" is "3 candles"; '],
		[
			'half an alert',
			rule({ maxAlerts: 0.5 }),
			'"maxAlerts" is 0.5; use a whole number from 1 on.',
		],
		['no alert a day', rule({ maxPerDay: 0 }), '"maxPerDay" is 0; use a whole number from 1 on.'],
		[
			'candles of no length',
			rule({ interval: '0m', fire: 'onCandleClose' }),
			'"interval" is "0m"; use a duration above 0',
		],
		[
			"candles of the rule's that are too short for a fact of the day",
			rule({
				interval: '10s',
				conditions: { all: [{ fact: 'vwap', operator: 'lessThan', value: 60 }] },
			}),
			'fact "vwap" needs candles of at least "1m", and the rule\'s "interval" is "10s"',
		],
		[
			'an end without a time zone',
			rule({ schedule: { until: '2027-01-01' } }),
			'"schedule.until" is "2027-01-01"; use ISO 8601 with a time zone',
		],
	])('refuses %s', (_, document, message) => {
		expect(() => compileRule(document)).toThrow(message);
		expect(() => compileRule(document)).toThrow(expect.objectContaining({ name: 'RuleError' }));
	});

	it('takes a crossing by name in a rule whose reset does not use it', () => {
		const named = { crossing: { ...price, operator: 'crossesBelow' }, cheap: price };
		const crossing = { namedConditions: named, conditions: { all: [{ condition: 'crossing' }] } };
		const reset = (condition: string) => rule({ ...crossing, resetWhen: { not: { condition } } });
		expect(compileRule(reset('cheap')).hasEdge).toBe(true);
		expect(() => compileRule(reset('crossing'))).toThrow(
			'resetWhen.not<crossing>: "crossesBelow" is over with its event',
		);
	});

	it('names the rule in what it says', () => {
		expect(() => compileRule(rule({ fire: 'x' }))).toThrow(/^Rule "shop-cheap": /);
	});

	it('caps the depth, saying where', () => {
		let deep: object = { all: [price] };
		for (let level = 0; level < 25; level += 1) deep = { not: deep };
		expect(() => compileRule(rule({ conditions: deep }))).toThrow(/more than 20 levels/);
	});

	it('caps the number of conditions', () => {
		const many = Array.from({ length: 501 }, () => price);
		expect(() => compileRule(conditions(...many))).toThrow(/more than 500 conditions/);
	});

	it('keeps its fingerprint when only texts change', () => {
		const { fingerprint } = compileRule(rule());
		expect(
			compileRule(rule({ name: 'other', title: 'T', message: 'M', cooldown: '1h' })).fingerprint,
		).toBe(fingerprint);
		expect(compileRule(conditions({ ...price, value: 61 })).fingerprint).not.toBe(fingerprint);
	});

	it('takes the fingerprint of whoever knows better', () => {
		const one = compileRule(rule(), 'price < ={{ $json.limit }}').fingerprint;
		const other = compileRule(
			conditions({ ...price, value: 1 }),
			'price < ={{ $json.limit }}',
		).fingerprint;
		expect(other).toBe(one);
	});

	it('knows each part of the document by its schema', () => {
		expect(Object.keys(ruleDocumentSchema.shape).sort()).toEqual([
			'$schema',
			'conditions',
			'cooldown',
			'deliver',
			'fire',
			'holdFor',
			'id',
			'include',
			'interval',
			'keepFiringFor',
			'labels',
			'maxAlerts',
			'maxPerDay',
			'message',
			'name',
			'namedConditions',
			'notifyResolved',
			'remindEvery',
			'resetWhen',
			'schedule',
			'severity',
			'symbols',
			'title',
			'version',
		]);
	});

	it.each<[string, object, unknown[], unknown]>([
		[
			"gives facts of candles the rule's interval",
			{ interval: '5m' },
			[{ ...price, fact: 'rsi', params: { period: 14 } }],
			{ fact: 'rsi', params: { period: 14, interval: '5m' } },
		],
		[
			'leaves them the interval they name',
			{ interval: '5m' },
			[{ ...price, fact: 'rsi', params: { interval: '1h' } }],
			{ fact: 'rsi', params: { interval: '1h' } },
		],
		['leaves fields of the event alone', { interval: '5m' }, [price], { fact: 'price' }],
		[
			'leaves a span of time alone',
			{ interval: '5m' },
			[{ ...price, fact: 'movePercent', params: { over: '15m' } }],
			{ fact: 'movePercent', params: { over: '15m' } },
		],
		[
			"counts a span of candles in the rule's",
			{ interval: '5m' },
			[{ ...price, fact: 'highest', params: { last: 20 } }],
			{ fact: 'highest', params: { last: 20, interval: '5m' } },
		],
		[
			'leaves a span of neither alone, for it may be a field',
			{ interval: '5m' },
			[{ ...price, fact: 'highest' }],
			{ fact: 'highest' },
		],
		[
			'makes the price of a rule that counts candles their close',
			{ interval: '5m', holdFor: '3 candles' },
			[price],
			{ fact: 'close', params: { interval: '5m' } },
		],
		[
			'makes the price of a rule that is judged by candles their close',
			{ interval: '5m', fire: 'onCandleClose' },
			[price],
			{ fact: 'close', params: { interval: '5m' } },
		],
	])('%s', (_, more, all, left) => {
		expect(compileRule(rule({ ...more, conditions: { all } })).leaves[0]?.left).toEqual(left);
	});
});
