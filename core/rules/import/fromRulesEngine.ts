import { findFact } from '../../facts';
import { quote } from '../checkConditions';
import { didYouMean } from '../nearestName';
import { findOperator, operators } from '../operators';
import {
	fit,
	isObject,
	note,
	readIdentity,
	refuse,
	textOf,
	type Converted,
	type Passage,
} from './passage';

type Rule = Readonly<Record<string, unknown>>;

const READ = ['conditions', 'namedConditions', 'event', 'id', 'name', 'priority'];
const CODE: ReadonlyMap<string, string> = new Map([
	['onSuccess', 'the Alert output'],
	['onFailure', 'the No Alert output'],
]);

/**
 * A rule of json-rules-engine: `{ conditions, event: { type, params }, name, priority }`. Its conditions are
 * ours already; its event becomes texts and labels.
 *
 * @param keys of the rule as it was given, functions included
 * @throws RuleError
 */
export function fromRulesEngine(rule: Rule, keys: readonly string[], passage: Passage): Converted {
	const { conditions, namedConditions, priority } = rule;
	if (!isObject(conditions) || !GROUPS.some((group) => group in conditions)) {
		refuse(
			passage,
			`conditions begin with ${quote(conditions)}; use {"all": […]}, {"any": […]} or {"not": {…}} at the top.`,
		);
	}
	const named = isObject(namedConditions) ? namedConditions : {};
	const event = readEvent(rule['event'], passage);
	if (priority !== undefined && priority !== 1) {
		note(
			passage,
			`"priority" of the rule is ${quote(priority)}; every rule is judged for itself, so take care that none waits for another.`,
		);
	}
	for (const key of keys) {
		const output = CODE.get(key);
		if (output !== undefined) {
			note(passage, `"${key}" is code; connect what it did to ${output}.`);
		} else if (!READ.includes(key)) {
			note(
				passage,
				`"${key}" isn't a part of such a rule we know; look whether the rule needs it.`,
			);
		}
	}
	const walk = { names: Object.keys(named), passage };
	return {
		...readIdentity(rule, [rule['name'], event.type], passage),
		parts: {
			conditions: carry(conditions, 'conditions', walk),
			...(Object.keys(named).length === 0
				? {}
				: {
						namedConditions: Object.fromEntries(
							Object.entries(named).map(([name, one]) => [
								name,
								carry(one, `namedConditions.${name}`, walk),
							]),
						),
					}),
			...event.parts,
		},
	};
}

const GROUPS = ['all', 'any', 'not', 'condition'] as const;
type Walk = { readonly names: readonly string[]; readonly passage: Passage };

/** Conditions as they are, but for what only code could answer. `compileRule` checks the rest. */
function carry(condition: unknown, at: string, walk: Walk, depth = 1): unknown {
	if (!isObject(condition) || depth > 30) return condition;
	const within = (one: unknown, place: string) => carry(one, place, walk, depth + 1);
	if ('condition' in condition) {
		tellOfNamed(condition['condition'], at, walk);
		return condition;
	}
	if ('not' in condition) return { ...condition, not: within(condition['not'], `${at}.not`) };
	for (const group of ['all', 'any'] as const) {
		const members = condition[group];
		if (!Array.isArray(members)) continue;
		const carried = members.map((one, index) => within(one, `${at}.${group}[${index}]`));
		return { ...condition, [group]: carried };
	}
	tellOfOperator(condition['operator'], at, walk.passage);
	const value = condition['value'];
	return {
		...withoutParams(condition, at, walk.passage),
		...(isObject(value) && 'fact' in value
			? { value: withoutParams(value, `${at}.value`, walk.passage) }
			: {}),
	};
}

function tellOfNamed(name: unknown, at: string, { names, passage }: Walk): void {
	if (typeof name !== 'string' || names.includes(name)) return;
	note(
		passage,
		`${at} stands for the condition "${name}", which is kept elsewhere; put it into "namedConditions".`,
	);
}

