/** Facts that take more than one event: candles, indicators, windows, other instruments. */
export { type InstrumentState, type Split } from './Instrument';
export {
	Instruments,
	instrumentsWithHistory,
	type Asker,
	type Sight,
	type Splits,
} from './Instruments';
export { parseSplits } from './parseSplits';
