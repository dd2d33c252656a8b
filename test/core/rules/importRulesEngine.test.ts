import { compileRule } from '../../../core/rules';
import { importRules } from '../../../core/rules/import';

const importOne = (rule: unknown) => {
	const { rules } = importRules(rule);
	expect(rules).toHaveLength(1);
	return rules[0]!;
};

const cheap = { fact: 'price', operator: 'lessThan', value: 60 };
const rule = (more: object = {}) => ({
	conditions: { all: [cheap] },
	event: { type: 'buy' },
	...more,
});

describe('a rule of json-rules-engine', () => {
	it('keeps its conditions, and makes texts and labels of its event', () => {
		const conditions = {
			any: [
				{ all: [{ ...cheap, priority: 2 }, { not: { ...cheap, operator: 'not:equal' } }] },
				{ fact: 'order', operator: 'equal', value: 'open', path: '$.state' },
				{ fact: 'rsi', params: { period: 14, interval: '5m' }, operator: 'lessThan', value: 30 },
				{ ...cheap, value: { fact: 'price', params: { symbol: 'SPY' } } },
			],
		};
		const { document, from, notCarriedOver } = importOne({
			name: 'Buy the dip',
			conditions,
			event: {
				type: 'buy',
				params: {
					subject: 'Buy',
					message: 'It dipped to {{price}}',
					severity: 'critical',
					desk: 'tech',
					level: 3,
					urgent: true,
					now: { fact: 'price' },
					open: { fact: 'order', path: '$.id' },
				},
			},
			priority: 1,
		});
		expect(from).toBe('jsonRulesEngine');
		expect(document).toStrictEqual({
			version: 1,
			id: 'buy-the-dip',
			name: 'Buy the dip',
			conditions,
			title: 'Buy',
			message: 'It dipped to {{price}}',
			severity: 'critical',
			labels: { desk: 'tech', level: '3', urgent: 'true', event: 'buy' },
			include: ['price', { fact: 'order', path: '$.id' }],
		});
		expect(notCarriedOver).toEqual([]);
		compileRule(document);
	});

	it('is called after its event where it has no name', () => {
		expect(importOne(rule()).document).toStrictEqual({
			version: 1,
			id: 'buy',
			name: 'buy',
			conditions: { all: [cheap] },
			labels: { event: 'buy' },
		});
		expect(importOne(rule({ event: 'buy' })).document['name']).toBe('buy');
		expect(importOne(rule({ event: {} })).document).toMatchObject({
			id: 'imported-rule',
			name: 'Imported rule',
		});
	});

	it('brings its named conditions along', () => {
		const named = {
			conditions: { condition: 'cheap' },
			namedConditions: { cheap: { all: [cheap] } },
		};
		const { document, notCarriedOver } = importOne(rule(named));
		expect(document).toMatchObject(named);
		expect(notCarriedOver).toEqual([]);
		compileRule(document);
	});

	it.each<[string, object, string]>([
		[
			'code',
			{ onSuccess: () => undefined },
			'"onSuccess" is code; connect what it did to the Alert output.',
		],
		[
			'the name of code',
			{ onFailure: 'log' },
			'"onFailure" is code; connect what it did to the No Alert output.',
		],
		[
			'a priority',
			{ priority: 10 },
			'"priority" of the rule is 10; every rule is judged for itself',
		],
		['an unknown part', { colour: 'red' }, '"colour" isn\'t a part of such a rule we know'],
		[
			'parameters that went to code',
			{ conditions: { all: [{ ...cheap, fact: 'account', params: { id: 7, symbol: 'SPY' } }] } },
			'conditions.all[0]: the parameters {"id":7} of "account" went to code; give the items a column "account"',
		],
		[
			'parameters on the right',
			{ conditions: { not: { any: [{ ...cheap, value: { fact: 'limit', params: { id: 7 } } }] } } },
			'conditions.not.any[0].value: the parameters {"id":7} of "limit" went to code',
		],
		[
			'a list in its event',
			{ event: { type: 'buy', params: { tags: ['a'] } } },
			'"tags" of the event is ["a"]; labels are texts',
		],
		[
			'a label of the same name as ours',
			{ event: { type: 'buy', params: { event: 'sell' } } },
			'"event" of the event is "sell"',
		],
		[
			'another part of its event',
			{ event: { type: 'buy', at: 1 } },
			'"at" of the event stays behind',
		],
	])('tells of %s', (_what, more, sentence) => {
		const { document, notCarriedOver } = importOne(rule(more));
		expect(notCarriedOver).toEqual([expect.stringContaining(sentence)]);
		expect(JSON.parse(JSON.stringify(document))).toStrictEqual(document);
		compileRule(document);
	});

	it.each<[string, object, string, string]>([
		[
			'an operator of its own',
			{ all: [{ ...cheap, operator: 'not:startsWith', value: 'A' }] },
			'conditions.all[0]: the operator "startsWith" is code of its engine\'s; use one of ours.',
			'"startsWith" is not an operator',
		],
		[
			'a condition kept elsewhere',
			{ any: [{ condition: 'cheap' }] },
			'conditions.any[0] stands for the condition "cheap", which is kept elsewhere; put it into "namedConditions".',
			'there\'s no named condition "cheap"',
		],
	])(
		'tells of %s, which compileRule refuses until it is put right',
		(_what, conditions, sentence, refusal) => {
			const { document, notCarriedOver } = importOne(rule({ conditions }));
			expect(notCarriedOver).toEqual([expect.stringContaining(sentence)]);
			expect(document['conditions']).toEqual(conditions);
			expect(() => compileRule(document)).toThrow(refusal);
		},
	);

	it.each<[string, object, string]>([
		['a condition at the top', { conditions: cheap }, 'conditions begin with {"fact":"price"'],
		['an event that is none', { event: 5 }, '"event" is 5; use {"type"'],
		[
			'params that are none',
			{ event: { type: 'x', params: 'y' } },
			'"event.params" are "y"; use an object',
		],
	])('is refused with %s', (_what, more, message) => {
		expect(() => importRules(rule(more))).toThrow(
			expect.objectContaining({ code: 'malformed', message: expect.stringContaining(message) }),
		);
	});
});
