/** Whom to ask: the gate between events and the judge. */
export { answerSides, explainSides, type Outcome } from './answerSides';
export { askAlways } from './askAlways';
export { ChangeGate } from './askChanged';
export { InstrumentWatch } from './InstrumentWatch';
export { type Answer } from './AnswerTrees';
export { lengthen, Rows } from './Columns';
export { type Gate } from './Gate';
