/**
 * Does a rule hold? From a rule document to a verdict with its reasons.
 * `compileRule` checks, `gate/` decides whom to ask, `evaluateRule` asks json-rules-engine.
 */
export { faultOfParams } from './checkParams';
export { compileRule, remakeRule, type CompiledRule } from './compileRule';
export { checkRule, describeConditions, describeRule, nameFact } from './describe';
export { distanceOf, type Distance } from './distance';
export {
	evaluateRule,
	judgeSides,
	readSides,
	rememberSides,
	type Evaluation,
	type Sides,
} from './evaluateRule';
export {
	answerSides,
	askAlways,
	ChangeGate,
	explainSides,
	InstrumentWatch,
	lengthen,
	Rows,
	type Gate,
	type Outcome,
} from './gate';
export { didYouMean } from './nearestName';
export { findOperator, matchesPattern, operators, type OperatorDefinition } from './operators';
export { RuleError } from './RuleError';
export { compileSchedule, type Schedule } from './schedule';
export { duration, ruleDocumentSchema, scheduleSchema, type RuleDocument } from './schema';
export { type BeforeValues, type Finding, type Verdict } from './verdict';
