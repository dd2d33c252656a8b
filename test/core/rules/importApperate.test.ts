import { checkTemplate, renderTemplate } from '../../../core/delivery/template';
import { compileRule, evaluateRule } from '../../../core/rules';
import { FactSheet } from '../../../core/facts';
import { importRules } from '../../../core/rules/import';

const importOne = (rule: unknown) => {
	const { rules } = importRules(rule);
	expect(rules).toHaveLength(1);
	const [one] = rules;
	expect(JSON.parse(JSON.stringify(one!.document))).toStrictEqual(one!.document);
	compileRule(one!.document);
	return one!;
};

const AAPL = 'CORE:STOCK:AAPL:latestPrice';
const email = { method: 'email', to: 'me@example.com', frequency: 60 };
const rule = (more: object = {}) => ({
	ruleName: 'Apple price',
	type: 'all',
	index: [AAPL],
	conditions: [['$index[0]', '<', 60]],
	outputs: [email],
	...more,
});
const legacy = (more: object = {}) => ({
	ruleSet: 'AAPL',
	type: 'all',
	ruleName: 'Big move',
	conditions: [['changePercent', '>', 5]],
	outputs: [{ method: 'webhook', url: 'https://example.com/hook', frequency: 60 }],
	...more,
});

describe('the samples of Apperate', () => {
	it('carries a rule with an email, its texts and further facts', () => {
		const { document, from, notCarriedOver } = importOne({
			ruleName: 'Apple Price Alert',
			type: 'any',
			index: [AAPL, 'CORE:STOCK:AAPL:peRatio'],
			conditions: [
				['$index[0]', '>', 150],
				['$index[1]', '<', 20],
			],
			outputs: [{ ...email, subject: 'Apple!', message: 'Look at it' }],
			additionalIndex: ['CORE:STOCK:MSFT:high', 'CORE:STOCK:AMZN:high'],
		});
		expect(from).toBe('apperate');
		expect(document).toStrictEqual({
			version: 1,
			id: 'apple-price-alert',
			name: 'Apple Price Alert',
			symbols: ['AAPL'],
			conditions: {
				any: [
					{ fact: 'price', operator: 'greaterThan', value: 150 },
					{ fact: 'peRatio', operator: 'lessThan', value: 20 },
				],
			},
			fire: 'everyMatch',
			cooldown: '60s',
			title: 'Apple!',
			message: 'Look at it',
			include: [
				{ fact: 'high', params: { symbol: 'MSFT' } },
				{ fact: 'high', params: { symbol: 'AMZN' } },
			],
			deliver: [{ channel: 'email', to: 'me@example.com' }],
		});
		expect(notCarriedOver).toEqual([]);
	});

	it('carries a rule for any symbol', () => {
		const { document, notCarriedOver } = importOne({
			ruleName: 'Large caps',
			type: 'all',
			index: ['CORE:STOCK:*:marketCap'],
			conditions: [['$index[0]', '>', 1e9]],
			outputs: [{ method: 'webhook', url: 'https://example.com/hook', frequency: 3600 }],
			additionalIndex: ['CORE:STOCK:*:latestPrice'],
		});
		expect(document).toStrictEqual({
			version: 1,
			id: 'large-caps',
			name: 'Large caps',
			conditions: { all: [{ fact: 'marketCap', operator: 'greaterThan', value: 1e9 }] },
			fire: 'everyMatch',
			cooldown: '3600s',
			include: ['price'],
			deliver: [{ channel: 'webhook', to: 'https://example.com/hook' }],
		});
		expect(notCarriedOver).toEqual([]);
	});

	it.each([
		['AAPL', ['AAPL']],
		['aapl, msft', ['AAPL', 'MSFT']],
		[
			['AAPL', 'MSFT'],
			['AAPL', 'MSFT'],
		],
		['ANYEVENT', undefined],
	])('carries the older form for %j', (ruleSet, symbols) => {
		const { document, from, notCarriedOver } = importOne(
			legacy({ ruleSet, additionalKeys: ['latestPrice', 'nextEarningsDate'] }),
		);
		expect(from).toBe('ruleSet');
		expect(document).toStrictEqual({
			version: 1,
			id: 'big-move',
			name: 'Big move',
			...(symbols === undefined ? {} : { symbols }),
			conditions: { all: [{ fact: 'changePercent', operator: 'greaterThan', value: 5 }] },
			fire: 'everyMatch',
			cooldown: '60s',
			include: ['price', 'nextEarningsDate'],
			deliver: [{ channel: 'webhook', to: 'https://example.com/hook' }],
		});
		expect(notCarriedOver).toEqual([
			`"nextEarningsDate" isn't one of our facts; give the items a column of that name.`,
		]);
	});

	it.each<[string, unknown, unknown]>([
		[
			'the last sale of Apple on IEX',
			rule({ index: ['CORE:STOCK:AAPL:iexLastSalePrice'], conditions: [['$index[0]', '>', 165]] }),
			{ all: [{ fact: 'iexLastSalePrice', operator: 'greaterThan', value: 165 }] },
		],
		[
			'a move of 5 % and a P/E below 15',
			rule({
				index: ['CORE:STOCK:AAPL:changePercent', 'CORE:STOCK:AAPL:peRatio'],
				conditions: [
					['$index[0]', '>', 5],
					['$index[1]', '<', 15],
				],
			}),
			{
				all: [
					{ fact: 'changePercent', operator: 'greaterThan', value: 5 },
					{ fact: 'peRatio', operator: 'lessThan', value: 15 },
				],
			},
		],
		[
			'a price under its 30-day average, for any symbol',
			legacy({
				ruleSet: 'ANYEVENT',
				conditions: [
					['latestPrice', '<', 'Day30AveragePrice'],
					['priceToBook', '<', 1],
				],
			}),
			{
				all: [
					{ fact: 'price', operator: 'lessThan', value: { fact: 'Day30AveragePrice' } },
					{ fact: 'priceToBook', operator: 'lessThan', value: 1 },
				],
			},
		],
		[
			'an event that is true or false',
			rule({ index: ['CORE:STOCK:AAPL:hasNews'], conditions: [['$index[0]', '==', true]] }),
			{ all: [{ fact: 'hasNews', operator: 'equal', value: true }] },
		],
		[
			'a text',
			legacy({ conditions: [['sector', '==', 'Technology']] }),
			{ all: [{ fact: 'sector', operator: 'equal', value: 'Technology' }] },
		],
		[
			'the price of a Coinbase dataset',
			rule({ index: ['MINE:DATASET:COINBASE_BTC:price'], conditions: [['$index[0]', '>', 3e4]] }),
			{ all: [{ fact: 'price', operator: 'greaterThan', value: 3e4 }] },
		],
		[
			'a numeric text',
			rule({ conditions: [['$index[0]', '<', '60']] }),
			{ all: [{ fact: 'price', operator: 'lessThan', value: '60' }] },
		],
		[
			'index strings in the conditions',
			rule({ conditions: [[AAPL, '<', 'CORE:STOCK:AAPL:week52low']] }),
			{ all: [{ fact: 'price', operator: 'lessThan', value: { fact: 'week52Low' } }] },
		],
		[
			'the 50-day and the 200-day average',
			rule({
				index: ['CORE:STOCK:AAPL:day50MovingAvg', 'CORE:STOCK:AAPL:day200MovingAvg'],
				conditions: [['$index[0]', 'crosses above', '$index[1]']],
			}),
			{
				all: [
					{
						fact: 'sma',
						params: { period: 50, interval: '1d' },
						operator: 'crossesAbove',
						value: { fact: 'sma', params: { period: 200, interval: '1d' } },
					},
				],
			},
		],
	])('carries %s', (_what, given, conditions) => {
		expect(importOne(given).document['conditions']).toStrictEqual(conditions);
	});

	it.each([
		['==', true, 'equal'],
		['==', 'True', 'equal'],
		['is', false, 'notEqual'],
		['!=', true, 'notEqual'],
		['!=', false, 'equal'],
	])('asks for the session where the market %s open was %j', (sign, value, operator) => {
		const { document, notCarriedOver } = importOne(
			rule({
				index: [AAPL, 'CORE:MARKET:US:isUSMarketOpen'],
				conditions: [
					['$index[0]', '<', 60],
					['$index[1]', sign, value],
				],
			}),
		);
		expect(document).toMatchObject({
			symbols: ['AAPL'],
			conditions: {
				all: [
					{ fact: 'price' },
					{ fact: 'session', params: { calendar: 'us-equities' }, operator, value: 'regular' },
				],
			},
		});
		expect(notCarriedOver).toEqual([]);
	});

	it('gives a rule that holds when the old one did', async () => {
		const compiled = compileRule(importOne(rule()).document);
		const judge = async (price: number) =>
			(await evaluateRule(compiled, new FactSheet({ price }), {})).verdict.outcome;
		expect([await judge(59), await judge(60)]).toEqual(['holds', 'fails']);
	});

	it('takes either of the conditions where a rule names no type', () => {
		expect(importOne(rule({ type: undefined })).document['conditions']).toHaveProperty('any');
		expect(importOne(rule({ type: 'ALL' })).document['conditions']).toHaveProperty('all');
	});

	it('carries what the index names and no condition tests', () => {
		const { document } = importOne(rule({ index: [AAPL, 'CORE:STOCK:AAPL:high'] }));
		expect(document['include']).toEqual(['high']);
	});
});

