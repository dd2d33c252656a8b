import type { Reason } from '../alerts';
import { nameOfReason, rightOfReason, wordsOfOperator } from './explain';
import { toText } from './template';

/** What an alert page shows; `facts` and `because` may be missing for items that are no alerts. */
export type AlertPage = {
	readonly title: string;
	readonly text: string;
	readonly facts?: Readonly<Record<string, unknown>>;
	readonly because?: readonly Reason[];
};

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const CELL =
	'padding:6px 12px 6px 0;border-bottom:1px solid #d9dde5;text-align:left;vertical-align:top';
const HEAD = `${CELL};font-weight:600;color:#5b6577;font-size:12px`;

/** An alert as a small HTML page part: tables and inline styles only, as mail clients understand them. */
export function renderHtml({ title, text, facts, because }: AlertPage): string {
	const parts = [
		`<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">${escapeHtml(title)}</h1>`,
		`<p style="margin:0 0 16px;font-size:15px;line-height:1.5;white-space:pre-line">${escapeHtml(text)}</p>`,
	];
	if (because !== undefined && because.length > 0) {
		const rows = because.map((reason) => [
			nameOfReason(reason),
			leftOf(reason),
			`${wordsOfOperator(reason.operator)} ${rightOfReason(reason)}`,
			answerOf(reason),
		]);
		parts.push(table('Why', ['Fact', 'Value', 'Condition', 'Holds'], rows));
	}
	const known = Object.entries(facts ?? {});
	if (known.length > 0) {
		parts.push(
			table(
				'Facts',
				['Fact', 'Value'],
				known.map(([name, value]) => [name, toText(value)]),
			),
		);
	}
	return `<div style="${FONT};max-width:600px;color:#1c2330">${parts.join('')}</div>`;
}

/** The same two tables for readers of plain text. */
export function renderTextTables({ facts, because }: Omit<AlertPage, 'title' | 'text'>): string {
	const parts: string[] = [];
	if (because !== undefined && because.length > 0) {
		const rows = because.map((reason) => [
			nameOfReason(reason),
			leftOf(reason),
			`${wordsOfOperator(reason.operator)} ${rightOfReason(reason)}`,
			answerOf(reason),
		]);
		parts.push(aligned('Why', rows));
	}
	const known = Object.entries(facts ?? {});
	if (known.length > 0) {
		parts.push(
			aligned(
				'Facts',
				known.map(([name, value]) => [name, toText(value)]),
			),
		);
	}
	return parts.join('\n\n');
}

export const escapeHtml = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');

const leftOf = (reason: Reason): string =>
	reason.before === undefined
		? toText(reason.left)
		: `${toText(reason.before.left)} → ${toText(reason.left)}`;

const answerOf = (reason: Reason): string =>
	reason.holds === null ? `unknown (${reason.missing ?? 'no value'})` : reason.holds ? 'yes' : 'no';

function table(caption: string, head: readonly string[], rows: readonly string[][]): string {
	const cells = (row: readonly string[], style: string, tag: 'td' | 'th') =>
		row.map((cell) => `<${tag} style="${style}">${escapeHtml(cell)}</${tag}>`).join('');
	return (
		`<h2 style="margin:16px 0 4px;font-size:14px">${escapeHtml(caption)}</h2>` +
		'<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;font-size:14px">' +
		`<tr>${cells(head, HEAD, 'th')}</tr>${rows.map((row) => `<tr>${cells(row, CELL, 'td')}</tr>`).join('')}</table>`
	);
}

function aligned(caption: string, rows: readonly string[][]): string {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((row) => (row[column] ?? '').length)),
	);
	const lines = rows.map((row) =>
		`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
	);
	return [caption, ...lines].join('\n');
}
