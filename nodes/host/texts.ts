/** What a text field holds; an expression may give a number, a boolean or a date. */
export const textOf = (value: unknown): string => {
	if (typeof value === 'string') return value;
	if (value instanceof Date) {
		return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
	}
	return value === undefined || value === null ? '' : JSON.stringify(value);
};

export const isFilled = (text: string | undefined): text is string =>
	text !== undefined && text.trim() !== '';

/** The members of a list in a text field, separated by commas or lines; an expression may give a list. */
export const listOf = (given: unknown): string[] =>
	(Array.isArray(given) ? given.map(textOf) : textOf(given).split(/[,\n]/))
		.map((part) => part.trim())
		.filter((part) => part !== '');
