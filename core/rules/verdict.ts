import type { FactRef, MissingReason } from '../facts';
import type { Range } from './operators';

/** A rule's answer for one instrument at one moment. */
export type Verdict = {
	/** `unknown`: a missing fact could make it either. It neither fires nor resolves. */
	readonly outcome: 'holds' | 'fails' | 'unknown';
	/** Each comparison that was made, in the order they're written. */
	readonly because: readonly Finding[];
	/** An edge happened just now, and the rule holds: a new episode, however the last one ended. */
	readonly pulse: boolean;
};

/** One comparison: both sides, and what came out. */
export type Finding = {
	readonly left: FactRef;
	readonly operator: string;
	readonly right: { readonly literal: unknown } | { readonly fact: FactRef };
	/** `undefined` when a side is missing. */
	readonly holds: boolean | undefined;
	readonly leftValue?: unknown;
	readonly rightValue?: unknown;
	/** Of `within`: how far away it may be, in percent of the right side. */
	readonly percent?: number;
	/** For edges: both sides at the event before. */
	readonly before?: EdgeSides;
	/** The side that is missing, and why. */
	readonly missing?: { readonly fact: FactRef; readonly reason: MissingReason };
};

/** Both sides of an edge at one event; the right one may be a range. */
export type EdgeSides = { readonly left: number; readonly right: number | Range };

/** Both sides of an edge as they were, by the index of its leaf. */
export type BeforeValues = Readonly<Record<number, EdgeSides>>;
