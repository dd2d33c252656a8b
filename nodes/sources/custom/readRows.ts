import {
	CUSTOM_COLUMNS,
	parseCustomSymbols,
	type CustomColumn,
	type CustomMapping,
	type CustomRestSettings,
} from '../../../core/market';
import { listOf, textOf } from '../../host/texts';
import { readDuration, readSilence, refuse, withinLimit } from '../readLive';
import type { SourceRequest } from '../SourceFace';

/** A row of Columns; n8n leaves out what nobody changed. */
type ColumnRow = { readonly column?: string; readonly name?: unknown; readonly field?: unknown };

/** What is the same for answers and for frames. */
export function readRows({
	read,
	options,
}: SourceRequest): Pick<
	CustomRestSettings,
	'symbols' | 'mapping' | 'errorPath' | 'silentAfterMs' | 'staleAfterMs'
> {
	const stale = textOf(options['staleAfter']).trim();
	return {
		// In the spelling of the address; elsewhere symbols are in upper case.
		symbols: withinLimit(parseCustomSymbols(listOf(textOf(read('symbols', ''))))),
		mapping: readMapping(read, textOf(options['timeZone']).trim()),
		errorPath: textOf(options['errorPath']).trim(),
		silentAfterMs: readSilence(options),
		...(stale === '' ? {} : { staleAfterMs: readDuration(stale, 'Stale After') }),
	};
}

/** Of a symbol as the address spells it. */
export const canonicalOf = (symbols: CustomRestSettings['symbols']): string[] => [
	...new Set(symbols.map(({ symbol }) => symbol.toUpperCase())),
];

function readMapping(read: SourceRequest['read'], timeZone: string): CustomMapping {
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
