/** Binance's public market data: trades, 24-hour quotes and candles of crypto pairs, without a key. */
export { createBinance } from './source';
export { binanceDefaults, checkBinance, pollCost, type BinanceSettings } from './settings';
export { BinanceRest, type FoundSymbol, type PollCost } from './rest';
