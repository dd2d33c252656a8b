import * as fc from 'fast-check';

import { compileRule } from '../../../../core/rules';
import { Ladders } from '../../../../core/rules/gate/Ladders';
import { toLevels } from '../../../../core/rules/gate/toLevels';

/** A ladder whose atoms are the comparisons, and what each adds up to. */
function ladderOf(comparisons: ReadonlyArray<readonly [operator: string, value: unknown]>) {
	const sums: number[] = [];
	const ladders = new Ladders((atom, adds) => {
		sums[atom] = (sums[atom] ?? 0) + adds;
	});
	const ladder = ladders.open();
	const put = (operator: string, value: unknown, atom: number) => {
		const conditions = { all: [{ fact: 'price', operator, value }] };
		const [leaf] = compileRule({ version: 1, id: 'r', name: 'r', conditions }).leaves;
		const shape = toLevels(leaf!);
		if (shape === undefined) throw new Error(`${operator} is no level`);
		sums[atom] = shape.base;
		for (const { level, above, adds } of shape.levels)
			ladders.add(ladder, level, above, adds, atom);
	};
	comparisons.forEach(([operator, value], atom) => put(operator, value, atom));
	const holds = (atom: number) => (sums[atom] ?? 0) > 0;
	return { ladders, ladder, holds, put };
}

const COMPARED: Record<string, (value: number, other: never) => boolean> = {
	lessThan: (value, other: number) => value < other,
	lessThanInclusive: (value, other: number) => value <= other,
	greaterThan: (value, other: number) => value > other,
	greaterThanInclusive: (value, other: number) => value >= other,
	equal: (value, other: number) => value === other,
	notEqual: (value, other: number) => value !== other,
	between: (value, [lower, upper]: [number, number]) => value >= lower && value <= upper,
	outside: (value, [lower, upper]: [number, number]) => value < lower || value > upper,
	in: (value, members: number[]) => members.includes(value),
	notIn: (value, members: number[]) => !members.includes(value),
	'not:lessThan': (value, other: number) => !(value < other),
	'not:between': (value, [lower, upper]: [number, number]) => value < lower || value > upper,
};
/** Few, so that values meet levels and each other. */
const few = fc.constantFrom(-1, 0, 0.1, 0.2, 0.30000000000000004, 1, 60, 60.01, 1e15);
const comparison = fc.constantFrom(...Object.keys(COMPARED)).chain((operator) => {
	if (operator.endsWith('between') || operator === 'outside') {
		return fc
			.tuple(few, few)
			.map((ends): [string, unknown] => [operator, ends.sort((a, b) => a - b)]);
	}
	if (operator === 'in' || operator === 'notIn') {
		return fc
			.array(few, { minLength: 1, maxLength: 4 })
			.map((members): [string, unknown] => [operator, members]);
	}
	return few.map((value): [string, unknown] => [operator, value]);
});

describe('a ladder', () => {
	it.each([
		['greaterThan', 60, [59, 60, 61], [false, false, true]],
		['greaterThanInclusive', 60, [59, 60, 61], [false, true, true]],
		['lessThan', 60, [59, 60, 61], [true, false, false]],
		['lessThanInclusive', 60, [59, 60, 61], [true, true, false]],
		['equal', 60, [59, 60, 61], [false, true, false]],
		['between', [59, 60], [58, 59, 60, 61], [false, true, true, false]],
	])(
		'%s %j changes where it should, on the way up and down',
		(operator, value, values, expected) => {
			const { ladders, ladder, holds } = ladderOf([[operator, value]]);
			const say = (one: number) => {
				ladders.move(ladder, one);
				return holds(0);
			};
			expect(values.map(say)).toEqual(expected);
			expect([...values].reverse().map(say)).toEqual([...expected].reverse());
		},
	);

	it('says of any number what its comparisons say, whatever came before, and as they come and go', () => {
		fc.assert(
			fc.property(
				fc.array(comparison, { minLength: 1, maxLength: 12 }),
				fc.array(
					fc.oneof(
						few,
						fc.constant(Number.NaN),
						fc.nat({ max: 11 }).map((at) => ({ at })),
					),
					{
						maxLength: 40,
					},
				),
				(comparisons, steps) => {
					const { ladders, ladder, holds, put } = ladderOf(comparisons);
					const gone = new Set<number>();
					for (const step of steps) {
						if (typeof step === 'object') {
							const [operator, value] = comparisons[step.at] ?? [];
							if (operator === undefined) continue;
							if (gone.delete(step.at)) put(operator, value, step.at);
							else {
								gone.add(step.at);
								ladders.remove(ladder, step.at);
							}
							continue;
						}
						ladders.move(ladder, step);
						if (Number.isNaN(step)) continue;
						comparisons.forEach(([operator, value], atom) => {
							if (gone.has(atom)) return;
							expect([operator, value, step, holds(atom)]).toEqual([
								operator,
								value,
								step,
								COMPARED[operator]!(step, value as never),
							]);
						});
					}
				},
			),
		);
	});

	it.each(['in', 'notIn'])('has no level for an empty list: %s', (operator) => {
		expect(() => ladderOf([[operator, []]])).toThrow(`${operator} is no level`);
	});

	it('knows the number before, the last one that was known, and that none is', () => {
		const { ladders, ladder } = ladderOf([['lessThan', 60]]);
		const values = [61, Number.NaN, Number.NaN, 59];
		const seen = values.map((value) => {
			const isOther = ladders.move(ladder, value);
			return [isOther, ladders.now(ladder), ladders.before(ladder), ladders.last(ladder)];
		});
		expect(seen).toEqual([
			[true, 61, Number.NaN, 61],
			[true, Number.NaN, 61, 61],
			[false, Number.NaN, 61, 61],
			[true, 59, 61, 59],
		]);
	});

	it('stays apart from the others while they grow, close and are packed', () => {
		const sums = new Map<number, number>();
		const ladders = new Ladders((atom, adds) => {
			sums.set(atom, (sums.get(atom) ?? 0) + adds);
		});
		let open = Array.from({ length: 20 }, () => ladders.open());
		for (let level = 0; level < 50; level += 1) {
			open.forEach((ladder, at) => ladders.add(ladder, level, false, 1, at * 100 + level));
		}
		open.forEach((ladder, at) => ladders.move(ladder, at));
		open.slice(10).forEach((ladder) => ladders.close(ladder));
		open = open.slice(0, 10);
		const late = ladders.open();
		for (let level = 0; level < 2_000; level += 1)
			ladders.add(late, level, false, 1, 5_000 + level);
		open.forEach((ladder) => ladders.move(ladder, 49));
		ladders.move(late, 700);
		open.forEach((_, at) => {
			const passed = Array.from({ length: 50 }, (_, level) => sums.get(at * 100 + level));
			expect(passed).toEqual(Array.from({ length: 50 }, () => 1));
		});
		expect([700, 701].map((level) => sums.get(5_000 + level) ?? 0)).toEqual([1, 0]);
	});
});
