/** What a text field holds; an expression may give a number or a boolean. */
export const textOf = (value: unknown): string => {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? '' : JSON.stringify(value);
};

export const isFilled = (text: string | undefined): text is string =>
	text !== undefined && text.trim() !== '';

/** The members of a list in a text field: separated by commas or lines. */
export const listOf = (text: string | undefined): string[] =>
	(text ?? '')
		.split(/[,\n]/)
		.map((part) => part.trim())
		.filter((part) => part !== '');
