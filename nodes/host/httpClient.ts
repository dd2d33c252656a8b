import { Readable } from 'node:stream';

import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import {
	HttpFailure,
	type HttpClient,
	type HttpRequest,
	type HttpResponse,
} from '../../core/ports';

type Helpers = Pick<IExecuteFunctions['helpers'], 'httpRequest'>;

/**
 * n8n's own HTTP helper behind the port: its proxy, TLS and egress rules apply. Its timeout is one of silence, the deadline
 * is for the whole answer: one that comes byte by byte would hold up the execution for as long as it likes.
 */
export const hostHttpClient = (helpers: Helpers): HttpClient => ({
	request: async (request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> => {
		const deadline = AbortSignal.timeout(request.timeoutMs);
		const options: IHttpRequestOptions = {
			method: request.method,
			url: request.url,
			headers: { ...request.headers },
			...(request.body === undefined ? {} : { body: request.body }),
			timeout: request.timeoutMs,
			json: false,
			encoding: request.maxBodyBytes === undefined ? 'text' : 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			sendCredentialsOnCrossOriginRedirect: false,
			abortSignal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
		};
		try {
			// `returnFullResponse` makes it the full response, though the helper is typed `any`.
			const response = (await helpers.httpRequest(options)) as IN8nHttpFullResponse;
			return {
				status: response.statusCode,
				headers: lowerCase(response.headers),
				...(response.body instanceof Readable
					? await readSome(response.body, request.maxBodyBytes ?? Number.POSITIVE_INFINITY)
					: { body: textOf(response.body) }),
			};
		} catch (error) {
			if (deadline.aborted && signal?.aborted !== true) {
				throw new HttpFailure('timeout', 'No whole answer came in time.');
			}
			throw asHttpFailure(error, signal);
		}
	},
});

/** Leaving the loop early destroys the stream, and with it the connection. */
async function readSome(
	stream: Readable,
	maxBytes: number,
): Promise<Pick<HttpResponse, 'body' | 'isCut'>> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stream) {
		chunks.push(Buffer.from(chunk as Uint8Array));
		bytes += (chunk as Uint8Array).length;
		if (bytes > maxBytes) {
			return { body: Buffer.concat(chunks).toString('utf8', 0, maxBytes), isCut: true };
		}
	}
	return { body: Buffer.concat(chunks).toString() };
}

const textOf = (body: unknown): string =>
	typeof body === 'string' ? body : JSON.stringify(body ?? '');

/** Without the original as its cause: that one holds the request, keys included. */
function asHttpFailure(error: unknown, signal: AbortSignal | undefined): HttpFailure {
	const { code, message } = error as { code?: string; message?: string };
	if (signal?.aborted) return new HttpFailure('aborted', 'The request was stopped.');
	if (code === 'ECONNABORTED' || code === 'ETIMEDOUT' || /timeout/i.test(message ?? '')) {
		return new HttpFailure('timeout', 'No answer came in time.');
	}
	return new HttpFailure('unreachable', `No connection (${code ?? 'unknown reason'}).`);
}

const lowerCase = (headers: object): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
