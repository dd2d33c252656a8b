import type { Clock } from '../../../ports';
import type { CandlesTold, MarketRequests } from '../../requests';
import { simulatedInstrument } from './instruments';
import { createSimulatedRequests } from './requests';
import type { SimulatedMarketSettings } from './source';

/**
 * What was before a simulated market began: candles of the same make whose last close is the price it begins
 * with. A play that has begun has a past of its own.
 */
export function createSimulatedPast(
	{ seed, instruments }: Pick<SimulatedMarketSettings, 'seed' | 'instruments'>,
	ports: { readonly clock: Clock },
): MarketRequests {
	const requests = createSimulatedRequests({ seed, market: 'us-equities' }, ports);
	return {
		provider: requests.provider,
		intervals: requests.intervals ?? [],
		candles: async (wanted): Promise<CandlesTold> => {
			const told = (await requests.candles?.(wanted)) ?? { candles: [] };
			const last = told.candles.at(-1)?.event.close;
			if (last === undefined) return told;
			const { startPrice, tick } = simulatedInstrument(wanted.symbol.toUpperCase(), instruments);
			const fit = (price: number): number =>
				Number(Math.max(Math.round((price * startPrice) / last / tick) * tick, tick).toFixed(6));
			return {
				candles: told.candles.map(({ event, raw }) => ({
					event: {
						...event,
						open: fit(event.open),
						high: fit(event.high),
						low: fit(event.low),
						close: fit(event.close),
					},
					raw,
				})),
			};
		},
	};
}
