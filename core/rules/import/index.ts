/**
 * Rules written elsewhere become rule documents: Apperate's, its older `ruleSet` form, json-rules-engine's.
 * What can't be carried over is put into words, for whoever brings the rule.
 */
export { importRules, type ImportedRule, type ImportedRules } from './importRules';
