import { toNumber, type FactRef } from '../../facts';
import { quote } from '../checkConditions';
import { findOperator } from '../operators';
import { isApperateFact } from './apperateFacts';
import { ourOperator } from './apperateOperators';
import { convertTemplate, type TemplateFacts } from './convertTemplate';
import { isAnySymbol, isIndex, readIndex, readKey, refOf, type IndexFact } from './indexFact';
import { fit, note, readIdentity, refuse, textOf, type Converted, type Passage } from './passage';
import { readOutputs } from './readOutputs';
import { toCondition, type Triple } from './toCondition';

type Rule = Readonly<Record<string, unknown>>;

/** How one of the two forms names its facts. */
type Form = {
	readonly left: (given: unknown, at: string) => IndexFact;
	/** `undefined` when the right side is a value. */
	readonly right: (given: unknown, operator: string, at: string) => IndexFact | undefined;
	/** In a text; `undefined` for something else. */
	readonly named: (marker: string) => IndexFact | undefined;
	/** Facts the rule names outside its conditions. */
	readonly further: readonly IndexFact[];
	/** Of the rule as a whole; `undefined` when its facts say it. */
	readonly symbols?: readonly string[];
	readonly parts: readonly string[];
};

/**
 * A rule of Apperate: `{ ruleName, type, index, conditions: [["$index[0]", "<", 60]], outputs }`.
 * @throws RuleError
 */
export function fromApperate(rule: Rule, passage: Passage): Converted {
	const index = listOf(rule['index'], 'index', passage).map((one, at) =>
		readIndex(one, `index[${at}]`, passage),
	);
	const named = (text: string, at: string): IndexFact | undefined => {
		const [, place] = /^\$index\[(\d+)\]$/.exec(text.trim()) ?? [];
		if (place === undefined) return isIndex(text) ? readIndex(text, at, passage) : undefined;
		return (
			index[Number(place)] ??
			refuse(
				passage,
				`${at}: "${text.trim()}" isn't there; "index" has ${index.length} ${index.length === 1 ? 'entry' : 'entries'}, counted from 0.`,
			)
		);
	};
	const additional = listOf(rule['additionalIndex'] ?? [], 'additionalIndex', passage);
	return convert(rule, passage, {
		left: (given, at) =>
			(typeof given === 'string' ? named(given, at) : undefined) ??
			refuse(
				passage,
				`${at} begins with ${quote(given)}; use "$index[0]" for the first of "index".`,
			),
		right: (given, _operator, at) => (typeof given === 'string' ? named(given, at) : undefined),
		named: (marker) => named(marker, 'a text'),
		further: [
			...index,
			...additional.map((one, at) => readIndex(one, `additionalIndex[${at}]`, passage)),
		],
		parts: ['index', 'additionalIndex'],
	});
}

/**
 * A rule of IEX Cloud before Apperate: `{ ruleSet: "AAPL", conditions: [["latestPrice", "<", 60]] }`.
 * @throws RuleError
 */
export function fromRuleSet(rule: Rule, passage: Passage): Converted {
	const { ruleSet } = rule;
	const symbols = (Array.isArray(ruleSet) ? (ruleSet as unknown[]) : String(ruleSet).split(','))
		.map((one) => textOf(one)?.toUpperCase())
		.filter((one) => one !== undefined);
	if (symbols.length === 0 || (typeof ruleSet !== 'string' && !Array.isArray(ruleSet))) {
		refuse(passage, `"ruleSet" is ${quote(ruleSet)}; use a symbol such as "AAPL", or "ANYEVENT".`);
	}
	const additional = listOf(rule['additionalKeys'] ?? [], 'additionalKeys', passage);
	return convert(rule, passage, {
		left: (given, at) => readKey(given, `${at}[0]`, passage),
		// The same text may be a fact or a value: beside a number it's a fact, else only by a name we know.
		right: (given, operator, at) => {
			if (typeof given !== 'string' || toNumber(given) !== undefined) return undefined;
			const isFact = findOperator(operator)?.compares === 'number' || isApperateFact(given.trim());
			return isFact ? readKey(given, `${at}[2]`, passage) : undefined;
		},
		named: (marker) => (isApperateFact(marker) ? readKey(marker, 'a text', passage) : undefined),
		further: additional.map((one, at) => readKey(one, `additionalKeys[${at}]`, passage)),
		symbols: symbols.some(isAnySymbol) ? [] : symbols,
		parts: ['ruleSet', 'additionalKeys'],
	});
}

