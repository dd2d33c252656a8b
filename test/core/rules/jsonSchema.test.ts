import Ajv from 'ajv';
import fc from 'fast-check';

import { catalogue, type FactParam } from '../../../core/facts';
import { compileRule, operators } from '../../../core/rules';
import { ruleJsonSchema } from '../../../core/rules/jsonSchema';

const validate = new Ajv({ extendRefs: 'fail' }).compile(ruleJsonSchema());
const schemaTakes = (document: unknown): boolean => validate(document) === true;
function compilerTakes(document: unknown): boolean {
	try {
		compileRule(document);
		return true;
	} catch {
		return false;
	}
}

const price = { fact: 'price', operator: 'lessThan', value: 60 };
const rule = (more: object = {}) => ({
	version: 1,
	id: 'r',
	name: 'r',
	conditions: { all: [price] },
	...more,
});
const of = (more: object) => rule({ conditions: { all: [{ ...price, ...more }] } });

/** A value each operator can be compared with. */
const VALUES: Readonly<Record<string, unknown>> = {
	number: 60,
	range: [50, '60'],
	percent: { percent: 1, of: { fact: 'previousClose' } },
	text: '*split*',
	times: ['09:30', '16:00:00'],
	dates: ['2026-01-01', '2026-12-31'],
	any: 60,
};

/** Now and then something else altogether. */
const mostly = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
	fc.oneof({ weight: 100, arbitrary: usual }, fc.jsonValue({ maxDepth: 1 }));
const sometimes = (usual: fc.Arbitrary<unknown>) =>
	fc.option(mostly(usual), { nil: undefined, freq: 2 });

const anyParam = ({ type, min, max, options = [], name }: FactParam): fc.Arbitrary<unknown> => {
	switch (type) {
		case 'integer':
			return fc.integer({ min: min ?? 1, max: max ?? 100 });
		case 'number':
			return fc.double({ min: min ?? 0, max: max ?? 100, noNaN: true });
		case 'interval':
		case 'duration':
			return fc.constantFrom('1m', '90s', '1d');
		case 'options':
			return fc.constantFrom(...options);
		case 'text':
			return fc.constantFrom(name === 'timezone' ? 'Europe/Berlin' : 'BTC/USD');
	}
};
const column = { name: 'order.total', params: [] };
const anyFact = fc.constantFrom(...catalogue, column).chain(({ name, params }) =>
	fc.record(
		{
			fact: mostly(fc.constant(name)),
			params: sometimes(
				fc.record(
					Object.fromEntries(params.map((param) => [param.name, mostly(anyParam(param))])),
					{ requiredKeys: [] },
				),
			),
			path: sometimes(fc.constant('$.a')),
		},
		{ requiredKeys: ['fact'] },
	),
);
const anyComparison = fc
	.tuple(fc.constantFrom(...operators), fc.constantFrom('', '', 'not:', 'swap:'), anyFact)
	.chain(([{ name, compares }, decorator, fact]) => {
		const value = ['in', 'notIn'].includes(name) ? [60, '61'] : VALUES[compares];
		return fc.record({
			operator: mostly(fc.constant(decorator + name)),
			value: mostly(fc.oneof(fc.constant(value), anyFact)),
			priority: sometimes(fc.integer({ min: 1 })),
			...Object.fromEntries(Object.entries(fact).map(([key, one]) => [key, fc.constant(one)])),
		});
	});
const { group: anyGroup } = fc.letrec((tie) => ({
	member: fc.oneof({ maxDepth: 3 }, anyComparison, tie('group')),
	group: fc.oneof(
		{ maxDepth: 3 },
		fc.record({ all: fc.array(anyComparison, { minLength: 1, maxLength: 2 }) }),
		fc.record({ any: fc.array(tie('member'), { minLength: 1, maxLength: 3 }) }),
		fc.record({ not: tie('member') }),
		fc.record({ condition: fc.constantFrom('named', 'nobody') }),
	),
}));
const anyRule = fc.record({
	version: fc.constant(1),
	id: fc.constant('r'),
	name: fc.constant('r'),
	conditions: mostly(anyGroup),
	namedConditions: sometimes(fc.record({ named: anyComparison })),
	resetWhen: fc.option(anyGroup, { nil: undefined, freq: 1 }),
	interval: sometimes(fc.constantFrom('1m', '1.5d')),
	fire: sometimes(fc.constantFrom('onChange', 'once', 'onCandleClose')),
	cooldown: sometimes(fc.constant(' 30 s ')),
	schedule: sometimes(fc.constant({ session: 'pre', times: [{ from: '22:00', to: '24:00' }] })),
	include: sometimes(fc.array(fc.oneof(fc.constant('high'), anyFact), { maxLength: 2 })),
});

