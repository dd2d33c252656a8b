import type { IExecuteFunctions } from 'n8n-workflow';

import type { BatchEntry } from '../../core/pipeline';
import { checkRule, describeRule, type CompiledRule } from '../../core/rules';

/** Rules that are told in words before the rest is counted. */
const MAX_DESCRIBED = 3;
/** Notes on imported rules that are told before the rest is counted. */
const MAX_NOTES = 10;

/** Says in the output pane what the rules do, and what about them is probably not meant. */
export function hintAtRules(context: IExecuteFunctions, rules: readonly CompiledRule[]): void {
	for (const rule of rules.slice(0, MAX_DESCRIBED)) {
		const name = rules.length === 1 ? '' : `${rule.document.name}: `;
		hint(context, 'info', `${name}${describeRule(rule)}`);
	}
	const more = rules.length - MAX_DESCRIBED;
	if (more > 0) hint(context, 'info', `… and ${more} more ${more === 1 ? 'rule' : 'rules'}.`);
	const doubts = rules.flatMap((rule) =>
		checkRule(rule).map((doubt) => `Rule "${rule.document.name}": ${doubt}`),
	);
	for (const doubt of doubts.slice(0, MAX_DESCRIBED)) hint(context, 'warning', doubt);
}

/** Says what of rules from elsewhere couldn't be carried over. */
export function hintAtImport(context: IExecuteFunctions, notes: ReadonlySet<string>): void {
	for (const note of [...notes].slice(0, MAX_NOTES)) hint(context, 'warning', note);
	const more = notes.size - MAX_NOTES;
	if (more > 0) {
		hint(
			context,
			'warning',
			`… and ${more} more ${more === 1 ? 'note' : 'notes'} on imported rules.`,
		);
	}
}

export function hintAtMissingIds(context: IExecuteFunctions, entries: readonly BatchEntry[]): void {
	const missing = entries.filter(({ observation }) => observation.eventId === undefined).length;
	if (missing === 0) return;
	hint(
		context,
		'info',
		`${missing} of ${entries.length} items have no event ID. Should n8n stop in the middle of an execution, their alerts may be missed: name a field with a unique value under Options > Event ID Field.`,
	);
}

const hint = (context: IExecuteFunctions, type: 'info' | 'warning', message: string): void =>
	context.addExecutionHints({ message, type, location: 'outputPane' });
