import { matchesPattern } from '../../rules';
import type { AlertItem } from '../alertItem';
import { NoiseError } from './NoiseError';

/** The parts of an alert that noise control looks at. */
export type Labelled = Pick<
	AlertItem['alert'],
	'ruleId' | 'ruleName' | 'symbol' | 'severity' | 'labels'
>;

export type Matches = (alert: Labelled) => boolean;

const SYNTAX = /^\s*([^\s=!~"]+)\s*(!=|=)(?!~)\s*(?:"((?:[^"\\]|\\.)*)"|([^"]*?))\s*$/;

/**
 * Matchers in Alertmanager's spelling, `symbol="SHOP"` or `desk!=tech`, quotation marks as you like; all must
 * match. In a value `*` stands for any text and `?` for one character, capitals or not; there are no regular
 * expressions.
 *
 * @throws NoiseError quoting one that can't be read
 */
export function compileMatchers(matchers: readonly string[], where: string): Matches {
	const all = matchers.map((matcher) => compileMatcher(matcher, where));
	return (alert) => all.every((matches) => matches(alert));
}

/** The matchers of a text, separated by commas or lines; a comma in quotation marks belongs to a value. */
export const splitMatchers = (text: string): string[] =>
	(text.match(/(?:"(?:[^"\\]|\\.)*"|[^,\n"]|")+?(?=[,\n]|$)/g) ?? [])
		.map((part) => part.trim())
		.filter((part) => part !== '');

function compileMatcher(matcher: string, where: string): Matches {
	const [, name, operator, quoted, plain] = SYNTAX.exec(matcher) ?? [];
	const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
	if (name === undefined || value === undefined) {
		const hint = /=~|!~/.test(matcher)
			? 'there are no regular expressions; use * for any text, such as "symbol=BTC*"'
			: 'use a name, = or !=, and a value, such as "symbol=SHOP" or "desk!=tech"';
		throw new NoiseError(`Noise control: "${where}" has ${JSON.stringify(matcher)}; ${hint}.`);
	}
	const wanted = operator === '=';
	return (alert) => valuesOf(alert, name).some((one) => matchesPattern(one, value)) === wanted;
}

/** A value by its name; a label that isn't there is empty. A rule goes by its id and by its name. */
function valuesOf(alert: Labelled, name: string): readonly string[] {
	return name === 'rule' ? [alert.ruleId, alert.ruleName] : [valueOf(alert, name)];
}

/** A value by its name: rule (its id), symbol, severity, or else a label, `labels.rule` for one that's called so. */
export function valueOf({ ruleId, symbol, severity, labels }: Labelled, name: string): string {
	switch (name) {
		case 'rule':
			return ruleId;
		case 'symbol':
			return symbol;
		case 'severity':
			return severity;
		default: {
			const label = name.replace(/^labels\./, '');
			return Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
		}
	}
}

/** Whether both have the same value under each of these names, missing ones included. */
export const agree = (one: Labelled, other: Labelled, names: readonly string[]): boolean =>
	names.every((name) => valueOf(one, name) === valueOf(other, name));
