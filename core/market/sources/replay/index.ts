/** A recorded tape, played as fast as the workflow follows, or as it was. */
export { createReplay, type ReplaySettings } from './source';
