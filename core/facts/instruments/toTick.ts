import { parseInstant, type Tick } from '../../market';
import { epochMs, parseDuration, type EpochMs } from '../../ports';
import type { FactSheet } from '../FactSheet';
import type { MissingReason } from '../model';
import type { Observation } from '../Observation';

/** The candle or the price in an event or item; `undefined` when there's neither. */
export function toTick(facts: FactSheet, eventAt: EpochMs): Tick | undefined {
	const number = (fact: string) => {
		const reading = facts.read({ fact });
		return 'value' in reading && typeof reading.value === 'number' ? reading.value : undefined;
	};
	const price = number('price');
	if (price === undefined) return undefined;
	const [open, high, low, close] = ['open', 'high', 'low', 'close'].map(number);
	const isCandle = ![open, high, low, close].includes(undefined) && facts.raw('type') !== 'quote';
	if (!isCandle) return { at: eventAt, price, size: number('size') ?? null };
	const startAt = parseInstant(facts.raw('startAt')) ?? eventAt;
	const endAt = parseInstant(facts.raw('endAt'));
	const interval = facts.raw('interval');
	const named = typeof interval === 'string' ? parseDuration(interval) : undefined;
	return {
		intervalMs: named ?? (endAt === undefined ? undefined : endAt - startAt),
		closed: facts.raw('closed') !== false,
		bar: {
			startAt,
			open: open ?? price,
			high: high ?? price,
			low: low ?? price,
			close: close ?? price,
			volume: number('volume') ?? null,
		},
	};
}

/** Why nothing of an event may be used. */
export function doubtOf({ quality }: Observation): MissingReason | undefined {
	if (quality.length === 0) return undefined;
	if (quality.includes('implausible')) return 'invalid';
	return quality.includes('stale') ? 'stale' : undefined;
}

/** The moment whose shares an event counts in: of a candle its beginning. */
export const unitsAt = ({ facts, eventAt }: Observation): EpochMs =>
	parseInstant(facts.raw('startAt')) ?? eventAt;

/**
 * The moment an event tells of. A candle ends where the next begins, so the end itself isn't in it: the last
 * candle of a session is of that session, Friday's of Friday.
 */
export function momentOf({ facts, eventAt }: Observation): EpochMs {
	const isClosed = facts.raw('closed') !== false && parseInstant(facts.raw('endAt')) === eventAt;
	return isClosed ? epochMs(eventAt - 1) : eventAt;
}

type CandleTick = Extract<Tick, { bar: unknown }>;

/** A closed candle tells of a span it fits into; of any other only the last price is known to lie there. */
export const liesWithin = (tick: Tick, overMs: number): tick is CandleTick =>
	'bar' in tick && tick.closed && tick.intervalMs !== undefined && tick.intervalMs <= overMs;
