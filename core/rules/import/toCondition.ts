import { toNumber } from '../../facts';
import { quote } from '../checkConditions';
import { findOperator } from '../operators';
import { refOf, type IndexFact } from './indexFact';
import { note, refuse, type Passage } from './passage';

/** A condition as Apperate has it, its operator already ours. */
export type Triple = {
	readonly left: IndexFact;
	readonly operator: string;
	readonly right: { readonly fact: IndexFact } | { readonly value: unknown };
};

/**
 * A condition in our form, of a rule that watches `home`.
 * @throws RuleError
 */
export function toCondition(
	triple: Triple,
	at: string,
	home: string | undefined,
	passage: Passage,
): Record<string, unknown> {
	const { left, operator, right } = triple;
	if (left.ours.trueIs !== undefined) return toText(triple, at, left.ours.trueIs, passage);
	const ref = refOf(left, home);
	if ('fact' in right) {
		if (right.fact.ours.trueIs !== undefined) refuseText(right.fact.text, at, passage);
		return { ...ref, operator, value: refOf(right.fact, home) };
	}
	const times = toTimes(right.value);
	if (times !== undefined) return duringTimes(triple, times, at, home, passage);
	checkValue(right.value, triple, at, passage);
	tellOfFraction(right.value, left, passage);
	return { ...ref, operator, value: right.value };
}

/** What was true or false is a text with us: the market is open when the session is regular. */
function toText(
	{ left, operator, right }: Triple,
	at: string,
	trueIs: string,
	passage: Passage,
): Record<string, unknown> {
	const value = 'value' in right ? String(right.value).trim().toLowerCase() : '';
	if (!['true', 'false'].includes(value) || !['equal', 'notEqual'].includes(operator)) {
		refuseText(left.text, at, passage);
	}
	const holds = (value === 'true') === (operator === 'equal');
	return { ...refOf(left, undefined), operator: holds ? 'equal' : 'notEqual', value: trueIs };
}

const refuseText = (text: string, at: string, passage: Passage): never =>
	refuse(passage, `${at}: "${text}" is true or false; use ["…", "==", true] with it.`);

const TIMES = /^\s*(\d\d:\d\d(?::\d\d)?)\s*-\s*(\d\d:\d\d(?::\d\d)?)\s*$/;

/** `09:30:00 - 16:00:00` */
function toTimes(value: unknown): readonly [string, string] | undefined {
	const [, from, to] = typeof value === 'string' ? (TIMES.exec(value) ?? []) : [];
	return from === undefined || to === undefined ? undefined : [from, to];
}

function duringTimes(
	{ left, operator }: Triple,
	times: readonly [string, string],
	at: string,
	home: string | undefined,
	passage: Passage,
): Record<string, unknown> {
	if (!['equal', 'notEqual', 'betweenTimes'].includes(operator)) {
		refuse(
			passage,
			`${at} compares with the time of day ${quote(times.join(' - '))}; use "==" or "!=".`,
		);
	}
	const within = operator === 'notEqual' ? 'not:betweenTimes' : 'betweenTimes';
	if (left.column !== 'currentTime')
		return { ...refOf(left, home), operator: within, value: times };
	note(
		passage,
		`Which zone "${times.join(' - ')}" was in isn't known, so it's New York's; change "timezone" if it was another.`,
	);
	return {
		fact: 'timeOfDay',
		params: { timezone: 'America/New_York' },
		operator: within,
		value: times,
	};
}

function checkValue(
	value: unknown,
	{ left, operator }: Triple,
	at: string,
	passage: Passage,
): void {
	const expected = (what: string) =>
		refuse(passage, `${at}: "${left.text}" is compared with ${quote(value)}; use ${what}.`);
	const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
	if (!isPlain && !Array.isArray(value)) expected('a number, a text, true or false');
	const { compares } = findOperator(operator) ?? {};
	if (compares === 'number' && toNumber(value) === undefined) {
		expected('a number such as 60, or another fact');
	}
}

/** Apperate's data gave 0.05 for 5 %, while its rules took 5; with us 5 is 5 %. */
function tellOfFraction(value: unknown, { ours, text }: IndexFact, passage: Passage): void {
	const number = toNumber(value) ?? 0;
	if (ours.fact !== 'changePercent' || number === 0 || Math.abs(number) >= 1) return;
	note(
		passage,
		`"${text}" is compared with ${quote(value)}, taken as ${number} %; if a fraction was meant, write ${Number((number * 100).toPrecision(12))}.`,
	);
}
