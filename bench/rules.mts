// Rules in the trigger: 100 symbols with ten rules each, decoded events in, alerts with their reasons out, beside what somebody could
// pick instead. Each way finds the same changes of verdict; the slow ones on the first part of the tape.
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

import {
	changesBy,
	changesByClosures,
	enginePerSymbol,
	oneEngine,
	ways,
} from './market/baselines.mts';
import {
	alertsOf,
	makeQuotes,
	makeRule,
	median,
	seededRandom,
	toDocument,
	type BenchQuote,
} from './market/market.mts';

const root = resolve(import.meta.dirname, '..');
const require = createRequire(join(root, 'package.json'));
const { LiveRules } = require('./dist/core/pipeline');
const { compileRule } = require('./dist/core/rules');
const { observe } = require('./dist/core/facts');

const SYMBOLS = 100;
const RULES_EACH = 10;
const EVENTS = 400_000;
const ROUNDS = 5;
/** A batch, as a source hands it over; then the alerts are fetched. */
const BATCH = 500;
/** How much of the tape the slow ways are shown in each round. */
const SHOWN = { oneEngine: 60, enginePerSymbol: 4_000 };

const { quotes, opens } = makeQuotes(SYMBOLS, EVENTS);
const random = seededRandom(7);
const rules = opens.flatMap((open, symbol) =>
	Array.from({ length: RULES_EACH }, (_, at) =>
		makeRule(`r${symbol * RULES_EACH + at}`, symbol, open, random, [0.2, 8]),
	),
);
const documents = rules.map(toDocument);

async function ours(gate: 'askAlways' | 'askChanged', shown: readonly BenchQuote[]) {
	const live = new LiveRules({ scope: { workflowId: 'w', nodeId: 'n' }, gate });
	for (const document of documents) live.put(compileRule(document));
	const told: Array<{ readonly rule: number; readonly at: number }> = [];
	const startedAt = performance.now();
	for (let begin = 0; begin < shown.length; begin += BATCH) {
		const end = Math.min(begin + BATCH, shown.length);
		for (let at = begin; at < end; at += 1) live.observe(observe(shown[at]));
		for (const { rule, at, verdict } of await live.drain()) {
			if (verdict.because.length === 0) throw new Error('an alert without a reason');
			told.push({ rule: Number(rule.document.id.slice(1)), at });
		}
	}
	const ms = performance.now() - startedAt;
	return { ms, told: told.sort((a, b) => a.at - b.at || a.rule - b.rule), counts: live.counts };
}

/** Microseconds an event. */
const perEvent = (ms: number, events: number): number => (ms / events) * 1_000;
const same = (one: unknown, other: unknown): boolean =>
	JSON.stringify(one) === JSON.stringify(other);

const { changes } = await changesByClosures(rules, documents, quotes, false);
const changing = new Set(changes.filter(({ event }) => event >= SYMBOLS).map(({ event }) => event));
const expected = alertsOf(rules, changes, quotes.at(-1)!.eventAt);

async function timeOurs() {
	const mine = await ours('askChanged', quotes);
	if (!same(mine.told, expected)) {
		throw new Error(
			`${mine.told.length} alerts here, ${expected.length} by the closures' verdicts`,
		);
	}
	if (mine.counts.disagreements > 0) throw new Error('gate and judge disagree');
	return { us: perEvent(mine.ms, EVENTS), judgeCalls: mine.counts.judgeCalls };
}

async function timeClosures(): Promise<number> {
	const theirs = await changesByClosures(rules, documents, quotes, true);
	if (!same(theirs.changes, changes)) throw new Error('the closures disagree with themselves');
	return perEvent(theirs.ms, EVENTS);
}

async function timeEngine(of: typeof oneEngine, way: string, events: number): Promise<number> {
	const ask = of(rules, way);
	const shown = quotes.slice(0, events);
	const startedAt = performance.now();
	const found = await changesBy(ask, rules, shown);
	const ms = performance.now() - startedAt;
	if (
		!same(
			found,
			changes.filter(({ event }) => event < events),
		)
	) {
		throw new Error('json-rules-engine by itself finds other changes of verdict');
	}
	return perEvent(ms, events);
}

/** The fastest way of using json-rules-engine, by the best of three tries each. */
async function fastest(of: typeof oneEngine, events: number): Promise<string> {
	const best = new Map<string, number>();
	for (let tries = 0; tries < 3; tries += 1) {
		for (const way of ways) {
			const us = await timeEngine(of, way, events);
			best.set(way, Math.min(us, best.get(way) ?? Infinity));
		}
	}
	return [...best].toSorted(([, a], [, b]) => a - b)[0]![0];
}

const oneWay = await fastest(oneEngine, SHOWN.oneEngine);
const eachWay = await fastest(enginePerSymbol, SHOWN.enginePerSymbol);
const rounds: Array<{ ours: number; closures: number; one: number; each: number }> = [];
let judgeCalls = 0;
for (let round = 0; round < ROUNDS + 1; round += 1) {
	const mine = await timeOurs();
	judgeCalls = mine.judgeCalls;
	const times = {
		ours: mine.us,
		closures: await timeClosures(),
		one: await timeEngine(oneEngine, oneWay, SHOWN.oneEngine),
		each: await timeEngine(enginePerSymbol, eachWay, SHOWN.enginePerSymbol),
	};
	if (round > 0) rounds.push(times);
}
const medianOf = (figure: (times: (typeof rounds)[number]) => number): number =>
	median(rounds.map(figure));
const asked = 5_000;
const always = await ours('askAlways', quotes.slice(0, asked));

const result = {
	bench: 'rules',
	node: process.version,
	cpu: cpus()[0]?.model ?? 'unknown',
	symbols: SYMBOLS,
	rules: rules.length,
	events: EVENTS,
	rounds: ROUNDS,
	changingPercent: Number(((100 * changing.size) / EVENTS).toFixed(2)),
	verdictChanges: changes.length,
	alerts: expected.length,
	judgeCalls,
	eventsPerSecond: Math.round(1e6 / medianOf(({ ours }) => ours)),
	vsOneEngine: Math.round(medianOf(({ ours, one }) => one / ours)),
	vsEnginePerSymbol: Math.round(medianOf(({ ours, each }) => each / ours)),
	vsClosurePerRule: Number(medianOf(({ ours, closures }) => closures / ours).toFixed(2)),
	vsAskAlways: Math.round(perEvent(always.ms, asked) / medianOf(({ ours }) => ours)),
	oneEnginePerSecond: Number((1e6 / medianOf(({ one }) => one)).toFixed(1)),
	oneEngineWay: oneWay,
	oneEngineEvents: SHOWN.oneEngine,
	enginePerSymbolPerSecond: Math.round(1e6 / medianOf(({ each }) => each)),
	enginePerSymbolWay: eachWay,
	enginePerSymbolEvents: SHOWN.enginePerSymbol,
};
console.log(
	`${rules.length} rules on ${SYMBOLS} symbols: ${result.eventsPerSecond} events a second here, ${result.oneEnginePerSecond} by one engine (${oneWay}, the first ${SHOWN.oneEngine} events), ${result.enginePerSymbolPerSecond} by an engine per symbol (${eachWay}, the first ${SHOWN.enginePerSymbol} events); ${result.changingPercent} % of the events change a verdict`,
);
console.log(JSON.stringify(result));
if (result.changingPercent < 2) throw new Error('Fewer than 2 % of the events change a verdict.');
