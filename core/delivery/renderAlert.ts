import type { AlertItem } from '../alerts';
import { explainReason, leftOfReason, nameOfReason } from './explain';
import { renderHtml } from './renderHtml';
import { formatTime, toText } from './formatValue';
import { cut, renderTemplate } from './template';

/** An alert before its words were found. */
export type BareAlert = Pick<AlertItem, 'alert' | 'facts' | 'because'>;

export type AlertTemplates = { readonly title?: string; readonly message?: string };

const MAX_TITLE = 200;

/**
 * Finds the words of an alert: from its templates, or else saying why it came. A template that fails
 * (they're checked before, but a loop may run too long) doesn't cost the alert: it says so, and why it came.
 *
 * @param shortNames further names templates may use for facts; a fact of exactly that name goes before
 */
export async function renderAlert(
	bare: BareAlert,
	templates: AlertTemplates,
	shortNames: Readonly<Record<string, unknown>> = {},
): Promise<Pick<AlertItem, 'title' | 'text' | 'html' | 'markdown'>> {
	const scope = templateScope(bare, shortNames);
	const failures: string[] = [];
	const fill = async (name: string, template: string | undefined, otherwise: string) => {
		if (template === undefined) return otherwise;
		try {
			return await renderTemplate(template, scope);
		} catch (error) {
			failures.push(`The template of its ${name} could not be filled: ${(error as Error).message}`);
			return otherwise;
		}
	};
	const headline = await fill('title', templates.title, defaultTitle(bare));
	const isOver = bare.alert.state === 'resolved';
	const title = oneLine(isOver ? `Resolved: ${headline}` : headline);
	// A message is written for the alert; that it's over we say ourselves.
	const words = isOver
		? resolvedText(bare)
		: await fill('message', templates.message, defaultText(bare));
	const text = [words, ...failures].join('\n\n');
	return {
		title,
		text,
		html: renderHtml({ title, text, severity: bare.alert.severity, ...bare }),
		markdown: renderMarkdown(title, text, bare),
	};
}

/**
 * What templates may name: every fact, the alert's own parts, and TradingView's names for them. Facts of an
 * item go by their own names first.
 *
 * @param shortNames further names of facts
 */
export function templateScope(
	{ alert, facts, because }: BareAlert,
	shortNames: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
	const eventAt = new Date(alert.eventAt).toISOString();
	return {
		close: facts['price'],
		interval: because.find(({ params }) => params?.['interval'] !== undefined)?.params?.[
			'interval'
		],
		...shortNames,
		...nested(facts),
		...facts,
		facts,
		symbol: alert.symbol,
		ticker: alert.symbol,
		ruleName: alert.ruleName,
		ruleId: alert.ruleId,
		severity: alert.severity,
		state: alert.state,
		labels: alert.labels,
		startedAt: new Date(alert.startedAt).toISOString(),
		eventAt,
		time: eventAt,
		timenow: eventAt, // a text that comes again is the same
		heldBack: alert.heldBack ?? 0,
		why: because
			.filter(({ holds }) => holds === true)
			.map(explainReason)
			.join(', '),
	};
}

type Scope = Record<string, unknown>;

/** Without a prototype, for names are the user's. */
const emptyScope = (): Scope => Object.create(null) as Scope;

/** Fields of objects, so that `[[order.total]]` finds the fact "order.total". */
function nested(facts: AlertItem['facts']): Scope {
	const scope = emptyScope();
	for (const [name, value] of Object.entries(facts)) put(scope, name.split('.'), value);
	return scope;
}

function put(scope: Scope, [key = '', ...rest]: readonly string[], value: unknown): void {
	if (rest.length === 0) {
		scope[key] ??= value;
		return;
	}
	const inner = (scope[key] ??= emptyScope());
	// What is a value itself has nothing in it.
	if (typeof inner === 'object') put(inner as Scope, rest, value);
}

/** Which rule, about what, when: for the end of a message. */
export function describeOrigin(
	{ alert }: Pick<AlertItem, 'alert'>,
	locale: string,
	timezone: string,
): string {
	const { ruleName, severity, startedAt, eventAt } = alert;
	const time = (at: number) => formatTime(at, timezone, locale, undefined);
	const began = startedAt === eventAt ? '' : `, began ${time(startedAt)}`;
	return `Rule "${ruleName}", ${severity}. ${time(eventAt)}${began}.`;
}

const defaultTitle = ({ alert }: BareAlert): string =>
	alert.symbol === '' ? alert.ruleName : `${alert.symbol}: ${alert.ruleName}`;

function defaultText({ alert, because }: BareAlert): string {
	const holding = because.filter(({ holds }) => holds === true);
	const reasons = (holding.length > 0 ? holding : because).map(explainReason);
	const subject = alert.symbol === '' ? 'It holds that' : `${alert.symbol}:`;
	const heldBack =
		alert.heldBack === undefined
			? ''
			: ` Since the last alert it happened ${alert.heldBack} more ${alert.heldBack === 1 ? 'time' : 'times'} and was kept quiet.`;
	return `${subject} ${reasons.join(' and ')}.${heldBack}`;
}

function resolvedText({ alert, because }: BareAlert): string {
	const subject = alert.symbol === '' ? 'It' : alert.symbol;
	const now = because
		.filter(({ holds }) => holds === false)
		.map((reason) => `${nameOfReason(reason)} is ${leftOfReason(reason)}`);
	const why = now.length === 0 ? '' : ` Now ${now.join(' and ')}.`;
	return `${subject}: "${alert.ruleName}" no longer holds; it did for ${describeSpan(alert.eventAt - alert.startedAt)}.${why}`;
}

/** The two largest units: `2 d 3 h`, `5 min 10 s`, `0 s`. */
export function describeSpan(milliseconds: number): string {
	const seconds = Math.max(0, Math.round(milliseconds / 1_000));
	const parts = [
		[Math.floor(seconds / 86_400), 'd'],
		[Math.floor(seconds / 3_600) % 24, 'h'],
		[Math.floor(seconds / 60) % 60, 'min'],
		[seconds % 60, 's'],
	] as const;
	const first = parts.findIndex(([amount]) => amount > 0);
	if (first < 0) return '0 s';
	return parts
		.slice(first, first + 2)
		.filter(([amount]) => amount > 0)
		.map(([amount, unit]) => `${amount} ${unit}`)
		.join(' ');
}

export function renderMarkdown(title: string, text: string, { facts, because }: BareAlert): string {
	const lines = [`**${escapeMarkdown(title)}**`, '', escapeMarkdown(text)];
	const reasons = because.map((reason) => `- ${escapeMarkdown(explainReason(reason))}`);
	const known = Object.entries(facts).map(
		([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(toText(value))}`,
	);
	return [...lines, '', ...reasons, '', ...known].join('\n').trimEnd();
}

export const escapeMarkdown = (text: string): string =>
	text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, '\\$&');

export const oneLine = (text: string): string => cut(text.replace(/\s+/g, ' ').trim(), MAX_TITLE);
