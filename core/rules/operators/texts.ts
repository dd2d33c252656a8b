import { isNoneOf, isOneOf } from './sameness';

/** A list holds a member as json-rules-engine has it; a text holds another, capitals or not. */
export function contains(whole: unknown, part: unknown): boolean {
	if (Array.isArray(whole)) return isOneOf(part, whole);
	return typeof whole === 'string' && typeof part === 'string' && hasText(whole, part);
}

export function lacks(whole: unknown, part: unknown): boolean {
	if (Array.isArray(whole)) return isNoneOf(part, whole);
	return typeof whole === 'string' && typeof part === 'string' && !hasText(whole, part);
}

const hasText = (whole: string, part: string): boolean =>
	whole.toLowerCase().includes(part.toLowerCase());

/**
 * Whether a text is as a pattern says, capitals or not: `*` stands for any text, `?` for one character.
 * No regular expressions: one of those can keep a server busy for ever.
 */
export function matchesPattern(text: string, pattern: string): boolean {
	const [letters, signs] = [text.toLowerCase(), pattern.toLowerCase()];
	let at = 0;
	let sign = 0;
	let star = -1;
	let from = 0;
	while (at < letters.length) {
		if (signs[sign] === '*') {
			star = sign++;
			from = at;
		} else if (signs[sign] === '?' || (sign < signs.length && signs[sign] === letters[at])) {
			sign += 1;
			at += 1;
		} else if (star >= 0) {
			// The last star takes one character more.
			sign = star + 1;
			at = ++from;
		} else {
			return false;
		}
	}
	while (signs[sign] === '*') sign += 1;
	return sign === signs.length;
}
