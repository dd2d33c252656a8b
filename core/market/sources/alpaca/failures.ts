import type { HttpResponse } from '../../../ports';
import { parseRetryAfter, ProviderFailure, type FailureKind } from '../../ProviderFailure';
import { stripSecrets } from '../../stripSecrets';

const SLOW_MS = 60_000;
/** The limit is one per minute: a reset further away isn't one. */
const LONGEST_RESET_MS = 120_000;

/**
 * What Alpaca's HTTP answers mean, those to a handshake included.
 * @see https://docs.alpaca.markets/docs/market-data-faq
 */
export function answerToFailure(
	{ status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
	body: unknown,
	now: number,
	secrets: readonly string[] = [],
): ProviderFailure | undefined {
	if (status >= 200 && status < 300) return undefined;
	const said = `${saidIn(body, secrets)}${requestOf(headers)}`;
	const fail = (kind: FailureKind, message: string, wait?: number) =>
		new ProviderFailure(kind, `${message}${said} (${status}).`, wait);
	switch (status) {
		case 401:
			return fail('auth', `${WRONG_KEY}`);
		case 402:
		case 403:
			return fail('plan', `${NO_PLAN}`);
		case 404:
			return fail('request', "doesn't have what was asked for; check the credential's addresses.");
		case 429: {
			const wait = resetIn(headers, now) ?? SLOW_MS;
			return fail(
				'rate',
				`asks to slow down; waiting ${Math.ceil(wait / 1_000)} s. Poll less often, or stream: the limit counts for all that use this key.`,
				wait,
			);
		}
		case 400:
		case 422:
			return /invalid symbol/i.test(said)
				? fail('symbol', "doesn't know a symbol.")
				: fail('request', "doesn't take the request.");
		default:
			return status >= 500
				? fail(
						'transient',
						'has a problem of its own; trying again.',
						parseRetryAfter(headers['retry-after'], now),
					)
				: fail('request', "doesn't take the request.");
	}
}

/** The symbol an answer of ours blames; one bad symbol spoils the call for all. */
export const blamedSymbol = (failure: Error): string | undefined =>
	/invalid symbol:? ([^\s(,]+)/i.exec(failure.message)?.[1]?.replace(/[.:]+$/, '');

/** How much of the limit was used, as the answer says: `X-RateLimit-*`. */
export function limitOf({ headers }: Pick<HttpResponse, 'headers'>): {
	readonly limit: number | undefined;
	readonly remaining: number | undefined;
} {
	return {
		limit: countIn(headers['x-ratelimit-limit']),
		remaining: countIn(headers['x-ratelimit-remaining']),
	};
}

/** Until the limit's next window; `undefined` where neither header says so. */
export function resetIn(headers: HttpResponse['headers'], now: number): number | undefined {
	const asked = parseRetryAfter(headers['retry-after'], now);
	if (asked !== undefined) return asked;
	const resetAt = countIn(headers['x-ratelimit-reset']);
	if (resetAt === undefined) return undefined;
	return Math.min(Math.max(resetAt * 1_000 - now, 1_000), LONGEST_RESET_MS);
}

/**
 * What an error on the stream means: it ends the connection, or refuses what was asked for last.
 * @see https://docs.alpaca.markets/docs/streaming-market-data
 */
export function errorToFailure(
	code: unknown,
	msg: unknown,
	secrets: readonly string[] = [],
): ProviderFailure | { readonly refused: string } {
	const said = `${typeof msg === 'string' ? ` It says: ${stripSecrets(msg, secrets, 100)}` : ' An error'} (${stripSecrets(JSON.stringify(code) ?? 'no code', [], 20)}).`;
	const fail = (kind: FailureKind, message: string) => new ProviderFailure(kind, message + said);
	switch (code) {
		case 401:
		case 404:
			return fail('transient', 'took no login in time; connecting again.');
		case 402:
			return fail('auth', WRONG_KEY);
		case 405:
			return {
				refused: `the plan's limit of symbols is reached (405); the free plan streams trades and quotes of 30, over all triggers with this key`,
			};
		case 406:
			return fail(
				'connectionLimit',
				'allows one connection per key, and another has it: another program, another n8n, or one of ours that it still believes open. Trying again in a minute.',
			);
		case 407:
			return fail('transient', 'cut us off for reading too slowly; connecting again.');
		case 408:
		case 409:
			return fail('plan', NO_PLAN);
		case 500:
			return fail('transient', 'has a problem of its own; trying again.');
		default:
			return { refused: said.trim().replace(/\.$/, '') };
	}
}

const WRONG_KEY =
	'refuses the key. Check key ID and secret in the credential; trying again in an hour, with what is in it then.';
const NO_PLAN =
	"knows the key, but its plan doesn't include this. Choose another feed (IEX and Crypto are free), or another plan at Alpaca; trying again in an hour.";

function saidIn(body: unknown, secrets: readonly string[]): string {
	const { message } = (typeof body === 'object' && body !== null ? body : {}) as {
		message?: unknown;
	};
	return typeof message === 'string' && message !== ''
		? ` It says: ${stripSecrets(message, secrets)}`
		: '';
}

/** What Alpaca's support asks for. */
function requestOf(headers: HttpResponse['headers']): string {
	const id = headers['x-request-id'];
	return id === undefined || !/^[\w-]{1,64}$/.test(id) ? '' : ` [request ${id}]`;
}

function countIn(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : undefined;
}
