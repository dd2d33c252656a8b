/** The operators conditions may use: json-rules-engine's own, and ours for edges. */
export {
	decorators,
	findOperator,
	operators,
	type Comparison,
	type OperatorDefinition,
	type Pair,
} from './operators';
export { isWithin, toRange, type Range } from './ranges';
export { isDate, isTime, toDates, toTimes } from './moments';
export { matchesPattern } from './texts';
