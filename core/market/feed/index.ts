/**
 * What all live sources share: events in order and complete per instrument, a bounded way to the sink, and
 * news about the feed. A provider brings an adapter for `runStream` or `runPoll`.
 */
export { type HistoryPage, type Item, type LaneSettings } from './Lane';
export { LiveFeed, type LivePorts, type LiveSettings, type Watched } from './LiveFeed';
export { runPoll, type PollAdapter } from './runPoll';
export { runStream, type StreamAdapter } from './runStream';
