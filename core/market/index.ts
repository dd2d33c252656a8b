/**
 * What happened in the market: the events, and the sources they come from.
 * `model.ts` is the shape everything downstream relies on; each source lies in `sources/<name>`.
 */
export {
	type Candle,
	type ClockEvent,
	type Fundamentals,
	type MarketEvent,
	type QualityFlag,
	type Quote,
	type Session,
	type Trade,
} from './model';
export { parseInstant } from './parseInstant';
export { readField, readPath } from './readPath';
export { parseEventId, toEventId, toStream, type EventPosition } from './eventId';
export { ProviderFailure, waitAfter, type FailureKind } from './ProviderFailure';
export { type LivePorts } from './feed';
export { onlyDuring, type SessionFilter } from './onlyDuring';
export { SharedConnections } from './SharedConnections';
export {
	SourceError,
	type Cursor,
	type FeedReport,
	type MissingEvents,
	type Source,
	type SourceSink,
} from './Source';

export {
	alpacaCallsPerRound,
	alpacaDefaults,
	alpacaPlans,
	checkAlpaca,
	createAlpaca,
	type AlpacaAccount,
	type AlpacaFeed,
	type AlpacaKey,
	type AlpacaPlan,
	type AlpacaPorts,
	type AlpacaSettings,
} from './sources';
export {
	binanceDefaults,
	canonicalPair,
	checkBinance,
	checkCoinbase,
	checkKraken,
	coinbaseCalls,
	coinbaseDefaults,
	createBinance,
	createCoinbase,
	createKraken,
	krakenCalls,
	krakenDefaults,
	createReplay,
	createSimulatedMarket,
	pollCost,
	type BinanceSettings,
	type InstrumentSettings,
	type PairSettings,
	type PollCost,
	type ReplaySettings,
	type ScriptedEvent,
	type SimulatedMarketSettings,
} from './sources';
export {
	checkFinnhub,
	createFinnhub,
	createFinnhubRequests,
	finnhubCallsPerRound,
	finnhubDefaults,
	finnhubFree,
	type FinnhubAccount,
	type FinnhubKey,
	type FinnhubPlan,
	type FinnhubPorts,
	type FinnhubRequestSettings,
	type FinnhubSettings,
} from './sources';
export {
	checkCustomRest,
	checkCustomWebSocket,
	createCustomRest,
	createCustomWebSocket,
	CUSTOM_COLUMNS,
	customRestCalls,
	noSecret,
	parseCustomSymbols,
	parseLocalTime,
	type CustomColumn,
	type CustomMapping,
	type CustomRestPorts,
	type CustomRestSettings,
	type CustomSymbol,
	type CustomWebSocketPorts,
	type CustomWebSocketSettings,
	type HttpSecret,
} from './sources';
export {
	createAlpacaRequests,
	createBinanceRequests,
	createCoinbaseRequests,
	createKrakenRequests,
	createSimulatedPast,
	createSimulatedRequests,
	type AlpacaRequestSettings,
	type BinanceRequestSettings,
	type PairRequestSettings,
	type SimulatedRequestSettings,
} from './sources';
export {
	failureInWords,
	MOST_CANDLES,
	type CandlesTold,
	type CandlesWanted,
	type FoundSymbol,
	type MarketRequests,
	type MarketStatus,
	type RequestPorts,
	type Told,
} from './requests';
export {
	CandleSeries,
	signedVolume,
	splitBar,
	startOf,
	type Bar,
	type SeriesListener,
	type SeriesState,
	type Tick,
} from './candles';
export { addSeen, hasSeen, isNewStream, nothingSeen, SeenLog, type SeenEvents } from './seenEvents';
export * from './sessions';
