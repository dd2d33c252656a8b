// What somebody could pick instead: json-rules-engine in each of the ways it can be used, and closures by hand.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

import { symbolOf, toClosure, type BenchQuote, type BenchRule, type Change } from './market.mts';

const root = resolve(import.meta.dirname, '../..');
const require = createRequire(join(root, 'package.json'));
const { Engine, Rule } = require('json-rules-engine');
const { compileRule, evaluateRule } = require('./dist/core/rules');
const { FactSheet } = require('./dist/core/facts');

/** Which of the rules hold for an event, by their numbers. */
export type Ask = (quote: BenchQuote) => Promise<ReadonlySet<number>>;

const toRule = (
	{ id, kind, levels }: BenchRule,
	number: number,
	conditions: object = { [kind]: levels },
) => new Rule({ name: id, conditions, event: { type: 'holds', params: { number } } });
const holding = ({ events }: { events: Array<{ params: { number: number } }> }) =>
	new Set(events.map(({ params }) => params.number));
/** The ways json-rules-engine can be used. */
const WAYS: Readonly<Record<string, (rules: unknown[]) => Ask>> = {
	plain: (rules) => {
		const engine = new Engine(rules);
		return async ({ symbol, price, changePercent }) =>
			holding(await engine.run({ symbol, price, changePercent }));
	},
	uncached: (rules) => {
		let now: BenchQuote | undefined;
		const engine = new Engine(rules);
		for (const fact of ['symbol', 'price', 'changePercent'] as const) {
			engine.addFact(fact, () => now?.[fact], { cache: false });
		}
		return async (quote) => {
			now = quote;
			return holding(await engine.run());
		};
	},
	keptRules:
		(rules) =>
		async ({ symbol, price, changePercent }) =>
			holding(await new Engine(rules).run({ symbol, price, changePercent })),
};

export const ways = Object.keys(WAYS);

/** One engine with all rules: each is of one symbol, and asks for that first, so that the rest needn't be looked at. */
export function oneEngine(rules: readonly BenchRule[], way: string): Ask {
	const all = rules.map((rule, number) => {
		const { kind, levels, symbol } = rule;
		const isIts = { fact: 'symbol', operator: 'equal', value: symbolOf(symbol), priority: 2 };
		const conditions = { all: [isIts, ...(kind === 'all' ? levels : [{ any: levels }])] };
		return toRule(rule, number, conditions);
	});
	return WAYS[way]!(all);
}

/** An engine for each symbol, with the rules of that symbol. */
export function enginePerSymbol(rules: readonly BenchRule[], way: string): Ask {
	const bySymbol = new Map<string, unknown[]>();
	rules.forEach((rule, number) => {
		const symbol = symbolOf(rule.symbol);
		bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), toRule(rule, number)]);
	});
	const engines = new Map([...bySymbol].map(([symbol, its]) => [symbol, WAYS[way]!(its)]));
	return async (quote) => await engines.get(quote.symbol)!(quote);
}

/** The changes of verdict in what an engine says, event by event; a rule holds not before its first. */
export async function changesBy(
	ask: Ask,
	rules: readonly BenchRule[],
	quotes: readonly BenchQuote[],
) {
	const bySymbol = new Map<string, number[]>();
	rules.forEach(({ symbol }, number) => {
		const its = bySymbol.get(symbolOf(symbol));
		if (its === undefined) bySymbol.set(symbolOf(symbol), [number]);
		else its.push(number);
	});
	const held = new Uint8Array(rules.length);
	const changes: Change[] = [];
	for (let event = 0; event < quotes.length; event += 1) {
		const quote = quotes[event]!;
		const holds = await ask(quote);
		for (const rule of bySymbol.get(quote.symbol) ?? []) {
			const now = holds.has(rule) ? 1 : 0;
			if (now === held[rule]) continue;
			held[rule] = now;
			changes.push({ event, rule, holds: now === 1 });
		}
	}
	return changes;
}

/** A closure for each rule, each asked at each event; json-rules-engine, as we ask it, for the reasons of a change. */
export async function changesByClosures(
	rules: readonly BenchRule[],
	documents: readonly object[],
	quotes: readonly BenchQuote[],
	judges: boolean,
) {
	const bySymbol = new Map<
		string,
		Array<{ number: number; holds: (quote: BenchQuote) => boolean }>
	>();
	rules.forEach((rule, number) => {
		const closure = { number, holds: toClosure(rule) };
		const its = bySymbol.get(symbolOf(rule.symbol));
		if (its === undefined) bySymbol.set(symbolOf(rule.symbol), [closure]);
		else its.push(closure);
	});
	const compiled = documents.map((document) => compileRule(document));
	const held = new Uint8Array(rules.length);
	const changes: Change[] = [];
	const startedAt = performance.now();
	for (let event = 0; event < quotes.length; event += 1) {
		const quote = quotes[event]!;
		for (const { number, holds } of bySymbol.get(quote.symbol) ?? []) {
			const now = holds(quote);
			if (now === (held[number] === 1)) continue;
			held[number] = now ? 1 : 0;
			changes.push({ event, rule: number, holds: now });
			if (!judges) continue;
			const { verdict } = await evaluateRule(compiled[number], new FactSheet(quote), {});
			if ((verdict.outcome === 'holds') !== now) throw new Error('the judge says otherwise');
		}
	}
	return { changes, ms: performance.now() - startedAt };
}
