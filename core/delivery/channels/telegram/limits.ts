import type { Destination } from '../../laneTo';
import { recipientHash } from '../../recipientHash';

/**
 * One a second to a chat, twenty a minute to a group or channel, thirty a second in all.
 * @see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
export function telegramDestination(
	{ baseUrl, token }: { readonly baseUrl: string; readonly token: string },
	chatId: string,
): Destination {
	const bot = `telegram/${recipientHash(JSON.stringify([baseUrl, token]))}`;
	const perChat = { count: 1, perMs: 1_000 };
	const isPerson = /^\d+$/.test(chatId);
	return {
		key: `${bot}/${chatId}`,
		allowances: isPerson ? [perChat] : [perChat, { count: 20, perMs: 60_000 }],
		shared: { key: bot, allowances: [{ count: 30, perMs: 1_000 }] },
	};
}