describe('operators of Apperate', () => {
	it.each([
		['>', 'greaterThan'],
		['is above', 'greaterThan'],
		['>=', 'greaterThanInclusive'],
		['is above or equal to', 'greaterThanInclusive'],
		['<', 'lessThan'],
		['is below', 'lessThan'],
		['<=', 'lessThanInclusive'],
		['Is below or equal to', 'lessThanInclusive'],
		['==', 'equal'],
		['=', 'equal'],
		['===', 'equal'],
		['is', 'equal'],
		['!=', 'notEqual'],
		['<>', 'notEqual'],
		['!==', 'notEqual'],
		['is not', 'notEqual'],
		['crosses above', 'crossesAbove'],
		['crosses_below', 'crossesBelow'],
		['lessThan', 'lessThan'],
	])('%s is %s', (sign, operator) => {
		const { document } = importOne(rule({ conditions: [['$index[0]', sign, 60]] }));
		expect(document['conditions']).toEqual({ all: [{ fact: 'price', operator, value: 60 }] });
	});

	it.each([
		['in', 'in'],
		['not in', 'notIn'],
		['between', 'between'],
		['leaves range', 'leavesRange'],
	])('%s compares with a list', (sign, operator) => {
		const { document } = importOne(rule({ conditions: [['$index[0]', sign, [50, 60]]] }));
		expect(document['conditions']).toEqual({
			all: [{ fact: 'price', operator, value: [50, 60] }],
		});
	});

	it.each([
		['==', 'betweenTimes'],
		['betweenTimes', 'betweenTimes'],
		['!=', 'not:betweenTimes'],
	])('a time of day with %s is %s', (sign, operator) => {
		const { document, notCarriedOver } = importOne(
			legacy({ conditions: [['currentTime', sign, '09:30:00 - 16:00:00']] }),
		);
		expect(document['conditions']).toEqual({
			all: [
				{
					fact: 'timeOfDay',
					params: { timezone: 'America/New_York' },
					operator,
					value: ['09:30:00', '16:00:00'],
				},
			],
		});
		expect(notCarriedOver.join()).toContain('Which zone "09:30:00 - 16:00:00" was in');
	});

	it('refuses another, and names the nearest', () => {
		expect(() => importOne(rule({ conditions: [['$index[0]', 'is abov', 1]] }))).toThrow(
			'Rule "Apple price": conditions[0]: "is abov" is not an operator. Did you mean "is above"? There are >, >=,',
		);
	});
});

