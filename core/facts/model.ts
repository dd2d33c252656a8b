/** What is known about an instrument at one moment. An instant is epoch milliseconds. */
export type FactValue = number | string | boolean;

const MISSING_REASONS = [
	/** Needs more history than there is yet. */
	'warmingUp',
	/** The last value is too old, or from before a gap in the feed. */
	'stale',
	/** This source or item doesn't have it. */
	'notOffered',
	/** No trading, no value. */
	'marketClosed',
	/** There was something, but not a usable value. */
	'invalid',
	/** Needs a value before this one, and this is the first. */
	'firstValue',
] as const;

/** Why a fact isn't known. A number we don't have is never 0 or yesterday's. */
export type MissingReason = (typeof MISSING_REASONS)[number];

export const isMissingReason = (value: unknown): value is MissingReason =>
	MISSING_REASONS.some((reason) => reason === value);

/** A fact as conditions name it: `{ fact: 'rsi', params: { period: 14, interval: '5m' } }`. */
export type FactRef = {
	readonly fact: string;
	readonly params?: Readonly<Record<string, unknown>>;
	/** A JSONPath into the value, as json-rules-engine has it. */
	readonly path?: string;
};
