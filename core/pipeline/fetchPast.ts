import type { CandleNeed, PastCandles } from '../facts';
import { CandleSeries, MOST_CANDLES, startOf, type Candle, type MarketRequests } from '../market';
import { epochMs, parseDuration, type EpochMs } from '../ports';

/** Where the candles of before the first event come from. */
export type PastSource = {
	readonly requests: MarketRequests;
	/** Length of the candles that the feed itself gives. */
	readonly feedInterval?: string | undefined;
};

/** Past candles, and why there aren't more where there are fewer than were asked for. */
export type FetchedPast = { readonly past: PastCandles; readonly why: string };

/** Why a source can't give the past of a need; a part of a sentence. */
export type NoPast = { readonly none: string };

/**
 * Fetches the candles that facts are made of, as many as make a difference: those of that length where the
 * source has them, else made of shorter ones.
 *
 * @throws ProviderFailure | SourceError as requests do
 */
export async function fetchPast(
	{ requests, feedInterval }: PastSource,
	symbol: string,
	{ intervalMs, depth }: CandleNeed,
	signal: AbortSignal,
): Promise<FetchedPast | NoPast> {
	const { provider, intervals = [] } = requests;
	if (requests.candles === undefined) return { none: `${provider} has no history` };
	const feedMs = feedInterval === undefined ? undefined : parseDuration(feedInterval);
	const lengthMs = intervalMs ?? feedMs;
	if (lengthMs === undefined) return { none: 'each event is one of its candles' };
	const piece = longestPiece(intervals, lengthMs);
	if (piece === undefined) return { none: `${provider} has no candles it can be made of` };
	const each = lengthMs / piece.lengthMs;
	// Of those that are put together the first may lack its beginning; the last one is running.
	const last = Math.min((each === 1 ? depth : depth + 1) * each + 1, MOST_CANDLES);
	const wanted = { symbol, interval: piece.interval, range: { last }, running: true };
	const told = await requests.candles(wanted, signal);
	const candles = told.candles.map(({ event }) => event);
	return {
		past: { intervalMs, lengthMs, ...putTogether(candles, lengthMs, each, lengthMs === feedMs) },
		why: told.short?.replace(/\.$/, '') ?? `${provider} has no more`,
	};
}

type Piece = { readonly interval: string; readonly lengthMs: number };

/** The longest of a source's candles that fill one of ours. */
const longestPiece = (intervals: readonly string[], lengthMs: number): Piece | undefined =>
	intervals
		.flatMap((interval): Piece[] => {
			const ms = parseDuration(interval);
			return ms === undefined || lengthMs % ms !== 0 ? [] : [{ interval, lengthMs: ms }];
		})
		.sort((one, other) => other.lengthMs - one.lengthMs)[0];

/**
 * @param each pieces of one candle
 * @param isFeeds whether the feed gives such candles itself; then they stay where they begin, else they are
 * aligned as those are that are made of prices
 */
function putTogether(
	candles: readonly Candle[],
	lengthMs: number,
	each: number,
	isFeeds: boolean,
): Pick<PastCandles, 'bars' | 'running'> {
	const series = new CandleSeries(lengthMs, candles.length + 1);
	for (const { startAt, open, high, low, close, volume, closed } of candles) {
		const bar = { startAt, open, high, low, close, volume };
		if (each === 1) {
			const begins = isFeeds ? startAt : startOf(startAt, lengthMs);
			series.add({ intervalMs: lengthMs, bar: { ...bar, startAt: begins }, closed });
		} else {
			// The last piece is as far as it goes; it doesn't make its candle whole.
			const pieceMs = closed ? lengthMs / each : undefined;
			series.add({ intervalMs: pieceMs, bar, closed: true });
		}
	}
	const bars = each === 1 ? series.bars : series.bars.slice(1);
	const { running } = series;
	const newest = candles.at(-1);
	if (running === undefined || newest === undefined) return { bars };
	return { bars, running: { bar: running, at: asOf(newest) } };
}

/** Up to when a candle tells what happened. */
const asOf = ({ closed, eventAt, endAt }: Candle): EpochMs =>
	epochMs(closed ? endAt : Math.min(eventAt, endAt));
