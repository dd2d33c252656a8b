import type { MarketEvent, QualityFlag } from '../market';
import type { EpochMs } from '../ports';
import { FactSheet } from './FactSheet';

/** One look at one instrument: an event or an item, ready to be judged. */
export type Observation = {
	/** Empty when the item has none: all such items are one instrument. */
	readonly symbol: string;
	readonly eventAt: EpochMs;
	/** `undefined` when the item has none: it can't be recognised when it comes again. */
	readonly eventId: string | undefined;
	readonly quality: readonly QualityFlag[];
	readonly facts: FactSheet;
};

/** A market event as the rules see it. */
export const observe = (event: MarketEvent): Observation => ({
	symbol: event.symbol,
	eventAt: event.eventAt,
	eventId: event.eventId,
	quality: event.quality,
	facts: new FactSheet(event),
});
