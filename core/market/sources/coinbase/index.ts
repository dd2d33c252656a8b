/** Coinbase's public market data: trades, 24-hour quotes and candles of crypto pairs, without a key. */
export { createCoinbase } from './source';
export { checkCoinbase, coinbaseCalls, coinbaseDefaults } from './settings';
export { createCoinbaseRequests } from './requests';
