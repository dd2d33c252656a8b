import type { TextForm } from '../../chat/model';

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Slack's mrkdwn: these three characters make its links, mentions and `<!channel>`. It counts them escaped.
 * It takes 40,000, but breaks what's longer than 4,000 into several messages, and changes no longer ones.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
export const slackForm: TextForm = {
	limit: 4_000,
	widthOf: (character) => (ESCAPED[character] ?? character).length,
	escape: (text) => text.replace(/[&<>]/g, (character) => ESCAPED[character] ?? character),
	// A star within it would end it early.
	bold: { mark: (escaped) => `*${escaped.replaceAll('*', '\u2217')}*`, width: 2 },
};

/** `C0123456789`, `#alerts` or `@someone`: what chat.postMessage takes. */
export const isSlackChannel = (text: string): boolean =>
	/^(?:[CDGUW][A-Z0-9]{6,20}|[#@]\S{1,80})$/.test(text);
