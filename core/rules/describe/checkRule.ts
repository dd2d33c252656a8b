import { catalogue, factorOf, findFact, lacksParams, toNumber } from '../../facts';
import type { CompiledLeaf, CompiledRule, ConditionTree } from '../compileRule';
import { nearestName } from '../nearestName';
import { candlesOf, nameFact } from './words';

/** What's allowed and probably not meant, each a sentence that says what to do. */
export function checkRule(rule: CompiledRule): string[] {
	return [
		...unknownFacts(rule),
		...withoutParams(rule),
		...impossible(rule.tree, rule.leaves),
		...absurdLevels(rule.leaves),
		...noisy(rule),
	];
}

/** Names that are nearly one of ours; other names are columns, and columns may be called anything. */
function unknownFacts({ facts }: CompiledRule): string[] {
	const names = catalogue.map(({ name }) => name);
	const unknown = new Set(facts.map(({ fact }) => fact).filter((fact) => !findFact(fact)));
	return [...unknown].flatMap((fact) => {
		const near = nearestName(fact, names);
		return near === undefined
			? []
			: [`"${fact}" is read from a field of that name. Did you mean the fact "${near}"?`];
	});
}

/** Facts of ours that need a parameter and have none: they may be columns, and probably aren't. */
function withoutParams({ facts }: CompiledRule): string[] {
	const named = facts.flatMap(({ fact, params = {} }) => {
		const definition = findFact(fact);
		return definition !== undefined && lacksParams(definition, params) ? [definition] : [];
	});
	return [...new Set(named)].map(({ name, params }) => {
		const isWindow = params.some((param) => param.name === 'over');
		const such = isWindow ? '{"over": "15m"} or {"last": 20}' : '{"interval": "5m"}';
		return `"${name}" has no parameters, so it's read from a field of that name; give it "params" such as ${such} to have it worked out.`;
	});
}

type Bounds = { over: number; under: number; overInclusive: boolean; underInclusive: boolean };

/** Comparisons of one group that can't hold together. */
function impossible(tree: ConditionTree, leaves: readonly CompiledLeaf[]): string[] {
	if (tree.kind === 'leaf') return [];
	if (tree.kind === 'not') return impossible(tree.member, leaves);
	const inner = tree.members.flatMap((member) => impossible(member, leaves));
	if (tree.kind === 'any') return inner;
	const bounds = new Map<string, Bounds>();
	for (const member of tree.members) {
		const leaf = member.kind === 'leaf' ? leaves[member.leaf] : undefined;
		if (leaf === undefined || 'fact' in leaf.right) continue;
		const name = nameFact(leaf.left);
		const narrowed = narrow(bounds.get(name), leaf.operator, leaf.right.literal);
		if (narrowed !== undefined) bounds.set(name, narrowed);
	}
	const empty = [...bounds].filter(
		([, { over, under, overInclusive, underInclusive }]) =>
			over > under || (over === under && !(overInclusive && underInclusive)),
	);
	return [
		...inner,
		...empty.map(
			([name]) =>
				`The comparisons of ${name} can't hold together, so the rule never does; use "any", or change a value.`,
		),
	];
}

function narrow(known: Bounds | undefined, operator: string, literal: unknown): Bounds | undefined {
	const bounds = known ?? {
		over: Number.NEGATIVE_INFINITY,
		under: Number.POSITIVE_INFINITY,
		overInclusive: true,
		underInclusive: true,
	};
	const value = toNumber(literal);
	if (value === undefined) return undefined;
	const from = (inclusive: boolean) =>
		value > bounds.over || (value === bounds.over && !inclusive)
			? { ...bounds, over: value, overInclusive: inclusive }
			: bounds;
	const to = (at: Bounds, inclusive: boolean) =>
		value < at.under || (value === at.under && !inclusive)
			? { ...at, under: value, underInclusive: inclusive }
			: at;
	switch (operator) {
		case 'greaterThan':
			return from(false);
		case 'greaterThanInclusive':
			return from(true);
		case 'lessThan':
			return to(bounds, false);
		case 'lessThanInclusive':
			return to(bounds, true);
		case 'equal':
			return to(from(true), true);
		default:
			return undefined;
	}
}

/** Indicators that can't leave a range. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
	rsi: [0, 100],
	stochasticK: [0, 100],
	stochasticD: [0, 100],
	mfi: [0, 100],
	adx: [0, 100],
	plusDi: [0, 100],
	minusDi: [0, 100],
	aroonUp: [0, 100],
	aroonDown: [0, 100],
	williamsR: [-100, 0],
};

function absurdLevels(leaves: readonly CompiledLeaf[]): string[] {
	return leaves.flatMap((leaf) => {
		const factor = factorOf(leaf.left) ?? 1;
		const [lowest, highest] = (RANGES[leaf.left.fact] ?? []).map((end) => end * factor);
		if (lowest === undefined || highest === undefined || 'fact' in leaf.right) return [];
		const values = [leaf.right.literal].flat().map(toNumber);
		const beyond = values.find(
			(value) => value !== undefined && (value < lowest || value > highest),
		);
		return beyond === undefined
			? []
			: [`${nameFact(leaf.left)} lies between ${lowest} and ${highest}; ${beyond} is beyond it.`];
	});
}

function noisy({ document, cooldownMs, intervalMs, hasEdge }: CompiledRule): string[] {
	const { fire, cooldown, interval } = document;
	if (fire === 'everyMatch' && cooldownMs === 0 && !hasEdge) {
		return ['Every event for which it holds tells an alert; set a cooldown, or fire on change.'];
	}
	const byCandle = fire === 'oncePerCandle' || fire === 'onCandleClose';
	if (byCandle && cooldown !== undefined && intervalMs !== undefined && cooldownMs < intervalMs) {
		return [
			`A cooldown of ${cooldown} is shorter than its ${candlesOf(interval ?? '')}, so it changes nothing.`,
		];
	}
	return [];
}
