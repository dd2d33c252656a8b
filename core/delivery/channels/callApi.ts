import { HttpFailure, type Clock, type HttpClient, type HttpRequest } from '../../ports';
import { cut } from '../template';
import type { FailureReason, SendResult } from '../model';
import { readRetryAfter } from './webhook/channel';

export type Failed = Extract<SendResult, { status: 'failed' }>;

/** What a service answered. */
export type ApiAnswer = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Empty when the body wasn't a JSON object. */
	readonly json: Readonly<Record<string, unknown>>;
};

export type ApiPorts = { readonly http: HttpClient; readonly clock: Clock };

export type ApiCall = Omit<HttpRequest, 'body' | 'headers'> & {
	/** As users call it: `Telegram`. */
	readonly service: string;
	readonly body: Readonly<Record<string, unknown>>;
	readonly headers?: Readonly<Record<string, string>>;
};

/** Asks a service something in JSON; no answer is a failure worth another try. */
export async function callApi(
	{ service, body, headers, ...request }: ApiCall,
	{ http }: ApiPorts,
): Promise<ApiAnswer | Failed> {
	try {
		const answer = await http.request({
			...request,
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'user-agent': 'n8n-nodes-market-alerts',
				...headers,
			},
			body: JSON.stringify(body),
		});
		return { status: answer.status, headers: answer.headers, json: parseObject(answer.body) };
	} catch (error) {
		if (!(error instanceof HttpFailure)) throw error;
		if (error.reason === 'aborted') {
			const message = `The execution was stopped before ${service} had answered.`;
			return { status: 'failed', reason: 'cancelled', message, again: false };
		}
		const message =
			error.reason === 'timeout'
				? `${service} gave no answer within ${request.timeoutMs / 1_000} s.`
				: `${service} can't be reached. Check the address in the credential, and that this server may connect to it.`;
		return { status: 'failed', reason: error.reason, message, again: true };
	}
}

export const isAnswer = (answer: ApiAnswer | Failed): answer is ApiAnswer =>
	answer.status !== 'failed';

/** What a service says went wrong. */
export type Refusal = {
	readonly service: string;
	readonly reason: FailureReason;
	/** The service's own words or code. */
	readonly said: string;
	/** What the user can do. */
	readonly hint: string;
	readonly retryAfterMs?: number | undefined;
	/** Never shown, though the service may repeat them. */
	readonly secrets: readonly string[];
};

const FOR_THE_USER: readonly FailureReason[] = ['auth', 'refused', 'invalidRecipient', 'cancelled'];

export function asFailure(refusal: Refusal): Failed {
	const { service, reason, said, hint, retryAfterMs } = refusal;
	const again = !FOR_THE_USER.includes(reason);
	return {
		status: 'failed',
		reason,
		message: `${service} answered ${withoutSecrets(said, refusal.secrets)}. ${hint}`,
		again,
		...(again && retryAfterMs !== undefined ? { retryAfterMs } : {}),
	};
}

/** What a status means where a service says no more; every service agrees on these. */
export function failureOfStatus(
	{ status, headers }: ApiAnswer,
	service: string,
	clock: Clock,
): Failed {
	const [reason, hint] = meaningOf(status);
	return asFailure({
		service,
		reason,
		said: `HTTP ${status}`,
		hint,
		retryAfterMs: readRetryAfter(headers['retry-after'], clock),
		secrets: [],
	});
}

function meaningOf(status: number): readonly [FailureReason, string] {
	if (status === 429) return ['rateLimited', 'It wants fewer messages.'];
	if (status === 408 || status === 425) return ['timeout', 'It may work later.'];
	if (status >= 500) return ['serverError', 'It has a failure of its own.'];
	if (status === 401 || status === 403) return ['auth', 'Check the credential.'];
	return ['refused', 'Check the address in the credential, and what is sent.'];
}

/** A service's words, as a message may show them: one line, short, no addresses, none of our secrets. */
function withoutSecrets(said: string, secrets: readonly string[]): string {
	const known = secrets.filter((secret) => secret !== '');
	const hidden = known.reduce((text, secret) => text.replaceAll(secret, '…'), said);
	const oneLine = hidden.replace(/[\s\p{Cc}]+/gu, ' ').replace(/https?:\/\/\S+/gi, '…');
	return cut(oneLine.trim(), 200);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(text: string): Record<string, unknown> {
	try {
		const parsed: unknown = JSON.parse(text);
		return isObject(parsed) ? parsed : {};
	} catch {
		return {}; // a proxy's page, a cut answer: the status is all there is
	}
}

export const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : '');
