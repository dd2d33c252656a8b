import type { Reason } from '../alerts';
import { leftOfReason, nameOfReason, rightOfReason, wordsOfOperator } from './explain';
import { toText } from './formatValue';
import { cut } from './template';

/** What an alert page shows; `facts` and `because` may be missing for items that are no alerts. */
export type AlertPage = {
	readonly title: string;
	readonly text: string;
	readonly facts?: Readonly<Record<string, unknown>>;
	readonly because?: readonly Reason[];
};

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
/** Its own background too: dark letters on whatever a dark mail client has would be unreadable. */
const PAGE = `${FONT};max-width:600px;padding:16px;color:#1c2330;background:#ffffff`;
const CELL =
	'padding:6px 12px 6px 0;border-bottom:1px solid #d9dde5;text-align:left;vertical-align:top';
const HEAD = `${CELL};font-weight:600;color:#5b6577;font-size:12px`;

const MAX_TEXT = 10_000;
const MAX_CELL = 300;
const MAX_ROWS = 50;

/** An alert as a small HTML page part: tables and inline styles only, as mail clients understand them. */
export function renderHtml({ title, text, facts, because }: AlertPage): string {
	const parts = [
		`<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">${escapeHtml(title)}</h1>`,
		`<p style="margin:0 0 16px;font-size:15px;line-height:1.5">${withBreaks(cut(text, MAX_TEXT))}</p>`,
		...tablesOf(facts, because).map(toHtml),
	];
	return `<div style="${PAGE}">${parts.join('')}</div>`;
}

/** The same two tables for readers of plain text. */
export const renderTextTables = ({ facts, because }: Omit<AlertPage, 'title' | 'text'>): string =>
	tablesOf(facts, because).map(toAlignedText).join('\n\n');

type Table = {
	readonly caption: string;
	readonly head: readonly string[];
	readonly rows: ReadonlyArray<readonly string[]>;
};

function tablesOf(facts: AlertPage['facts'] = {}, because: AlertPage['because'] = []): Table[] {
	const reasons = because.map((reason) => [
		nameOfReason(reason),
		leftOfReason(reason),
		`${wordsOfOperator(reason.operator)} ${rightOfReason(reason)}`,
		answerOf(reason),
	]);
	const known = Object.entries(facts).map(([name, value]) => [name, toText(value)]);
	return [
		{ caption: 'Why', head: ['Fact', 'Value', 'Condition', 'Holds'], rows: shortened(reasons) },
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
	const cells = (row: readonly string[], style: string, tag: 'td' | 'th') =>
		row.map((cell) => `<${tag} style="${style}">${escapeHtml(cell)}</${tag}>`).join('');
	return (
		`<h2 style="margin:16px 0 4px;font-size:14px">${escapeHtml(caption)}</h2>` +
		'<table cellpadding="0" cellspacing="0" style="border-collapse:collapse;font-size:14px">' +
		`<tr>${cells(head, HEAD, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, CELL, 'td')}</tr>`).join('')}</table>`
	);
}

function toAlignedText({ caption, head, rows }: Table): string {
	const lines = [head, ...rows];
	const widths = head.map((_, column) =>
		Math.max(...lines.map((row) => (row[column] ?? '').length)),
	);
	return [
		caption,
		...lines.map((row) =>
			`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
		),
	].join('\n');
}

const withBreaks = (text: string): string => escapeHtml(text).replace(/\r?\n/g, '<br>');

const escapeHtml = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');