function tellOfOperator(operator: unknown, at: string, passage: Passage): void {
	const name = typeof operator === 'string' ? (operator.split(':').pop() ?? '') : undefined;
	if (name === undefined || findOperator(name) !== undefined) return;
	const names = operators.map((one) => one.name);
	note(
		passage,
		`${at}: the operator "${name}" is code of its engine's; use one of ours.${didYouMean(name, names)} There are ${names.join(', ')}.`,
	);
}

/** Parameters went to code that worked the fact out; our own facts know theirs, a column only `symbol`. */
function withoutParams(
	side: Readonly<Record<string, unknown>>,
	at: string,
	passage: Passage,
): Record<string, unknown> {
	const { params, ...rest } = side;
	const { fact } = rest;
	if (!isObject(params) || typeof fact !== 'string') return { ...side };
	const known = findFact(fact)?.params.map(({ name }) => name) ?? ['symbol'];
	const kept = Object.entries(params).filter(([name]) => known.includes(name));
	const lost = Object.entries(params).filter(([name]) => !known.includes(name));
	if (lost.length > 0) {
		note(
			passage,
			`${at}: the parameters ${quote(Object.fromEntries(lost))} of "${fact}" went to code; give the items a column "${fact}" that is worked out already.`,
		);
	}
	return { ...rest, ...(kept.length === 0 ? {} : { params: Object.fromEntries(kept) }) };
}

type EventParts = { readonly type: string | undefined; readonly parts: Record<string, unknown> };

const TITLE: readonly string[] = ['title', 'subject'];
const MESSAGE: readonly string[] = ['message', 'text', 'body'];

function readEvent(event: unknown, passage: Passage): EventParts {
	const whole = typeof event === 'string' ? { type: event } : event;
	if (!isObject(whole)) {
		refuse(passage, `"event" is ${quote(event)}; use {"type": "cheap", "params": {…}}.`);
	}
	const type = textOf(whole['type']);
	const params = whole['params'] ?? {};
	if (!isObject(params)) {
		refuse(passage, `"event.params" are ${quote(params)}; use an object such as {"message": "…"}.`);
	}
	for (const key of Object.keys(whole).filter((one) => !['type', 'params'].includes(one))) {
		note(passage, `"${key}" of the event stays behind; put it into "labels" if somebody reads it.`);
	}
	const parts: Record<string, unknown> = {};
	const labels: Array<readonly [string, string]> = [];
	const include: unknown[] = [];
	for (const [key, value] of Object.entries(params)) {
		const text = textOf(value);
		if (TITLE.includes(key) && text !== undefined && parts['title'] === undefined) {
			parts['title'] = fit(text, 1_000, 'title', passage);
		} else if (MESSAGE.includes(key) && text !== undefined && parts['message'] === undefined) {
			parts['message'] = fit(text, 10_000, 'message', passage);
		} else if (key === 'severity' && ['info', 'warning', 'critical'].includes(text ?? '')) {
			parts['severity'] = text;
		} else if (isObject(value) && typeof value['fact'] === 'string') {
			include.push(toIncluded(value, key, passage));
		} else if ((text !== undefined || typeof value === 'boolean') && key !== 'event') {
			labels.push([key, text ?? String(value)]);
		} else {
			note(
				passage,
				`"${key}" of the event is ${quote(value)}; labels are texts, so add it where the alert is sent.`,
			);
		}
	}
	if (type !== undefined) labels.push(['event', type]);
	return {
		type,
		parts: {
			...parts,
			...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
			...(include.length === 0 ? {} : { include }),
		},
	};
}

/** `{ "fact": "price" }` in an event is what the engine filled in there; the alert carries it. */
function toIncluded(value: Record<string, unknown>, key: string, passage: Passage): unknown {
	const { fact, params, path } = withoutParams(value, `event.params.${key}`, passage);
	if (params === undefined && path === undefined) return fact;
	return {
		fact,
		...(params === undefined ? {} : { params }),
		...(typeof path === 'string' ? { path } : {}),
	};
}
