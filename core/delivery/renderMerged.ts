import type { AlertItem, AlertMember } from '../alerts';
import { explainReason } from './explain';
import { describeSpan, escapeMarkdown, oneLine, renderMarkdown } from './renderAlert';
import { renderHtml } from './renderHtml';
import { cut } from './template';

type Words = Pick<AlertItem, 'title' | 'text' | 'html' | 'markdown'>;

/** Symbols in a title, and alerts in a text, before the rest is counted. */
const MAX_NAMES = 5;
const MAX_LINES = 100;
const MAX_LINE = 300;

/** The words of several alerts as one: which symbols, and of each why. */
export function renderMerged(alert: AlertItem['alert'], members: readonly AlertMember[]): Words {
	const title = oneLine(titleOf(alert, members));
	const severalRules = new Set(members.map((one) => one.alert.ruleId)).size > 1;
	const lines = members.slice(0, MAX_LINES).map((one) => lineOf(one, severalRules));
	const more = members.length - lines.length;
	const shown = more === 0 ? lines : [...lines, `… and ${more} more`];
	const still = stillFiring(alert);
	const text = [...shown, ...(still === '' ? [] : ['', still])].join('\n');
	const list = shown.map((line) => `- ${escapeMarkdown(line)}`);
	return {
		title,
		text,
		html: renderHtml({ title, text, severity: alert.severity }),
		markdown: [
			`**${escapeMarkdown(title)}**`,
			'',
			...list,
			...(still === '' ? [] : ['', escapeMarkdown(still)]),
		].join('\n'),
	};
}

/** The words of an alert that changes too often: its own, and why it's quiet from here on. */
export function renderFlapping(item: AlertItem): Words {
	const { flapping, severity } = item.alert;
	if (flapping === undefined) return item;
	const { changes, windowMs, calmForMs } = flapping;
	const title = oneLine(`Flapping: ${item.title}`);
	const note = `It changed ${changes} times within ${describeSpan(windowMs)}, so it is quiet now. When nothing has changed for ${describeSpan(calmForMs)}, the state it is in then is told.`;
	const text = `${item.text}\n\n${note}`;
	const { facts, because } = item;
	return {
		title,
		text,
		html: renderHtml({ title, text, severity, facts, because }),
		markdown: renderMarkdown(title, text, item),
	};
}

function titleOf(alert: AlertItem['alert'], members: readonly AlertMember[]): string {
	const names = listOf([...new Set(members.map(nameOf))]);
	const rules = new Set(members.map((one) => one.alert.ruleName));
	const [rule = ''] = rules;
	const subject = rules.size === 1 ? `${rule}: ${names}` : `${countOf(members)}: ${names}`;
	switch (alert.merged?.by) {
		case 'quietHours':
			return `During quiet hours: ${subject}`;
		case 'budget':
			return `Held back: ${subject}`;
		default:
			return `${openingOf(alert, members)}${subject}`;
	}
}

function openingOf({ state, merged }: AlertItem['alert'], members: readonly AlertMember[]): string {
	if (state === 'resolved') return 'Resolved: ';
	if (state === 'firing') return '';
	const over = members.filter((one) => one.alert.state === 'resolved').length;
	const others = members.length - over + (merged?.stillFiring.length ?? 0);
	return over === 0 ? 'Still firing: ' : `${over} over, ${others} still firing: `;
}

/** One alert in a line: what it says, and why, unless it says that. */
function lineOf(member: AlertMember, severalRules: boolean): string {
	const { alert, text, because, count = 1 } = member;
	const words = text.replace(/\s+/g, ' ').trim();
	const name = nameOf(member);
	const named = words.includes(name) ? words : `${name}: ${words}`;
	const missing = because
		.filter(({ holds }) => holds === true && alert.state !== 'resolved')
		.map(explainReason)
		.filter((reason) => !words.includes(reason));
	const notes = [
		...missing,
		...(severalRules && !words.includes(alert.ruleName) ? [`rule "${alert.ruleName}"`] : []),
		...(count > 1 ? [`the last of ${count}`] : []),
	];
	return cut(notes.length === 0 ? named : `${named} (${notes.join('; ')})`, MAX_LINE);
}

function stillFiring({ merged }: AlertItem['alert']): string {
	const names = merged?.stillFiring ?? [];
	return names.length === 0 ? '' : `Still firing: ${listOf(names)}.`;
}

const nameOf = ({ alert, title }: AlertMember): string =>
	alert.symbol === '' ? title : alert.symbol;

const countOf = (members: readonly AlertMember[]): string => `${members.length} alerts`;

/** `SHOP, AAPL and 3 more` */
function listOf(names: readonly string[]): string {
	const more = names.length - MAX_NAMES;
	return more <= 0 ? names.join(', ') : `${names.slice(0, MAX_NAMES).join(', ')} and ${more} more`;
}