function convert(rule: Rule, passage: Passage, form: Form): Converted {
	const triples = readTriples(rule['conditions'], form, passage);
	const used = triples.flatMap(({ left, right }) =>
		'fact' in right ? [left, right.fact] : [left],
	);
	const home = form.symbols === undefined ? homeOf(used, form.further) : undefined;
	tellOfOthers(used, home, passage);
	const symbols = form.symbols ?? (home === undefined ? [] : [home]);
	const conditions = triples.map((triple, at) =>
		toCondition(triple, `conditions[${at}]`, home, passage),
	);
	const include = new Map<string, FactRef>();
	const carry = (fact: IndexFact): FactRef => {
		const ref = refOf(fact, home);
		if (!used.some(({ text }) => text === fact.text)) include.set(JSON.stringify(ref), ref);
		return ref;
	};
	form.further.forEach(carry);
	const outputs = readOutputs(rule['outputs'], passage);
	const facts: TemplateFacts = { known: [...used, ...form.further], named: form.named, carry };
	const write = (name: 'title' | 'message', length: number) => {
		const text = outputs[name];
		if (text === undefined) return {};
		return { [name]: fit(convertTemplate(text, facts, passage), length, name, passage) };
	};
	const texts = { ...write('title', 1_000), ...write('message', 10_000) };
	tellOfTheRest(rule, form.parts, passage);
	return {
		...readIdentity(rule, [rule['ruleName'], rule['name']], passage),
		parts: {
			...(symbols.length === 0 ? {} : { symbols }),
			conditions: { [readType(rule['type'], passage)]: conditions },
			// Apperate told again and again while a rule held, with a wait in between.
			fire: 'everyMatch',
			...(outputs.cooldown === undefined ? {} : { cooldown: outputs.cooldown }),
			...texts,
			...(include.size === 0 ? {} : { include: [...include.values()].map(shorten) }),
			...(outputs.deliver.length === 0 ? {} : { deliver: outputs.deliver }),
		},
	};
}

function readTriples(conditions: unknown, form: Form, passage: Passage): Triple[] {
	const triples = listOf(conditions, 'conditions', passage);
	if (triples.length === 0) {
		refuse(passage, '"conditions" are empty; use at least one, such as ["$index[0]", "<", 60].');
	}
	return triples.map((triple, index) => {
		const at = `conditions[${index}]`;
		if (!Array.isArray(triple) || triple.length !== 3) {
			refuse(
				passage,
				`${at} is ${quote(triple)}; use three parts: a fact, an operator and a value, such as ["$index[0]", "<", 60].`,
			);
		}
		const [left, sign, value] = triple as readonly unknown[];
		const operator = ourOperator(sign, at, passage);
		const fact = form.right(value, operator, at);
		return {
			left: form.left(left, at),
			operator,
			right: fact === undefined ? { value } : { fact },
		};
	});
}

/** Without it either will do; so Apperate had it. */
function readType(given: unknown, passage: Passage): 'any' | 'all' {
	const type = typeof given === 'string' ? given.trim().toLowerCase() : (given ?? 'any');
	if (type === 'any' || type === 'all') return type;
	return refuse(passage, `"type" is ${quote(given)}; use "any" or "all".`);
}

/** The symbol whose events the rule is judged at; `undefined` for those of every symbol. */
function homeOf(used: readonly IndexFact[], further: readonly IndexFact[]): string | undefined {
	const ofSymbols = used.filter(({ ofMarket }) => !ofMarket);
	if (ofSymbols.some(({ symbol }) => symbol === undefined)) return undefined;
	return [...ofSymbols, ...further].find(({ symbol }) => symbol !== undefined)?.symbol;
}

function tellOfOthers(
	used: readonly IndexFact[],
	home: string | undefined,
	passage: Passage,
): void {
	for (const { text, symbol } of used) {
		if (symbol === undefined || symbol === home) continue;
		const [watched, events] =
			home === undefined ? ['every symbol', 'any event'] : [home, `events of ${home}`];
		note(
			passage,
			`"${text}" is of ${symbol}, while the rule watches ${watched}: it's judged at ${events}, with ${symbol} as last seen. Let the source watch ${symbol} too; for alerts at its own events make it a rule of its own.`,
		);
	}
}

const COUNTERS: readonly string[] = [
	'ran',
	'passed',
	'failed',
	'sent',
	'evaluated',
	'weight',
	'dateCreated',
	'dateUpdated',
];
const READ = ['ruleName', 'name', 'id', 'type', 'conditions', 'outputs', 'isActive', 'token'];

function tellOfTheRest(rule: Rule, parts: readonly string[], passage: Passage): void {
	const counters = COUNTERS.filter((key) => key in rule);
	if (counters.length > 0) {
		note(
			passage,
			`${counters.map(quote).join(', ')} stay behind; counting begins anew, keep the old record if you need it.`,
		);
	}
	if ('token' in rule) {
		note(
			passage,
			`"token" stays behind; put keys into n8n credentials and take it out of the file.`,
		);
	}
	if (rule['isActive'] === false) {
		note(
			passage,
			`"isActive" is false: the rule was paused; leave its workflow inactive until you want it.`,
		);
	}
	for (const key of Object.keys(rule)) {
		if ([...READ, ...COUNTERS, ...parts].includes(key)) continue;
		note(passage, `"${key}" isn't a part of such a rule we know; look whether the rule needs it.`);
	}
}

function listOf(given: unknown, name: string, passage: Passage): readonly unknown[] {
	if (Array.isArray(given)) return given;
	return refuse(passage, `"${name}" is ${quote(given)}; use a list.`);
}

const shorten = (ref: FactRef): string | FactRef => (ref.params === undefined ? ref.fact : ref);
