import { noAlert, type AlertItem, type Quiet } from '../alerts';
import {
	describeFact,
	Instruments,
	instrumentsWithHistory,
	type InstrumentState,
	type MissingReason,
	type Observation,
	type Splits,
} from '../facts';
import { parseEventId } from '../market';
import { StoreError, type Change, type EpochMs, type Entry, type Store } from '../ports';
import { askAlways, type CompiledRule, type Verdict } from '../rules';
import { advanceWatch, toldAlert, type WatchScope, type WatchStep } from './advanceWatch';
import { composeAlert } from './composeAlert';
import { inOrder } from './inOrder';
import type { WatchState } from './watchState';

export type BatchEntry = {
	readonly observation: Observation;
	/** Names the event where the observation has no id. */
	readonly standInId: string;
	readonly rules: readonly CompiledRule[];
};

/** What came out for one entry of a batch. */
export type Judged = {
	readonly alerts: readonly AlertItem[];
	/** Rules that couldn't be answered. */
	readonly unknown: readonly UnknownAnswer[];
	/** Rules that hold and stay quiet for now. */
	readonly heldBack: readonly HeldBack[];
	/** What each rule that was asked said. */
	readonly answers: readonly Answer[];
};
/** `verdict` is missing where the rule wasn't judged, and `outcome` says why. */
export type Answer = {
	readonly ruleId: string;
	readonly ruleName: string;
	readonly outcome: Verdict['outcome'] | Exclude<WatchStep['outcome'], 'judged'>;
	readonly verdict?: Verdict;
};
export type UnknownAnswer = {
	readonly ruleId: string;
	readonly ruleName: string;
	readonly missing: ReadonlyArray<{
		readonly fact: string;
		readonly reason: MissingReason | 'late';
	}>;
};
export type HeldBack = Quiet & { readonly ruleId: string; readonly ruleName: string };

/** How often a batch is judged anew because another process was quicker. */
const MAX_TRIES = 20;

/**
 * Judges a batch of observations against the states the store keeps, and writes what came of it back in
 * one transaction: states with a version check, so that parallel runs neither lose nor double an alert,
 * and the alerts themselves, so that an event that comes again gives the same alert again.
 *
 * @param ask `changed` puts an item to json-rules-engine only when something comes of its answer; `always` is
 *   for when the reasons of all are wanted from it
 * @throws StoreError when the states can't be read or written; nothing was changed then
 */
export async function judgeBatch(
	entries: readonly BatchEntry[],
	scope: WatchScope,
	store: Store,
	splits: Splits = new Map(),
	ask: 'always' | 'changed' = 'changed',
): Promise<Judged[]> {
	return await inOrder(`${scope.workflowId}/${scope.nodeId}`, async () => {
		for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
			const attempt = await judgeOnce(entries, scope, store, splits, ask);
			if ((await store.commit(attempt.changes)) === 'committed') return attempt.judged;
		}
		throw new StoreError(
			'locked',
			`The alert states of this node changed ${MAX_TRIES} times while it judged; run fewer executions at once.`,
		);
	});
}

/**
 * Judges as a rehearsal: reads the states, writes nothing, and shows each rule that holds as an alert,
 * told before or not.
 */
export async function rehearseBatch(
	entries: readonly BatchEntry[],
	scope: WatchScope,
	store: Store,
	splits: Splits = new Map(),
): Promise<Judged[]> {
	const stateKey = stateKeys(scope);
	const states = await readStates(entries, scope, store);
	const histories = await readHistories(entries, scope, store);
	const order = inOrderOfTime(entries);
	const first = new Map<string, EpochMs>();
	for (const { observation } of order.flatMap((index) => entries[index] ?? [])) {
		const symbol = observation.symbol.toUpperCase();
		first.set(symbol, first.get(symbol) ?? observation.eventAt);
	}
	const instruments = new Instruments(askersOf(entries), splits, (symbol) => {
		const known = histories.of(symbol);
		// Items from before what was seen last are looked at as if they were all there is.
		const isOlder = (known?.lastEventAt ?? 0) >= (first.get(symbol) ?? 0);
		return isOlder ? undefined : known;
	});
	const judged = entries.map(emptyOutcome);
	for (const index of order) {
		const entry = entries[index];
		const outcome = judged[index];
		if (entry === undefined || outcome === undefined) continue;
		const { observation, standInId, rules } = entry;
		const sight = instruments.observe(observation);
		for (const rule of askAlways(rules).select(observation)) {
			const key = stateKey(rule, observation.symbol);
			const stored = states.get(key)?.value as WatchState | undefined;
			const unseen = stored === undefined ? undefined : forget(stored);
			const step = await advanceWatch(unseen, rule, observation, sight, scope, standInId);
			states.set(key, { ...blankEntry(key), value: step.state });
			note(outcome, rule, step);
			if (step.verdict?.outcome !== 'holds') continue;
			const episode = step.state.alert.episode ?? {
				startedAt: observation.eventAt,
				eventId: observation.eventId ?? standInId,
				told: true,
				firstSight: false,
			};
			const eventId = observation.eventId ?? standInId;
			const transition = { state: 'firing', episode, heldBack: 0 } as const;
			const told = toldAlert(transition, step.verdict, scope, rule, observation.symbol, eventId);
			outcome.alerts.push(
				await composeAlert(told, rule, observation, sight, { id: eventId, test: true }),
			);
		}
	}
	return judged;
}

