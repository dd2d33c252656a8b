import type { SocketEnd } from '../../../ports';
import { findAll } from '../../readPath';
import { endToFailure, type StreamMessage, type StreamProtocol } from '../../streaming';
import { stripSecrets } from '../../stripSecrets';
import { answerToFailure, messageAt } from './failures';
import type { HttpSecret } from './secret';
import { fillMessage, namesEach } from './template';
import type { CustomWebSocketSettings } from './webSocketSettings';

/** All rows come on one channel; whose they are, they say themselves. */
export const ROWS = 'rows';

/** How the user's address is spoken to. */
export function customProtocol(
	settings: CustomWebSocketSettings,
	secret: HttpSecret,
): StreamProtocol {
	const { heartbeatMessage, heartbeatEveryMs } = settings;
	return {
		mostChannels: 1,
		mostPerMessage: 1,
		pauseMs: 100,
		maxFrameBytes: 4 * 1_048_576,
		opening: [...loginOf(settings, secret), ...subscriptionsOf(settings)],
		...(heartbeatMessage === ''
			? {}
			: { heartbeat: { text: heartbeatMessage, everyMs: heartbeatEveryMs } }),
		subscribe: () => '',
		unsubscribe: () => '',
		parse: (text) => parseFrame(text, settings, secret.secrets),
		toFailure: (end, now) =>
			endToFailure(withoutSecrets(end, secret.secrets), now, (response, body, at) =>
				answerToFailure(response, body, at, { errorPath: '', secrets: secret.secrets }),
			),
	};
}

const withoutSecrets = (end: SocketEnd, secrets: readonly string[]): SocketEnd =>
	'text' in end ? { ...end, text: stripSecrets(end.text, secrets) } : end;

function loginOf({ loginMessage }: CustomWebSocketSettings, { parts }: HttpSecret): string[] {
	if (loginMessage === '') return [];
	const filled = loginMessage.replace(/\[\[\s*(apiKey|user|password)\s*\]\]/g, (_, name: string) =>
		JSON.stringify(parts[name] ?? '').slice(1, -1),
	);
	return [filled];
}

function subscriptionsOf({ subscribeMessage, symbols }: CustomWebSocketSettings): string[] {
	if (subscribeMessage === '') return [];
	if (!namesEach(subscribeMessage)) return [fillMessage(subscribeMessage, symbols)];
	return symbols.map((symbol) => fillMessage(subscribeMessage, [symbol]));
}

/** One frame: data, something else, an error it tells of, or why it can't be read. Never throws. */
export function parseFrame(
	text: string,
	{ filter, errorPath }: Pick<CustomWebSocketSettings, 'filter' | 'errorPath'>,
	secrets: readonly string[],
): StreamMessage {
	let frame: unknown;
	try {
		frame = JSON.parse(text);
	} catch {
		return {
			kind: 'unreadable',
			reason: `a frame isn't JSON: ${stripSecrets(text, secrets, 60)}`,
		};
	}
	const error = messageAt(frame, errorPath);
	if (error !== undefined) {
		return { kind: 'unreadable', reason: `an error: ${stripSecrets(error, secrets)}` };
	}
	return isWanted(frame, filter) ? { kind: 'data', channel: ROWS, data: frame } : { kind: 'aside' };
}

function isWanted(frame: unknown, { path, values }: CustomWebSocketSettings['filter']): boolean {
	if (path === '') return true;
	try {
		return findAll(frame, path).some(
			({ value }) => values.length === 0 || values.includes(asText(value)),
		);
	} catch {
		return false; // a path that can't be followed here
	}
}

const asText = (value: unknown): string =>
	typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
