import { createHash } from 'node:crypto';

import type { z } from 'zod/v4';

import type { FactRef } from '../facts';
import { parseDuration } from '../ports';
import { checkConditions, quote } from './checkConditions';
import { didYouMean } from './nearestName';
import { findOperator } from './operators';
import { RuleError } from './RuleError';
import {
	notYetSupported,
	ruleDocumentSchema,
	type Condition,
	type ConditionLeaf,
	type FactValueRef,
	type RuleDocument,
} from './schema';

/** A rule that was checked and is ready to be judged. */
export type CompiledRule = {
	readonly document: RuleDocument;
	/** Changes with the conditions and not with the texts; state of another fingerprint is no longer ours. */
	readonly fingerprint: string;
	/** `undefined` watches every instrument. */
	readonly symbols: ReadonlySet<string> | undefined;
	readonly tree: ConditionTree;
	/** The comparisons, in the order they're written; the tree names them by index. */
	readonly leaves: readonly CompiledLeaf[];
	readonly hasEdge: boolean;
	readonly cooldownMs: number;
	readonly holdForMs: number;
};

/** The shape of the conditions, named ones put in place. */
export type ConditionTree =
	| { readonly kind: 'leaf'; readonly leaf: number; readonly priority?: number }
	| {
			readonly kind: 'all' | 'any';
			readonly members: readonly ConditionTree[];
			readonly priority?: number;
	  }
	| { readonly kind: 'not'; readonly member: ConditionTree; readonly priority?: number };

export type CompiledLeaf = {
	readonly left: FactRef;
	/** As written, decorators included. */
	readonly operator: string;
	readonly right: { readonly literal: unknown } | { readonly fact: FactRef };
	/** How the sides are brought into shape before the engine compares them. */
	readonly compares: 'number' | 'range' | 'any' | 'asTheyCome';
	readonly edge: boolean;
};

/**
 * Checks a rule document and makes it ready.
 *
 * @param fingerprintOf what the state depends on, when it isn't the document's conditions: conditions
 *   with an expression in them differ from item to item, yet are the same rule
 * @throws RuleError quoting what's wrong
 */
export function compileRule(input: unknown, fingerprintOf?: unknown): CompiledRule {
	const document = readDocument(input);
	const leaves: CompiledLeaf[] = [];
	const written = toTree(document.conditions, document.namedConditions ?? {}, leaves);
	// A named condition may be a single comparison; the engine wants a group at the top.
	const tree: ConditionTree =
		written.kind === 'leaf' ? { kind: 'all', members: [written] } : written;
	const hasEdge = leaves.some((leaf) => leaf.edge);
	checkLasting(document, hasEdge);
	const symbols = document.symbols?.map((symbol) => symbol.trim().toUpperCase());
	return {
		document,
		fingerprint: fingerprint(
			fingerprintOf ?? [document.conditions, document.namedConditions, document.fire],
		),
		symbols: symbols === undefined || symbols.includes('*') ? undefined : new Set(symbols),
		tree,
		leaves,
		hasEdge,
		cooldownMs: millisecondsOf(document.cooldown),
		holdForMs: millisecondsOf(document.holdFor),
	};
}

const millisecondsOf = (duration: string | undefined): number =>
	duration === undefined ? 0 : (parseDuration(duration) ?? 0);

/**
 * Holding on and resolving want something that lasts.
 * @throws RuleError
 */
function checkLasting(
	{ name, fire, holdFor, notifyResolved }: RuleDocument,
	hasEdge: boolean,
): void {
	const setting = holdFor !== undefined ? 'holdFor' : notifyResolved ? 'notifyResolved' : undefined;
	if (setting === undefined || (!hasEdge && fire !== 'everyMatch')) return;
	const why = hasEdge
		? 'a crossing is over with its event. Compare with lessThan or greaterThan instead'
		: 'with "fire": "everyMatch" each event stands for itself. Use "onChange"';
	throw new RuleError(
		'notSupported',
		`Rule "${name}": "${setting}" can't be kept, for ${why}, or remove it.`,
	);
}

