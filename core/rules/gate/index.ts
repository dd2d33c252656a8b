/** Whom to ask: the gate between events and the judge. */
export { askAlways } from './askAlways';
export { type Gate } from './Gate';
