// What 99,000 further rules cost an event: 1,000 rules and 100,000 on 10,000 symbols, the same tape and the same changes of verdict in
// both. The further rules lie away from the market; each is looked after all the same, and would be told if the market came there.
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

import { changesByClosures } from './market/baselines.mts';
import {
	alertsOf,
	makeQuotes,
	makeRule,
	median,
	seededRandom,
	toDocument,
	type BenchQuote,
	type BenchRule,
} from './market/market.mts';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { LiveRules } = require('./dist/core/pipeline');
const { compileRule } = require('./dist/core/rules');
const { observe } = require('./dist/core/facts');

const SYMBOLS = 10_000;
const FEW = 1_000;
const MANY = 100_000;
/** Of the tape; each round plays the next to both. */
const SEGMENT = 50_000;
const ROUNDS = 11;
const BATCH = 500;
const CHANGED_RULES = 500;

const { quotes, opens } = makeQuotes(SYMBOLS, SYMBOLS + SEGMENT * (ROUNDS + 1));
const random = seededRandom(7);
/** Near the market, on every tenth symbol, so that verdicts change. */
const few = Array.from({ length: FEW }, (_, at) => {
	const symbol = at * 10;
	return makeRule(`near${at}`, symbol, opens[symbol]!, random, [0.02, 1.5]);
});
/** Away from it, ten a symbol. */
const away = (id: string, symbol: number): BenchRule =>
	makeRule(id, symbol, opens[symbol]!, random, [25, 35], true);
const many = [
	...few,
	...Array.from({ length: MANY - FEW }, (_, at) => away(`away${at}`, at % SYMBOLS)),
];

type Live = {
	put(rule: unknown): void;
	observe(observation: unknown): void;
	drain(): Promise<ReadonlyArray<{ rule: { document: { id: string } }; at: number }>>;
	readonly counts: { judgeCalls: number; disagreements: number };
};

function startWith(rules: readonly BenchRule[]): { live: Live; ms: number } {
	const documents = rules.map(toDocument);
	const startedAt = performance.now();
	const live: Live = new LiveRules({
		scope: { workflowId: 'w', nodeId: 'n' },
		gate: 'askChanged',
	});
	for (const document of documents) live.put(compileRule(document));
	return { live, ms: performance.now() - startedAt };
}

/** Plays events; what the judge takes is measured apart. */
async function play(live: Live, shown: readonly BenchQuote[]) {
	const told: string[] = [];
	let [observeMs, drainMs] = [0, 0];
	for (let begin = 0; begin < shown.length; begin += BATCH) {
		const batch = shown.slice(begin, begin + BATCH).map((quote) => observe(quote));
		const startedAt = performance.now();
		for (const observation of batch) live.observe(observation);
		const observedAt = performance.now();
		const alerts = await live.drain();
		drainMs += performance.now() - observedAt;
		observeMs += observedAt - startedAt;
		for (const { rule, at } of alerts) told.push(`${at} ${rule.document.id}`);
	}
	return { told: told.sort(), observeMs, drainMs };
}

/** What rules shall tell of the whole tape, by the closures' verdicts. */
async function expectedOf(rules: readonly BenchRule[]): Promise<string[]> {
	const { changes } = await changesByClosures(rules, [], quotes, false);
	if (changes.some(({ rule }) => rule >= FEW))
		throw new Error('a rule that lies away changes its verdict');
	const told = alertsOf(rules, changes, quotes.at(-1)!.eventAt);
	return told.map(({ rule, at }) => `${at} ${rules[rule]!.id}`).sort();
}

/** Rules from their documents to their first event; then segment by segment. */
class Side {
	readonly startMs: number;
	readonly live: Live;
	readonly told: string[] = [];

	constructor(rules: readonly BenchRule[]) {
		const { live, ms } = startWith(rules);
		this.live = live;
		this.startMs = ms;
	}

