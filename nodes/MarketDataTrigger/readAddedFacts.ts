import { SourceError } from '../../core/market';
import { compileColumns, type FactColumn } from '../../core/pipeline';
import { readFactRef } from '../host/factFields';
import { textOf } from '../host/texts';
import { ADDED, FIRST_FACT } from './addFactsField';

/** A row of Add Facts; n8n leaves out what nobody changed. */
type FactRow = Readonly<Record<string, unknown>> & {
	readonly fact?: string;
	readonly name?: unknown;
};

/**
 * The facts that shall be added to each event.
 * @param symbols those the trigger watches, in upper case; none means all there are
 * @throws SourceError quoting what the user must fix, and in which row
 */
export function readAddedFacts(given: unknown, symbols: readonly string[]): FactColumn[] {
	const { fact: rows = [] } = given as { readonly fact?: readonly FactRow[] };
	const columns = compileColumns(
		rows.map((row) => {
			const name = textOf(row.name).trim();
			const fact = readFactRef(row, row.fact ?? FIRST_FACT, ADDED);
			return name === '' ? { fact } : { fact, name };
		}),
	);
	for (const [index, { fact }] of columns.entries()) {
		const other = fact.params?.['symbol'];
		if (typeof other !== 'string' || symbols.length === 0) continue;
		if (symbols.includes(other.toUpperCase())) continue;
		throw new SourceError(
			'invalidSetting',
			`Added fact ${index + 1}: "${fact.fact}" is that of ${JSON.stringify(other)}, which the trigger doesn't watch; add it to Symbols.`,
		);
	}
	return columns;
}
