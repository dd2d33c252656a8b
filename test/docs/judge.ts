import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { MarketRule } from '../../nodes/MarketRule/MarketRule.node';
import { errorOf, outputOf, runNode } from '../fakes/runWorkflow';
import type { Outcome } from './examples';

/** What Market Rule made of some items. */
export type Judged = {
	/** What stopped it. */
	readonly error: string | undefined;
	/** What it says in its output pane. */
	readonly hints: readonly string[];
	/** The alert, or the item as it left, by the item's place. */
	left(item: number): IDataObject | undefined;
	outcome(item: number, ruleId?: string): Outcome;
};

let nodes = 0;

/** Runs items through a Market Rule node whose JSON field holds the text, as somebody would who tries an example. */
export async function judge(
	ruleJson: string,
	items: ReadonlyArray<Readonly<Record<string, unknown>>>,
): Promise<Judged> {
	const run = await runNode({
		type: new MarketRule(),
		items: items as readonly IDataObject[],
		parameters: {
			ruleName: 'Example',
			ruleSource: 'json',
			ruleJson,
			fire: 'onChange',
			cooldown: '',
			options: { explain: true },
		},
		node: { id: `example ${(nodes += 1)}` },
	});
	const [alerts = [], noAlerts = [], unknowns = []] = [0, 1, 2].map((output) =>
		outputOf(run, 'Tested', output),
	);
	const of = (list: readonly INodeExecutionData[], item: number) =>
		list.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item);
	const hints = run.data.resultData.runData['Tested']?.[0]?.hints ?? [];
	return {
		error: errorOf(run)?.message,
		hints: hints.map(({ message }) => message),
		left: (item) => [alerts, noAlerts, unknowns].flatMap((list) => of(list, item))[0]?.json,
		outcome(item, ruleId) {
			const isOfRule = (one: { ruleId?: unknown }) => ruleId === undefined || one.ruleId === ruleId;
			const [told] = of(alerts, item)
				.map(({ json }) => json['alert'] as IDataObject)
				.filter(isOfRule);
			if (told !== undefined) return { what: toldAs(told), details: detailsOf(told) };
			const [passed] = of([...noAlerts, ...unknowns], item);
			const report = (passed?.json['marketAlerts'] ?? {}) as Report;
			const unknown = report.unknown?.find(isOfRule);
			if (unknown !== undefined) {
				const reasons = unknown.missing.map(({ reason }) => reason);
				return {
					what: reasons.includes('late') ? 'late' : 'unknown',
					details: [...new Set(reasons)],
				};
			}
			const heldBack = report.heldBack?.find(isOfRule);
			if (heldBack !== undefined) return { what: 'held back', details: [heldBack.by] };
			const answer = report.why?.find(isOfRule);
			return { what: answer?.outcome === 'asleep' ? 'asleep' : '', details: [] };
		},
	};
}

type OfRule = { readonly ruleId: string };
type Report = {
	readonly unknown?: ReadonlyArray<OfRule & { missing: ReadonlyArray<{ reason: string }> }>;
	readonly heldBack?: ReadonlyArray<OfRule & { by: string }>;
	readonly why?: ReadonlyArray<OfRule & { outcome: string }>;
};

const toldAs = ({ state }: IDataObject): string => (state === 'firing' ? 'alert' : String(state));

function detailsOf({ firstSight, acrossGap, heldBack }: IDataObject): string[] {
	return [
		...(firstSight === true ? ['firstSight'] : []),
		...(acrossGap === true ? ['acrossGap'] : []),
		...(heldBack === undefined ? [] : [`heldBack ${JSON.stringify(heldBack)}`]),
	];
}
