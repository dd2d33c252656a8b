import type { WatchScope } from './advanceWatch';

/** Under which key the store keeps what belongs to a node, or to a part of it. */
export const ownerKey = (scope: WatchScope, ...parts: readonly string[]): string =>
	[scope.workflowId, scope.nodeId, ...parts].map(encode).join('/');

/** Half a character, as text that was cut has at its end, can't be encoded. */
const encode = (part: string): string =>
	encodeURIComponent(part.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));
