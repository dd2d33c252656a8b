/** Finnhub: trades of US stocks, forex and crypto by stream, quotes with fundamentals by poll; with an account's key. */
export { createFinnhub, type FinnhubPorts } from './source';
export { createFinnhubRequests, type FinnhubRequestSettings } from './requests';
export { type FinnhubAccount, type FinnhubKey } from './account';
export {
	checkFinnhub,
	finnhubCallsPerRound,
	finnhubDefaults,
	finnhubFree,
	type FinnhubPlan,
	type FinnhubSettings,
} from './settings';
