import { JSONPath } from 'jsonpath-plus';

/** What lies at a JSONPath in a value, as json-rules-engine reads `path`; `undefined` for nothing. */
export function readPath(value: unknown, path: string): unknown {
	if (value === null || typeof value !== 'object') return value;
	// `safe` interprets filter expressions itself; no code is made from strings.
	return JSONPath<unknown>({ json: value, path, wrap: false, eval: 'safe' });
}

/** Something a path led to, and its own name there: of a field its name, of a list's member its index. */
export type Found = { readonly name: string; readonly value: unknown };

/** All that a JSONPath leads to. @throws Error for a path that can't be followed */
export function findAll(value: unknown, path: string): Found[] {
	if (value === null || typeof value !== 'object')
		return path === '$' ? [{ name: '$', value }] : [];
	const found = JSONPath<ReadonlyArray<{ value: unknown; parentProperty: string | number | null }>>(
		{
			json: value,
			path,
			wrap: true,
			resultType: 'all',
			eval: 'safe',
		},
	);
	return found.map(({ value, parentProperty }) => ({ name: String(parentProperty ?? '$'), value }));
}

/** What lies at a dotted path (`data.price`), own properties only. */
function readDottedPath(columns: Readonly<Record<string, unknown>>, path: string): unknown {
	let value: unknown = columns;
	for (const name of path.split('.')) {
		if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name))
			return undefined;
		value = (value as Record<string, unknown>)[name];
	}
	return value;
}

/** A field of an item: one of exactly that name, else the dotted path. */
export const readField = (columns: Readonly<Record<string, unknown>>, name: string): unknown =>
	Object.hasOwn(columns, name)
		? columns[name]
		: name.includes('.')
			? readDottedPath(columns, name)
			: undefined;
