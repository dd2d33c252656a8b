import { HttpFailure, type HttpClient } from '../../core/ports';

/** Node's own fetch behind the port, for loopback servers of tests that run without n8n. */
export const loopbackHttp: HttpClient = {
	request: async ({ method, url, headers, body }, signal) => {
		try {
			const response = await fetch(url, {
				method,
				headers: { ...headers },
				...(body === undefined ? {} : { body }),
				...(signal === undefined ? {} : { signal }),
			});
			return {
				status: response.status,
				headers: Object.fromEntries(response.headers),
				body: await response.text(),
			};
		} catch (error) {
			if (signal?.aborted) throw new HttpFailure('aborted', 'The request was stopped.');
			throw new HttpFailure('unreachable', 'No connection.', { cause: error });
		}
	},
};
