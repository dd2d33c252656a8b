import { createHash } from 'node:crypto';

import {
	advanceNoise,
	isQuietening,
	keyOf,
	parseKey,
	type AlertItem,
	type AlertKey,
	type HeldRecord,
	type NoiseMessage,
	type NoisePolicy,
	type NoiseState,
	type NoiseStep,
} from '../alerts';
import { epochMs, StoreError, type Change, type EpochMs, type Store } from '../ports';
import type { WatchScope } from './advanceWatch';
import type { CompiledRule } from '../rules';
import { composeMessage } from './composeMessage';
import { inOrder } from './inOrder';
import type { BatchEntry, HeldBack, Judged } from './judgeBatch';
import { keysIn, noiseChanges, readNoise } from './noiseState';
import { ownerKey } from './ownerKey';
import { isOn, type WatchState } from './watchState';

/** What noise control held back of an item's alerts. */
export type NoiseHeld = Pick<HeldRecord['alert'], 'ruleId' | 'ruleName'> &
	Pick<HeldRecord, 'by' | 'cause' | 'until'>;

/** As it was judged, without the alerts that are held back. */
export type Quietened = Omit<Judged, 'heldBack'> & {
	readonly heldBack: ReadonlyArray<HeldBack | NoiseHeld>;
};

export type QuietenedBatch = {
	readonly judged: readonly Quietened[];
	/** Alerts of earlier batches that nothing holds back any more. */
	readonly released: readonly AlertItem[];
	/** Nobody will be told of these: too many were muted. */
	readonly givenUp: readonly HeldRecord[];
};

/** What became of an alert: the same whenever its event comes again. */
type Decision = { readonly told: AlertItem | true } | { readonly held: NoiseHeld };

/** How often a batch is looked at anew because another process was quicker. */
const MAX_TRIES = 20;

/**
 * Noise control of a batch that was judged, for a node without a clock: time is the batch's latest event.
 * What an earlier batch held back comes out with the first batch after it's free.
 *
 * It's judged and written down before this, so a process that dies in between is no harm: the events come
 * again, with the same alerts. What was decided about them stands.
 *
 * @param rules all that the node has, where that's known: others mute nobody any more
 * @throws StoreError when the state can't be read or written; nothing was changed then
 */
export async function quietenBatch(
	entries: readonly BatchEntry[],
	judged: readonly Judged[],
	policy: NoisePolicy,
	scope: WatchScope,
	store: Store,
	rules?: readonly CompiledRule[],
): Promise<QuietenedBatch> {
	if (entries.length === 0) return { judged, released: [], givenUp: [] };
	const endedOf = endFinder(scope, store, rules);
	return await inOrder(ownerKey(scope, 'noise'), async () => {
		for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
			const attempt = await quietenOnce(entries, judged, policy, scope, store, endedOf);
			const { changes, ...batch } = attempt;
			if (changes.length === 0 || (await store.commit(changes)) === 'committed') return batch;
		}
		throw new StoreError(
			'locked',
			`The noise control of this node changed ${MAX_TRIES} times while it looked at a batch; run fewer executions at once.`,
		);
	});
}

async function quietenOnce(
	entries: readonly BatchEntry[],
	judged: readonly Judged[],
	policy: NoisePolicy,
	scope: WatchScope,
	store: Store,
	endedOf: FindEnded,
): Promise<QuietenedBatch & { readonly changes: readonly Change[] }> {
	const before = await readNoise(scope, store);
	// Where there's no noise control any more, what it held back is still let go.
	if (!isQuietening(policy) && keysIn(before.state).size === 0) {
		return { judged, released: [], givenUp: [], changes: [] };
	}
	const batchKey = decisionKey(scope, 'batch', batchIdOf(entries));
	const keyOfAlert = ({ alert }: AlertItem) => decisionKey(scope, 'alert', alert.id);
	const alerts = judged.flatMap((one) => one.alerts);
	const known = await store.read('alert', [batchKey, ...new Set(alerts.map(keyOfAlert))]);
	const decided = (
		alert: AlertItem, // only we write there
	) => known.get(keyOfAlert(alert))?.value as Decision | undefined;
	const fresh = alerts.filter((alert) => decided(alert) === undefined);

	const at = epochMs(Math.max(...entries.map(({ observation }) => observation.eventAt)));
	const steps = await advance(before.state, fresh, at, policy, endedOf);
	const { state } = steps.at(-1) ?? before;
	const held = steps.flatMap((step) => step.held);
	const records = newest(held);
	const messages = steps.flatMap((step) => step.told);
	const decide = decider(messages, held);
	const decisions = new Map(fresh.map((alert) => [keyOfAlert(alert), decide(alert)]));
	const own = new Set(fresh.map(({ alert }) => alert.id));
	const released = messages
		.filter(({ members }) => members.some((one) => !own.has(one.alert.alert.id)))
		.map(composeMessage);
	const earlier = (known.get(batchKey)?.value ?? []) as readonly AlertItem[];
	const put = (key: string, value: unknown): Change => ({ put: { space: 'alert', key, value } });
	const guard = { always: fresh.length > 0 };
	return {
		judged: judged.map((one) =>
			toQuietened(one, (alert) => decided(alert) ?? decisions.get(keyOfAlert(alert))),
		),
		released: [...earlier, ...released],
		givenUp: records.filter(({ ended }) => ended?.as === 'full'),
		changes: [
			...noiseChanges(before, { state, held: records }, scope, guard),
			...[...decisions].map(([key, decision]) => put(key, decision)),
			...(released.length === 0 ? [] : [put(batchKey, [...earlier, ...released])]),
		],
	};
}

