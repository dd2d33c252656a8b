import { createHash } from 'node:crypto';

import type { Mail } from '../../../ports';
import { renderHtml, renderPlain, type AlertPage } from '../../renderHtml';
import { cut } from '../../template';

export type EmailContent = AlertPage & {
	/** Messages of one episode are one thread. */
	readonly thread?: { readonly episodeId: string; readonly isFirst: boolean };
};

type Envelope = {
	readonly alertId: string;
	readonly from: string;
	readonly to: string;
	readonly replyTo?: string;
	/** Marked, outside the thread, and under an id of its own: mail clients hide what they know already. */
	readonly test: boolean;
};

/**
 * One message to one recipient. The same alert to the same recipient has the same Message-ID, always; the
 * first of an episode has one that the later ones can work out and reply to.
 */
export function toMail(content: EmailContent, envelope: Envelope): Mail {
	const { alertId, from, to, replyTo, test } = envelope;
	const title = `${test ? '[Test] ' : ''}${content.title}`;
	const { thread, severity } = content;
	const root = thread === undefined ? undefined : messageId(thread.episodeId, to);
	const isReply = root !== undefined && thread?.isFirst === false;
	const own = root === undefined || isReply ? messageId(alertId, to) : root;
	return {
		from,
		to: [to],
		subject: cut(headerText(title), 250),
		text: renderPlain(content),
		html: toDocument(renderHtml({ ...content, title })),
		...(test ? {} : { messageId: own }),
		headers: {
			...(replyTo === undefined ? {} : { 'Reply-To': headerText(replyTo) }),
			...(isReply && !test ? { 'In-Reply-To': root, References: root } : {}),
			...(severity === 'critical' ? { Importance: 'high', 'X-Priority': '1 (Highest)' } : {}),
			'X-Market-Alert-Id': headerText(alertId),
			'Auto-Submitted': 'auto-generated',
			'X-Auto-Response-Suppress': 'All',
		},
	};
}

/** The colours of dark mail clients; what doesn't know them shows dark letters on white. */
const DARK = [
	':root{color-scheme:light dark;supported-color-schemes:light dark}',
	'@media (prefers-color-scheme:dark){',
	'.ma-page,.ma-body{background:#16181d!important;color:#e8eaee!important}',
	'.ma-cell{border-color:#363b45!important}',
	'.ma-quiet{color:#9aa3b2!important}}',
].join('');

const toDocument = (page: string): string =>
	'<!doctype html><html lang="en"><head><meta charset="utf-8">' +
	'<meta name="viewport" content="width=device-width,initial-scale=1">' +
	`<meta name="color-scheme" content="light dark"><style>${DARK}</style></head>` +
	`<body class="ma-body" style="margin:0;background:#ffffff">${page}</body></html>`;

/** The parts of a comma-separated list, each once; a comma in quotation marks belongs to a name. */
export function splitRecipients(list: string): string[] {
	const parts = list.match(/(?:"[^"]*"|[^,;\n"])+/g) ?? [];
	return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))];
}

export const isAddress = (text: string): boolean => ADDRESS.test(text);

/** `me@example.com` or `Me <me@example.com>`: what a mail server would take, not every form RFC 5322 knows. */
const ADDRESS = /^(?:[^<>\r\n]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/;

const messageId = (id: string, to: string): string =>
	`<${createHash('sha256')
		.update(JSON.stringify([id, to]))
		.digest('hex')
		.slice(0, 32)}@market-alerts>`;

/** No line breaks: they'd begin a header of their own. */
const headerText = (text: string): string => text.replace(/[\r\n\u0000]+/g, ' ').trim();
