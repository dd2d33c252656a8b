import type { Clock } from '../../../ports';
import type { Fundamentals } from '../../model';
import { ProviderFailure } from '../../ProviderFailure';
import type { Remembered } from '../../requests';
import { readMetric, SOURCE } from './parse';
import type { FinnhubRest } from './rest';
import type { FinnhubSymbol } from './symbols';

const DAY_MS = 86_400_000;
/** Failed otherwise than by the plan, it's asked for again after that. */
const AGAIN_MS = 900_000;

/** What changes once a day at most: each stock is asked for once a day, whoever wants it. */
export class DailyFundamentals {
	private readonly failedAt = new Map<string, number>();

	constructor(
		private readonly rest: FinnhubRest,
		private readonly kept: Remembered,
		/** Address and credential. */
		private readonly scope: string,
		private readonly clock: Clock,
	) {}

	/** `undefined` where there are none, or for now; a quote is worth something without them. */
	async of(
		{ providerSymbol, market }: FinnhubSymbol,
		signal: AbortSignal,
	): Promise<Fundamentals | undefined> {
		if (market !== 'us') return undefined;
		const failedAt = this.failedAt.get(providerSymbol);
		if (failedAt !== undefined && this.clock.now() - failedAt < AGAIN_MS) return undefined;
		const key = `${SOURCE} metric ${this.scope} ${providerSymbol}`;
		try {
			return await this.kept.get(key, DAY_MS, this.clock, async () => {
				return await this.ask(providerSymbol, signal);
			});
		} catch (error) {
			if (!(error instanceof ProviderFailure)) throw error;
			this.failedAt.set(providerSymbol, this.clock.now());
			return undefined;
		}
	}

	private async ask(symbol: string, signal: AbortSignal): Promise<Fundamentals | undefined> {
		try {
			return readMetric(await this.rest.metrics(symbol, signal));
		} catch (error) {
			if (error instanceof ProviderFailure && error.kind === 'plan') return undefined;
			throw error;
		}
	}
}
