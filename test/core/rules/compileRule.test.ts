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
			'"in" compares with a list; 60 is none.',
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
			rule({ remindEvery: '1h' }),
			'"remindEvery" isn\'t supported in this release; remove it.',
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
			'"fire" is "sometimes"; expected one of "onChange"|"everyMatch"|"once".',
		],
		[
			'a wrong cooldown',
			rule({ cooldown: 'an hour' }),
			'"cooldown" is "an hour"; use a duration such as "30s"',
		],
		['another version', rule({ version: 2 }), '"version" is 2; expected 1.'],
		[
			'another instrument',
			conditions({ ...price, params: { symbol: 'SPY' } }),
			'fact "price" takes no parameter "symbol" in this release.',
		],
		[
			'an indicator, which comes later',
			conditions({
				fact: 'changePercent',
				operator: 'lessThan',
				value: 1,
				params: { over: '15m' },
			}),
			'takes no parameter "over"',
		],
	])('refuses %s', (_, document, message) => {
		expect(() => compileRule(document)).toThrow(message);
		expect(() => compileRule(document)).toThrow(expect.objectContaining({ name: 'RuleError' }));
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
			'conditions',
			'cooldown',
			'deliver',
			'fire',
			'holdFor',
			'id',
			'include',
			'labels',
			'maxPerDay',
			'message',
			'name',
			'namedConditions',
			'notifyResolved',
			'severity',
			'symbols',
			'title',
			'version',
		]);
	});
});
