import type { MissingReason } from '../../core/facts';
import { compileRule, operators, ruleDocumentSchema } from '../../core/rules';
import { decorators } from '../../core/rules/operators';
import { scheduleSchema } from '../../core/rules/schema';
import { closeSharedStore } from '../../nodes/host/store';
import { documentsOf, examplesOf, isObject, kindOf, type Json } from './examples';
import { judge } from './judge';
import { codesOf, parsePage, readPage, tablesOf } from './page';

afterAll(async () => await closeSharedStore());

const blocks = parsePage(readPage('rules.md'));

describe('the examples of docs/rules.md', () => {
	const rules = examplesOf(blocks).filter((example) => kindOf(example) === 'rule');
	const documents = rules.flatMap(documentsOf);
	const keysOf = (part: string) =>
		documents.flatMap((one) => Object.keys((one[part] as Json) ?? {}));
	const operatorsIn = (json: unknown): string[] => {
		if (Array.isArray(json)) return json.flatMap(operatorsIn);
		if (!isObject(json)) return [];
		const { operator } = json;
		const here = typeof operator === 'string' ? operator.split(':') : [];
		return [...here, ...Object.values(json).flatMap(operatorsIn)];
	};

	it('use every operator and decorator', () => {
		expect(documents.flatMap(operatorsIn)).toEqual(
			expect.arrayContaining([...operators.map(({ name }) => name), ...decorators]),
		);
	});

	it('use every part of a document and of a schedule, and every way to fire', () => {
		const written = rules.flatMap(({ json }) => (isObject(json) ? Object.keys(json) : []));
		const parts = Object.keys(ruleDocumentSchema.shape).filter((part) => part !== '$schema');
		expect(written).toEqual(expect.arrayContaining(parts));
		expect(keysOf('schedule')).toEqual(expect.arrayContaining(Object.keys(scheduleSchema.shape)));
		expect(documents.map(({ fire }) => fire)).toEqual(
			expect.arrayContaining(ruleDocumentSchema.shape.fire.unwrap().options),
		);
	});
});

describe('the tables of docs/rules.md', () => {
	const rowsOf = (head: string): string[][] => {
		const [rows] = tablesOf(blocks, head);
		if (rows === undefined) throw new Error(`no table begins with "${head}"`);
		return rows;
	};
	const namesIn = (head: string) => rowsOf(head).flatMap(([first = '']) => codesOf(first));

	it('list every part of a document, of a schedule, and every operator', () => {
		expect(namesIn('part').sort()).toEqual(Object.keys(ruleDocumentSchema.shape).sort());
		expect(namesIn('key').sort()).toEqual(Object.keys(scheduleSchema.shape).sort());
		expect(namesIn('operator').sort()).toEqual(operators.map(({ name }) => name).sort());
	});

	it('list every reason a fact may be missing for', () => {
		// No source says yet that a market is closed.
		const reasons: Record<Exclude<MissingReason, 'marketClosed'> | 'late', true> = {
			warmingUp: true,
			notOffered: true,
			invalid: true,
			stale: true,
			firstValue: true,
			late: true,
		};
		expect(namesIn('reason').sort()).toEqual(Object.keys(reasons).sort());
	});

	it.each(
		rowsOf('operator').flatMap(([operator = '', , value = '', holds = '', fails = '']) => [
			...codesOf(holds).map((side) => [side, operator, value, true] as const),
			...codesOf(fails).map((side) => [side, operator, value, false] as const),
		]),
	)('%s %s %s: %s', async (side, operator, value, holds) => {
		const [name] = codesOf(operator);
		const [compared = ''] = codesOf(value);
		const sides = side.split('→').map((one) => JSON.parse(one) as unknown);
		const rule = { all: [{ fact: 'x', operator: name, value: JSON.parse(compared) as unknown }] };
		const items = sides.map((x, index) => ({ x, eventId: `event ${index + 1}`, symbol: 'SHOP' }));
		const { error, outcome } = await judge(JSON.stringify(rule), items);
		expect([error, outcome(sides.length - 1).what]).toEqual([undefined, holds ? 'alert' : '']);
	});

	const price = { fact: 'price', operator: 'lessThan', value: 60 };
	const rule = (more: object) => ({
		version: 1,
		id: 'r',
		name: 'r',
		conditions: { all: [price] },
		...more,
	});
	/** A rule of a size. */
	const OF_SIZE: Readonly<Record<string, (size: number) => object>> = {
		'levels of groups within groups': (size) => {
			let conditions: object = price;
			for (let level = 1; level < size; level += 1) conditions = { not: conditions };
			return rule({ conditions });
		},
		'conditions of a rule, groups and what names stand for included': (size) =>
			rule({ conditions: { all: Array.from({ length: size - 1 }, () => price) } }),
		'characters of an id or a name': (size) =>
			rule({ id: 'x'.repeat(size), name: 'x'.repeat(size) }),
		"characters of a title's template": (size) => rule({ title: 'x'.repeat(size) }),
		"characters of a message's template": (size) => rule({ message: 'x'.repeat(size) }),
		'candles a `period` or `last` looks at': (size) =>
			rule({
				include: [
					{ fact: 'sma', params: { period: size } },
					{ fact: 'highest', params: { last: size } },
				],
			}),
	};

	it.each(rowsOf('limit'))('keep to the limit: %s, %s', (limit, most) => {
		const ofSize = OF_SIZE[limit];
		if (ofSize === undefined) throw new Error(`nobody checks the limit "${limit}"`);
		compileRule(ofSize(Number(most)));
		expect(() => compileRule(ofSize(Number(most) + 1))).toThrow();
	});
});
