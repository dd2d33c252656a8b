/** Stands where something was left out. */
export const NOTE = '… (shortened)';

/**
 * Shortens a plain text to a measure, at a word where there's one near, with a note that it did; never
 * inside a character. Cut before it's escaped, so there is no entity to cut in two.
 */
export function cutToFit(
	text: string,
	room: number,
	widthOf: (character: string) => number,
): string {
	if (measure(text, widthOf) <= room) return text;
	const left = room - measure(NOTE, widthOf);
	if (left <= 0) return '';
	let width = 0;
	let end = 0;
	for (const character of text) {
		width += widthOf(character);
		if (width > left) break;
		end += character.length;
	}
	const kept = text.slice(0, end);
	const word = /\s/.test(text.charAt(end)) ? end : kept.search(/\s\S*$/);
	return `${(word > end * 0.8 ? kept.slice(0, word) : kept).trimEnd()}${NOTE}`;
}

export function measure(text: string, widthOf: (character: string) => number): number {
	let width = 0;
	for (const character of text) width += widthOf(character);
	return width;
}

/**
 * Text as any service takes it: whole characters, line breaks of one kind, no control characters. Half a
 * surrogate pair can't be sent as UTF-8, and some services refuse the whole message for it.
 */
export const toPlainText = (text: string): string =>
	text
		.replace(/\r\n?/g, '\n')
		.replace(/[^\P{Cc}\n\t]/gu, '')
		.replace(/\p{Surrogate}/gu, '\uFFFD')
		.trim();