async function judgeOnce(
	entries: readonly BatchEntry[],
	scope: WatchScope,
	store: Store,
	splits: Splits,
	ask: 'always' | 'changed',
) {
	const stateKey = stateKeys(scope);
	const stored = await readStates(entries, scope, store);
	const histories = await readHistories(entries, scope, store);
	const instruments = new Instruments(askersOf(entries), splits, histories.of);
	const states = new Map<string, WatchState>();
	const recorded = new Map<string, AlertItem>();
	const judged = entries.map(emptyOutcome);
	const seenBefore: Array<{ readonly key: string; readonly outcome: Outcome }> = [];
	for (const index of inOrderOfTime(entries)) {
		const entry = entries[index];
		const outcome = judged[index];
		if (entry === undefined || outcome === undefined) continue;
		const { observation, standInId, rules } = entry;
		const eventId = observation.eventId ?? standInId;
		const sight = instruments.observe(observation);
		for (const rule of askAlways(rules).select(observation)) {
			const key = stateKey(rule, observation.symbol);
			const state = states.get(key) ?? (stored.get(key)?.value as WatchState | undefined);
			const step = await advanceWatch(state, rule, observation, sight, scope, standInId, ask);
			states.set(key, step.state);
			const alertKey = () => `${key}/${encode(eventId)}`;
			if (step.outcome === 'seenBefore') seenBefore.push({ key: alertKey(), outcome });
			note(outcome, rule, step);
			if (step.told === undefined) continue;
			const alert = await composeAlert(step.told, rule, observation, sight, {
				id: eventId,
				test: false,
			});
			recorded.set(alertKey(), alert);
			outcome.alerts.push(alert);
		}
	}
	await handOutAgain(seenBefore, recorded, store);
	const changes: Change[] = [
		...[...states].map(([key, value]) => ({
			put: { space: 'state' as const, key, value },
			expect: stored.get(key)?.revision ?? 0,
		})),
		...[...recorded].map(([key, value]) => ({ put: { space: 'alert' as const, key, value } })),
		...histories.changes(instruments),
	];
	return { judged, changes };
}

/**
 * Our own events are numbered and come in order. Rows of other origin (an API that lists the newest
 * first) are judged oldest first.
 */
function inOrderOfTime(entries: readonly BatchEntry[]): number[] {
	const order = entries.map((_, index) => index);
	const numbered = ({ observation: { eventId } }: BatchEntry) =>
		eventId !== undefined && parseEventId(eventId) !== undefined;
	if (entries.some(numbered)) return order;
	const at = (index: number) => entries[index]?.observation.eventAt ?? 0;
	return order.sort((a, b) => at(a) - at(b));
}

/** An event that was judged before gives the alert it gave then. */
async function handOutAgain(
	seenBefore: ReadonlyArray<{ readonly key: string; readonly outcome: Outcome }>,
	justNow: ReadonlyMap<string, AlertItem>,
	store: Store,
): Promise<void> {
	if (seenBefore.length === 0) return;
	const earlier = await store.read('alert', [...new Set(seenBefore.map(({ key }) => key))]);
	for (const { key, outcome } of seenBefore) {
		const alert = earlier.get(key)?.value as AlertItem | undefined;
		// An event twice within one batch was told with the first.
		if (alert !== undefined && !justNow.has(key)) outcome.alerts.push(alert);
	}
}