/**
 * What ended silently before this batch is over first; then come its alerts; then what began and ended
 * within it.
 */
async function advance(
	before: NoiseState,
	alerts: readonly AlertItem[],
	at: EpochMs,
	policy: NoisePolicy,
	endedOf: FindEnded,
): Promise<NoiseStep[]> {
	const own = new Set(alerts.map(({ alert }) => keyOf(alert)));
	const watched = [...keysIn(before)].filter((key) => !own.has(key));
	const steps: NoiseStep[] = [];
	const go = (input: Parameters<typeof advanceNoise>[1]) => {
		steps.push(advanceNoise(steps.at(-1)?.state ?? before, input, policy));
	};
	go({ kind: 'over', at, keys: await endedOf(watched) });
	if (alerts.length > 0) {
		go({ kind: 'alerts', at, alerts });
		const known = keysIn(steps.at(-1)?.state ?? before);
		const here = [...own].filter((key) => known.has(key));
		go({ kind: 'over', at, keys: await endedOf(here) });
	}
	return steps;
}

type FindEnded = (keys: readonly AlertKey[]) => Promise<AlertKey[]>;

/** Finds those whose alert isn't firing, as the rule's own state says; or there's no such rule any more. */
function endFinder(
	scope: WatchScope,
	store: Store,
	rules: readonly CompiledRule[] | undefined,
): FindEnded {
	const byId = rules && new Map(rules.map((rule) => [rule.document.id, rule]));
	return async (keys) => {
		if (keys.length === 0) return [];
		const parts = keys.map((key) => {
			const [ruleId = '', symbol = ''] = parseKey(key);
			return { key, ruleId, symbol, stateKey: ownerKey(scope, ruleId, symbol) };
		});
		const states = await store.read(
			'state',
			parts.map(({ stateKey }) => stateKey),
		);
		const ended = parts.filter(({ ruleId, symbol, stateKey }) => {
			const state = states.get(stateKey)?.value as WatchState | undefined;
			if (byId === undefined) return !isOn(state);
			const rule = byId.get(ruleId);
			const isGone = rule === undefined || rule.symbols?.has(symbol) === false;
			return isGone || state?.fingerprint !== rule.fingerprint || !isOn(state);
		});
		return ended.map(({ key }) => key);
	};
}

/** What became of each alert of a batch. */
function decider(
	messages: readonly NoiseMessage[],
	held: readonly HeldRecord[],
): (alert: AlertItem) => Decision {
	const told = new Map(
		messages.flatMap((message) =>
			message.members.map(({ alert }) => [alert.alert.id, { message, alert }] as const),
		),
	);
	const lastHeld = new Map(held.map((record) => [keyOf(record.alert), record]));
	return (alert) => {
		const found = told.get(alert.alert.id);
		if (found !== undefined) {
			const { message } = found;
			// One that was marked on its way is told as it is now.
			const isSame = found.alert === alert && message.closes.length === 0;
			return { told: isSame || composeMessage(message) };
		}
		const record = lastHeld.get(keyOf(alert.alert));
		if (record === undefined) throw new Error('an alert was neither told nor held');
		const { ruleId, ruleName } = alert.alert;
		const { by, cause, until } = record;
		return { held: { ruleId, ruleName, by, cause, ...(until === undefined ? {} : { until }) } };
	};
}

function toQuietened(
	judged: Judged,
	decisionOf: (alert: AlertItem) => Decision | undefined,
): Quietened {
	const alerts: AlertItem[] = [];
	const held: NoiseHeld[] = [];
	for (const alert of judged.alerts) {
		const decision = decisionOf(alert);
		if (decision !== undefined && 'held' in decision) held.push(decision.held);
		else alerts.push(decision === undefined || decision.told === true ? alert : decision.told);
	}
	return { ...judged, alerts, heldBack: [...judged.heldBack, ...held] };
}

/** Of each entry the last word. */
const newest = (records: readonly HeldRecord[]): HeldRecord[] => [
	...new Map(records.map((record) => [record.number, record])).values(),
];

/** In front of a node's keys stands nothing of the kind: they are encoded. */
const decisionKey = (scope: WatchScope, ...parts: readonly string[]): string =>
	`noise:${ownerKey(scope, ...parts)}`;

/** The same for the same events. */
const batchIdOf = (entries: readonly BatchEntry[]): string =>
	createHash('sha256')
		.update(
			JSON.stringify(entries.map(({ observation, standInId }) => observation.eventId ?? standInId)),
		)
		.digest('hex')
		.slice(0, 24);
