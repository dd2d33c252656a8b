import { createHash } from 'node:crypto';

import type { z } from 'zod/v4';

import { findFact, type FactDefinition, type FactRef } from '../facts';
import { isTimeZone } from '../market';
import { parseDuration } from '../ports';
import { checkConditions, checkIncluded, quote } from './checkConditions';
import { didYouMean } from './nearestName';
import { findOperator, type Comparison } from './operators';
import { RuleError } from './RuleError';
import { compileSchedule, type Schedule } from './schedule';
import {
	candlesIn,
	notYetSupported,
	ruleDocumentSchema,
	scheduleSchema,
	type Condition,
	type ConditionLeaf,
	type FactValueRef,
	type RuleDocument,
} from './schema';

/** A rule that was checked and is ready to be judged. */
export type CompiledRule = CompiledConditions & {
	readonly document: RuleDocument;
	/** Changes with the conditions and not with the texts; state of another fingerprint is no longer ours. */
	readonly fingerprint: string;
	/** `undefined` watches every instrument. */
	readonly symbols: ReadonlySet<string> | undefined;
	readonly hasEdge: boolean;
	/** When a firing alert is over, where the document says so. */
	readonly reset: CompiledConditions | undefined;
	/** Every fact it looks at or carries. */
	readonly facts: readonly FactRef[];
	readonly schedule: Schedule | undefined;
	/** Of the candles it fires by; `undefined` makes each event a candle. */
	readonly intervalMs: number | undefined;
	readonly cooldownMs: number;
	readonly holdForMs: number;
	/** 0 where candles aren't counted. */
	readonly holdForCandles: number;
	/** Judged when a candle has closed, and at no other event. */
	readonly judgedOnClose: boolean;
	readonly keepFiringForMs: number;
	/** 0 for never. */
	readonly remindEveryMs: number;
};

/** Conditions ready to be judged. */
export type CompiledConditions = {
	readonly tree: ConditionTree;
	/** The comparisons, in the order they're written; the tree names them by index. */
	readonly leaves: readonly CompiledLeaf[];
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
	readonly compares: Comparison | 'numbers';
	/** Of `within`. */
	readonly percent?: number;
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
	const rule = remakeRule(
		document,
		fingerprint(
			fingerprintOf ?? [
				document.conditions,
				document.namedConditions,
				document.fire,
				document.resetWhen,
				document.interval,
			],
		),
	);
	checkLasting(document, rule.hasEdge);
	return rule;
}

/** Makes a rule again from its document, which was checked when it was made first. */
export function remakeRule(document: RuleDocument, fingerprint: string): CompiledRule {
	const named = document.namedConditions ?? {};
	const intervalMs = document.interval === undefined ? undefined : parseDuration(document.interval);
	const conditions = compileConditions(document.conditions, named, document);
	const hasEdge = conditions.leaves.some((leaf) => leaf.edge);
	const reset =
		document.resetWhen === undefined
			? undefined
			: compileConditions(document.resetWhen, named, document);
	const symbols = document.symbols?.map((symbol) => symbol.trim().toUpperCase());
	return {
		document,
		fingerprint,
		symbols: symbols === undefined || symbols.includes('*') ? undefined : new Set(symbols),
		...conditions,
		hasEdge,
		reset,
		facts: factsOf(document, [...conditions.leaves, ...(reset?.leaves ?? [])]),
		schedule: document.schedule === undefined ? undefined : compileSchedule(document.schedule),
		intervalMs,
		cooldownMs: millisecondsOf(document.cooldown),
		holdForMs: millisecondsOf(document.holdFor),
		holdForCandles: candlesIn(document.holdFor) ?? 0,
		judgedOnClose: isJudgedOnClose(document),
		keepFiringForMs: millisecondsOf(document.keepFiringFor),
		remindEveryMs: millisecondsOf(document.remindEvery),
	};
}

function compileConditions(
	conditions: Condition,
	named: Readonly<Record<string, Condition>>,
	document: RuleDocument,
): CompiledConditions {
	const leaves: CompiledLeaf[] = [];
	const written = toTree(conditions, named, leaves);
	// A named condition may be a single comparison; the engine wants a group at the top.
	return {
		tree: written.kind === 'leaf' ? { kind: 'all', members: [written] } : written,
		leaves: leaves.map((leaf) => ({
			...leaf,
			left: inRule(leaf.left, document),
			...('fact' in leaf.right ? { right: { fact: inRule(leaf.right.fact, document) } } : {}),
		})),
	};
}

/** A fact as a rule means it: of the rule's own candles, where it names none. */
function inRule(ref: FactRef, document: RuleDocument): FactRef {
	const { interval } = document;
	const definition = findFact(ref.fact);
	const ofCandles = takes(definition, 'interval');
	const given = ref.params ?? {};
	if (isJudgedOnClose(document) && OF_CANDLES.has(ref.fact) && !('interval' in given)) {
		// Judged when a candle has closed, such a rule is about the candle, not about the tick that closed it.
		const fact = ref.fact === 'price' ? 'close' : ref.fact;
		return interval === undefined ? ref : { ...ref, fact, params: { ...given, interval } };
	}
	const isPlainColumn = definition?.kind === 'column' && !('candle' in given);
	const isOfTime = takes(definition, 'over') && !('last' in given);
	if (!ofCandles || isPlainColumn || isOfTime || interval === undefined) return ref;
	return 'interval' in given ? ref : { ...ref, params: { ...given, interval } };
}

