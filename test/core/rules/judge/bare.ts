import { Almanac, Engine, Fact } from 'json-rules-engine';

import { answerEdge, isEdge, multiplied, ours, type Answer, type Sides } from './naive';
import type { Columns, Condition, Conditions, Leaf } from './streams';

/**
 * json-rules-engine as it is, with a document as it's written. Operators it doesn't have are registered
 * as plain functions. An edge looks at two events, and an operator is handed only one, so each edge of the
 * document has an operator of its own, numbered, that knows the sides before.
 */
export class BareEngine {
	private readonly rule: Engine;

	/** @param before the sides an edge is compared with; it changes from event to event */
	constructor(
		document: Conditions,
		private readonly edges: readonly Leaf[],
		private readonly before: ReadonlyMap<Leaf, Sides>,
	) {
		this.rule = this.engine();
		for (const [name, named] of Object.entries(document.namedConditions)) {
			this.rule.setCondition(name, this.number(named) as never);
		}
		this.addRule(this.rule, document.conditions);
	}

	/** Its verdict, and the comparisons it came to, in the order they're written. */
	async judge(facts: BareFacts) {
		const { results, failureResults } = await this.rule.run(facts);
		const [result] = [...results, ...failureResults];
		return { holds: result!.result === true, comparisons: comparisonsIn(result!.conditions) };
	}

	/** What it makes of each of these comparisons alone. */
	async judgeEach(leaves: readonly Leaf[], facts: BareFacts): Promise<boolean[]> {
		if (leaves.length === 0) return [];
		const engine = this.engine();
		leaves.forEach((leaf, index) => this.addRule(engine, { all: [leaf] }, String(index)));
		const { results } = await engine.run(facts);
		const held = new Set(results.map(({ name }) => name));
		return leaves.map((_, index) => held.has(String(index)));
	}

	private addRule(engine: Engine, conditions: Condition, name?: string): void {
		const numbered = this.number(conditions) as never;
		engine.addRule({ conditions: numbered, event: { type: 'e' }, ...(name ? { name } : {}) });
	}

	private engine(): Engine {
		const engine = new Engine();
		for (const [name, test] of ours) engine.addOperator(name, test);
		this.edges.forEach((leaf, index) =>
			engine.addOperator(`${leaf.operator} ${index}`, (left, right) =>
				answerEdge(leaf, this.before.get(leaf)!, { left, right }),
			),
		);
		return engine;
	}

	/** The document, with its edges numbered. */
	private number(condition: Condition): Condition {
		if ('fact' in condition) {
			if (!isEdge(condition.operator)) return condition;
			return {
				...condition,
				operator: `${condition.operator} ${this.edges.indexOf(condition)}`,
			};
		}
		if ('not' in condition) return { ...condition, not: this.number(condition.not) };
		const all = (members: readonly Condition[]) => members.map((one) => this.number(one));
		if ('all' in condition) return { ...condition, all: all(condition.all) };
		return 'any' in condition ? { ...condition, any: all(condition.any) } : condition;
	}
}

export type BareFacts = Record<string, Fact>;
export type Comparison = readonly [fact: string, operator: string, holds: Answer];

/** Columns as facts of its own; parameters ask for another instrument's, or for a multiple. */
export function bareFacts(own: Columns, other: Columns): BareFacts {
	const names = new Set([...Object.keys(own), ...Object.keys(other)]);
	const toFact = (name: string) =>
		new Fact(
			name,
			({ symbol, times }) => multiplied((symbol === 'SPY' ? other : own)[name], times),
			{ cache: false },
		);
	return Object.fromEntries([...names].map((name) => [name, toFact(name)]));
}

/** Looks facts up as the engine does. */
export function bareReader(facts: BareFacts) {
	const almanac = new Almanac({ allowUndefinedFacts: true });
	for (const fact of Object.values(facts)) almanac.addFact(fact);
	return async ({ fact, params, path }: Pick<Leaf, 'fact' | 'params' | 'path'>) => {
		try {
			return await almanac.factValue<unknown>(fact, params ?? {}, path ?? '');
		} catch {
			return undefined; // a path that can't be followed here
		}
	};
}

type Result = {
	readonly all?: readonly Result[];
	readonly any?: readonly Result[];
	readonly not?: Result;
	readonly fact?: string;
	readonly operator?: string;
	readonly result?: boolean;
};

function comparisonsIn(condition: unknown): Comparison[] {
	const { all, any, not, fact, operator, result } = condition as Result;
	if (fact !== undefined && operator !== undefined && result !== undefined) {
		return [[fact, operator.split(' ')[0]!, result]];
	}
	return [...(all ?? any ?? []), ...(not === undefined ? [] : [not])].flatMap(comparisonsIn);
}
