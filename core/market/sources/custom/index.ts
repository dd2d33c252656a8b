/** Any address that gives JSON, asked or listened to: the user says where in it the rows and facts are. */
export { parseTime as parseLocalTime } from './parseTime';
export { CUSTOM_COLUMNS, type CustomColumn, type CustomMapping } from './mapping';
export { createCustomRest, type CustomRestPorts } from './restSource';
export {
	callsOf as customRestCalls,
	checkCustomRest,
	type CustomRestSettings,
} from './restSettings';
export { createCustomWebSocket, type CustomWebSocketPorts } from './webSocketSource';
export { checkCustomWebSocket, type CustomWebSocketSettings } from './webSocketSettings';
export { noSecret, type HttpSecret } from './secret';
export { parseSymbols as parseCustomSymbols, type CustomSymbol } from './symbols';
