import type { Clock, HttpClient, HttpResponse, Timer } from '../../ports';
import { Turns, type RateLimit } from '../../resilience';
import { ProviderFailure } from '../ProviderFailure';
import { requestWithin } from './requestWithin';

/** How one provider's HTTP interface answers. */
export type RestProtocol = {
	readonly baseUrl: string;
	/** Asked for anew at each call: they may hold a key that was changed. @throws ProviderFailure */
	readonly headers?: () => Promise<Readonly<Record<string, string>>>;
	readonly timeoutMs: number;
	/** Calls under way at the same time. */
	readonly mostAtOnce: number;
	/** What an answer says about our use of the limit, whatever its status. */
	readonly heed: (response: HttpResponse, limit: RateLimit) => void;
	/** The failure an answer is; `undefined` when it's none. */
	readonly toFailure: (
		response: HttpResponse,
		body: unknown,
		now: number,
	) => ProviderFailure | undefined;
};

/** A list is a name that's repeated. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

type Ports = { readonly http: HttpClient; readonly clock: Clock; readonly timer: Timer };

/**
 * GET calls to one provider: within its limit, each with a deadline, every failure classified. The limit is
 * shared by whoever uses the same endpoint and credential.
 */
export class ProviderRest {
	private readonly turns: Turns;

	constructor(
		private readonly protocol: RestProtocol,
		private readonly limit: RateLimit,
		private readonly ports: Ports,
	) {
		this.turns = new Turns(protocol.mostAtOnce);
	}

	/**
	 * The parsed body of a successful answer.
	 * @param cost what the call takes of the limit
	 * @throws ProviderFailure
	 */
	async get(path: string, query: Query, cost: number, signal?: AbortSignal): Promise<unknown> {
		const response = await this.turns.take(async () => {
			await this.limit.spend(cost, signal);
			if (signal?.aborted) throw new ProviderFailure('transient', 'was not asked any more');
			return await this.fetch(this.urlOf(path, query), signal);
		});
		this.protocol.heed(response, this.limit);
		const body = parseJson(response.body);
		const failure = this.protocol.toFailure(response, body, this.ports.clock.now());
		if (failure !== undefined) throw failure;
		if (body === undefined) {
			throw new ProviderFailure('schema', 'gave an answer that is not JSON; trying again later.');
		}
		return body;
	}

	private async fetch(url: string, signal: AbortSignal | undefined): Promise<HttpResponse> {
		const { timeoutMs } = this.protocol;
		const headers = await this.protocol.headers?.();
		return await requestWithin(
			{ method: 'GET', url, timeoutMs, ...(headers === undefined ? {} : { headers }) },
			this.ports,
			signal,
		);
	}

	private urlOf(path: string, query: Query): string {
		const pairs = Object.entries(query).flatMap(([name, value]) =>
			[value ?? []].flat().map((one) => `${name}=${encodeURIComponent(one)}`),
		);
		const base = this.protocol.baseUrl.replace(/\/+$/, '');
		return pairs.length === 0 ? `${base}${path}` : `${base}${path}?${pairs.join('&')}`;
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