/** A rule that counts candles looks at closed ones only. */
const isJudgedOnClose = ({ fire, holdFor }: RuleDocument): boolean =>
	fire === 'onCandleClose' || candlesIn(holdFor) !== undefined;

const takes = (definition: FactDefinition | undefined, param: string): boolean =>
	definition?.params.some(({ name }) => name === param) ?? false;

const OF_CANDLES: ReadonlySet<string> = new Set([
	'price',
	'open',
	'high',
	'low',
	'close',
	'volume',
]);

/** What a rule looks at: its conditions, what it includes, and the candles it fires by. */
function factsOf(document: RuleDocument, leaves: readonly CompiledLeaf[]): FactRef[] {
	const { include, interval, fire } = document;
	const byCandle = fire === 'oncePerCandle' || isJudgedOnClose(document);
	return [
		...leaves.flatMap((leaf) =>
			'fact' in leaf.right ? [leaf.left, leaf.right.fact] : [leaf.left],
		),
		...include.map((one) => inRule(typeof one === 'string' ? { fact: one } : toRef(one), document)),
		...(byCandle && interval !== undefined ? [{ fact: 'close', params: { interval } }] : []),
	];
}

const millisecondsOf = (duration: string | undefined): number =>
	duration === undefined ? 0 : (parseDuration(duration) ?? 0);

/**
 * Holding on and resolving want something that lasts.
 * @throws RuleError
 */
function checkLasting(document: RuleDocument, hasEdge: boolean): void {
	const { name, fire } = document;
	const setting = (['holdFor', 'keepFiringFor', 'remindEvery', 'notifyResolved'] as const).find(
		(one) => document[one] !== undefined && document[one] !== false,
	);
	const eachForItself = ['everyMatch', 'oncePerCandle', 'onCandleClose'].includes(fire);
	if (document.resetWhen !== undefined && eachForItself) {
		throw new RuleError(
			'notSupported',
			`Rule "${name}": "resetWhen" can't be kept, for with "fire": "${fire}" each event stands for itself. Use "onChange", or remove it.`,
		);
	}
	if (setting === undefined || (!hasEdge && !eachForItself)) return;
	const why = hasEdge
		? 'a crossing is over with its event. Compare with lessThan or greaterThan instead'
		: `with "fire": "${fire}" each event stands for itself. Use "onChange"`;
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
	const check = {
		ruleName,
		namedConditions: typeof named === 'object' && named !== null ? { ...named } : {},
		interval: given['interval'],
	};
	checkConditions(given['conditions'], check);
	if (given['resetWhen'] !== undefined) {
		checkConditions(given['resetWhen'], { ...check, at: 'resetWhen', edges: false });
	}
	checkIncluded(given['include'], check);
	const parsed = ruleDocumentSchema.safeParse(given);
	if (!parsed.success) throw say('malformed', explainIssue(parsed.error, given));
	const timezone = parsed.data.schedule?.timezone;
	if (timezone !== undefined && !isTimeZone(timezone)) {
		throw say(
			'malformed',
			`"schedule.timezone" is ${quote(timezone)}; use an IANA name such as "America/New_York" or "UTC".`,
		);
	}
	return parsed.data;
}

/** The first thing zod found, in our words. */
function explainIssue(error: z.ZodError, given: Record<string, unknown>): string {
	const [issue] = error.issues;
	if (issue === undefined) return 'not a rule document.';
	if (issue.code === 'unrecognized_keys') {
		const key = issue.keys[0] ?? '';
		const known = keysAt(issue.path[0]);
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

/** What may stand in a part of a document, or in the document itself. */
const keysAt = (part: PropertyKey | undefined): string[] =>
	part === 'schedule'
		? [...Object.keys(scheduleSchema.shape), 'from', 'to']
		: part === undefined
			? Object.keys(ruleDocumentSchema.shape)
			: [];

function toTree(
	condition: Condition,
	named: Readonly<Record<string, Condition>>,
	leaves: CompiledLeaf[],
): ConditionTree {
	const priority = condition.priority === undefined ? {} : { priority: condition.priority };
	if ('condition' in condition) {
		const referred = named[condition.condition];
		if (referred === undefined) throw new Error('an unchecked reference reached the compiler');
		// Its place among the others is given where it's referred to, as json-rules-engine has it.
		const { priority: _, ...tree } = toTree(referred, named, leaves);
		return { ...tree, ...priority };
	}
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
	const definition = findOperator(parts.pop() ?? '');
	if (definition === undefined) throw new Error('an unchecked operator reached the compiler');
	const areWhole = parts.every((one) => one === 'not' || one === 'swap');
	// The other decorators look into lists.
	const compares = areWhole || definition.compares !== 'number' ? definition.compares : 'numbers';
	const near =
		compares === 'percent' ? (leaf.value as { percent: number; of: unknown }) : undefined;
	const value = near === undefined ? leaf.value : near.of;
	return {
		left: toRef(leaf),
		operator: leaf.operator,
		right: isFactValue(value) ? { fact: toRef(value) } : { literal: value },
		compares,
		...(near === undefined ? {} : { percent: near.percent }),
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
	...(from.path === undefined || from.path === '' ? {} : { path: from.path }),
});

const fingerprint = (value: unknown): string =>
	createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
