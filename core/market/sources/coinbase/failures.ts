import type { HttpResponse } from '../../../ports';
import { waitInWords } from '../../waitInWords';
import { parseRetryAfter, ProviderFailure, type FailureKind } from '../../ProviderFailure';
import { stripSecrets } from '../../stripSecrets';
import { isObject } from '../pairs';

const SLOW_MS = 60_000;
/** A reset that's no further away is a time to wait; otherwise it's a moment. */
const LONGEST_RESET_S = 86_400;

/**
 * What Coinbase's answers mean. Its errors come in three shapes; the status goes first.
 * @see https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/rest-api
 */
export function answerToFailure(
	{ status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
	body: unknown,
	now: number,
): ProviderFailure | undefined {
	const { id, text } = readError(body);
	if (status >= 200 && status < 300 && id === undefined) return undefined;
	const said = text === undefined ? ` (${status})` : ` It says: ${stripSecrets(text)} (${status}).`;
	const fail = (kind: FailureKind, message: string, wait?: number) =>
		new ProviderFailure(kind, message + said, wait);
	if (status === 429 || id === 'rate_limit_exceeded') {
		const wait =
			parseRetryAfter(headers['retry-after'], now) ??
			parseReset(headers['x-ratelimit-reset'], now) ??
			SLOW_MS;
		return fail(
			'rate',
			`asks to slow down; waiting ${waitInWords(wait)}. Poll less often, or stream: the limit counts for all programs at this IP address.`,
			wait,
		);
	}
	if (id === 'not_found') return fail('symbol', "doesn't know a symbol. Check the symbols.");
	if (status === 401) return fail('auth', 'wants a key for this. Check the address under Options.');
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

/**
 * `{"error":"unknown","error_details":"text","message":"text"}`, `{"error":"invalid_request","error_description":"text"}`,
 * `{"errors":[{"id":"not_found","message":"text"}]}`, `{"message":"NotFound"}`
 */
function readError(body: unknown): { id: string | undefined; text: string | undefined } {
	if (!isObject(body)) return { id: undefined, text: undefined };
	const { error, errors, message, error_description: description, error_details: details } = body;
	const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
	const inList = isObject(first) ? first : {};
	const text = [message, description, details, inList['message'], error].find(isText);
	const id = [inList['id'], error, message].find(isText);
	return { id: id?.toLowerCase().replace(/^notfound$/, 'not_found'), text };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Seconds to wait, or the second when it's over; which of them isn't documented. */
function parseReset(text: string | undefined, now: number): number | undefined {
	const seconds = Number(text ?? Number.NaN);
	if (!(seconds >= 0)) return undefined;
	const ms = seconds <= LONGEST_RESET_S ? seconds * 1_000 : seconds * 1_000 - now;
	return Math.min(Math.max(ms, 1_000), LONGEST_RESET_S * 1_000);
}
