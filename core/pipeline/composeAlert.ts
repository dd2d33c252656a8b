import type { AlertItem, Reason } from '../alerts';
import { namesInTemplate, renderAlert } from '../delivery';
import {
	describeFact,
	findFact,
	isFactValue,
	withoutFactor,
	type FactReader,
	type FactRef,
	type FactValue,
	type Observation,
} from '../facts';
import { distanceOf, type CompiledRule, type Distance, type Finding, type Verdict } from '../rules';
import type { ToldAlert } from './advanceWatch';

/** Makes the alert item that travels to the outputs. */
export async function composeAlert(
	told: ToldAlert,
	rule: CompiledRule,
	observation: Observation,
	sight: FactReader,
	event: { readonly id: string; readonly test: boolean },
): Promise<AlertItem> {
	const { transition, verdict } = told;
	const { episode } = transition;
	const { document } = rule;
	const templates = {
		...(document.title === undefined ? {} : { title: document.title }),
		...(document.message === undefined ? {} : { message: document.message }),
	};
	const named = await factsNamedIn(Object.values(templates));
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
		facts: factsOf([...rule.facts, ...named], sight),
		because: verdict.because.map(toReason),
	};
	return { ...bare, ...(await renderAlert(bare, templates, shortNames(rule, sight))) };
}

/** Facts that a text names and the event carries: nobody has to include them as well. */
async function factsNamedIn(templates: readonly string[]): Promise<FactRef[]> {
	const names = (await Promise.all(templates.map(namesInTemplate))).flat();
	return names
		.filter((name) => findFact(name)?.kind === 'column')
		.map((fact): FactRef => ({ fact }));
}

/** The price, the facts of the conditions and texts, and the ones asked for, as far as they're known. */
function factsOf(refs: readonly FactRef[], sight: FactReader): Record<string, FactValue> {
	const facts: Record<string, FactValue> = {};
	for (const ref of [{ fact: 'price' }, ...refs]) {
		const reading = sight.read(ref);
		if ('value' in reading && isFactValue(reading.value)) facts[describeFact(ref)] = reading.value;
	}
	return facts;
}

/** For texts: `[[rsi]]` is rsi(14, 5m), as it stands, where no other of this instrument could be meant. */
function shortNames({ facts }: CompiledRule, sight: FactReader): Record<string, FactValue> {
	const plain = facts.map(withoutFactor);
	const own = plain.filter(({ params }) => params !== undefined && !('symbol' in params));
	const byFullName = new Map(own.map((ref) => [describeFact(ref), ref]));
	const names = [...byFullName.values()].map(({ fact }) => fact);
	return Object.fromEntries(
		[...byFullName.values()].flatMap((ref) => {
			const reading = sight.read(ref);
			const isOnly = names.indexOf(ref.fact) === names.lastIndexOf(ref.fact);
			return isOnly && 'value' in reading && isFactValue(reading.value)
				? [[ref.fact, reading.value]]
				: [];
		}),
	);
}

/** A reason, and how far its comparison is from the other answer. */
export type ReasonWithDistance = Reason & Partial<Distance>;

/** Why a rule holds, or why it doesn't: each comparison with what it found. */
export const explainVerdict = ({ because }: Verdict): ReasonWithDistance[] =>
	because.map((finding) => ({ ...toReason(finding), ...distanceOf(finding) }));

function toReason(finding: Finding): Reason {
	const { left, operator, right, holds, leftValue, rightValue, percent, before, missing } = finding;
	return {
		fact: left.fact,
		...(left.params === undefined ? {} : { params: { ...left.params } }),
		...(left.path === undefined ? {} : { path: left.path }),
		operator,
		left: isFactValue(leftValue) ? leftValue : null,
		right: rightValue ?? ('literal' in right ? right.literal : null),
		...(percent === undefined ? {} : { percent }),
		...('fact' in right ? { rightFact: describeFact(right.fact) } : {}),
		...(before === undefined ? {} : { before }),
		holds: holds ?? null,
		...(missing === undefined ? {} : { missing: missing.reason }),
	};
}
