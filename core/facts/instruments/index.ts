/** Facts that take more than one event: candles, indicators, windows, other instruments. */
export { type InstrumentState, type Split } from './Instrument';
export {
	Instruments,
	instrumentsWithHistory,
	type Asker,
	type Sight,
	type Splits,
} from './Instruments';
export { lacksParams } from './plan';
export { parseSplits } from './parseSplits';
