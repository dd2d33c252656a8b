import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { alertItemSchema, alertJsonSchema } from '../../core/alerts';
import { codesOf, parsePage, readPage, tablesOf } from './page';

type Schema = {
	readonly type?: string | readonly string[];
	readonly anyOf?: readonly Schema[];
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly items?: Schema;
};

const WORDS: Readonly<Record<string, string>> = {
	string: 'text',
	number: 'number',
	integer: 'number',
	boolean: 'true or false',
	object: 'object',
	array: 'list',
};

/** What a reader is told of a type; flags that are never false say so. */
function wordsOf(schema: Schema, isRequired: boolean): string {
	const types = (schema.anyOf ?? [schema]).map(({ type }) => type);
	const known = types.filter((type) => type !== 'null').map((type) => WORDS[String(type)] ?? 'any');
	const word = known.length === 1 ? (known[0] ?? 'any') : 'any';
	const isNullable = word !== 'any' && types.includes('null');
	if (isRequired) return isNullable ? `${word}, or null` : word;
	return `${word === 'true or false' ? 'true' : word}, or absent`;
}

/** Each field of the schema, by its path: `because[].fact`. */
function fieldsOf({ properties = {}, required = [] }: Schema, at = ''): string[][] {
	return Object.entries(properties).flatMap(([name, field]) => {
		const path = `${at}${name}`;
		// A member has the fields of an item.
		const isMember = at === 'members[].' && name !== 'count';
		if (isMember) return [];
		const isList = field.items?.properties !== undefined;
		const own = path === 'alert' ? [] : [[path, wordsOf(field, required.includes(name))]];
		return [
			...own,
			...fieldsOf(isList ? (field.items ?? {}) : field, `${path}${isList ? '[]' : ''}.`),
		];
	});
}

describe('docs/alerts.md', () => {
	const page = readPage('alerts.md');
	const blocks = parsePage(page);

	it('has a row for each field of the alert item, and says what it is', () => {
		const rows = tablesOf(blocks, 'field')[0] ?? [];
		const documented = rows.map(([field = '', type]) => [codesOf(field)[0], type]);
		expect(documented).toEqual(fieldsOf(alertJsonSchema()));
	});

	it('names every state and severity there is', () => {
		const rows = tablesOf(blocks, 'field')[0] ?? [];
		const named = (field: string) =>
			codesOf(rows.find(([first]) => first === `\`${field}\``)?.[2] ?? '').sort();
		const { state, severity } = alertItemSchema.shape.alert.shape;
		expect(named('alert.state')).toEqual([...state.options].sort());
		expect(named('alert.severity')).toEqual([...severity.options].sort());
	});

	it('shows an item that is one', () => {
		const example = blocks.find(
			(block) => block.kind === 'code' && block.text.includes('episodeId'),
		);
		const item: unknown = JSON.parse(example?.kind === 'code' ? example.text : '');
		expect(alertItemSchema.safeParse(item).error).toBeUndefined();
		expect(alertItemSchema.strict().safeParse(item).error).toBeUndefined();
	});

	it('shows a picture of each channel', () => {
		const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
		for (const channel of ['email', 'telegram', 'slack', 'discord', 'pagerduty']) {
			expect(pictures.filter((path) => path.includes(channel))).not.toEqual([]);
		}
		const missing = pictures.filter((path) => !existsSync(join(__dirname, '../../docs', path)));
		expect(missing).toEqual([]);
	});
});

describe('alertJsonSchema', () => {
	it('takes what later versions and other nodes add', () => {
		expect(JSON.stringify(alertJsonSchema())).not.toContain('"additionalProperties":false');
	});
});
