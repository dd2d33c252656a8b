/** Rules for people: in a sentence, and what is probably not meant. */
export { checkRule } from './checkRule';
export { describeConditions, describeRule } from './describeRule';
export { nameFact } from './words';
