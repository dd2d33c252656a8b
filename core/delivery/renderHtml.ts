import type { Reason, Severity } from '../alerts';
import {
	explainReason,
	leftOfReason,
	nameOfReason,
	rightOfReason,
	wordsOfOperator,
} from './explain';
import { toText } from './formatValue';
import { cut } from './template';

/** What an alert page shows; what isn't given isn't shown: items that are no alerts have words only. */
export type AlertPage = {
	readonly title: string;
	readonly text: string;
	readonly facts?: Readonly<Record<string, unknown>>;
	readonly because?: readonly Reason[];
	readonly severity?: Severity;
	/** Which rule, when: small, at the end. */
	readonly footer?: string;
};

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
/** Its own background too: dark letters on whatever a dark mail client has would be unreadable. */
const PAGE = `${FONT};max-width:600px;margin:0 auto;padding:20px 16px;color:#1c2330;background:#ffffff`;
/** A symbol or a text without a space may be longer than a phone is wide; in a cell this would break every word. */
const BREAK = 'overflow-wrap:anywhere;word-break:break-word';
const CELL = `padding:7px 12px 7px 0;border-bottom:1px solid #d9dde5;text-align:left;vertical-align:top`;
const QUIET = 'color:#5b6577;font-size:12px';
const STRIPES: Readonly<Record<Severity, string>> = {
	critical: '#c92a2a',
	warning: '#e67700',
	info: '#4263eb',
};

/** Of all columns but the last, which takes what's left: a condition fits on one line of a phone. */
const WIDTHS = ['34%', '20%'];

/** Longer words are broken, for the columns beside them. */
const LONG_WORD = /\S{19}/;

const MAX_TEXT = 10_000;
const MAX_CELL = 300;
const MAX_ROWS = 50;

/** An alert as a small HTML page part: tables and inline styles only, as mail clients understand them. */
export function renderHtml(page: AlertPage): string {
	const { title, text, facts, because, severity, footer } = page;
	const stripe = severity === undefined ? '' : `;border-top:4px solid ${STRIPES[severity]}`;
	const parts = [
		`<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3;${BREAK}">${escapeHtml(title)}</h1>`,
		`<p style="margin:0 0 20px;font-size:16px;line-height:1.5;${BREAK}">${withBreaks(cut(text, MAX_TEXT))}</p>`,
		...tablesOf(facts, because).map(toHtml),
		footer === undefined
			? ''
			: `<p class="ma-quiet" style="margin:20px 0 0;line-height:1.5;${QUIET};${BREAK}">${withBreaks(footer)}</p>`,
	];
	return `<div class="ma-page" style="${PAGE}${stripe}">${parts.join('')}</div>`;
}

/** The same for readers of plain text, narrow enough for a phone: reasons as sentences, facts in a column. */
export function renderPlain({ text, facts = {}, because = [], footer }: AlertPage): string {
	const reasons = shortened(because.map((reason) => [explainReason(reason)]));
	const known = shortened(Object.entries(facts).map(([name, value]) => [name, toText(value)]));
	const width = Math.min(MAX_NAME, Math.max(0, ...known.map(([name = '']) => name.length)));
	const parts = [
		text,
		toBlock(
			'Why',
			reasons.map(([sentence]) => sentence ?? ''),
		),
		toBlock(
			'Facts',
			known.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}`.trimEnd()),
		),
		footer ?? '',
	].filter((part) => part !== '');
	return parts.length === 1 ? text : `${parts.join('\n\n')}\n`;
}

/** Longer names of facts push their value out of the column instead of pushing all of them. */
const MAX_NAME = 24;

const toBlock = (caption: string, lines: readonly string[]): string =>
	lines.length === 0 ? '' : [caption, ...lines.map((line) => `  ${line}`)].join('\n');

type Table = {
	readonly caption: string;
	readonly head: readonly string[];
	readonly rows: ReadonlyArray<readonly string[]>;
};

function tablesOf(facts: AlertPage['facts'] = {}, because: AlertPage['because'] = []): Table[] {
	const reasons = because.map((reason) => [
		nameOfReason(reason),
		leftOfReason(reason),
		`${wordsOfOperator(reason.operator)} ${rightOfReason(reason)}: ${answerOf(reason)}`,
	]);
	const known = Object.entries(facts).map(([name, value]) => [name, toText(value)]);
	return [
		{ caption: 'Why', head: ['Fact', 'Value', 'Condition'], rows: shortened(reasons) },
		{ caption: 'Facts', head: ['Fact', 'Value'], rows: shortened(known) },
	].filter(({ rows }) => rows.length > 0);
}

/** One line a cell, and not more rows than anyone reads. */
function shortened(rows: ReadonlyArray<readonly string[]>): Table['rows'] {
	const shown = rows
		.slice(0, MAX_ROWS)
		.map((row) => row.map((cell) => cut(cell.replace(/\s+/g, ' '), MAX_CELL)));
	const left = rows.length - shown.length;
	return left === 0 ? shown : [...shown, [`… and ${left} more`]];
}

const answerOf = (reason: Reason): string =>
	reason.holds === null ? `unknown (${reason.missing ?? 'no value'})` : reason.holds ? 'yes' : 'no';

function toHtml({ caption, head, rows }: Table): string {
	const cells = (row: readonly string[], tag: 'td' | 'th', tone: string, style: string) =>
		row
			.map((cell, column) => {
				const width = tag === 'th' && column < row.length - 1 ? WIDTHS[column] : undefined;
				const styles = [
					style,
					...(width === undefined ? [] : [`width:${width}`]),
					...(LONG_WORD.test(cell) ? [BREAK] : []),
				];
				return `<${tag} class="ma-cell${tone}" style="${styles.join(';')}">${escapeHtml(cell)}</${tag}>`;
			})
			.join('');
	return (
		`<h2 style="margin:20px 0 4px;font-size:14px">${escapeHtml(caption)}</h2>` +
		'<table cellpadding="0" cellspacing="0" style="width:100%;border-collapse:collapse;font-size:14px">' +
		`<tr>${cells(head, 'th', ' ma-quiet', `${CELL};font-weight:600;${QUIET}`)}</tr>` +
		`${rows.map((row) => `<tr>${cells(row, 'td', '', CELL)}</tr>`).join('')}</table>`
	);
}

const withBreaks = (text: string): string => escapeHtml(text).replace(/\r?\n/g, '<br>');

const escapeHtml = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');
