/** Whom to ask: the gate between events and the judge. */
export { answerSides, type Outcome } from './answerSides';
export { askAlways } from './askAlways';
export { ChangeGate, InstrumentWatch } from './askChanged';
export { type Answer } from './AnswerTrees';
export { lengthen, Rows } from './Columns';
export { type Gate } from './Gate';
