import type { Backoff } from '../resilience';

/** What a provider's failure means for us. */
export type FailureKind =
	/** The key is wrong: the user must mend it. */
	| 'auth'
	/** Not for this account, or not from this place. */
	| 'plan'
	/** Too much in a short time: wait, and slow down. */
	| 'rate'
	/** The day's or month's share is used up. */
	| 'quota'
	/** Another connection has the place of ours. */
	| 'connectionLimit'
	| 'symbolLimit'
	/** It doesn't know the symbol. */
	| 'symbol'
	/** We asked in a way it doesn't take: a defect of ours, or a changed interface. */
	| 'request'
	/** The network, or the provider itself, for now. */
	| 'transient'
	/** An answer in a shape we don't know. */
	| 'schema';

/** A provider's failure in words for users; no secrets, no full address. */
export class ProviderFailure extends Error {
	override readonly name = 'ProviderFailure';

	constructor(
		readonly kind: FailureKind,
		message: string,
		/** What the provider asked us to wait. */
		readonly retryAfterMs?: number,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}

const MINUTE_MS = 60_000;

/** What another try would be too early before; what only the user can mend is looked at once an hour. */
const LEAST_WAIT_MS: Readonly<Partial<Record<FailureKind, number>>> = {
	auth: 60 * MINUTE_MS,
	plan: 60 * MINUTE_MS,
	quota: 60 * MINUTE_MS,
	request: 10 * MINUTE_MS,
	schema: MINUTE_MS,
	connectionLimit: MINUTE_MS,
};

/** How long to wait after a failure: what the provider asked for, or what its kind wants, at least the back-off. */
export function waitAfter(failure: ProviderFailure, backoff: Backoff): number {
	const asked = failure.retryAfterMs ?? (failure.kind === 'rate' ? MINUTE_MS : 0);
	return Math.max(backoff.waitMs, asked, LEAST_WAIT_MS[failure.kind] ?? 0);
}

/** `Retry-After` in milliseconds, from seconds or a date; `undefined` for anything else, at most three days. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
	if (text === undefined) return undefined;
	const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now;
	return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 3 * 86_400_000);
}