	async play(shown: readonly BenchQuote[]): Promise<{ us: number; withJudgeUs: number }> {
		const { told, observeMs, drainMs } = await play(this.live, shown);
		this.told.push(...told);
		const toUs = (ms: number): number => (ms / shown.length) * 1_000;
		return { us: toUs(observeMs), withJudgeUs: toUs(observeMs + drainMs) };
	}
}

const small = new Side(few);
const large = new Side(many);
const sides = { few: small, many: large };
for (const side of [small, large]) await side.play(quotes.slice(0, SYMBOLS));
const judgedBefore = { few: small.live.counts.judgeCalls, many: large.live.counts.judgeCalls };

const rounds: Array<Record<'few' | 'many', { us: number; withJudgeUs: number }>> = [];
for (let round = 0; round < ROUNDS + 1; round += 1) {
	const begin = SYMBOLS + round * SEGMENT;
	const segment = quotes.slice(begin, begin + SEGMENT);
	const order = round % 2 === 0 ? (['few', 'many'] as const) : (['many', 'few'] as const);
	const first = await sides[order[0]].play(segment);
	const second = await sides[order[1]].play(segment);
	if (round > 0)
		rounds.push(round % 2 === 0 ? { few: first, many: second } : { few: second, many: first });
}
const judgeCalls = {
	few: small.live.counts.judgeCalls - judgedBefore.few,
	many: large.live.counts.judgeCalls - judgedBefore.many,
};
for (const [side, rules] of [
	[small, few],
	[large, many],
] as const) {
	const expected = await expectedOf(rules);
	if (JSON.stringify(side.told.toSorted()) !== JSON.stringify(expected)) {
		throw new Error(`${side.told.length} alerts, ${expected.length} by the closures' verdicts`);
	}
	if (side.live.counts.disagreements > 0) throw new Error('gate and judge disagree');
}

/** One rule after the other gets other levels, among all the rest. */
const changeMs = Array.from({ length: CHANGED_RULES }, () => {
	const at = FEW + Math.floor(random() * (MANY - FEW));
	const rule = compileRule(toDocument(away(many[at]!.id, many[at]!.symbol)));
	const startedAt = performance.now();
	large.live.put(rule);
	return performance.now() - startedAt;
}).slice(20);

const medianOf = (figure: (round: (typeof rounds)[number]) => number): number =>
	median(rounds.map(figure));
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
const result = {
	bench: 'rules-scale',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	symbols: SYMBOLS,
	rules: [FEW, MANY],
	events: SEGMENT * ROUNDS,
	rounds: ROUNDS,
	alerts: [small.told.length, large.told.length],
	costRatio: rounded(
		medianOf((round) => round.many.us / round.few.us),
		2,
	),
	costRatioWithJudge: rounded(
		medianOf((round) => round.many.withJudgeUs / round.few.withJudgeUs),
		2,
	),
	judgeCalls: judgeCalls.many,
	judgeCallsFew: judgeCalls.few,
	eventNs: rounded(medianOf((round) => round.many.us) * 1_000, 0),
	eventNsFew: rounded(medianOf((round) => round.few.us) * 1_000, 0),
	eventWithJudgeNs: rounded(medianOf((round) => round.many.withJudgeUs) * 1_000, 0),
	startMs: rounded(large.startMs, 0),
	changeOneRuleMs: rounded(median(changeMs), 4),
};
console.log(
	`An event costs ${result.eventNsFew} ns with ${FEW} rules and ${result.eventNs} ns with ${MANY} on ${SYMBOLS} symbols, without the judge; ${result.judgeCalls} calls of it on ${SEGMENT * (ROUNDS + 1)} events; all rules are there after ${result.startMs} ms, one is changed in ${result.changeOneRuleMs} ms`,
);
console.log(JSON.stringify(result));
if (judgeCalls.few !== judgeCalls.many) throw new Error('The judge was asked about further rules.');
