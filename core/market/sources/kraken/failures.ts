import type { HttpResponse } from '../../../ports';
import { waitInWords } from '../../waitInWords';
import { parseRetryAfter, ProviderFailure, type FailureKind } from '../../ProviderFailure';
import { stripSecrets } from '../../stripSecrets';
import { isObject } from '../pairs';

const SLOW_MS = 60_000;
/** Its own limit lets go within seconds. */
const SHORT_MS = 15_000;
const LOCKOUT_MS = 15 * 60_000;

/**
 * What Kraken's answers mean. Most errors come with status 200: `{"error":["EAPI:Rate limit exceeded"]}`. What
 * begins with W is a warning.
 * @see https://docs.kraken.com/api/docs/guides/spot-errors
 */
export function answerToFailure(
	{ status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
	body: unknown,
	now: number,
): ProviderFailure | undefined {
	const error = readError(body);
	if (status >= 200 && status < 300 && error === undefined) return undefined;
	const said = error === undefined ? ` (${status})` : ` It says: ${stripSecrets(error)}.`;
	const fail = (kind: FailureKind, message: string, wait?: number) =>
		new ProviderFailure(kind, message + said, wait);
	const slow = (wait: number) =>
		fail(
			'rate',
			`asks to slow down; waiting ${waitInWords(wait)}. Poll less often, or stream: the limit counts for all programs at this IP address.`,
			wait,
		);
	if (status === 429) return slow(parseRetryAfter(headers['retry-after'], now) ?? SLOW_MS);
	if (error !== undefined) {
		if (/Rate limit exceeded|Too many requests/.test(error)) return slow(SHORT_MS);
		if (error.includes('Temporary lockout')) return slow(LOCKOUT_MS);
		if (/:(?:Unknown|Invalid) asset/.test(error)) {
			return fail('symbol', "doesn't know a symbol. Check the symbols.");
		}
		if (/^EService|Internal error/.test(error)) {
			return fail('transient', 'has a problem of its own; trying again.');
		}
	}
	if (status === 403 || status === 451) {
		return fail(
			'plan',
			"refuses the request. Check the proxy, this server's IP address and its country; trying again in an hour.",
		);
	}
	if (status >= 500) {
		return fail(
			'transient',
			'has a problem of its own; trying again.',
			parseRetryAfter(headers['retry-after'], now),
		);
	}
	if (status === 404) {
		return fail('request', "doesn't have what was asked for. Check the address under Options.");
	}
	return fail('request', "doesn't take the request. Check interval, symbols and address.");
}

function readError(body: unknown): string | undefined {
	const { error } = isObject(body) ? body : {};
	const errors: readonly unknown[] = Array.isArray(error) ? error : [];
	return errors.find((one): one is string => typeof one === 'string' && one.startsWith('E'));
}
