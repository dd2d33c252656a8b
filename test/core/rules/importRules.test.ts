import fc from 'fast-check';

import { compileRule, RuleError } from '../../../core/rules';
import { importRules } from '../../../core/rules/import';

const conditions = { all: [{ fact: 'price', operator: 'lessThan', value: 60 }] };
const ours = { version: 1, id: 'shop', name: 'SHOP', conditions, fire: 'once' };
const engine = (more: object = {}) => ({ conditions, event: { type: 'buy' }, ...more });
const legacy = {
	ruleSet: 'AAPL',
	ruleName: 'Old',
	conditions: [['latestPrice', '<', 60]],
	outputs: [{ method: 'email', to: 'me@example.com', frequency: 60 }],
};
const apperate = { ...legacy, ruleSet: undefined, index: ['CORE:STOCK:AAPL:latestPrice'] };
const newer = { ...apperate, conditions: [['$index[0]', '<', 60]], ruleName: 'New' };

describe('importRules', () => {
	it('passes a document of ours through', () => {
		const rules = [{ document: ours, from: 'document', notCarriedOver: [] }];
		expect(importRules(ours)).toStrictEqual({ rules });
	});

	it('reads a list of every kind, in its order', () => {
		const { rules } = importRules([ours, legacy, engine(), newer]);
		expect(rules.map(({ from }) => from)).toEqual([
			'document',
			'ruleSet',
			'jsonRulesEngine',
			'apperate',
		]);
		expect(rules.map(({ document }) => document['id'])).toEqual(['shop', 'old', 'buy', 'new']);
		for (const { document } of rules) compileRule(document);
	});

	it('reads JSON text, of the whole or of one rule', () => {
		expect(importRules(JSON.stringify([ours, legacy]))).toEqual(importRules([ours, legacy]));
		expect(importRules([JSON.stringify(ours)])).toEqual(importRules(ours));
	});

	it.each([
		['Über 60 $!', 'uber-60'],
		['  RSI (14) < 30 ', 'rsi-14-30'],
		['株価アラート', '株価アラート'],
		['!!!', 'rule'],
	])('calls %j %s, each time again', (name, id) => {
		for (const _ of [1, 2]) {
			expect(importRules(engine({ name })).rules[0]!.document['id']).toBe(id);
		}
	});

	it.each([
		['b2f1-77', 'b2f1-77'],
		[17, '17'],
		['', 'cheap'],
	])('keeps the id %j', (id, kept) => {
		expect(importRules(engine({ id, name: 'Cheap' })).rules[0]!.document['id']).toBe(kept);
	});

	it('gives every rule an id of its own, given ids first', () => {
		const { rules } = importRules([engine(), engine(), engine({ id: 'buy-2' }), engine()]);
		expect(rules.map(({ document }) => document['id'])).toEqual(['buy', 'buy-3', 'buy-2', 'buy-4']);
		expect(rules[1]!.notCarriedOver).toEqual([
			expect.stringContaining(`There's another rule with the id "buy", so "buy" got "buy-3"`),
		]);
	});

	it('cuts a name that is too long, and says so', () => {
		const { document, notCarriedOver } = importRules(engine({ name: 'x'.repeat(300) })).rules[0]!;
		compileRule(document);
		expect(notCarriedOver).toEqual([expect.stringContaining('The name has 300 characters')]);
	});

	it('leaves what it was given alone', () => {
		const given = JSON.stringify([ours, legacy, engine(), newer]);
		const parsed = JSON.parse(given);
		importRules(parsed);
		expect(JSON.stringify(parsed)).toBe(given);
	});

	const loop: Record<string, unknown> = { ...ours };
	loop['self'] = loop;

	it.each<[string, unknown, string]>([
		['nothing', undefined, 'The rule is nothing; use a rule document'],
		['null', null, 'The rule is null; use'],
		['a number', 5, 'The rule is 5; use'],
		['an empty list', [], 'The list of rules is empty'],
		['a list in a list', [ours, [ours]], 'Rule 2 of the list is [{"version":1'],
		['text that is no JSON', 'price < 60', 'The rule is the text "price < 60", which isn\'t JSON'],
		['an empty object', {}, 'The rule: it is an empty object; use'],
		['something else', { foo: 1, token: 'sk_1' }, 'it is an object with "foo", "token"; use'],
		['a later version', { ...ours, version: 2 }, 'Rule "SHOP": "version" is 2; this release reads'],
		['a document without conditions', { ...ours, conditions: 5 }, '"conditions" are 5; use {"all"'],
		['bare conditions', { conditions }, 'there are "conditions" and no "event" or "version"'],
		['a loop', loop, "can't be written as JSON"],
		['an id without end', engine({ id: 'x'.repeat(201) }), '"id" has 201 characters; use 200'],
	])('refuses %s', (_what, given, message) => {
		const refused = expect.objectContaining({
			name: 'RuleError',
			code: 'malformed',
			message: expect.stringContaining(message),
		});
		expect(() => importRules(given)).toThrow(refused);
		expect(() => importRules(given)).not.toThrow('sk_1');
	});

	it('gives JSON documents or a RuleError, whatever it gets', () => {
		const part = fc.jsonValue({ maxDepth: 3 });
		const rule = fc.record(
			{
				ruleName: part,
				id: part,
				type: fc.oneof(fc.constantFrom('any', 'all'), part),
				index: fc.oneof(fc.constant(['CORE:STOCK:AAPL:high']), part),
				ruleSet: fc.oneof(fc.constant('AAPL'), part),
				conditions: fc.oneof(
					fc.constant([['$index[0]', '<', 60]]),
					fc.constant([['high', '<', 60]]),
					fc.constant(conditions),
					part,
				),
				outputs: fc.oneof(fc.constant(legacy.outputs), part),
				event: fc.oneof(fc.constant({ type: 'x' }), part),
				version: fc.oneof(fc.constant(1), part),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fc.oneof(part, rule, fc.array(rule)), (given) => {
				try {
					for (const { document } of importRules(given).rules) {
						expect(JSON.parse(JSON.stringify(document))).toStrictEqual(document);
					}
				} catch (error) {
					if (!(error instanceof RuleError && error.code === 'malformed')) throw error;
				}
			}),
			{ numRuns: 500 },
		);
	});
});
