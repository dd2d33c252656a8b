/**
 * What is known about an instrument now: values by fact, and for each missing one the reason.
 * `catalogue.ts` lists every fact we know by name; everything else is a column of an item.
 */
export {
	catalogue,
	findFact,
	type FactDefinition,
	type FactParam,
	type FactType,
} from './catalogue';
export { columnName } from './columnName';
export { describeFact } from './describeFact';
export { factorOf, ownParams, withoutFactor } from './factor';
export { FactSheet, isFactValue, type FactReader, type FactReading } from './FactSheet';
export {
	candlesUntilKnown,
	Instruments,
	instrumentsWithHistory,
	isPlainField,
	lacksParams,
	parseSplits,
	planFact,
	type Asker,
	type CandleNeed,
	type Instrument,
	type InstrumentState,
	type Intake,
	type PastCandles,
	type Sight,
	type Split,
	type Splits,
} from './instruments';
export { type FactRef, type FactValue, type MissingReason } from './model';
export { readField } from './readPath';
export { observe, type Observation } from './Observation';
export { toNumber, toTwelveDigits } from './toNumber';
