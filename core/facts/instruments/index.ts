/** Facts that take more than one event: candles, indicators, windows, other instruments. */
export { type Asker } from './Asked';
export {
	type CandleNeed,
	type Instrument,
	type InstrumentState,
	type Intake,
	type PastCandles,
	type Split,
} from './Instrument';
export { Instruments, instrumentsWithHistory, type Sight, type Splits } from './Instruments';
export { candlesUntilKnown, isPlainField, lacksParams, planFact } from './plan';
export { parseSplits } from './parseSplits';
