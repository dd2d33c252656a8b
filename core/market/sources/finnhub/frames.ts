import { ProviderFailure } from '../../ProviderFailure';
import type { StreamMessage } from '../../streaming';
import { stripSecrets } from '../../stripSecrets';
import type { ToldTrade, WireTrade } from './wire';

/** News and press releases are never asked for. */
const OTHERS = new Set(['ping', 'news', 'pr']);

/** A frame holds trades of one symbol or several, a sign of life, or an error. Never throws. */
export function parseFrame(
	text: string,
	secrets: readonly string[] = [],
): StreamMessage | readonly StreamMessage[] {
	const unreadable = (why: string): StreamMessage => ({
		kind: 'unreadable',
		reason: `a frame ${why}: ${stripSecrets(text, secrets, 60)}`,
	});
	let frame: unknown;
	try {
		frame = JSON.parse(text);
	} catch {
		return unreadable("isn't JSON");
	}
	if (!isObject(frame)) return unreadable('is no message');
	const { type, data, msg } = frame;
	if (type === 'error') return errorToMessage(msg, secrets);
	if (OTHERS.has(type as string)) return { kind: 'aside' };
	if (type !== 'trade' || !Array.isArray(data)) return unreadable('is of no kind we know');
	return data.every(hasSymbol) ? toMessages(data) : unreadable('holds a trade without a symbol');
}

function toMessages(trades: readonly WireTrade[]): StreamMessage[] {
	const alike = new Map<string, number>();
	return trades.map((trade) => {
		const content = JSON.stringify(trade);
		const alikeBefore = alike.get(content) ?? 0;
		alike.set(content, alikeBefore + 1);
		const data: ToldTrade = { trade, alikeBefore };
		return { kind: 'data', channel: trade.s, data };
	});
}

/** Some errors name the symbol, that of the limit means the newest; what else it says ends nothing. */
function errorToMessage(msg: unknown, secrets: readonly string[]): StreamMessage {
	const said = typeof msg === 'string' ? stripSecrets(msg, secrets, 100) : 'an error without words';
	if (/too many symbols/i.test(said)) {
		return {
			kind: 'refused',
			id: undefined,
			reason: `the plan's limit of symbols is reached (${said}); free keys stream 50, over all triggers with this key`,
		};
	}
	const invalid = /invalid symbol:?\s+"?([^\s"]+(?: MARKETS:[^\s"]+)?)/i.exec(said)?.[1];
	if (invalid !== undefined) {
		return { kind: 'refused', id: undefined, reason: said, isAbout: (name) => name === invalid };
	}
	if (/api key|token|unauthori[sz]ed/i.test(said)) {
		return {
			kind: 'failed',
			failure: new ProviderFailure(
				'auth',
				`refuses the key. Check the API key in the credential; trying again in an hour, with what is in it then. It says: ${said}.`,
			),
		};
	}
	return { kind: 'unreadable', reason: `an error: ${said}` };
}

const hasSymbol = (trade: unknown): trade is WireTrade =>
	isObject(trade) && typeof trade['s'] === 'string';

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
