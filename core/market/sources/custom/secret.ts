/** What proves to an address who calls; goes to its own origin only. */
export type HttpSecret = {
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, string>>;
	/** For a login message: `apiKey`, `user`, `password`. */
	readonly parts: Readonly<Record<string, string>>;
	/** What no message may show, in any spelling. */
	readonly secrets: readonly string[];
};

export const noSecret: HttpSecret = { headers: {}, query: {}, parts: {}, secrets: [] };

/** Whoever calls with the same secret shares a budget and a socket. */
export const isSameSecret = ({ headers, query }: HttpSecret): string =>
	JSON.stringify([headers, query]);
