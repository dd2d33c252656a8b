import type { HttpResponse, SocketEnd } from '../../ports';
import { ProviderFailure } from '../ProviderFailure';
import { stripSecrets } from '../stripSecrets';

type AnswerToFailure = (
	response: Pick<HttpResponse, 'status' | 'headers'>,
	body: unknown,
	now: number,
	secrets?: readonly string[],
) => ProviderFailure | undefined;

/** What the end of a connection means. @param answerToFailure the handshake is refused like any request */
export function endToFailure(
	end: SocketEnd,
	now: number,
	answerToFailure: AnswerToFailure,
	secrets: readonly string[] = [],
): ProviderFailure {
	switch (end.reason) {
		case 'refused': {
			let body: unknown;
			try {
				body = JSON.parse(end.body);
			} catch {
				// A proxy's or firewall's page; the status has to do.
			}
			return (
				answerToFailure(end, body, now, secrets) ??
				new ProviderFailure(
					'schema',
					`answered the connection with ${end.status} instead of a stream. Check its stream address.`,
				)
			);
		}
		case 'closed': {
			const text = stripSecrets(end.text, secrets);
			const words = CLOSE_WORDS[end.code] ?? 'closed the connection';
			return new ProviderFailure(
				'transient',
				`${words} (${end.code}${text === '' ? '' : `, ${text}`}); connecting again.`,
			);
		}
		case 'unreachable':
			return new ProviderFailure(
				'transient',
				`can't be reached (${stripSecrets(end.text, secrets)}). Check that this server may connect to it; trying again.`,
			);
		case 'tooLarge':
			return new ProviderFailure('schema', 'sent a frame too large to be real; connecting again.');
		case 'malformed':
			return new ProviderFailure(
				'schema',
				`sent what no WebSocket sends (${stripSecrets(end.text, secrets)}); connecting again.`,
			);
	}
}

const CLOSE_WORDS: Readonly<Record<number, string>> = {
	1001: 'is going away',
	1006: 'broke the connection off',
	1008: 'closed the connection for a breach of its rules',
	1011: 'closed the connection after a problem of its own',
	1012: 'is restarting',
	1013: 'asks to come back later',
};
