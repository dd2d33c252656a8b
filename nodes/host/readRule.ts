import type { IExecuteFunctions } from 'n8n-workflow';

import { compileRule, RuleError, type CompiledRule } from '../../core/rules';
import { importAll, importOne, isOfApperate } from './importForeign';
import { toCondition, type ConditionRow } from './readCondition';
import { fromOptions, type RuleOptions } from './readRuleOptions';
import { isFilled, textOf } from './texts';

/** Reads one parameter, for one item where there are items. */
export type ReadParameter = (name: string, fallback?: unknown) => unknown;

/** The rule's fields whose expressions are worked out for each item. */
export const RULE_FIELDS = [
	'ruleName',
	'ruleJson',
	'match',
	'conditions',
	'fire',
	'cooldown',
	'options',
] as const;

/** Rules as a node's fields say them. */
export type ReadRules = {
	readonly rules: readonly CompiledRule[];
	/** What rules from elsewhere say and ours can't, each as a sentence. */
	readonly notCarriedOver: readonly string[];
};

type NodeOfRule = {
	readonly id: string;
	readonly parameters: Readonly<Record<string, unknown>>;
};

/**
 * Makes rules of the fields a node has for them: one from the builder, one or several from JSON.
 *
 * @param node its id stands for the rule's where the rule has none, so that the name may change; its raw
 *   parameters make the fingerprint, so that an expression in a value doesn't begin a new rule per item
 * @throws RuleError quoting what's wrong
 */
export function readRules(read: ReadParameter, node: NodeOfRule): ReadRules {
	const name = textOf(read('ruleName', '')).trim();
	const options = (read('options', {}) ?? {}) as RuleOptions;
	const cooldown = textOf(read('cooldown', '')).trim();
	const fields = {
		version: 1,
		id: node.id,
		name: name === '' ? 'Unnamed rule' : name,
		fire: read('fire', 'onChange'),
		...(cooldown === '' ? {} : { cooldown }),
		...fromOptions(options, name),
	};
	if (read('ruleSource', 'builder') === 'json') {
		return fromJson(read('ruleJson'), fields, node.parameters);
	}
	const { conditions, match, fire, options: rawOptions } = node.parameters;
	const rows = (read('conditions', {}) as { condition?: readonly ConditionRow[] }).condition ?? [];
	const group = read('match', 'all') === 'any' ? 'any' : 'all';
	const built = { [group]: rows.map((row, index) => toCondition(row, index, fields.name)) };
	const { interval, resetWhen } = (rawOptions ?? {}) as Record<string, unknown>;
	const rule = compileRule({ ...fields, conditions: built }, [
		'builder',
		conditions,
		match,
		fire,
		interval,
		resetWhen,
	]);
	return { rules: [rule], notCarriedOver: [] };
}

/** Whether a field holds an expression, so that it differs from item to item. */
export function hasExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (typeof value !== 'object' || value === null) return false;
	return Object.values(value).some(hasExpression);
}

export const readItemParameter =
	(context: IExecuteFunctions, itemIndex: number): ReadParameter =>
	(name, fallback) =>
		context.getNodeParameter(name, itemIndex, fallback);

type Fields = { readonly id: string; readonly name: string } & Readonly<Record<string, unknown>>;

/** Conditions, a whole document that holds them, a rule of Apperate, or a list of documents and such rules. */
function fromJson(
	given: unknown,
	fields: Fields,
	{ ruleJson, fire }: Readonly<Record<string, unknown>>,
): ReadRules {
	const parsed = parseJson(given, fields.name);
	if (!Array.isArray(parsed)) {
		const imported = isOfApperate(parsed) ? importOne(parsed) : undefined;
		const document = imported?.document ?? asDocument(parsed, fields.name);
		// Text with an expression in it is one rule whatever it gives; a whole rule from elsewhere is what it is.
		const raw = typeof given === 'string' && hasExpression(ruleJson);
		const rule = compileRule(
			{ ...fields, ...document },
			raw ? ['json', ruleJson, fire] : undefined,
		);
		return { rules: [rule], notCarriedOver: imported?.notCarriedOver ?? [] };
	}
	if (parsed.length === 0 && !hasExpression(ruleJson)) {
		throw new RuleError(
			'malformed',
			`Rule "${fields.name}": the JSON is an empty list; use conditions such as {"all": […]}, a rule document, or a list of rule documents.`,
		);
	}
	const imported = importAll(parsed.filter(isOfApperate));
	const waiting = [...imported];
	const documents = parsed.map(
		(one: unknown, index) =>
			(isOfApperate(one) ? waiting.shift()?.document : undefined) ??
			asDocument(one, `rule ${index + 1} of the list`),
	);
	const rules = documents.map((document, index) => {
		if (typeof document['id'] !== 'string' || !isFilled(document['id'])) {
			throw new RuleError(
				'malformed',
				`Rule ${index + 1} of the list (${quoteName(document)}) has no "id"; each of several rules needs one of its own, for its state belongs to it.`,
			);
		}
		return compileRule({ ...fields, name: document['id'], ...document });
	});
	checkIds(rules);
	return { rules, notCarriedOver: imported.flatMap(({ notCarriedOver }) => notCarriedOver) };
}

/** The field gives text, or an object or list from an expression. */
function parseJson(given: unknown, ruleName: string): unknown {
	if (typeof given !== 'string') return given;
	try {
		return JSON.parse(given);
	} catch (error) {
		throw new RuleError(
			'malformed',
			`Rule "${ruleName}": the JSON can't be read: ${(error as Error).message}`,
			{ cause: error },
		);
	}
}

function asDocument(parsed: unknown, ruleName: string): Readonly<Record<string, unknown>> {
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
		throw new RuleError(
			'malformed',
			`Rule "${ruleName}": the JSON is ${JSON.stringify(parsed)}; use conditions such as {"all": […]}, a rule document, or a list of rule documents.`,
		);
	}
	return 'conditions' in parsed ? { ...parsed } : { conditions: parsed };
}

function checkIds(rules: readonly CompiledRule[]): void {
	const seen = new Set<string>();
	for (const { document } of rules) {
		if (seen.has(document.id)) {
			throw new RuleError(
				'malformed',
				`Two rules of the list have the id "${document.id}"; their states would be one. Give each an id of its own.`,
			);
		}
		seen.add(document.id);
	}
}

const quoteName = ({ name }: Record<string, unknown>): string =>
	typeof name === 'string' ? `"${name}"` : 'without a name';