type Outcome = {
	alerts: AlertItem[];
	unknown: UnknownAnswer[];
	heldBack: HeldBack[];
	answers: Answer[];
};
const emptyOutcome = (): Outcome => ({ alerts: [], unknown: [], heldBack: [], answers: [] });

function note(outcome: Outcome, rule: CompiledRule, step: WatchStep): void {
	const { id: ruleId, name: ruleName } = rule.document;
	const { verdict, outcome: course } = step;
	if (verdict !== undefined) {
		outcome.answers.push({ ruleId, ruleName, outcome: verdict.outcome, verdict });
	} else if (course !== 'judged') {
		outcome.answers.push({ ruleId, ruleName, outcome: course });
	}
	if (step.outcome === 'late') {
		outcome.unknown.push({ ruleId, ruleName, missing: [{ fact: 'eventAt', reason: 'late' }] });
	}
	if (step.verdict?.outcome === 'unknown') {
		const missing = step.verdict.because.flatMap((finding) =>
			finding.missing === undefined
				? []
				: [{ fact: describeFact(finding.missing.fact), reason: finding.missing.reason }],
		);
		outcome.unknown.push({ ruleId, ruleName, missing });
	}
	if (step.quiet !== undefined) outcome.heldBack.push({ ruleId, ruleName, ...step.quiet });
}

async function readStates(entries: readonly BatchEntry[], scope: WatchScope, store: Store) {
	const stateKey = stateKeys(scope);
	const keys = entries.flatMap(({ observation, rules }) =>
		askAlways(rules)
			.select(observation)
			.map((rule) => stateKey(rule, observation.symbol)),
	);
	return new Map(await store.read('state', [...new Set(keys)]));
}

/** Rules that differ from item to item mostly ask for the same: of those one, or a batch takes its square in time. */
function askersOf(entries: readonly BatchEntry[]): CompiledRule[] {
	const rules = new Set(entries.flatMap((entry) => entry.rules));
	const askers = [...rules].map((rule): [string, CompiledRule] => [
		JSON.stringify([[...(rule.symbols ?? ['*'])], rule.facts]),
		rule,
	]);
	return [...new Map(askers).values()];
}

/** What is kept of the instruments that rules need more of than the present event. */
async function readHistories(entries: readonly BatchEntry[], scope: WatchScope, store: Store) {
	const symbols = entries.map(({ observation }) => observation.symbol);
	const needed = instrumentsWithHistory(symbols, askersOf(entries));
	const keyOf = (symbol: string) => keyFor(scope, symbol);
	const stored =
		needed.size === 0
			? new Map<string, Entry>()
			: await store.read('history', [...needed].map(keyOf));
	return {
		of: (symbol: string) => stored.get(keyOf(symbol))?.value as InstrumentState | undefined,
		changes: (instruments: Instruments): Change[] =>
			[...instruments.snapshots()].map(([symbol, value]) => ({
				put: { space: 'history', key: keyOf(symbol), value },
				expect: stored.get(keyOf(symbol))?.revision ?? 0,
			})),
	};
}

const keyFor = (scope: WatchScope, ...parts: readonly string[]): string =>
	[scope.workflowId, scope.nodeId, ...parts].map(encode).join('/');

/** Half a character, as text that was cut has at its end, can't be encoded. */
const encode = (part: string): string =>
	encodeURIComponent(part.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));

/** The state key: workflow, node, rule, symbol in upper case. Each is made once, most items share theirs. */
function stateKeys(scope: WatchScope): (rule: CompiledRule, symbol: string) => string {
	const known = new Map<CompiledRule, Map<string, string>>();
	return (rule, symbol) => {
		const ofRule = known.get(rule) ?? new Map<string, string>();
		known.set(rule, ofRule);
		const key = ofRule.get(symbol) ?? keyFor(scope, rule.document.id, symbol.toUpperCase());
		ofRule.set(symbol, key);
		return key;
	};
}

const forget = (state: WatchState): WatchState => {
	const { lastEventAt: _, ...rest } = state;
	return { ...rest, alert: noAlert, seen: { streams: {}, others: [] } };
};

const blankEntry = (key: string): Entry => ({
	key,
	value: undefined,
	revision: 0,
	writtenAt: 0 as EpochMs,
});
