import type { TextForm } from '../../chat/model';

/**
 * Telegram's HTML: only these three are markup, and a message may have 4,096 UTF-16 units once its tags and
 * entities are read.
 * @see https://core.telegram.org/bots/api#html-style
 */
export const telegramForm: TextForm = {
	limit: 4_096,
	widthOf: (character) => character.length,
	escape: (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
	bold: { mark: (escaped) => `<b>${escaped}</b>`, width: 0 },
};

const NUMBER = /^-?\d{1,19}$/;
const NAME = /^@[A-Za-z]\w{3,31}$/;

/** `123456789`, `-1001234567890` or `@channel`. */
export const isTelegramChat = (text: string): boolean => NUMBER.test(text) || NAME.test(text);
