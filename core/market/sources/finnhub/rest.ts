import type { Clock, HttpClient, Timer } from '../../../ports';
import { RateLimit } from '../../../resilience';
import type { KnownKey } from '../../KnownKey';
import { ProviderRest } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import type { SharedConnections } from '../../SharedConnections';
import type { FinnhubAccount, FinnhubKey } from './account';
import { answerToFailure, heedLimit } from './failures';
import { SOURCE } from './parse';
import { burstOf, steadyCalls, type FinnhubPlan } from './settings';

const MINUTE_MS = 60_000;

type Ports = { readonly http: HttpClient; readonly clock: Clock; readonly timer: Timer };

/** The plan's calls a minute, for all that use the key; never more at once than Finnhub takes. */
export const finnhubLimit = (
	plan: FinnhubPlan,
	baseUrl: string,
	ports: Ports & { readonly shared: SharedConnections; readonly account: FinnhubAccount },
): RateLimit =>
	ports.shared.limit(`${SOURCE} ${baseUrl} ${ports.account.id}`, () => {
		const capacity = burstOf(plan);
		return new RateLimit({ capacity, perMs: (capacity * MINUTE_MS) / steadyCalls(plan) }, ports);
	});

/** Finnhub's calls; all answers are still unread. A quote is one symbol's: there's no call for several. */
export class FinnhubRest {
	private readonly rest: ProviderRest;

	constructor(baseUrl: string, key: KnownKey<FinnhubKey>, limit: RateLimit, ports: Ports) {
		this.rest = new ProviderRest(
			{
				baseUrl,
				headers: async () => ({ 'X-Finnhub-Token': (await key.read()).apiKey }),
				timeoutMs: 15_000,
				mostAtOnce: 4,
				heed: (response, bucket) => {
					const told = heedLimit(response, ports.clock.now());
					if (told === undefined) return;
					bucket.hasUsed(bucket.settings.capacity - told.remaining);
					if (told.remaining === 0) bucket.close(told.resetMs);
				},
				toFailure: (response, body, now) => {
					const failure = answerToFailure(response, body, now, key.secrets);
					// Also for the other triggers with this key.
					if (failure?.kind === 'rate') limit.close(failure.retryAfterMs ?? 0);
					return failure;
				},
			},
			limit,
			ports,
		);
	}

	async quote(symbol: string, signal: AbortSignal): Promise<unknown> {
		return asObject(await this.rest.get('/quote', { symbol }, 1, signal));
	}

	/** P/E, the 52 weeks' range and many more; of stocks only. */
	async metrics(symbol: string, signal: AbortSignal): Promise<unknown> {
		return asObject(await this.rest.get('/stock/metric', { symbol, metric: 'all' }, 1, signal));
	}

	async search(text: string, signal: AbortSignal): Promise<readonly unknown[]> {
		const { result } = asObject(await this.rest.get('/search', { q: text }, 1, signal));
		if (Array.isArray(result)) return result as unknown[];
		throw unknownShape();
	}

	/** Of the US: `{"exchange":"US","holiday":null,"isOpen":false,"session":"pre-market","t":1697018041,…}` */
	async marketStatus(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
		return asObject(await this.rest.get('/stock/market-status', { exchange: 'US' }, 1, signal));
	}
}

function asObject(body: unknown): Readonly<Record<string, unknown>> {
	if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
		return body as Record<string, unknown>;
	}
	throw unknownShape();
}

const unknownShape = (): ProviderFailure =>
	new ProviderFailure(
		'schema',
		"gave an answer in a shape we do not know. Check the credential's REST address; trying again.",
	);
