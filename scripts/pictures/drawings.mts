// Messages as people read them: drawn by us from what was sent, with its markup applied. No service's app looks like this.

/** Who wrote, and what. */
export type Bubble = {
	readonly html: string;
	/** A colour beside it. */
	readonly stripe?: string;
	readonly isReply?: boolean;
	/** Small, below it. */
	readonly note?: string;
};

/** Telegram's HTML is HTML. */
export const fromTelegram = (text: string): string => text;

/** Slack's mrkdwn, as far as our messages have any: bold, and text that comes escaped. */
export const fromSlack = (text: string): string => text.replace(/\*([^*\n]+)\*/g, '<b>$1</b>');

/** Discord's Markdown, as far as our messages have any: bold, and a backslash before what is no mark. */
export const fromDiscord = (text: string): string =>
	escapeHtml(text)
		.replace(/\*\*((?:[^*\\]|\\.)+)\*\*/g, '<b>$1</b>')
		.replace(/\\([^0-9A-Za-z\s])/g, '$1');

/** An incident of PagerDuty: its summary, and its details as they nest. */
export function fromPagerDuty(payload: Record<string, any>): string {
	const about = ['severity', 'source', 'group', 'timestamp'].map((name) => payload[name]);
	return [
		`<b>${escapeHtml(String(payload['summary']))}</b>`,
		`<div class="quiet">${escapeHtml(about.join(' · '))}</div>`,
		detailsOf(payload['custom_details']),
	].join('');
}

function detailsOf(value: unknown): string {
	if (Array.isArray(value)) return value.map(detailsOf).join('<br>');
	if (typeof value !== 'object' || value === null) return escapeHtml(String(value));
	const rows = Object.entries(value).map(
		([name, inside]) => `<tr><th>${escapeHtml(name)}</th><td>${detailsOf(inside)}</td></tr>`,
	);
	return `<table>${rows.join('')}</table>`;
}

const STYLE = `
	body { margin: 0; padding: 16px; width: 528px; background: #eef0f4; color: #1c2330; font: 15px/1.45 sans-serif }
	h1 { margin: 0 0 12px; font-size: 12px; font-weight: normal; color: #5b6577 }
	.bubble { background: #fff; border-radius: 8px; padding: 10px 14px; margin: 0 0 8px; white-space: pre-wrap;
		overflow-wrap: anywhere; border-left: 4px solid transparent }
	.reply { margin-left: 36px }
	.quiet { color: #5b6577; font-size: 12px }
	table { border-collapse: collapse; margin-top: 6px; white-space: normal; font-size: 14px }
	table table { margin: 0 }
	th { text-align: left; vertical-align: top; font-weight: normal; color: #5b6577; padding: 1px 12px 1px 0 }
	td { padding: 1px 0 }`;

export const drawing = (service: string, bubbles: readonly Bubble[]): string =>
	`<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
	<h1>${escapeHtml(service)}: the message as sent, drawn by us</h1>
	${bubbles
		.map(({ html, stripe, isReply, note }) => {
			const colour = stripe === undefined ? '' : ` style="border-color:${stripe}"`;
			const below = note === undefined ? '' : `<div class="quiet">${escapeHtml(note)}</div>`;
			return `<div class="bubble${isReply === true ? ' reply' : ''}"${colour}>${html}${below}</div>`;
		})
		.join('')}`;

const escapeHtml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
