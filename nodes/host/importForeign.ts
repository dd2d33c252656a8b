import { importRules } from '../../core/rules/import';
import { textOf } from './texts';

/** A rule of Apperate as a document of ours, and what of it stays behind. */
export type Imported = {
	/** Without an id or a name where the rule had none of its own. */
	readonly document: Readonly<Record<string, unknown>>;
	readonly notCarriedOver: readonly string[];
};

/** Whether it's a rule of Apperate, in either of its forms, by what none of ours has. */
export const isOfApperate = (given: unknown): given is Readonly<Record<string, unknown>> =>
	typeof given === 'object' && given !== null && ('index' in given || 'ruleSet' in given);

/**
 * A rule that stands alone; the node's id and name stand for those it lacks.
 * @throws RuleError quoting what can't be read
 */
export function importOne(given: Readonly<Record<string, unknown>>): Imported {
	const [imported] = importAll([given]);
	if (imported === undefined) throw new Error('one rule was imported, and none came out');
	const { id, name, ...parts } = imported.document;
	const has = (part: string) => textOf(given[part]).trim() !== '';
	const isNamed = ['ruleName', 'name', 'id'].some(has);
	return {
		...imported,
		document: { ...(has('id') ? { id } : {}), ...(isNamed ? { name } : {}), ...parts },
	};
}

/**
 * Rules of a list; each gets an id of its own, made from its name where it has none.
 * @throws RuleError quoting what can't be read
 */
export const importAll = (given: ReadonlyArray<Readonly<Record<string, unknown>>>): Imported[] =>
	given.length === 0
		? []
		: importRules(given).rules.map(({ document, notCarriedOver }) => ({
				document,
				notCarriedOver: notCarriedOver.map((note) => `Rule "${String(document['name'])}": ${note}`),
			}));
