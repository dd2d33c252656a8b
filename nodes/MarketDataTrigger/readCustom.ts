import {
	checkCustomRest,
	checkCustomWebSocket,
	CUSTOM_COLUMNS,
	parseCustomSymbols,
	SourceError,
	type CustomColumn,
	type CustomMapping,
	type CustomRestSettings,
	type CustomSymbol,
	type CustomWebSocketSettings,
} from '../../core/market';
import { parseDuration } from '../../core/ports';
import { listOf, textOf } from '../host/texts';

export type CustomOptions = {
	readonly silentAfter?: unknown;
	readonly staleAfter?: unknown;
	readonly requestsPerMinute?: unknown;
	readonly errorPath?: unknown;
	readonly timeZone?: unknown;
	readonly heartbeatMessage?: unknown;
	readonly heartbeatEvery?: unknown;
};

type Read = (name: string, fallback?: unknown) => unknown;
/** A row of Columns; n8n leaves out what nobody changed. */
type ColumnRow = { readonly column?: string; readonly name?: unknown; readonly field?: unknown };
type Pairs = {
	readonly pair?: ReadonlyArray<{ readonly name?: unknown; readonly value?: unknown }>;
};

const LEAST_SILENCE_MS = 10_000;

/** In the spelling of the address; elsewhere symbols are in upper case. */
export const readCustomSymbols = (read: Read): CustomSymbol[] =>
	parseCustomSymbols(listOf(textOf(read('symbols', ''))));

/** @throws SourceError quoting what the user must fix */
export function readCustomRest(read: Read, options: CustomOptions): CustomRestSettings {
	const method = textOf(read('method', 'GET'));
	if (method !== 'GET' && method !== 'POST') {
		refuse(`Method is ${JSON.stringify(method)}; choose GET or POST.`);
	}
	const limit = Number(options.requestsPerMinute ?? 60);
	if (!(limit > 0)) {
		refuse(
			`Requests per Minute is ${JSON.stringify(options.requestsPerMinute)}; use a number above 0.`,
		);
	}
	const settings: CustomRestSettings = {
		url: textOf(read('url', '')).trim(),
		method,
		headers: readPairs(read('headers', {}), 'header', (name) => name.toLowerCase()),
		query: readPairs(read('query', {}), 'query parameter', (name) => name),
		body: method === 'POST' ? textOf(read('body', '')) : '',
		pollEveryMs: durationOf(read('pollEvery', '1m'), 'Poll Every'),
		limitPerMinute: limit,
		...readCommon(read, options),
	};
	checkCustomRest(settings);
	return settings;
}

/** @throws SourceError quoting what the user must fix */
export function readCustomWebSocket(read: Read, options: CustomOptions): CustomWebSocketSettings {
	const goes = textOf(read('credentialGoes', 'handshake'));
	if (goes !== 'handshake' && goes !== 'message') {
		refuse(`Credential Goes is ${JSON.stringify(goes)}; choose handshake or message.`);
	}
	const settings: CustomWebSocketSettings = {
		url: textOf(read('url', '')).trim(),
		sendsCredential: goes === 'handshake',
		loginMessage: textOf(read('loginMessage', '')).trim(),
		subscribeMessage: textOf(read('subscribeMessage', '')).trim(),
		heartbeatMessage: textOf(options.heartbeatMessage).trim(),
		heartbeatEveryMs: durationOf(options.heartbeatEvery ?? '30s', 'Heartbeat Every'),
		filter: {
			path: textOf(read('framesPath', '')).trim(),
			values: listOf(textOf(read('framesValues', ''))),
		},
		...readCommon(read, options),
	};
	checkCustomWebSocket(settings);
	return settings;
}

/** What is the same for answers and for frames. */
export function readCommon(
	read: Read,
	options: CustomOptions,
): Pick<
	CustomRestSettings,
	'symbols' | 'mapping' | 'errorPath' | 'silentAfterMs' | 'staleAfterMs'
> {
	const silentAfterMs = durationOf(options.silentAfter ?? '5m', 'Silent After');
	if (silentAfterMs < LEAST_SILENCE_MS) {
		refuse(`Silent After is ${silentAfterMs} ms; ${LEAST_SILENCE_MS / 1_000}s is the least.`);
	}
	const stale = textOf(options.staleAfter).trim();
	return {
		symbols: readCustomSymbols(read),
		mapping: readMapping(read, textOf(options.timeZone).trim()),
		errorPath: textOf(options.errorPath).trim(),
		silentAfterMs,
		...(stale === '' ? {} : { staleAfterMs: durationOf(stale, 'Stale After') }),
	};
}

function readMapping(read: Read, timeZone: string): CustomMapping {
	const rowsAre = textOf(read('rowsAre', 'quotes'));
	if (rowsAre !== 'quotes' && rowsAre !== 'trades' && rowsAre !== 'candles') {
		refuse(`Rows Are is ${JSON.stringify(rowsAre)}; choose quotes, trades or candles.`);
	}
	const { column: rows = [] } = read('columns', {}) as { readonly column?: readonly ColumnRow[] };
	const columns: Partial<Record<CustomColumn, string>> = {};
	const own: Array<{ name: string; place: string }> = [];
	for (const row of rows) {
		const column = row.column ?? 'price';
		const place = textOf(row.field).trim();
		if (column === 'own') own.push({ name: textOf(row.name).trim(), place });
		else if (!isColumn(column)) {
			refuse(`Columns has ${JSON.stringify(column)}; choose ${CUSTOM_COLUMNS.join(', ')} or own.`);
		} else if (columns[column] !== undefined) refuse(`Columns has ${column} twice; name it once.`);
		else columns[column] = place;
	}
	return {
		rowsAre,
		rowsPath: textOf(read('rowsPath', '')).trim(),
		interval: rowsAre === 'candles' ? textOf(read('candleLength', '1m')).trim() : '',
		columns,
		own,
		timeZone,
	};
}

const isColumn = (name: string): name is CustomColumn =>
	(CUSTOM_COLUMNS as readonly string[]).includes(name);

/** Values aren't quoted: they may be secrets all the same. */
function readPairs(
	given: unknown,
	what: string,
	toName: (name: string) => string,
): Record<string, string> {
	const pairs = new Map<string, string>();
	for (const pair of (given as Pairs).pair ?? []) {
		const name = toName(textOf(pair.name).trim());
		if (name === '') continue;
		const value = textOf(pair.value);
		if (what === 'header' && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
			refuse(
				`${JSON.stringify(name)} can't be the name of a header; use letters, digits and hyphens.`,
			);
		}
		if (what === 'header' && !/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
			refuse(`The value of the header ${name} has characters that can't be sent.`);
		}
		pairs.set(name, value);
	}
	return Object.fromEntries(pairs);
}

function durationOf(given: unknown, field: string): number {
	const milliseconds = typeof given === 'string' ? parseDuration(given) : undefined;
	return (
		milliseconds ??
		refuse(`${field} is ${JSON.stringify(given)}; use a duration such as 15s, 1m or 1h.`)
	);
}

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
