/** One HTTP call, over whatever client the host wants used (its proxy, TLS and egress rules). */
export interface HttpClient {
	/**
	 * Resolves for every status the server gives, 4xx and 5xx included.
	 * @throws HttpFailure when no answer came
	 */
	request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>;
}

export type HttpRequest = {
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as it is; set `content-type` yourself. */
	readonly body?: string;
	readonly timeoutMs: number;
	/** Of a larger answer only the beginning is read. Without it there's no limit. */
	readonly maxBodyBytes?: number;
};

export type HttpResponse = {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** The answer was larger than `maxBodyBytes`; the body breaks off. */
	readonly isCut?: boolean;
};

/** No answer: the call timed out, or the other side couldn't be reached. Never quotes the address. */
export class HttpFailure extends Error {
	override readonly name = 'HttpFailure';

	constructor(
		readonly reason: 'timeout' | 'unreachable' | 'aborted',
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
