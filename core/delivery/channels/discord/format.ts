import type { TextForm, Tone } from '../../chat/model';

/**
 * What Discord's Markdown would read: an address, which stays as it is since a backslash in it would be part
 * of it; a heading, list or quote at the beginning of a line; marks anywhere, `<` for mentions and dates.
 */
const MARKUP = /(https?:\/\/[\w\-./~%?&=#:+,@]+)|^([ \t]*)([#>+-])|[\\*_~|`[\]<]/gm;

/**
 * The description of an embed, which may have 4,096 characters. A backslash takes a mark its meaning.
 * @see https://discord.com/developers/docs/resources/message#embed-object-embed-limits
 */
export const discordForm: TextForm = {
	limit: 4_096,
	widthOf: (character) => (/[\\*_~|`[\]<#>+-]/.test(character) ? 2 : character.length),
	escape: (text) =>
		text.replace(
			MARKUP,
			(found, address?: string, indent?: string, mark?: string) =>
				address ?? (mark === undefined ? `\\${found}` : `${indent ?? ''}\\${mark}`),
		),
	bold: { mark: (escaped) => `**${escaped}**`, width: 4 },
};

/** The stripe beside the text. */
export const COLOURS: Readonly<Record<Tone, number>> = {
	critical: 0xe03131,
	warning: 0xf59f00,
	info: 0x5c7cfa,
	resolved: 0x2f9e44,
};

const WEBHOOK = /^https?:\/\/[^/?#\s]+(?:\/[^?#\s]*)?\/webhooks\/\d+\/[\w-]+\/?$/;

/** `https://discord.com/api/webhooks/123/abc`; the whole of it is a secret. */
export const isDiscordWebhook = (text: string): boolean => WEBHOOK.test(text);