describe('texts of Apperate', () => {
	it.each([
		['Buy {{latestPrice}}', 'Buy [[price]]'],
		['Buy {{ CORE:STOCK:AAPL:latestPrice }}', 'Buy [[price]]'],
		['Buy $index[0]', 'Buy [[price]]'],
		['Buy {{$index[0]}}', 'Buy [[price]]'],
		['Buy ${latestPrice} of {symbol}', 'Buy [[price]] of [[symbol]]'],
		['{latestPrice}, {not a fact}, {word}', '[[price]], {not a fact}, {word}'],
		['{{ruleName}} at {{timestamp}}', '[[ruleName]] at [[eventAt]]'],
		['{{ticker}} at {{timenow}}', '[[ticker]] at [[timenow]]'],
		['[[latestPrice]]', '[[price]]'],
		['[[price]]', '[[price]]'],
		['100 % sure, $5', '100 % sure, $5'],
	])('%s → %s', async (message, ours) => {
		const { document, notCarriedOver } = importOne(
			rule({ outputs: [{ ...email, message, subject: message }] }),
		);
		expect(document).toMatchObject({ title: ours, message: ours });
		expect(document).not.toHaveProperty('include');
		expect(notCarriedOver).toEqual([]);
		expect(await checkTemplate(ours)).toBeUndefined();
	});

	it('carries a fact along that only a text names', () => {
		const { document } = importOne(
			rule({ outputs: [{ ...email, body: 'Low {{week52low}} of {{CORE:STOCK:MSFT:low}}' }] }),
		);
		expect(document['message']).toBe('Low [[week52Low]] of [[facts["low(MSFT)"]]]');
		expect(document['include']).toEqual(['week52Low', { fact: 'low', params: { symbol: 'MSFT' } }]);
	});

	it('names a fact of another symbol so that it is found', async () => {
		const { document } = importOne(
			rule({
				additionalIndex: ['CORE:STOCK:MSFT:high'],
				outputs: [{ ...email, message: 'MSFT {{CORE:STOCK:MSFT:high}}' }],
			}),
		);
		const scope = { facts: { 'high(MSFT)': 412 } };
		expect(await renderTemplate(String(document['message']), scope)).toBe('MSFT 412');
	});

	it('leaves a marker it cannot read, and says so', () => {
		const { document, notCarriedOver } = importOne(
			rule({ outputs: [{ ...email, message: '{{something else}}' }] }),
		);
		expect(document['message']).toBe('{{something else}}');
		expect(notCarriedOver).toEqual([
			"The text has {{something else}}, which we can't read; write a fact such as [[price]].",
		]);
	});
});

