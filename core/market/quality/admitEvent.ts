import type { MarketEvent, QualityFlag } from '../model';

export type QualityPolicy = {
	/** Further from its neighbours than this is far off. */
	readonly maxJumpPercent: number;
	/** So many prices before it are its neighbours. */
	readonly neighbours: number;
	/** So many far-off prices in a row that agree are no mistake, but a new level; with fewer neighbours nothing is far off. */
	readonly confirmedBy: number;
	/** An event that took longer to arrive is stale. */
	readonly staleAfterMs: number;
};

export const usualQuality: QualityPolicy = {
	maxJumpPercent: 10,
	neighbours: 5,
	confirmedBy: 3,
	staleAfterMs: 60_000,
};

const MINUTE_MS = 60_000;

/** Prices wander with the root of time: what's far off within a minute is usual within a day. */
export const usualQualityOver = (spanMs: number): QualityPolicy => ({
	...usualQuality,
	maxJumpPercent: usualQuality.maxJumpPercent * Math.sqrt(Math.max(spanMs / MINUTE_MS, 1)),
});

/** What is doubtful about an event, and in what words. */
export type Doubt = { readonly flag: QualityFlag; readonly reason: string };

/** What an instrument's next event is judged by. Changed by `admitEvent` only. */
export type Neighbourhood = {
	/** Prices taken for good, the latest at the end. */
	good: number[];
	/** Far-off prices since. */
	farOff: number[];
	lastAt: number;
};

export const newNeighbourhood = (): Neighbourhood => ({ good: [], farOff: [], lastAt: 0 });

const NO_DOUBTS: readonly Doubt[] = [];

/**
 * Judges an event by itself and by those before it: late, stale, zero, crossed, far off.
 *
 * Nothing is left out here: a doubtful event goes on with its flags, and whoever judges rules passes it by.
 * A price far from its neighbours is doubtful until a few in a row agree on it; after a gap it may be anywhere.
 */
export function admitEvent(
	before: Neighbourhood,
	event: MarketEvent,
	policy: QualityPolicy,
): { readonly event: MarketEvent; readonly doubts: readonly Doubt[] } {
	const doubts: Doubt[] = [];
	if (event.eventAt < before.lastAt) {
		doubts.push({ flag: 'late', reason: 'is older than the one before it' });
	} else before.lastAt = event.eventAt;
	const age = event.receivedAt - event.eventAt;
	if (age > policy.staleAfterMs) {
		doubts.push({
			flag: 'stale',
			reason: `came ${Math.round(age / 1_000)} s after it happened (or this machine's clock is ahead)`,
		});
	}
	const wrong = whatIsWrong(event) ?? isFarOff(before, event, policy, doubts.length > 0);
	if (wrong !== undefined) doubts.push({ flag: 'implausible', reason: wrong });
	if (doubts.length === 0) return { event, doubts: NO_DOUBTS };
	const quality = [...new Set([...event.quality, ...doubts.map(({ flag }) => flag)])];
	return { event: { ...event, quality }, doubts };
}

/** What can't be, whatever came before. */
function whatIsWrong(event: MarketEvent): string | undefined {
	switch (event.type) {
		case 'trade':
			return event.price > 0 ? undefined : `has the price ${event.price}`;
		case 'quote':
			if (event.price !== null && !(event.price > 0)) return `has the price ${event.price}`;
			return event.bid !== null && event.ask !== null && event.bid > event.ask
				? `is crossed: bid ${event.bid} above ask ${event.ask}`
				: undefined;
		case 'candle': {
			const { open, high, low, close } = event;
			if (!(low > 0)) return `has the price ${low}`;
			return high < Math.max(open, close, low) || low > Math.min(open, close)
				? `contradicts itself: open ${open}, high ${high}, low ${low}, close ${close}`
				: undefined;
		}
	}
}

/** The rule of the last n; takes the price in when it's good. */
function isFarOff(
	before: Neighbourhood,
	event: MarketEvent,
	policy: QualityPolicy,
	isDoubtful: boolean,
): string | undefined {
	const price = event.type === 'candle' ? event.close : event.price;
	if (price === null || isDoubtful) return undefined;
	if (event.quality.includes('gapBefore')) before.good = [];
	const { good } = before;
	const last = good.at(-1);
	const isNear = (one: number, other: number) =>
		Math.abs(one - other) * 100 <= other * policy.maxJumpPercent;
	const known = last !== undefined && good.length >= policy.confirmedBy;
	if (!known || isNear(price, last) || isNear(price, median(good))) {
		good.push(price);
		if (good.length > policy.neighbours) good.shift();
		if (before.farOff.length > 0) before.farOff = [];
		return undefined;
	}
	before.farOff = [...before.farOff.filter((other) => isNear(price, other)), price];
	if (before.farOff.length >= policy.confirmedBy) {
		before.good = before.farOff;
		before.farOff = [];
		return undefined;
	}
	return `has the price ${price}, ${policy.maxJumpPercent} % or more from the ${policy.neighbours} before it (about ${median(good)})`;
}

const median = (values: readonly number[]): number =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
