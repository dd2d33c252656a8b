/** A market that needs no account: prices from a seed, and events from a script. */
export { type InstrumentSettings } from './instruments';
export { createSimulatedPast } from './past';
export { createSimulatedRequests, type SimulatedRequestSettings } from './requests';
export { type ScriptedEvent } from './script';
export { createSimulatedMarket, type SimulatedMarketSettings } from './source';