describe('outputs of Apperate', () => {
	it.each<[object, unknown]>([
		[{ method: 'EMAIL', to: ' a@example.com ' }, [{ channel: 'email', to: 'a@example.com' }]],
		[
			{ method: 'email', to: ['a@example.com', 'b@example.com'] },
			[
				{ channel: 'email', to: 'a@example.com' },
				{ channel: 'email', to: 'b@example.com' },
			],
		],
		[{ method: 'webhook', to: 'https://e.com/h' }, [{ channel: 'webhook', to: 'https://e.com/h' }]],
	])('%j is delivered to %j', (output, deliver) => {
		const { document } = importOne(rule({ outputs: [{ frequency: 1, ...output }] }));
		expect(document['deliver']).toEqual(deliver);
	});

	it.each([
		[30, '30s'],
		['3600', '3600s'],
		[0.5, '0.5s'],
		[0, undefined],
	])('frequency %j is the cooldown %j', (frequency, cooldown) => {
		const { document, notCarriedOver } = importOne(rule({ outputs: [{ ...email, frequency }] }));
		expect([document['fire'], document['cooldown']]).toEqual(['everyMatch', cooldown]);
		expect(notCarriedOver).toEqual([]);
	});
});

describe('what Apperate had and we have not', () => {
	const told = (given: unknown) => importOne(given).notCarriedOver;

	it.each<[string, unknown, string]>([
		[
			'a text message',
			rule({ outputs: [{ method: 'sms', to: '+15550100', frequency: 60 }] }),
			'The output "sms" isn\'t one of our channels; connect the Twilio node to the Alert output.',
		],
		[
			'Slack',
			rule({ outputs: [{ method: 'slack', frequency: 60 }] }),
			'connect the Slack node to the Alert output.',
		],
		[
			'the log',
			rule({ outputs: [{ method: 'logs', frequency: 60 }] }),
			'connect a Data Table node to the Alert output.',
		],
		[
			'an output nobody knows',
			rule({ outputs: [{ method: 'pigeon', frequency: 60 }] }),
			'The output "pigeon" isn\'t one of our channels; connect a node for "pigeon"',
		],
		[
			'a part of an output',
			rule({ outputs: [{ ...email, headers: { authorization: 'secret' } }] }),
			'"headers" of the output "email" stays behind',
		],
		[
			'a second subject',
			rule({
				outputs: [
					{ ...email, subject: 'One' },
					{ ...email, subject: 'Two' },
				],
			}),
			'An alert has one subject, so "Two" stays behind',
		],
		[
			'a second wait',
			rule({ outputs: [email, { ...email, frequency: 3600 }] }),
			'A rule has one cooldown, so "frequency": 3600 stays behind and 60 s holds for all',
		],
		['no wait', rule({ outputs: [] }), 'There is no "frequency", so it alerts at every event'],
		['the token', rule({ token: 'sk_123' }), '"token" stays behind; put keys into n8n credentials'],
		['a pause', rule({ isActive: false }), '"isActive" is false: the rule was paused'],
		['counters', rule({ ran: '5', sent: 0 }), '"ran", "sent" stay behind'],
		['an unknown part', rule({ colour: 'red' }), '"colour" isn\'t a part of such a rule we know'],
		[
			'a fact on another tape',
			legacy({ conditions: [['iexBidPrice', '>', 1]] }),
			'"iexBidPrice" isn\'t one of our facts; give the items a column of that name, or use "bid", the nearest',
		],
		[
			'a fact that needs candles',
			legacy({ conditions: [['day50MovingAvg', '>', 1]] }),
			'"day50MovingAvg" is sma(50, 1d) now, which is unknown until 50 daily candles have come.',
		],
		[
			'a fraction that may be percent',
			legacy({ conditions: [['changePercent', '>', 0.05]] }),
			'"changePercent" is compared with 0.05, taken as 0.05 %; if a fraction was meant, write 5.',
		],
		[
			'a dataset',
			rule({ index: ['MINE:DATASET:ORDERS:total'] }),
			'"MINE:DATASET:ORDERS:total" is a column of your dataset "ORDERS"; give Market Rule its rows',
		],
		[
			'another namespace',
			rule({ index: ['CORE:CRYPTO:BTCUSD:latestPrice'] }),
			'is of the namespace "CRYPTO"; check that "BTCUSD" is how your source spells the symbol.',
		],
		[
			'a second symbol',
			rule({
				index: [AAPL, 'CORE:STOCK:MSFT:latestPrice'],
				conditions: [['$index[0]', '<', '$index[1]']],
			}),
			'"CORE:STOCK:MSFT:latestPrice" is of MSFT, while the rule watches AAPL',
		],
	])('tells of %s', (_what, given, sentence) => {
		const notes = told(given);
		expect(notes.filter((one) => one.includes(sentence))).toHaveLength(1);
		expect(notes.join()).not.toMatch(/sk_123|secret/);
	});

	it('reads the other symbol as last seen, and any symbol beside one', () => {
		const two = [AAPL, 'CORE:STOCK:MSFT:latestPrice'];
		const conditions = [['$index[0]', '<', '$index[1]']];
		const ofMsft = { fact: 'price', params: { symbol: 'MSFT' } };
		expect(importOne(rule({ index: two, conditions })).document).toMatchObject({
			symbols: ['AAPL'],
			conditions: { all: [{ fact: 'price', operator: 'lessThan', value: ofMsft }] },
		});
		const any = importOne(rule({ index: ['CORE:STOCK:*:latestPrice', two[1]], conditions }));
		expect(any.document).not.toHaveProperty('symbols');
		expect(any.document['conditions']).toEqual({
			all: [{ fact: 'price', operator: 'lessThan', value: ofMsft }],
		});
	});
});

