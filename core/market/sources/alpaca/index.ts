/** Alpaca: US stocks by its feeds, and crypto; trades, quotes, candles and halts, with an account's key. */
export { createAlpaca, type AlpacaPorts } from './source';
export { type AlpacaAccount, type AlpacaKey } from './account';
export {
	alpacaCallsPerRound,
	alpacaDefaults,
	alpacaPlans,
	checkAlpaca,
	type AlpacaFeed,
	type AlpacaPlan,
	type AlpacaSettings,
} from './settings';
export { createAlpacaRequests, type AlpacaRequestSettings } from './requests';
