import type { HttpResponse } from '../../../ports';
import { waitInWords } from '../../waitInWords';
import { parseRetryAfter, ProviderFailure, type FailureKind } from '../../ProviderFailure';
import { stripSecrets } from '../../stripSecrets';

/**
 * What Binance's answers mean.
 * @see https://github.com/binance/binance-spot-api-docs/blob/master/errors.md
 */
export function answerToFailure(
	response: Pick<HttpResponse, 'status' | 'headers'>,
	body: unknown,
	now: number,
): ProviderFailure | undefined {
	const { status, headers } = response;
	const { code, msg } = (typeof body === 'object' && body !== null ? body : {}) as {
		code?: unknown;
		msg?: unknown;
	};
	const isError = typeof code === 'number' && code !== 0;
	if (status >= 200 && status < 300 && !isError) return undefined;
	const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
	const said =
		typeof msg === 'string'
			? ` It says: ${stripSecrets(msg)} (${status}, code ${String(code)}).`
			: ` (${status})`;
	const fail = (kind: FailureKind, message: string, wait?: number) =>
		new ProviderFailure(kind, message + said, wait);
	if (status === 451) {
		return fail(
			'plan',
			'refuses this place: it blocks some countries and cloud providers. Set another address under Options, or choose another source.',
		);
	}
	if (status === 418) {
		return fail(
			'rate',
			`has banned this IP address for ${waitInWords(retryAfterMs ?? BAN_MS)}, because too much was asked for. Nothing is asked until then; poll less often, or stream.`,
			retryAfterMs ?? BAN_MS,
		);
	}
	if (status === 429 || code === -1003) {
		return fail(
			'rate',
			`asks to slow down; waiting ${waitInWords(retryAfterMs ?? SLOW_MS)}. Poll less often, or stream: the limit counts for all programs at this IP address.`,
			retryAfterMs ?? SLOW_MS,
		);
	}
	if (code === -1034)
		return fail('connectionLimit', 'has too many connections from here; waiting.');
	if (code === -1121 || code === -1122 || code === -1220) {
		return fail('symbol', "doesn't know a symbol. Check the symbols.");
	}
	if (status === 403) {
		return fail(
			'plan',
			"firewall refuses the request. Check the proxy and this server's IP address; trying again in an hour.",
		);
	}
	if (status === 401) return fail('auth', 'wants a key for this. Check the address under Options.');
	if (status >= 500 || (isError && TRANSIENT.has(code))) {
		return fail('transient', 'has a problem of its own; trying again.', retryAfterMs);
	}
	if (status === 404) {
		return fail('request', "doesn't have what was asked for. Check the address under Options.");
	}
	return fail('request', "doesn't take the request. Check interval, symbols and address.");
}

/** unknown, internal, unexpected answer, timeout, overloaded, shutting down */
const TRANSIENT: ReadonlySet<unknown> = new Set([-1000, -1001, -1006, -1007, -1008, -1016]);
/** The shortest ban there is. */
const BAN_MS = 120_000;
const SLOW_MS = 60_000;
