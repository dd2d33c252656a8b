import { SourceError } from '../../Source';
import { checkMapping, type CustomMapping } from './mapping';
import type { CustomSymbol } from './symbols';
import { namesAll, namesEach } from './template';

export type CustomRestSettings = {
	/** May have `[[symbol]]`, which makes one call of each, or `[[symbols]]`. */
	readonly url: string;
	readonly method: 'GET' | 'POST';
	readonly headers: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, string>>;
	/** Of a POST; JSON, usually. */
	readonly body: string;
	/** None: all rows that come. */
	readonly symbols: readonly CustomSymbol[];
	readonly mapping: CustomMapping;
	/** JSONPath to the message of an error that comes with status 200; empty: there's none. */
	readonly errorPath: string;
	readonly pollEveryMs: number;
	readonly limitPerMinute: number;
	readonly silentAfterMs: number;
	/** An event that's older when it comes is flagged; without it none is. */
	readonly staleAfterMs?: number;
};

const LEAST_POLL_MS = 1_000;
const MOST_SYMBOLS = 1_000;

/** The parts that may name a symbol. */
const partsOf = ({ url, query, body }: CustomRestSettings): string[] => [
	url,
	...Object.values(query),
	body,
];

export const asksEach = (settings: CustomRestSettings): boolean =>
	partsOf(settings).some(namesEach);

/** Calls of one round. */
export const callsOf = (settings: CustomRestSettings): number =>
	asksEach(settings) ? settings.symbols.length : 1;

/** @throws SourceError naming what can't work */
export function checkCustomRest(settings: CustomRestSettings): void {
	const { url, method, symbols, mapping, errorPath, pollEveryMs, limitPerMinute } = settings;
	checkUrl('URL', url, ['https:', 'http:']);
	const isEach = asksEach(settings);
	if (symbols.length === 0 && (isEach || partsOf(settings).some(namesAll))) {
		refuse(
			`Symbols is empty, but the request has [[${isEach ? 'symbol' : 'symbols'}]] to fill in; name at least one.`,
		);
	}
	if (symbols.length > MOST_SYMBOLS) {
		refuse(`Symbols names ${symbols.length}; ${MOST_SYMBOLS} are the most for one trigger.`);
	}
	if (method === 'GET' && settings.body !== '') {
		refuse('Body is filled in, but Method is GET; choose POST, or empty the body.');
	}
	checkMapping(mapping, isEach || symbols.length === 1);
	checkPath('Error At', errorPath);
	if (pollEveryMs < LEAST_POLL_MS) {
		refuse(`Poll Every is ${pollEveryMs} ms; ${LEAST_POLL_MS / 1_000}s is the least.`);
	}
	const calls = callsOf(settings);
	const perMinute = (calls * 60_000) / pollEveryMs;
	if (perMinute <= limitPerMinute) return;
	refuse(
		`Poll Every is too short: ${calls} ${calls === 1 ? 'call' : 'calls'} each time make ${Math.ceil(perMinute)} a minute, and Requests per Minute is ${limitPerMinute}. Use ${Math.ceil((calls * 60) / limitPerMinute)}s or more${isEach ? ', fewer symbols, or an address that takes all at once ([[symbols]])' : ''}.`,
	);
}

export function checkPath(field: string, path: string): void {
	if (path === '' || path.startsWith('$')) return;
	refuse(
		`${field} is ${JSON.stringify(path)}; use a JSONPath that begins with $, or leave it empty.`,
	);
}

/** Never quoted: an address may hold a key. */
export function checkUrl(field: string, url: string, protocols: readonly string[]): void {
	const [usual = ''] = protocols;
	if (url.trim() === '') refuse(`${field} is empty; use one that begins with ${usual}//.`);
	const filled = url.replace(/\[\[\s*symbols?\s*\]\]/g, MARK);
	const parsed = URL.canParse(filled) ? new URL(filled) : undefined;
	if (parsed === undefined || !protocols.includes(parsed.protocol)) {
		refuse(`${field} can't be read as an address; use one that begins with ${usual}//.`);
	}
	if (parsed.username !== '' || parsed.password !== '') {
		refuse(`${field} holds a user or password; put them into a credential (Basic).`);
	}
	// It would send a credential wherever a symbol says.
	if (parsed.host.includes(MARK)) {
		refuse(`${field} has a symbol in its host; it may stand in the path and the query only.`);
	}
}

/** Stands for a symbol where an address is looked at. */
const MARK = 'market-alerts-symbol';

export function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
