import { stripSecrets } from '../../stripSecrets';
import { findAll, type Found } from '../../readPath';

/** More of them in one answer aren't looked at. */
const MOST_ROWS = 10_000;

export type Rows = { readonly rows: readonly Found[]; readonly leftOut: number };

/**
 * The rows of an answer: what a JSONPath leads to, a list meaning its members. Without a path it's the answer
 * itself. Never throws; what wasn't found is told with what was there.
 */
export function readRows(answer: unknown, path: string): Rows | { readonly missing: string } {
	let found: readonly Found[];
	try {
		found = findAll(answer, path === '' ? '$' : path);
	} catch {
		return { missing: `the path ${path} can't be followed; ${whatIsThere(answer, path)}` };
	}
	const [only] = found;
	if (only === undefined || (found.length === 1 && isNothing(only.value))) {
		return { missing: `there are no rows at ${path || '$'}; ${whatIsThere(answer, path)}` };
	}
	const rows =
		found.length === 1 && Array.isArray(only.value)
			? only.value.map((value: unknown, index) => ({ name: String(index), value }))
			: found;
	return { rows: rows.slice(0, MOST_ROWS), leftOut: Math.max(rows.length - MOST_ROWS, 0) };
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

/** Names and kinds only, never values: an answer may hold anything. */
function whatIsThere(answer: unknown, path: string): string {
	let value = answer;
	let at = '$';
	for (const name of path.replace(/^\$\.?/, '').split('.')) {
		if (!isObject(value) || !Object.hasOwn(value, name)) break;
		value = value[name];
		at += `.${name}`;
	}
	if (!isObject(value)) return `at ${at} there is ${kindOf(value)}`;
	const names = Object.keys(value).slice(0, 12);
	if (names.length === 0) return `at ${at} there is an empty object`;
	const object = value;
	const words = names.map((name) => `${name} (${kindOf(object[name])})`).join(', ');
	return `at ${at} there are ${stripSecrets(words, [], 300)}`;
}

function kindOf(value: unknown): string {
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (value === null || value === undefined) return 'nothing';
	if (typeof value === 'object') return 'an object';
	return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
