/** Where market data comes from: one folder per source, each with its settings and a function that makes it. */
export { createReplay, type ReplaySettings } from './replay';
export {
	createSimulatedMarket,
	type InstrumentSettings,
	type ScriptedEvent,
	type SimulatedMarketSettings,
} from './simulated';
export {
	binanceDefaults,
	checkBinance,
	createBinance,
	pollCost,
	type BinanceSettings,
	type PollCost,
} from './binance';
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
} from './alpaca';
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
} from './custom';
export { checkCoinbase, coinbaseCalls, coinbaseDefaults, createCoinbase } from './coinbase';
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
} from './finnhub';
export { checkKraken, createKraken, krakenCalls, krakenDefaults } from './kraken';
export { canonicalPair, type PairSettings } from './pairs';
export {
	createSimulatedPast,
	createSimulatedRequests,
	type SimulatedRequestSettings,
} from './simulated';
export { createBinanceRequests, type BinanceRequestSettings } from './binance';
export { createAlpacaRequests, type AlpacaRequestSettings } from './alpaca';
export { createCoinbaseRequests } from './coinbase';
export { createKrakenRequests } from './kraken';
export { type PairRequestSettings } from './pairs';