describe('the JSON Schema of rules', () => {
	it.each<[string, object]>([
		['where it lies itself', rule({ $schema: './rule.v1.json' })],
		['a number as text', of({ value: '6e1' })],
		['another fact', of({ value: { fact: 'sma', params: { period: 20, interval: '1d' } } })],
		['decorators, with whatever they compare', of({ operator: 'not:everyFact:lessThan' })],
		['a list', of({ operator: 'in', value: [1, 'a'] })],
		[
			'a field of the item',
			of({ fact: 'order.total', path: '$.net', operator: 'equal', value: null }),
		],
		['a field of another instrument', of({ fact: 'order.total', params: { symbol: 'SPY' } })],
		['a factor', of({ value: { fact: 'averageVolume', params: { times: 3 } } })],
		['a factor of a field', of({ fact: 'order.total', params: { times: 0.5 } })],
		['candles to hold at', rule({ holdFor: '3 candles' })],
		['groups in groups', rule({ conditions: { not: { any: [price, { all: [price] }] } } })],
		['a priority and a name', of({ priority: 5, name: 'cheap' })],
		[
			'conditions by name',
			rule({
				namedConditions: { cheap: price },
				conditions: { condition: 'cheap' },
				resetWhen: { not: { condition: 'cheap' } },
			}),
		],
		['facts to carry', rule({ include: ['peRatio', { fact: 'high', params: { symbol: 'SPY' } }] })],
		[
			'a schedule',
			rule({
				schedule: { session: ['pre', 'regular'], days: ['mon'], from: '2026-01-01T00:00Z' },
			}),
		],
	])('takes %s, as the compiler does', (_, document) => {
		expect(compilerTakes(document)).toBe(true);
		expect(schemaTakes(document) ? [] : validate.errors).toEqual([]);
	});

	it.each(operators.map(({ name, compares }) => [name, compares] as const))(
		'takes %s, plain and of another fact',
		(operator, compares) => {
			const value = ['in', 'notIn'].includes(operator) ? [60] : VALUES[compares];
			expect(schemaTakes(of({ operator, value }))).toBe(true);
			if (compares !== 'percent') {
				expect(schemaTakes(of({ operator, value: { fact: 'close' } }))).toBe(true);
			}
		},
	);

	it.each<[string, unknown]>([
		['a rule without an id', { ...rule(), id: undefined }],
		['a part typed wrong', rule({ colldown: '1h' })],
		['a duration in words', rule({ cooldown: 'an hour' })],
		['another way to fire', rule({ fire: 'always' })],
		['a comparison at the top', rule({ conditions: price })],
		['a reset that is a comparison', rule({ resetWhen: price })],
		['an empty group', rule({ conditions: { all: [] } })],
		['two groups at once', rule({ conditions: { all: [price], any: [price] } })],
		['an operator typed wrong', of({ operator: 'lesThan' })],
		['a decorator typed wrong', of({ operator: 'evryFact:lessThan' })],
		['no value', rule({ conditions: { all: [{ fact: 'price', operator: 'lessThan' }] } })],
		['words where a number belongs', of({ value: 'sixty' })],
		['a range with one end', of({ operator: 'between', value: [50] })],
		['how far without of what', of({ operator: 'within', value: { percent: 1 } })],
		['a time with one digit', of({ operator: 'betweenTimes', value: ['9:30', '16:00'] })],
		['one where a list belongs', of({ operator: 'in', value: 'AAPL' })],
		['a parameter typed wrong', of({ fact: 'rsi', params: { perod: 14 } })],
		['a parameter out of its range', of({ fact: 'rsi', params: { period: 0 } })],
		['a factor of 0', of({ params: { times: 0 } })],
		['a factor of a text', of({ fact: 'weekday', params: { times: 2 } })],
		['a parameter of another fact', of({ fact: 'price', params: { period: 14 } })],
		[
			'a parameter of a fact on the right',
			of({ value: { fact: 'sma', params: { period: '20' } } }),
		],
		['a parameter of a field', of({ fact: 'order.total', params: { period: 14 } })],
		['an unknown calendar', rule({ schedule: { calendar: 'nyse' } })],
		['an end without a zone', rule({ schedule: { until: '2027-01-01T00:00:00' } })],
		['a parameter of a fact to carry', rule({ include: [{ fact: 'rsi', params: { period: 0 } }] })],
		[
			'parameters of a fact beside any operator',
			of({ operator: 'equal', value: { fact: 'rsi', params: { period: 0 } } }),
		],
		['more of a fact to carry', rule({ include: [{ fact: 'rsi', value: 30 }] })],
		['no alert a day', rule({ maxPerDay: 0 })],
		['no candle to hold at', rule({ holdFor: '0 candles' })],
		['no alert at all', rule({ maxAlerts: 0 })],
		['no rule at all', []],
	])('refuses %s, as the compiler does', (_, document) => {
		expect(compilerTakes(document)).toBe(false);
		expect(schemaTakes(document)).toBe(false);
	});

	it('takes whatever the compiler takes, and the compiler gives reasons for the rest', () => {
		let taken = 0;
		fc.assert(
			fc.property(anyRule, (generated) => {
				const document = JSON.parse(JSON.stringify(generated)) as unknown;
				try {
					compileRule(document);
				} catch (error) {
					expect(error).toMatchObject({ name: 'RuleError' });
					return;
				}
				taken += 1;
				expect(schemaTakes(document) ? [] : validate.errors).toEqual([]);
			}),
			{ numRuns: 500 },
		);
		expect(taken).toBeGreaterThan(100);
	});

	it('names every operator and every fact, for an editor to offer', () => {
		const text = JSON.stringify(ruleJsonSchema());
		for (const { name } of [...operators, ...catalogue]) {
			expect(text).toContain(`{"const":"${name}","description":"`);
		}
	});

	it('says of every part what it is', () => {
		const { properties } = ruleJsonSchema() as { properties: Record<string, object> };
		for (const part of Object.values(properties)) {
			expect(part).toHaveProperty('description', expect.stringMatching(/\w/));
		}
	});
});
