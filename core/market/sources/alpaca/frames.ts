import type { StreamMessage } from '../../streaming';
import { stripSecrets } from '../../stripSecrets';
import { errorToFailure } from './failures';

/** Kinds of message, and the channel each comes on. Corrections and cancels come with the trades. */
const CHANNELS: ReadonlyMap<unknown, string> = new Map([
	['t', 'trades'],
	['c', 'trades'],
	['x', 'trades'],
	['q', 'quotes'],
	['b', 'bars'],
	['d', 'dailyBars'],
	['s', 'statuses'],
]);
/** Late bars, limits, imbalances, order books, news: never asked for. */
const OTHERS: ReadonlySet<unknown> = new Set(['u', 'l', 'i', 'o', 'n']);

/** One frame is a list of messages. Never throws. */
export function parseFrame(
	text: string,
	secrets: readonly string[] = [],
): StreamMessage | readonly StreamMessage[] {
	let frame: unknown;
	try {
		frame = JSON.parse(text);
	} catch {
		return unreadable("isn't JSON", text, secrets);
	}
	if (!Array.isArray(frame) || !frame.every(isObject)) {
		return unreadable('is no list of messages', text, secrets);
	}
	return frame.map((message) => parseMessage(message, secrets));
}

function parseMessage(
	message: Readonly<Record<string, unknown>>,
	secrets: readonly string[],
): StreamMessage {
	const { T, S, msg, code } = message;
	const channel = CHANNELS.get(T);
	if (channel !== undefined && typeof S === 'string') {
		return { kind: 'data', channel: `${channel}:${S}`, data: message };
	}
	switch (T) {
		case 'success':
			return { kind: msg === 'authenticated' ? 'welcome' : 'aside' };
		case 'subscription':
			return { kind: 'taken', id: undefined };
		case 'error':
			return errorToMessage(code, msg, secrets);
		default:
			return OTHERS.has(T)
				? { kind: 'aside' }
				: unreadable('holds a message of no kind we know', JSON.stringify(message), secrets);
	}
}

/** Most errors end the connection; some only refuse what was asked for last. */
function errorToMessage(code: unknown, msg: unknown, secrets: readonly string[]): StreamMessage {
	if (code === 403) return { kind: 'aside' }; // logged in already
	const failure = errorToFailure(code, msg, secrets);
	return 'refused' in failure
		? { kind: 'refused', id: undefined, reason: failure.refused }
		: { kind: 'failed', failure };
}

const unreadable = (why: string, text: string, secrets: readonly string[]): StreamMessage => ({
	kind: 'unreadable',
	reason: `a frame ${why}: ${stripSecrets(text, secrets, 60)}`,
});

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
