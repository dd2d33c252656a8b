/** Kraken's public market data: trades, 24-hour quotes and candles of crypto pairs, without a key. */
export { createKraken } from './source';
export { checkKraken, krakenCalls, krakenDefaults } from './settings';
export { createKrakenRequests } from './requests';
