/**
 * Sockets that are always there and shared: reconnecting, watching, subscribing, replacing. Knows how a
 * provider is spoken to only as a `StreamProtocol`.
 */
export { type ConnectionPolicy, type ConnectionPorts } from './KeptConnection';
export { endToFailure } from './endToFailure';
export { type StreamMessage, type StreamProtocol } from './protocol';
export { type StreamListener } from './SharedSocket';
export { SharedStreams, type StreamEndpoint } from './SharedStreams';
export { SilenceWatch, type Heard } from './SilenceWatch';
