/** What events of a source are, and what they never tell. */
export type EventsFace = {
	readonly kinds: ReadonlyArray<'candle' | 'trade' | 'quote'>;
	/** Facts of an event that it never has. */
	readonly without: readonly string[];
	/** Its events have fields of the user's own, too. */
	readonly ownFields?: true;
};

/** What is known of a company; most sources tell of the market only. */
export const FUNDAMENTALS = ['peRatio', 'week52High', 'week52Low', 'marketCap'];

export const ALL_KINDS: EventsFace['kinds'] = ['candle', 'trade', 'quote'];
