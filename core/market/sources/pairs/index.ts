/**
 * What crypto venues have in common whose instruments are pairs: settings and their checks, events from what
 * they say, and a source that streams or polls. A venue brings its words, its addresses and its calls.
 */
export { CandleCloser } from './CandleCloser';
export {
	isCount,
	isObject,
	parseStamp,
	toCandle,
	toNumber,
	toQuote,
	toTrade,
	type Reader,
	type Reading,
} from './events';
export { createPairSource, type PairRest, type PairVenue } from './PairSource';
export {
	PairRequests,
	toToldCandle,
	type PairCalls,
	type PairMarket,
	type PairRequestSettings,
} from './PairRequests';
export {
	checkPairs,
	isCandles,
	type PairRules,
	type PairSettings,
	type PairSymbol,
} from './settings';
export { canonicalPair, parsePairs } from './symbols';
