/**
 * Asking a source once: quotes, candles, a search, whether the market is open. `MarketRequests` is what a source
 * offers; each implements it in its folder, on its own calls.
 */
export { checkCandles, countCandles, MOST_CANDLES } from './checkCandles';
export { failureInWords } from './failureInWords';
export {
	type CandlesTold,
	type CandlesWanted,
	type FoundSymbol,
	type MarketRequests,
	type MarketStatus,
	type Told,
} from './MarketRequests';
export { matchSymbols } from './matchSymbols';
export { patientWith, type Patiently } from './patiently';
export { Remembered } from './Remembered';
export { FINAL_AFTER_MS, neverAborted, type RequestPorts } from './RequestPorts';
export { sortOut, unknownSymbol, unreadableRow } from './sortOut';
export { statusBy } from './statusBy';
