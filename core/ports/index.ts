/**
 * What the core needs from outside: time, files, sockets, mail, a place to keep state.
 * Everything here is an interface; `system/` holds the real ones, tests bring their own.
 */
export { epochMs, type Clock, type EpochMs, type Random, type Timer } from './time';
export { parseDuration } from './duration';
export { FileFailure, type FileSource } from './FileSource';
export { HttpFailure, type HttpClient, type HttpRequest, type HttpResponse } from './HttpClient';
export { type Log } from './Log';
export { MailFailure, type Mail, type MailReceipt, type MailTransport } from './MailTransport';
export {
	type Socket,
	type SocketEnd,
	type SocketFactory,
	type SocketListener,
	type SocketRequest,
} from './SocketFactory';
export {
	StoreError,
	type Change,
	type Entry,
	type ListOptions,
	type Space,
	type Store,
} from './Store';
