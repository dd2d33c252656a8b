/**
 * What all live sources share: events in order and complete per instrument, a bounded way to the sink, and
 * news about the feed. A provider brings an adapter for `runStream` or `runPoll`.
 */
export { type HistoryPage, type Item, type LaneSettings } from './Lane';
export { createLive, silentAfter, type LiveProvider } from './createLive';
export { LiveFeed, type LiveSettings, type Watched } from './LiveFeed';
export { type LivePorts } from './LivePorts';
export { readHistory } from './readHistory';
export { runPoll, type PollAdapter } from './runPoll';
export { runStream, type StreamAdapter } from './runStream';
export { TradeNumbers, type NumberOf } from './TradeNumbers';
export { listed, UnknownSymbols } from './UnknownSymbols';
export { untilAnswered } from './untilAnswered';
