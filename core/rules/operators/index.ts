/** The operators conditions may use: json-rules-engine's own, and ours for edges. */
export {
	decorators,
	findOperator,
	operators,
	type OperatorDefinition,
	type Pair,
} from './operators';
export { toRange, type Range } from './ranges';
