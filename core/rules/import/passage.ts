import { RuleError } from '../RuleError';

/** One rule on its way in: how messages call it, and what can't be carried over. */
export type Passage = { readonly called: string; readonly notes: string[] };

/** A rule in our terms, before it has got its id. */
export type Converted = {
	/** As it was given, if it was. */
	readonly id: string | undefined;
	readonly name: string;
	/** The rest of the document. */
	readonly parts: Readonly<Record<string, unknown>>;
};

export function refuse({ called }: Passage, message: string): never {
	throw new RuleError('malformed', `${called}: ${message}`);
}

/** Says once what isn't carried over. */
export function note({ notes }: Passage, sentence: string): void {
	if (!notes.includes(sentence)) notes.push(sentence);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text with something in it, or a number as text. */
export function textOf(value: unknown): string | undefined {
	const text = typeof value === 'number' ? String(value) : value;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** The name and the id, as far as the rule has them. */
export function readIdentity(
	rule: Readonly<Record<string, unknown>>,
	names: readonly unknown[],
	passage: Passage,
): Pick<Converted, 'id' | 'name'> {
	const id = textOf(rule['id']);
	const name = [...names, id].map(textOf).find((one) => one !== undefined) ?? 'Imported rule';
	return { id: fitId(id, passage), name: fit(name, 200, 'name', passage) };
}

/** Cuts a text that is longer than a document may hold. */
export function fit(text: string, length: number, what: string, passage: Passage): string {
	if (text.length <= length) return text;
	note(
		passage,
		`The ${what} has ${text.length} characters, "${text.slice(0, 40)}…", and was cut to ${length}; shorten it.`,
	);
	return text.slice(0, length);
}

function fitId(id: string | undefined, passage: Passage): string | undefined {
	return id === undefined || id.length <= 200
		? id
		: refuse(passage, `"id" has ${id.length} characters; use 200 at most.`);
}

/** What an object holds, by name only: a value may be a key or a token. */
export function nameKeys(value: Readonly<Record<string, unknown>>): string {
	const keys = Object.keys(value).map((key) => `"${key.slice(0, 40)}"`);
	if (keys.length === 0) return 'an empty object';
	return `an object with ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ' …' : ''}`;
}
