import { findFact } from './catalogue';
import type { FactRef } from './model';

/**
 * What a column is called that holds a fact: `rsi_14_5m`, `macd_12_26_9_5m`, `highest_20_1h_SPY`.
 *
 * The fact and its parameters in the catalogue's order, joined by underscores: of numbers the default where
 * none is given, of all else what differs from the default. Signs other than letters and digits become
 * underscores as well, so that it can stand in an expression or a template.
 */
export function columnName({ fact, params = {} }: FactRef): string {
	const parts = (findFact(fact)?.params ?? []).flatMap((param) => {
		const given = params[param.name];
		const isNumber = param.type === 'integer' || param.type === 'number';
		const value = isNumber ? (given ?? param.default) : given === param.default ? undefined : given;
		if (value === undefined) return [];
		return [typeof value === 'string' ? value : JSON.stringify(value)];
	});
	return [fact, ...parts].join('_').replaceAll(/[^A-Za-z0-9]+/g, '_');
}
