/** Binance's public market data: trades, 24-hour quotes and candles of crypto pairs, without a key. */
export { createBinance } from './source';
export { binanceDefaults, checkBinance, pollCost, type BinanceSettings } from './settings';
export { type PollCost } from './rest';
export { createBinanceRequests, type BinanceRequestSettings } from './requests';
