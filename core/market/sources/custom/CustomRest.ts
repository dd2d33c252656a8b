import type { Clock, HttpClient, HttpRequest, HttpResponse, Timer } from '../../../ports';
import { Turns, type RateLimit } from '../../../resilience';
import { requestWithin } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import { answerToFailure, pauseAfter } from './failures';
import type { CustomRestSettings } from './restSettings';
import type { HttpSecret } from './secret';
import type { CustomSymbol } from './symbols';
import { fillAddress, fillMessage, fillText } from './template';

const TIMEOUT_MS = 15_000;
const MOST_AT_ONCE = 4;
const MOST_BYTES = 8 * 1_048_576;

/** What an address answered: JSON, or that nothing has changed since the last that was taken. */
export type Answer = { readonly body: unknown; readonly taken: () => void } | 'unchanged';

/** Calls to the user's address: within the limit, each with a deadline, every failure classified. */
export class CustomRest {
	private readonly turns = new Turns(MOST_AT_ONCE);

	/** By address: what tells it which answer we have taken. */
	private readonly validators = new Map<string, Readonly<Record<string, string>>>();

	constructor(
		private readonly settings: CustomRestSettings,
		private readonly secret: HttpSecret,
		private readonly limit: RateLimit,
		private readonly ports: {
			readonly http: HttpClient;
			readonly clock: Clock;
			readonly timer: Timer;
		},
	) {}

	/** @throws ProviderFailure */
	async ask(symbols: readonly CustomSymbol[], signal: AbortSignal): Promise<Answer> {
		const request = this.requestFor(symbols);
		const response = await this.turns.take(async () => {
			await this.limit.spend(1, signal);
			if (signal.aborted) throw new ProviderFailure('transient', 'was not asked any more');
			return await requestWithin(request, this.ports, signal);
		});
		return this.read(request, response);
	}

	private read(request: HttpRequest, response: HttpResponse): Answer {
		const now = this.ports.clock.now();
		const pause = pauseAfter(response.headers, now);
		if (pause !== undefined) this.limit.close(pause);
		if (response.status === 304) return 'unchanged';
		const body = response.isCut ? undefined : parseJson(response.body);
		const { errorPath } = this.settings;
		const { secrets } = this.secret;
		const failure = answerToFailure(response, body, now, { errorPath, secrets });
		if (failure?.kind === 'rate') this.limit.close(failure.retryAfterMs ?? 0);
		if (failure !== undefined) throw failure;
		if (response.isCut) {
			throw new ProviderFailure(
				'schema',
				`gave an answer of more than ${MOST_BYTES / 1_048_576} MB; ask for less at once. Trying again.`,
			);
		}
		if (body === undefined) throw new ProviderFailure('schema', notJson(response));
		return { body, taken: () => this.remember(request.url, response.headers) };
	}

	private requestFor(symbols: readonly CustomSymbol[]): HttpRequest {
		const { method, body, headers } = this.settings;
		const url = this.addressFor(symbols);
		const isJson = /^\s*[[{]/.test(body);
		return {
			method,
			url,
			headers: {
				accept: 'application/json',
				...(method === 'GET' || !isJson ? {} : { 'content-type': 'application/json' }),
				...(method === 'GET' ? this.validators.get(url) : {}),
				...headers,
				...this.secret.headers,
			},
			...(method === 'GET' || body === '' ? {} : { body: fillMessage(body, symbols) }),
			timeoutMs: TIMEOUT_MS,
			maxBodyBytes: MOST_BYTES,
		};
	}

	private addressFor(symbols: readonly CustomSymbol[]): string {
		const url = new URL(fillAddress(this.settings.url, symbols));
		for (const [name, value] of Object.entries(this.settings.query)) {
			url.searchParams.set(name, fillText(value, symbols));
		}
		for (const [name, value] of Object.entries(this.secret.query)) {
			url.searchParams.set(name, value);
		}
		url.hash = '';
		return url.href;
	}

	private remember(url: string, headers: Readonly<Record<string, string>>): void {
		const { etag, 'last-modified': modified } = headers;
		this.validators.set(url, {
			...(etag === undefined ? {} : { 'if-none-match': etag }),
			...(modified === undefined ? {} : { 'if-modified-since': modified }),
		});
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Says what kind of answer it was, and quotes nothing of it. */
function notJson({ body, headers }: HttpResponse): string {
	const type = /^[\w.+/-]{1,60}/.exec(headers['content-type'] ?? '')?.[0];
	const what =
		body.trim() === ''
			? 'an empty answer'
			: /^\s*</.test(body)
				? 'a web page (HTML or XML) instead of JSON'
				: /^\s*[[{]/.test(body)
					? 'JSON that breaks off or is malformed'
					: 'an answer that is not JSON';
	return `gave ${what}${type === undefined ? '' : ` (${type})`}. Check the address; trying again.`;
}
