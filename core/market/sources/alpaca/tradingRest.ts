import type { Clock, HttpClient, Timer } from '../../../ports';
import { RateLimit } from '../../../resilience';
import { ProviderRest } from '../../polling';
import { ProviderFailure } from '../../ProviderFailure';
import type { SharedConnections } from '../../SharedConnections';
import type { KnownKey } from '../../KnownKey';
import type { AlpacaKey } from './account';
import { answerToFailure } from './failures';

/** Each kind of account has its own. */
const ADDRESS = {
	paper: 'https://paper-api.alpaca.markets',
	live: 'https://api.alpaca.markets',
} as const;
/** The trading interface has a limit of its own, the same for all plans. */
const CALLS_PER_MINUTE = 200;

/** What Alpaca tells on its trading interface only: when the market is open, and which symbols there are. */
export class AlpacaTradingRest {
	readonly limit: RateLimit;

	private readonly rests = new Map<string, ProviderRest>();

	/** @param baseUrl empty: by the key, whose first letters say whether it's one of a paper account */
	constructor(
		private readonly baseUrl: string,
		private readonly key: KnownKey<AlpacaKey>,
		accountId: string,
		private readonly ports: {
			readonly http: HttpClient;
			readonly clock: Clock;
			readonly timer: Timer;
			readonly shared: SharedConnections;
		},
	) {
		this.limit = ports.shared.limit(
			`alpaca trading ${baseUrl} ${accountId}`,
			() => new RateLimit({ capacity: CALLS_PER_MINUTE, perMs: 60_000 }, ports),
		);
	}

	/** `{"timestamp":"2022-04-28T14:07:04.45-04:00","is_open":true,"next_open":"…","next_close":"…"}` */
	async clock(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
		const body = await (await this.rest()).get('/v2/clock', {}, 1, signal);
		if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
			return body as Record<string, unknown>;
		}
		throw unknownShape();
	}

	/** Thousands: `{"symbol":"AAPL","name":"Apple Inc. Common Stock","exchange":"NASDAQ","tradable":true,…}` */
	async assets(assetClass: 'us_equity' | 'crypto', signal: AbortSignal): Promise<unknown[]> {
		const query = { status: 'active', asset_class: assetClass };
		const body = await (await this.rest()).get('/v2/assets', query, 1, signal);
		if (Array.isArray(body)) return body as unknown[];
		throw unknownShape();
	}

	private async rest(): Promise<ProviderRest> {
		const { keyId } = await this.key.read();
		const baseUrl = this.baseUrl || (keyId.startsWith('PK') ? ADDRESS.paper : ADDRESS.live);
		const found = this.rests.get(baseUrl) ?? this.restAt(baseUrl);
		this.rests.set(baseUrl, found);
		return found;
	}

	private restAt(baseUrl: string): ProviderRest {
		return new ProviderRest(
			{
				baseUrl,
				headers: async () => {
					const { keyId, secretKey } = await this.key.read();
					return { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secretKey };
				},
				timeoutMs: 30_000, // the list of assets is long
				mostAtOnce: 2,
				heed: () => {},
				toFailure: (response, body, now) => {
					const failure = answerToFailure(response, body, now, this.key.secrets);
					if (failure?.kind === 'rate') this.limit.close(failure.retryAfterMs ?? 0);
					return failure;
				},
			},
			this.limit,
			this.ports,
		);
	}
}

const unknownShape = (): ProviderFailure =>
	new ProviderFailure(
		'schema',
		"gave an answer in a shape we do not know. Check the credential's trading address; trying again.",
	);
