import type { AlertItem, Reason } from '../alerts';
import { renderAlert } from '../delivery';
import {
	describeFact,
	isFactValue,
	type FactRef,
	type FactValue,
	type Observation,
} from '../facts';
import type { CompiledRule, Finding } from '../rules';
import type { ToldAlert } from './advanceWatch';

/** Makes the alert item that travels to the outputs. */
export async function composeAlert(
	told: ToldAlert,
	rule: CompiledRule,
	observation: Observation,
	event: { readonly id: string; readonly test: boolean },
): Promise<AlertItem> {
	const { transition, verdict } = told;
	const { episode } = transition;
	const { document } = rule;
	const acrossGap =
		verdict.pulse && observation.quality.includes('gapBefore') ? { acrossGap: true } : {};
	const bare = {
		alert: {
			id: told.id,
			episodeId: told.episodeId,
			ruleId: document.id,
			ruleName: document.name,
			symbol: observation.symbol,
			state: transition.state,
			severity: document.severity,
			labels: document.labels,
			startedAt: episode.startedAt,
			eventAt: observation.eventAt,
			eventId: event.id,
			test: event.test,
			deliver: document.deliver,
			...(episode.firstSight ? { firstSight: true } : {}),
			...acrossGap,
			...(transition.heldBack > 0 ? { heldBack: transition.heldBack } : {}),
		},
		facts: factsOf(rule, observation),
		because: verdict.because.map(toReason),
	};
	const templates = {
		...(document.title === undefined ? {} : { title: document.title }),
		...(document.message === undefined ? {} : { message: document.message }),
	};
	return { ...bare, ...(await renderAlert(bare, templates)) };
}

/** The price, the facts of the conditions and the ones asked for, as far as they're known. */
function factsOf(rule: CompiledRule, observation: Observation): Record<string, FactValue> {
	const refs: FactRef[] = [
		{ fact: 'price' },
		...rule.leaves.flatMap((leaf) =>
			'fact' in leaf.right ? [leaf.left, leaf.right.fact] : [leaf.left],
		),
		...rule.document.include.map((one) =>
			typeof one === 'string'
				? { fact: one }
				: {
						fact: one.fact,
						...(one.params === undefined ? {} : { params: one.params }),
						...(one.path === undefined ? {} : { path: one.path }),
					},
		),
	];
	const facts: Record<string, FactValue> = {};
	for (const ref of refs) {
		const reading = observation.facts.read(ref);
		if ('value' in reading && isFactValue(reading.value)) facts[describeFact(ref)] = reading.value;
	}
	return facts;
}

function toReason(finding: Finding): Reason {
	const { left, operator, right, holds, leftValue, rightValue, before, missing } = finding;
	return {
		fact: left.fact,
		...(left.params === undefined ? {} : { params: { ...left.params } }),
		...(left.path === undefined ? {} : { path: left.path }),
		operator,
		left: isFactValue(leftValue) ? leftValue : null,
		right: rightValue ?? ('literal' in right ? right.literal : null),
		...('fact' in right ? { rightFact: describeFact(right.fact) } : {}),
		...(before === undefined ? {} : { before }),
		holds: holds ?? null,
		...(missing === undefined ? {} : { missing: missing.reason }),
	};
}
