import type { SendResult } from '../../core/delivery';
import type { ApiServer, Mishap } from '../fakes/ApiServer';
import type { ChannelBench, Expected } from './channel';

/** What a status means when there's nothing else to go by: a proxy's page, an empty body. */
export function expectedOfStatus(status: number): Expected {
	if (status === 429) return ['rateLimited', true];
	if (status === 408 || status === 425) return ['timeout', true];
	if (status === 401 || status === 403) return ['auth', false];
	return status < 500 ? ['refused', false] : ['serverError', true];
}

const BARE_STATUSES = [
	200, 204, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410,
	413, 415, 418, 422, 425, 429, 451, 500, 501, 502, 503, 504, 507, 520, 522, 530,
];

/** What may happen to any service on its way. */
export const ON_THE_WAY: ReadonlyArray<readonly [string, Expected]> = [
	...BARE_STATUSES.map((status) => [`a bare ${status}`, expectedOfStatus(status)] as const),
	['silence', ['timeout', true]],
	['cut', ['unreachable', true]],
	['cutAfter', ['unreachable', true]],
	['slow', 'sent'],
	['dribble', ['timeout', true]],
	['down', ['unreachable', true]],
];

/** A channel whose other end is one of our servers; `conditions` are its own, beside those on the way. */
export async function openApiBench<Server extends ApiServer>(
	server: Server,
	send: (server: Server, baseUrl: string) => Promise<SendResult>,
	conditions: Readonly<Record<string, (server: Server) => void>>,
	taken: (server: Server) => number,
): Promise<ChannelBench> {
	let { baseUrl } = server;
	return {
		send: async () => await send(server, baseUrl),
		set: (condition) => {
			if (condition === 'down') baseUrl = 'http://127.0.0.1:1';
			else if (condition === 'up') baseUrl = server.baseUrl;
			else if (condition in conditions) conditions[condition]?.(server);
			else server.mishaps = [mishapOf(condition)];
		},
		taken: () => taken(server),
		close: async () => await server.close(),
	};
}

const MISHAPS = ['silence', 'cut', 'cutAfter', 'slow', 'dribble'] as const;

function mishapOf(condition: string): Mishap {
	const happens = MISHAPS.find((mishap) => mishap === condition);
	if (happens !== undefined) return happens;
	const status = Number(/\d+/.exec(condition)?.[0]);
	const headers = status >= 300 && status < 400 ? { location: '/elsewhere' } : {};
	return { status, text: '<html>a proxy of https://proxy.example.com/s3cr3t</html>', headers };
}
