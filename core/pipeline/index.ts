/**
 * The stages joined. Start reading here: `advanceWatch` is one event through one rule, `judgeBatch` a
 * batch of items against stored states, `LiveRules` any number of rules in memory, `runFeed` a source into
 * executions, `runAlerts` a source through rules into executions, `replay` a tape.
 */
export { advanceWatch, type ToldAlert, type WatchScope, type WatchStep } from './advanceWatch';
export { checkTemplates } from './checkTemplates';
export {
	askedBy,
	checkOffered,
	chooseReceived,
	type EventKind,
	type Wanted,
} from './chooseReceived';
export { compileColumns, type ColumnRequest } from './compileColumns';
export { explainVerdict, type ReasonWithDistance } from './composeAlert';
export { type Batch } from './EventQueue';
export { FactColumns, type FactColumn } from './FactColumns';
export { type RunEnd } from './HandOver';
export { type EventLoad, type OpenBatch } from './journal';
export { composeLiveAlert, type LiveAlert } from './LiveAlert';
export { LiveRules, type LiveChanges, type LiveCounts, type LiveOptions } from './LiveRules';
export {
	judgeBatch,
	rehearseBatch,
	type Answer,
	type BatchEntry,
	type HeldBack,
	type Judged,
	type UnknownAnswer,
} from './judgeBatch';
export {
	explainGivenUp,
	listHeldBack,
	statusOf,
	type LedgerEntry,
	type LedgerFilter,
	type LedgerStatus,
} from './heldLedger';
export { NoiseControl } from './NoiseControl';
export { pruneStore } from './pruneStore';
export { replay } from './replay';
export { runAlerts, type AlertLoad, type AlertPorts, type AlertSettings } from './runAlerts';
export { runFeed, type FeedPorts, type FeedSettings } from './runFeed';
export { quietenBatch, type NoiseHeld, type Quietened, type QuietenedBatch } from './quietenBatch';
export { type Past } from './WarmUp';
