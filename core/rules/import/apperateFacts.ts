import { findFact } from '../../facts';

/** A fact of ours that stands for one of Apperate's. */
export type OurFact = {
	readonly fact: string;
	readonly params?: Readonly<Record<string, unknown>>;
	/** For facts that were true or false: what ours says when it's true. */
	readonly trueIs?: string;
	/** What a reader should know. */
	readonly remark?: string;
};

const dailyAverage = (period: number): OurFact => ({
	fact: 'sma',
	params: { period, interval: '1d' },
	remark: `is sma(${period}, 1d) now, which is unknown until ${period} daily candles have come`,
});

/** Apperate's facts (`STOCK_QUOTE`, `KEY_STATS`) and ours of the same meaning. */
const SAME_MEANING: ReadonlyMap<string, OurFact> = new Map([
	['latestPrice', { fact: 'price' }],
	['latestVolume', { fact: 'volume' }],
	['open', { fact: 'open' }],
	['close', { fact: 'close' }],
	['high', { fact: 'high' }],
	['low', { fact: 'low' }],
	['volume', { fact: 'volume' }],
	['previousClose', { fact: 'previousClose' }],
	['change', { fact: 'change' }],
	['changePercent', { fact: 'changePercent' }],
	['marketCap', { fact: 'marketCap' }],
	['peRatio', { fact: 'peRatio' }],
	['week52high', { fact: 'week52High' }],
	['week52low', { fact: 'week52Low' }],
	['day50MovingAvg', dailyAverage(50)],
	['day200MovingAvg', dailyAverage(200)],
	['isUSMarketOpen', { fact: 'session', params: { calendar: 'us-equities' }, trueIs: 'regular' }],
]);

/** Facts of Apperate that none of ours means the same as, and the nearest: another tape, other days. */
const NEAREST: ReadonlyMap<string, string> = new Map([
	['MarketPrice', '"price"'],
	['MarketHigh', '"high"'],
	['MarketLow', '"low"'],
	['iexLastSalePrice', '"price"'],
	['iexLastSaleSize', '"size"'],
	['iexBidPrice', '"bid"'],
	['iexAskPrice', '"ask"'],
	['iexVolume', '"volume"'],
	['avgTotalVolume', '"averageVolume" with {"period": 30, "interval": "1d"}'],
	['avg10Volume', '"averageVolume" with {"period": 10, "interval": "1d"}'],
	['Day30AverageVolume', '"averageVolume" with {"period": 30, "interval": "1d"}'],
	['Day30AveragePrice', '"sma" with {"period": 30, "interval": "1d"}'],
	[
		'Day30AveragePriceStandardDeviation',
		'"standardDeviation" with {"period": 30, "interval": "1d"}',
	],
	['day5ChangePercent', '"movePercent" with {"over": "7d"}'],
	['day30ChangePercent', '"movePercent" with {"over": "30d"}'],
	['currentTime', '"timeOfDay" or "date"'],
]);

/** Ours for one of Apperate's; a column that isn't known stays as it is. */
export const ourFactOf = (column: string): OurFact => SAME_MEANING.get(column) ?? { fact: column };

/** Whether it's the name of a fact of Apperate's that we know of. */
export const isApperateFact = (name: string): boolean =>
	SAME_MEANING.has(name) || NEAREST.has(name);

/** What a reader should know of a fact that came along; `undefined` when there's nothing to say. */
export function remarkOn(column: string): string | undefined {
	const { fact, remark } = ourFactOf(column);
	if (remark !== undefined) return `"${column}" ${remark}.`;
	if (findFact(fact) !== undefined) return undefined;
	const nearest = NEAREST.get(column);
	return `"${column}" isn't one of our facts; give the items a column of that name${nearest === undefined ? '' : `, or use ${nearest}, the nearest we have`}.`;
}
