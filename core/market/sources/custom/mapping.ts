import { parseDuration } from '../../../ports';
import { isTimeZone } from '../../sessions';
import { SourceError } from '../../Source';

/** What a field of a row can be. */
export const CUSTOM_COLUMNS = [
	'symbol',
	'time',
	'id',
	'price',
	'bid',
	'ask',
	'open',
	'high',
	'low',
	'close',
	'previousClose',
	'change',
	'changePercent',
	'volume',
	'size',
	'peRatio',
] as const;

export type CustomColumn = (typeof CUSTOM_COLUMNS)[number];

/**
 * Where in an answer the rows are, and where in a row the facts. A place is a field of the row (a dot goes into
 * it, a number into a list), `.` for the row itself, `~` for the row's own name, or a JSONPath from the whole
 * answer, which begins with `$`.
 */
export type CustomMapping = {
	readonly rowsAre: 'quotes' | 'trades' | 'candles';
	/** JSONPath; empty means the answer itself. */
	readonly rowsPath: string;
	/** How long a candle is: `1m`. */
	readonly interval: string;
	readonly columns: Readonly<Partial<Record<CustomColumn, string>>>;
	/** Columns of the user's own. */
	readonly own: ReadonlyArray<{ readonly name: string; readonly place: string }>;
	/** Of times that don't say theirs; empty: such a time can't be read. */
	readonly timeZone: string;
};

const NAME = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u;

/** @throws SourceError quoting what can't work */
export function checkMapping(mapping: CustomMapping, symbolIsKnown: boolean): void {
	const { rowsAre, rowsPath, interval, columns, own, timeZone } = mapping;
	if (rowsPath !== '' && !rowsPath.startsWith('$')) {
		refuse(
			`Rows At is ${JSON.stringify(rowsPath)}; use a JSONPath that begins with $, such as $.data, or leave it empty when the answer is the row or the list of rows.`,
		);
	}
	if (!symbolIsKnown && columns.symbol === undefined) {
		refuse(
			'Columns has no Symbol, and the rows are of more than one: name the field with the symbol (~ for the name a row has in the answer), or exactly one symbol in Symbols.',
		);
	}
	if (rowsAre === 'candles') {
		const ms = parseDuration(interval);
		if (ms === undefined || ms < 1_000) {
			refuse(`Candle Length is ${JSON.stringify(interval)}; use a duration such as 1m, 1h or 1d.`);
		}
		if (columns.time === undefined) {
			refuse('Columns has no Time; of candles it is when they begin.');
		}
	}
	if (timeZone !== '' && !isTimeZone(timeZone)) {
		refuse(
			`Time Zone is ${JSON.stringify(timeZone)}; use an IANA name such as America/New_York or UTC.`,
		);
	}
	for (const [column, place] of Object.entries(columns)) checkPlace(column, place);
	for (const { name, place } of own) {
		if (!NAME.test(name) || RESERVED.has(name)) {
			refuse(
				`A column can't be called ${JSON.stringify(name)}; use letters, digits and underscores, and no name that events have already.`,
			);
		}
		checkPlace(name, place);
	}
}

function checkPlace(column: string, place: string): void {
	if (place !== '' && place.length <= 500) return;
	refuse(
		`Column ${column} has no field; name one of the row's, such as last or quote.price, . for the row itself, ~ for its name, or a JSONPath of the whole answer.`,
	);
}

/** What can't be a column of the user's own. */
export const RESERVED: ReadonlySet<string> = new Set([
	...CUSTOM_COLUMNS,
	...['type', 'source', 'providerSymbol', 'eventId', 'eventAt', 'receivedAt', 'quality'],
	...['interval', 'startAt', 'endAt', 'closed', 'session', 'side', 'marketAlerts'],
	...['__proto__', 'constructor', 'prototype'],
]);

function refuse(message: string): never {
	throw new SourceError('invalidSetting', message);
}
