import { HttpFailure, type Clock, type HttpClient } from '../../../ports';
import type { FailureReason, SendResult } from '../../model';
import { signatureHeaders } from './sign';

export type WebhookRequest = {
	readonly url: string;
	/** Sent as it is; JSON unless the headers say otherwise. */
	readonly body: string;
	readonly alertId: string;
	/** Names in lower case; they win over ours, except for the idempotency key and the signature. */
	readonly headers: Readonly<Record<string, string>>;
	/** Signs it; `undefined` leaves it unsigned. */
	readonly signingSecrets?: string;
	readonly timeoutMs: number;
};

/**
 * Posts one alert. The `Idempotency-Key` is the alert's id, so a receiver can tell a repeat from a new one.
 * Redirects aren't followed: the address is the user's to mend, and keys go nowhere else.
 */
export async function sendWebhook(
	request: WebhookRequest,
	http: HttpClient,
	clock: Clock,
): Promise<SendResult> {
	const { signingSecrets, body } = request;
	const host = hostOf(request.url);
	const id = headerSafe(request.alertId);
	if (host === undefined) {
		return {
			status: 'failed',
			reason: 'invalidRecipient',
			message: 'The webhook address is not a URL that begins with http:// or https://.',
			again: false,
		};
	}
	try {
		const { status, headers } = await http.request({
			method: 'POST',
			url: request.url,
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'user-agent': 'n8n-nodes-market-alerts',
				...request.headers,
				'idempotency-key': id,
				...(signingSecrets === undefined
					? {}
					: signatureHeaders({ id, body, sentAt: clock.now() }, signingSecrets)),
			},
			body,
			timeoutMs: request.timeoutMs,
		});
		return classify(status, headers, host, clock);
	} catch (error) {
		if (!(error instanceof HttpFailure)) throw error;
		const cancelled = error.reason === 'aborted';
		return {
			status: 'failed',
			reason: error.reason === 'aborted' ? 'cancelled' : error.reason,
			message:
				error.reason === 'timeout'
					? `${host} gave no answer within ${request.timeoutMs / 1_000} s.`
					: cancelled
						? `The execution was stopped before ${host} had answered.`
						: `${host} can't be reached. Check the address, and that this server may connect to it.`,
			again: !cancelled,
		};
	}
}

function classify(
	status: number,
	headers: Readonly<Record<string, string>>,
	host: string,
	clock: Clock,
): SendResult {
	if (status >= 200 && status < 300) return { status: 'sent', receipt: `HTTP ${status}` };
	const [reason, again, hint] = meaningOf(status);
	const retryAfterMs = again ? readRetryAfter(headers['retry-after'], clock) : undefined;
	return {
		status: 'failed',
		reason,
		message: `${host} answered HTTP ${status}. ${hint}`,
		again,
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
}

function meaningOf(status: number): readonly [FailureReason, boolean, string] {
	if (status === 429) return ['rateLimited', true, 'It wants fewer requests; send less often.'];
	if (status === 408 || status === 425) return ['timeout', true, 'It may work later.'];
	if (status >= 500) return ['serverError', true, 'The receiver has a failure of its own.'];
	if (status === 401 || status === 403) {
		return ['auth', false, 'Check the key or token in the headers or the address.'];
	}
	if (status >= 300 && status < 400) {
		return ['refused', false, 'It redirects; use the address it redirects to.'];
	}
	return ['refused', false, 'Check the address, and what the receiver expects in the body.'];
}

/** Seconds, or an HTTP date. */
export function readRetryAfter(value: string | undefined, clock: Clock): number | undefined {
	if (value === undefined) return undefined;
	if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1_000;
	const at = Date.parse(value);
	return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
}

/** Ids are anyone's; headers take visible ASCII only. */
const headerSafe = (id: string): string =>
	/^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id);

/** The host, for messages: the rest of an address may be a secret. */
export function hostOf(url: string): string | undefined {
	try {
		const { protocol, host } = new URL(url);
		return protocol === 'http:' || protocol === 'https:' ? host : undefined;
	} catch {
		return undefined;
	}
}
