import type { HttpResponse } from '../../../ports';
import { parseRetryAfter, ProviderFailure, type FailureKind } from '../../ProviderFailure';
import { stripSecrets } from '../../stripSecrets';
import { waitInWords } from '../../waitInWords';

const SLOW_MS = 60_000;
/** The limit is one per minute: a reset further away isn't one. */
const LONGEST_RESET_MS = 120_000;

type Answer = Pick<HttpResponse, 'status' | 'headers'>;

/**
 * What Finnhub's HTTP answers mean, those to a handshake included. A text under `error` is a failure whatever the
 * status says.
 * @see https://finnhub.io/docs/api/rate-limit
 */
export function answerToFailure(
	{ status, headers }: Answer,
	body: unknown,
	now: number,
	secrets: readonly string[] = [],
): ProviderFailure | undefined {
	const error = errorIn(body);
	if (status >= 200 && status < 300 && error === undefined) return undefined;
	const said = error === undefined ? '' : ` It says: ${stripSecrets(error, secrets)}`;
	const fail = (kind: FailureKind, message: string, wait?: number) =>
		new ProviderFailure(kind, `${message}${said} (${status}).`, wait);
	switch (kindOf(status, error)) {
		case 'auth':
			return fail('auth', WRONG_KEY);
		case 'plan':
			return fail('plan', NO_PLAN);
		case 'rate': {
			const wait = resetIn(headers, now) ?? SLOW_MS;
			return fail(
				'rate',
				`asks to slow down; waiting ${waitInWords(wait)}. Poll less often, or stream: the limit counts for all that use this key.`,
				wait,
			);
		}
		case 'transient':
			return fail(
				'transient',
				'has a problem of its own; trying again.',
				parseRetryAfter(headers['retry-after'], now),
			);
		default:
			return fail(
				'request',
				status === 404
					? "doesn't have what was asked for; check the credential's addresses."
					: "doesn't take the request.",
			);
	}
}

const WRONG_KEY_WORDS = /api key|(?:invalid|missing|wrong) token/i;

/** With status 200 only the words tell. */
function kindOf(status: number, error = ''): FailureKind {
	if (status === 401 || WRONG_KEY_WORDS.test(error)) return 'auth';
	if (status === 429 || /limit reached/i.test(error)) return 'rate';
	if (status === 402 || status === 403 || /access to this resource/i.test(error)) return 'plan';
	// Slowed down, it has been seen sending people to a page.
	return status >= 500 || (status >= 300 && status < 400) ? 'transient' : 'request';
}

/** How much of the minute's calls is left, and when it begins anew: `X-Ratelimit-*`. */
export function heedLimit(
	{ headers }: Pick<HttpResponse, 'headers'>,
	now: number,
): { readonly remaining: number; readonly resetMs: number } | undefined {
	const remaining = countIn(headers['x-ratelimit-remaining']);
	if (remaining === undefined) return undefined;
	return { remaining, resetMs: resetIn(headers, now) ?? 0 };
}

function resetIn(headers: HttpResponse['headers'], now: number): number | undefined {
	const asked = parseRetryAfter(headers['retry-after'], now);
	if (asked !== undefined) return asked;
	const resetAt = countIn(headers['x-ratelimit-reset']);
	if (resetAt === undefined) return undefined;
	return Math.min(Math.max(resetAt * 1_000 - now, 1_000), LONGEST_RESET_MS);
}

const WRONG_KEY =
	'refuses the key. Check the API key in the credential; trying again in an hour, with what is in it then.';
const NO_PLAN =
	"knows the key, but its plan doesn't include this. Free keys have US stocks, some crypto and forex; trying again in an hour.";

function errorIn(body: unknown): string | undefined {
	const { error } = (typeof body === 'object' && body !== null ? body : {}) as { error?: unknown };
	return typeof error === 'string' && error !== '' ? error : undefined;
}

function countIn(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : undefined;
}