function readDocument(input: unknown): RuleDocument {
	if (typeof input !== 'object' || input === null || Array.isArray(input)) {
		throw new RuleError('malformed', `A rule is an object; this is ${quote(input)}.`);
	}
	const given = input as Record<string, unknown>;
	const [ruleName = '?'] = [given['name'], given['id']].filter((one) => typeof one === 'string');
	const say = (code: RuleError['code'], message: string) =>
		new RuleError(code, `Rule "${ruleName}": ${message}`);
	for (const key of Object.keys(given)) {
		if (notYetSupported.has(key)) {
			throw say('notSupported', `"${key}" isn't supported in this release; remove it.`);
		}
	}
	const named = given['namedConditions'];
	checkConditions(given['conditions'], {
		ruleName,
		namedConditions: typeof named === 'object' && named !== null ? { ...named } : {},
	});
	const parsed = ruleDocumentSchema.safeParse(given);
	if (!parsed.success) throw say('malformed', explainIssue(parsed.error, given));
	return parsed.data;
}

/** The first thing zod found, in our words. */
function explainIssue(error: z.ZodError, given: Record<string, unknown>): string {
	const [issue] = error.issues;
	if (issue === undefined) return 'not a rule document.';
	if (issue.code === 'unrecognized_keys') {
		const key = issue.keys[0] ?? '';
		const known = Object.keys(ruleDocumentSchema.shape);
		return `"${[...issue.path, key].join('.')}" is not a part of a rule.${didYouMean(key, known)}`;
	}
	const path = issue.path.map(String);
	const value = path.reduce<unknown>(
		(at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
		given,
	);
	const expected = issue.message.replace(/^Invalid (?:input|option): /, '');
	return `"${path.join('.')}" is ${quote(value)}; ${expected}.`;
}

function toTree(
	condition: Condition,
	named: Readonly<Record<string, Condition>>,
	leaves: CompiledLeaf[],
): ConditionTree {
	if ('condition' in condition) {
		const referred = named[condition.condition];
		if (referred === undefined) throw new Error('an unchecked reference reached the compiler');
		return toTree(referred, named, leaves);
	}
	const priority = condition.priority === undefined ? {} : { priority: condition.priority };
	if ('not' in condition) {
		const { not } = condition as { not: Condition };
		return { kind: 'not', member: toTree(not, named, leaves), ...priority };
	}
	for (const kind of ['all', 'any'] as const) {
		const members = (condition as { all?: Condition[]; any?: Condition[] })[kind];
		if (members !== undefined) {
			return { kind, members: members.map((one) => toTree(one, named, leaves)), ...priority };
		}
	}
	leaves.push(toLeaf(condition as ConditionLeaf));
	return { kind: 'leaf', leaf: leaves.length - 1, ...priority };
}

function toLeaf(leaf: ConditionLeaf): CompiledLeaf {
	const parts = leaf.operator.split(':');
	const definition = findOperator(parts.at(-1) ?? '');
	if (definition === undefined) throw new Error('an unchecked operator reached the compiler');
	return {
		left: toRef(leaf),
		operator: leaf.operator,
		right: isFactValue(leaf.value) ? { fact: toRef(leaf.value) } : { literal: leaf.value },
		compares: parts.length > 1 ? 'asTheyCome' : definition.compares,
		edge: definition.edge,
	};
}

const isFactValue = (value: unknown): value is FactValueRef =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && 'fact' in value;

const toRef = (from: {
	fact: string;
	params?: Record<string, unknown> | undefined;
	path?: string | undefined;
}): FactRef => ({
	fact: from.fact,
	...(from.params === undefined ? {} : { params: from.params }),
	...(from.path === undefined ? {} : { path: from.path }),
});

const fingerprint = (value: unknown): string =>
	createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
