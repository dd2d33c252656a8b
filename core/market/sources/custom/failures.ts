import type { HttpResponse } from '../../../ports';
import { waitInWords } from '../../waitInWords';
import { parseRetryAfter, ProviderFailure, type FailureKind } from '../../ProviderFailure';
import { findAll } from '../../readPath';
import { stripSecrets } from '../../stripSecrets';
import { isObject } from './rows';

/** What is known about an address that answers. */
export type Answering = {
	/** JSONPath to the message of an error; empty: an answer with status 200 is none. */
	readonly errorPath: string;
	readonly secrets: readonly string[];
};

const SLOW_MS = 60_000;
const MINUTE_MS = 60_000;

/** What an answer means: first what it says itself, then its status. `undefined` when it's no failure. */
export function answerToFailure(
	response: Pick<HttpResponse, 'status' | 'headers'>,
	body: unknown,
	now: number,
	{ errorPath, secrets }: Answering,
): ProviderFailure | undefined {
	const { status, headers } = response;
	const isFine = status >= 200 && status < 300;
	const text = messageAt(body, errorPath) ?? (isFine ? undefined : usualMessage(body));
	if (isFine && text === undefined) return undefined;
	const said =
		text === undefined ? ` (${status})` : ` It says: ${stripSecrets(text, secrets)} (${status}).`;
	const fail = (kind: FailureKind, message: string, wait?: number) =>
		new ProviderFailure(kind, message + said, wait);
	const kind = kindOf(status, text);
	const asked = parseRetryAfter(headers['retry-after'], now) ?? untilReset(headers, now);
	switch (kind) {
		case 'rate':
			return fail(
				kind,
				`asks to slow down; waiting ${waitInWords(asked ?? SLOW_MS)}. Poll less often, or lower Requests per Minute.`,
				asked ?? SLOW_MS,
			);
		case 'auth':
			return fail(
				kind,
				'refuses access. Check the credential, and that its key may be used here; trying again in an hour.',
			);
		case 'plan':
			return fail(kind, "doesn't give this to your account; trying again in an hour.");
		case 'transient':
			return fail(
				kind,
				isFine ? 'answers with an error; trying again.' : 'has a problem of its own; trying again.',
				asked,
			);
		case 'symbol':
			return fail(kind, "doesn't have what was asked for. Check the address and the symbols.");
		default:
			return status >= 300 && status < 400
				? fail('request', redirected(headers['location']))
				: fail('request', "doesn't take the request. Check the address, method and symbols.");
	}
}

function kindOf(status: number, text: string | undefined): FailureKind {
	if (status === 429) return 'rate';
	if (status === 401 || status === 407) return 'auth';
	const isFine = status >= 200 && status < 300;
	if (isFine || status === 403 || status === 402) {
		if (
			/rate.?limit|too many|slow down|limit reach|call frequency|quota|run over/i.test(text ?? '')
		)
			return 'rate';
		if (/premium|subscri|upgrade|entitle|your plan/i.test(text ?? '')) return 'plan';
		if (/unauthori[sz]ed|forbidden|(?:api)?.?key|token|credential/i.test(text ?? '')) return 'auth';
	}
	if (status === 402) return 'plan';
	if (status === 403) return 'auth';
	if (status === 404 || status === 410) return 'symbol';
	if (isFine || status >= 500 || status === 408 || status === 425) return 'transient';
	return 'request';
}

/** Where it leads isn't followed: a credential must not go elsewhere. Only the other host is named. */
function redirected(location: string | undefined): string {
	const host =
		location !== undefined && URL.canParse(location)
			? ` to ${new URL(location).protocol}//${new URL(location).host}`
			: '';
	return `redirects${host}, which isn't followed. Set the final address as the URL.`;
}

/** The message at a path; lists and objects in their own words, empty ones and `false` are none. */
export function messageAt(body: unknown, path: string): string | undefined {
	if (path === '' || body === undefined) return undefined;
	try {
		const [found] = findAll(body, path);
		return asMessage(found?.value);
	} catch {
		return undefined; // a path that can't be followed here
	}
}

const USUAL = ['message', 'msg', 'error', 'Error Message', 'error_description', 'detail', 'reason'];

function usualMessage(body: unknown): string | undefined {
	if (!isObject(body)) return undefined;
	for (const name of USUAL) {
		const found = body[name];
		if (typeof found === 'string' && found !== '') return found;
		if (isObject(found)) return usualMessage(found);
	}
	return undefined;
}

function asMessage(value: unknown): string | undefined {
	if (value === undefined || value === null || value === false || value === '') return undefined;
	if (typeof value === 'string') return value;
	const text = JSON.stringify(value);
	return text === '[]' || text === '{}' || text === '0' ? undefined : text;
}

const REMAINING = ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining'];
const RESET = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'];

/** How long nothing may be asked any more, where an answer says that nothing is left. */
export function pauseAfter(
	headers: Readonly<Record<string, string>>,
	now: number,
): number | undefined {
	const remaining = REMAINING.map((name) => headers[name]).find((value) => value !== undefined);
	if (remaining === undefined || Number.parseFloat(remaining) > 0) return undefined;
	return untilReset(headers, now);
}

/** Seconds from now, or an instant in seconds or milliseconds; at most an hour. */
function untilReset(headers: Readonly<Record<string, string>>, now: number): number | undefined {
	const text = RESET.map((name) => headers[name]).find((value) => value !== undefined);
	const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
	if (!Number.isFinite(value) || value < 0) return undefined;
	const ms = value < 1e8 ? value * 1_000 : (value < 1e11 ? value * 1_000 : value) - now;
	return Math.min(Math.max(ms, 0), 60 * MINUTE_MS);
}
