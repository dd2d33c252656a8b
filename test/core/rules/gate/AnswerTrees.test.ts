import * as fc from 'fast-check';

import type { CompiledRule } from '../../../../core/rules';
import { AnswerTrees, type Answer } from '../../../../core/rules/gate/AnswerTrees';

type Tree = CompiledRule['tree'];

/** A tree of so many leaves, numbered as they're written. */
const tree = fc
	.letrec<{ tree: Tree }>((tie) => ({
		tree: fc.oneof(
			{ maxDepth: 4 },
			fc.constant<Tree>({ kind: 'leaf', leaf: 0 }),
			fc
				.record({
					kind: fc.constantFrom('all' as const, 'any' as const),
					members: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
				})
				.map((group): Tree => group),
			fc.record({ kind: fc.constant('not' as const), member: tie('tree') }),
		),
	}))
	.tree.map((one) => {
		let leaves = 0;
		const number = (part: Tree): Tree =>
			part.kind === 'leaf'
				? { kind: 'leaf', leaf: leaves++ }
				: part.kind === 'not'
					? { kind: 'not', member: number(part.member) }
					: { kind: part.kind, members: part.members.map(number) };
		return { tree: number(one), leaves };
	});

/** Kleene's logic, plainly. */
function answer(part: Tree, answers: readonly Answer[]): Answer {
	if (part.kind === 'leaf') return answers[part.leaf]!;
	if (part.kind === 'not') {
		const inner = answer(part.member, answers);
		return inner === -1 ? -1 : inner === 1 ? 0 : 1;
	}
	const found = part.members.map((member) => answer(member, answers));
	const deciding = part.kind === 'all' ? 0 : 1;
	if (found.includes(deciding)) return deciding;
	return found.includes(-1) ? -1 : deciding === 0 ? 1 : 0;
}

describe('answer trees', () => {
	it('say what Kleene says after any changes, and tell of each change at the top once', () => {
		fc.assert(
			fc.property(
				fc.array(tree, { minLength: 1, maxLength: 4 }),
				fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom<Answer>(-1, 0, 1)), {
					maxLength: 60,
				}),
				(planted, changes) => {
					const changed: number[] = [];
					const trees = new AnswerTrees(
						(owner) => changed.push(owner),
						() => undefined,
					);
					// One that goes leaves room for the next.
					trees.remove(trees.add(planted[0]!.tree, 99));
					const tops = planted.map((one, owner) => trees.add(one.tree, owner));
					const answers = planted.map(({ leaves }) =>
						Array.from({ length: leaves }, (): Answer => -1),
					);
					for (const [which, leaf, said] of changes) {
						const at = which % planted.length;
						const own = answers[at]!;
						const before = trees.answerOf(tops[at]!);
						changed.length = 0;
						own[leaf % own.length] = said;
						trees.set(trees.atomsOf(tops[at]!)[leaf % own.length]!, said);
						const expected = answer(planted[at]!.tree, own);
						expect(trees.answerOf(tops[at]!)).toBe(expected);
						expect(changed).toEqual(expected === before ? [] : [at]);
					}
				},
			),
		);
	});

	it('knows whose tree an atom is in', () => {
		const trees = new AnswerTrees(
			() => undefined,
			() => undefined,
		);
		const nested: Tree = {
			kind: 'all',
			members: [{ kind: 'not', member: { kind: 'any', members: [{ kind: 'leaf', leaf: 0 }] } }],
		};
		const tops = [trees.add(nested, 3), trees.add(nested, 7)];
		expect(tops.map((top) => trees.atomsOf(top).map((atom) => trees.ownerOf(atom)))).toEqual([
			[3],
			[7],
		]);
	});
});
