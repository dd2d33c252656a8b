import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';

import type { AlertItem } from '../../core/alerts';
import { describeFact, observe } from '../../core/facts';
import type { MarketEvent } from '../../core/market';
import { explainVerdict, rehearseBatch, type Answer } from '../../core/pipeline';
import { findOperator } from '../../core/rules';
import { systemClock, systemTimer } from '../../core/ports/system';
import { openSharedStore } from '../host/store';
import { toFeedItems } from '../host/feedOf';
import { openPorts } from '../sources/openPorts';
import { rehearse } from '../sources/rehearse';
import type { AlertTriggerSettings } from './settings';

/** Answers a test-run shows at most on each output; the rest is of the same kind. */
const MOST_SHOWN = 200;

type Rehearsal = {
	readonly alerts: INodeExecutionData[];
	readonly reports: INodeExecutionData[];
};

/**
 * What the rules say about the first events of the source: those that hold as alerts for the test, those that
 * don't as news that says why not. Of each rule and symbol one.
 *
 * @throws SourceError | StoreError
 */
export async function rehearseRules(
	context: ITriggerFunctions,
	settings: AlertTriggerSettings,
	closing: AbortSignal,
): Promise<Rehearsal> {
	const source = settings.source.forRehearsal ?? settings.source;
	const opened = source.create(openPorts(context), { cursor: undefined, play: 'test' });
	const ports = { clock: systemClock, timer: systemTimer };
	const { events, reports } = await rehearse(opened, source, ports, closing);
	const scope = { workflowId: context.getWorkflow().id ?? '', nodeId: context.getNode().id };
	const judged = await rehearseBatch(
		events.map((event) => ({ observation: observe(event), standInId: '', rules: settings.rules })),
		scope,
		await openSharedStore(),
		settings.splits,
	);
	const alerts = new Map<string, AlertItem>();
	const answers = new Map<string, INodeExecutionData>();
	for (const [index, outcome] of judged.entries()) {
		const event = events[index];
		if (event === undefined) continue;
		for (const alert of outcome.alerts) alerts.set(keyOf(alert.alert.ruleId, event), alert);
		for (const answer of outcome.answers) {
			answers.set(keyOf(answer.ruleId, event), toNews(answer, event));
		}
	}
	for (const key of alerts.keys()) answers.delete(key);
	return {
		alerts: [...alerts.values()].slice(0, MOST_SHOWN).map((alert) => ({ json: { ...alert } })),
		reports: [...[...answers.values()].slice(0, MOST_SHOWN), ...toFeedItems(reports)],
	};
}

const keyOf = (ruleId: string, { symbol }: MarketEvent): string =>
	JSON.stringify([ruleId, symbol.toUpperCase()]);

/** In the shape of news, so that what stands behind the output Feed can take it. */
function toNews(answer: Answer, { source, symbol, eventAt }: MarketEvent): INodeExecutionData {
	const { ruleId, ruleName, outcome, verdict } = answer;
	const because = verdict === undefined ? [] : explainVerdict(verdict);
	const json = {
		feed: {
			kind: 'judged',
			source,
			at: eventAt,
			since: eventAt,
			symbols: [symbol],
			reason: `Test: rule "${ruleName}" ${WORDS[outcome]} for ${symbol}${reasonOf(because)}.`,
			test: true,
		},
		marketAlerts: { why: [{ ruleId, ruleName, outcome, because }] },
	};
	return { json };
}

const WORDS: Readonly<Record<Answer['outcome'], string>> = {
	holds: 'holds',
	fails: "doesn't hold",
	unknown: "can't be answered",
	seenBefore: 'has judged this before',
	late: 'leaves out a late event',
	asleep: 'is asleep by its schedule',
	betweenCandles: 'waits for the close of a candle',
};

/** The first comparison that keeps it from holding. */
function reasonOf(because: ReturnType<typeof explainVerdict>): string {
	const first = because.find(({ holds }) => holds !== true);
	if (first === undefined) return '';
	const { fact, params, operator, left, right, rightFact, missing } = first;
	const name = describeFact({ fact, ...(params === undefined ? {} : { params }) });
	if (missing !== undefined) return `: ${name} is missing (${missing})`;
	const other = `${rightFact === undefined ? '' : `${rightFact} `}${JSON.stringify(right)}`;
	const words = findOperator(operator)?.words ?? operator;
	return `: ${name} is ${JSON.stringify(left)}, and it asks for "${words} ${other}"`;
}
