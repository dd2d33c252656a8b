/**
 * What is known about an instrument now: values by fact, and for each missing one the reason.
 * `catalogue.ts` lists every fact we know by name; everything else is a column of an item.
 */
export { catalogue, findFact, type FactDefinition, type FactType } from './catalogue';
export { describeFact } from './describeFact';
export { FactSheet, isFactValue, type FactReading } from './FactSheet';
export { type FactRef, type FactValue, type MissingReason } from './model';
export { readField } from './readPath';
export { observe, type Observation } from './Observation';
export { toNumber, toTwelveDigits } from './toNumber';
