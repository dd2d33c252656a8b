import { quote } from '../checkConditions';
import { RuleError } from '../RuleError';
import { fromApperate, fromRuleSet } from './fromApperate';
import { fromRulesEngine } from './fromRulesEngine';
import { isObject, nameKeys, note, refuse, textOf, type Converted, type Passage } from './passage';

export type ImportedRule = {
	/** A rule document, version 1; `compileRule` has the last word on it. */
	readonly document: Record<string, unknown>;
	readonly from: 'apperate' | 'ruleSet' | 'jsonRulesEngine' | 'document';
	/** What the document doesn't say, each as a sentence that quotes it and says what to do. */
	readonly notCarriedOver: readonly string[];
};

export type ImportedRules = { readonly rules: readonly ImportedRule[] };

/**
 * Turns one rule or a list of rules, ours or from elsewhere, into rule documents. JSON text is read as
 * well. Ids are stable: the given one, or else made from the name.
 *
 * @throws RuleError quoting what can't be read
 */
export function importRules(input: unknown): ImportedRules {
	const given = fromText(input, 'The rule');
	const list: readonly unknown[] = Array.isArray(given) ? given : [given];
	if (list.length === 0) {
		throw new RuleError('malformed', 'The list of rules is empty; put at least one rule in it.');
	}
	const read = list.map((one, index) =>
		readRule(one, list.length === 1 ? 'The rule' : `Rule ${index + 1} of the list`),
	);
	const taken = new Set(read.map(({ converted, document }) => converted?.id ?? document?.['id']));
	return { rules: read.map((one) => finish(one, taken)) };
}

type ReadRule = {
	readonly from: ImportedRule['from'];
	readonly passage: Passage;
} & (
	| { readonly converted: Converted; readonly document?: undefined }
	| { readonly converted?: undefined; readonly document: Record<string, unknown> }
);

function finish({ from, passage, converted, document }: ReadRule, taken: Set<unknown>) {
	if (document !== undefined) return { document, from, notCarriedOver: passage.notes };
	const { name, parts } = converted;
	const id = converted.id ?? newId(name, taken, passage);
	taken.add(id);
	return { document: { version: 1, id, name, ...parts }, from, notCarriedOver: passage.notes };
}

/** Made from the name, so that the same rule gets the same id when it's imported again. */
function newId(name: string, taken: ReadonlySet<unknown>, passage: Passage): string {
	const slug = toSlug(name);
	if (!taken.has(slug)) return slug;
	let count = 2;
	while (taken.has(`${slug}-${count}`)) count += 1;
	note(
		passage,
		`There's another rule with the id "${slug}", so "${name}" got "${slug}-${count}", by its place in the list; give each an id of its own before you reorder them.`,
	);
	return `${slug}-${count}`;
}

/** `Über 60 $!` → `uber-60`. */
function toSlug(name: string): string {
	const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
	const slug = plain
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '')
		.join('-');
	return [...slug].slice(0, 80).join('') || 'rule';
}

const EXPECTED =
	'a rule document ({"version": 1, "conditions": {…}}), a rule of Apperate ({"ruleName", "index", "conditions": […], "outputs"}), its older form with "ruleSet", or a rule of json-rules-engine ({"conditions": {…}, "event"})';

function readRule(input: unknown, position: string): ReadRule {
	const whole = fromText(input, position);
	if (!isObject(whole)) {
		throw new RuleError('malformed', `${position} is ${quote(whole)}; use ${EXPECTED}.`);
	}
	const name = textOf(whole['ruleName']) ?? textOf(whole['name']) ?? textOf(whole['id']);
	const passage: Passage = {
		called: name === undefined ? position : `Rule "${name.slice(0, 80)}"`,
		notes: [],
	};
	const rule = toJson(whole, passage);
	const { conditions, version, index, ruleSet, event } = rule;
	if (index !== undefined) {
		return { from: 'apperate', passage, converted: fromApperate(rule, passage) };
	}
	if (ruleSet !== undefined) {
		return { from: 'ruleSet', passage, converted: fromRuleSet(rule, passage) };
	}
	if (Array.isArray(conditions)) {
		refuse(
			passage,
			`"conditions" are a list, as Apperate has them, but there's neither "index" nor "ruleSet"; add "index": ["CORE:STOCK:AAPL:latestPrice"] or "ruleSet": "AAPL".`,
		);
	}
	if (isObject(conditions) && version === 1) return { from: 'document', passage, document: rule };
	if (version !== undefined) {
		refuse(
			passage,
			version === 1
				? `"conditions" are ${quote(conditions)}; use {"all": […]}, {"any": […]} or {"not": {…}}.`
				: `"version" is ${quote(version)}; this release reads version 1.`,
		);
	}
	if (isObject(conditions) && event !== undefined) {
		// Functions don't outlive JSON, so whether it has them is asked of what was given.
		const keys = Object.keys(whole);
		return { from: 'jsonRulesEngine', passage, converted: fromRulesEngine(rule, keys, passage) };
	}
	if (isObject(conditions)) {
		refuse(
			passage,
			'there are "conditions" and no "event" or "version"; add "version": 1 to a rule document, or "event": {"type": "…"} to a rule of json-rules-engine.',
		);
	}
	return refuse(passage, `it is ${nameKeys(rule)}; use ${EXPECTED}.`);
}

/** @throws RuleError quoting the beginning only, for the rest may hold a token */
function fromText(input: unknown, called: string): unknown {
	if (typeof input !== 'string') return input;
	try {
		return JSON.parse(input);
	} catch (error) {
		throw new RuleError(
			'malformed',
			`${called} is the text ${quote(input.slice(0, 30))}, which isn't JSON; use ${EXPECTED}.`,
			{ cause: error },
		);
	}
}

/** A copy that is JSON: nothing undefined, no code. */
function toJson(rule: Record<string, unknown>, passage: Passage): Record<string, unknown> {
	try {
		return JSON.parse(JSON.stringify(rule)) as Record<string, unknown>; // an object stays one
	} catch {
		return refuse(
			passage,
			`it is ${nameKeys(rule)} and can't be written as JSON; use plain values, and nothing that contains itself.`,
		);
	}
}