describe('what is no rule of Apperate', () => {
	it.each<[string, unknown, string]>([
		['an index that is none', rule({ index: 'AAPL' }), '"index" is "AAPL"; use a list.'],
		[
			'a short index string',
			rule({ index: ['AAPL:latestPrice'] }),
			'index[0] is "AAPL:latestPrice"; use WORKSPACE:NAMESPACE:KEY:FACT, such as',
		],
		['a number as index', rule({ index: [5] }), 'index[0] is 5; use WORKSPACE'],
		[
			'an index out of range',
			rule({ conditions: [['$index[1]', '<', 60]] }),
			'conditions[0]: "$index[1]" isn\'t there; "index" has 1 entry, counted from 0.',
		],
		[
			'a name instead of an index',
			rule({ conditions: [['latestPrice', '<', 60]] }),
			'conditions[0] begins with "latestPrice"; use "$index[0]"',
		],
		[
			'a pair',
			rule({ conditions: [['$index[0]', 60]] }),
			'conditions[0] is ["$index[0]",60]; use three parts',
		],
		['a sentence', rule({ conditions: ['a < b'] }), 'conditions[0] is "a < b"; use three parts'],
		['no conditions', rule({ conditions: [] }), '"conditions" are empty; use at least one'],
		['conditions of another kind', rule({ conditions: {} }), '"conditions" is {}; use a list.'],
		[
			'a text beside a number',
			rule({ conditions: [['$index[0]', '<', 'cheap']] }),
			`"${AAPL}" is compared with "cheap"; use a number such as 60, or another fact.`,
		],
		[
			'nothing beside a fact',
			rule({ conditions: [['$index[0]', '==', null]] }),
			'is compared with null; use a number, a text, true or false.',
		],
		[
			'a list beside a number',
			rule({ conditions: [['$index[0]', '<', [1]]] }),
			'is compared with [1]; use a number such as 60',
		],
		[
			'an unknown operator',
			rule({ conditions: [['$index[0]', '=>', 60]] }),
			'conditions[0]: "=>" is not an operator.',
		],
		['no operator', rule({ conditions: [['$index[0]', null, 60]] }), 'null is not an operator.'],
		['another type', rule({ type: 'some' }), '"type" is "some"; use "any" or "all".'],
		[
			'a market that is 5',
			legacy({ conditions: [['isUSMarketOpen', '==', 5]] }),
			'"isUSMarketOpen" is true or false; use ["…", "==", true] with it.',
		],
		[
			'a market on the right',
			legacy({ conditions: [['latestPrice', '==', 'isUSMarketOpen']] }),
			'"isUSMarketOpen" is true or false',
		],
		[
			'a time that is greater',
			legacy({
				conditions: [
					['currentTime', '==', 1],
					['currentTime', 'in', '09:30 - 16:00'],
				],
			}),
			'conditions[1] compares with the time of day "09:30 - 16:00"; use "==" or "!=".',
		],
		['a ruleSet that is none', legacy({ ruleSet: 5 }), '"ruleSet" is 5; use a symbol'],
		['an empty ruleSet', legacy({ ruleSet: ' ' }), '"ruleSet" is " "; use a symbol'],
		[
			'a fact that is none',
			legacy({ conditions: [[7, '<', 1]] }),
			'conditions[0][0] is 7; name a fact',
		],
		[
			'further facts that are none',
			legacy({ additionalKeys: 'high' }),
			'"additionalKeys" is "high"; use a list.',
		],
		[
			'an output without a method',
			rule({ outputs: [{ to: 'x' }] }),
			'outputs[0] is an object with "to"',
		],
		['an output that is a text', rule({ outputs: ['email'] }), 'outputs[0] is a string; use'],
		[
			'an email to nobody',
			rule({ outputs: [{ method: 'email' }] }),
			'outputs[0] is an email without "to"',
		],
		[
			'a webhook to nowhere',
			rule({ outputs: [{ method: 'webhook', url: '' }] }),
			'outputs[0] is a webhook without "url"',
		],
		[
			'a wait that is none',
			rule({ outputs: [{ ...email, frequency: '1 hour' }] }),
			'"frequency" is "1 hour"; use a number of seconds',
		],
		['a wait below zero', rule({ outputs: [{ ...email, frequency: -1 }] }), '"frequency" is -1'],
		[
			'conditions without their index',
			{ conditions: [['$index[0]', '<', 1]] },
			'there\'s neither "index" nor "ruleSet"',
		],
	])('refuses %s', (_what, given, message) => {
		expect(() => importRules(given)).toThrow(
			expect.objectContaining({
				name: 'RuleError',
				code: 'malformed',
				message: expect.stringContaining(message),
			}),
		);
	});
});
