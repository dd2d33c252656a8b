import { createHash } from 'node:crypto';

import type { Mail } from '../../../ports';
import { renderHtml, renderTextTables, type AlertPage } from '../../renderHtml';
import { cut } from '../../template';

export type EmailContent = AlertPage & {
	readonly alertId: string;
	/** Messages of one episode are one thread. */
	readonly episodeId?: string;
	readonly test: boolean;
};

/** One message to one recipient. The same alert to the same recipient has the same Message-ID, always. */
export function toMail(
	content: EmailContent,
	envelope: { readonly from: string; readonly to: string; readonly replyTo?: string },
): Mail {
	const title = `${content.test ? '[Test] ' : ''}${content.title}`;
	const tables = renderTextTables(content);
	const thread =
		content.episodeId === undefined ? undefined : messageId(content.episodeId, envelope.to);
	return {
		from: envelope.from,
		to: [envelope.to],
		subject: cut(headerText(title), 250),
		text: tables === '' ? content.text : `${content.text}\n\n${tables}\n`,
		html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head><body style="margin:0">${renderHtml({ ...content, title })}</body></html>`,
		messageId: messageId(content.alertId, envelope.to),
		headers: {
			...(envelope.replyTo === undefined ? {} : { 'Reply-To': headerText(envelope.replyTo) }),
			...(thread === undefined ? {} : { References: thread }),
			'X-Market-Alert-Id': headerText(content.alertId),
			'Auto-Submitted': 'auto-generated',
		},
	};
}

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
