import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A piece of a Markdown page, as far as the tests read one. */
export type Block =
	| { readonly kind: 'heading'; readonly text: string; readonly line: number }
	| {
			readonly kind: 'code';
			readonly language: string;
			readonly text: string;
			readonly line: number;
	  }
	/** Cells by row, the head first; the row of dashes is left out. */
	| {
			readonly kind: 'table';
			readonly rows: ReadonlyArray<readonly string[]>;
			readonly line: number;
	  }
	/** Without its marks; one line each. */
	| { readonly kind: 'quote'; readonly lines: readonly string[]; readonly line: number }
	| { readonly kind: 'text'; readonly text: string; readonly line: number };

export const readPage = (name: string): string =>
	readFileSync(join(__dirname, '../../docs', name), 'utf8');

export function parsePage(page: string): Block[] {
	const blocks: Block[] = [];
	const lines = page.split('\n');
	for (let at = 0; at < lines.length;) {
		const begin = at;
		const line = begin + 1;
		const take = (belongs: (text: string) => boolean) => {
			while (at < lines.length && belongs(lines[at] ?? '')) at += 1;
			return lines.slice(begin, at);
		};
		const first = lines[at] ?? '';
		if (first.trim() === '') {
			at += 1;
		} else if (first.startsWith('```')) {
			at += 1;
			take((text) => !text.startsWith('```'));
			const text = lines.slice(begin + 1, at).join('\n');
			at += 1;
			blocks.push({ kind: 'code', language: first.slice(3).trim(), text, line });
		} else if (first.startsWith('#')) {
			at += 1;
			blocks.push({ kind: 'heading', text: first.replace(/^#+\s*/, ''), line });
		} else if (first.startsWith('|')) {
			const rows = take((text) => text.startsWith('|')).map(cellsOf);
			blocks.push({ kind: 'table', rows: rows.filter((_, index) => index !== 1), line });
		} else if (first.startsWith('>')) {
			const quoted = take((text) => text.startsWith('>')).map((text) => text.slice(1).trim());
			blocks.push({ kind: 'quote', lines: quoted.filter((text) => text !== ''), line });
		} else {
			const text = take((one) => one.trim() !== '' && !/^([#>|]|```)/.test(one)).join('\n');
			blocks.push({ kind: 'text', text, line });
		}
	}
	return blocks;
}

const cellsOf = (row: string): string[] =>
	row
		.trim()
		.replace(/^\||\|$/g, '')
		.split('|')
		.map((cell) => cell.trim());

/** The tables whose first column is headed so, without their heads. */
export const tablesOf = (blocks: readonly Block[], head: string): string[][][] =>
	blocks.flatMap((block) => {
		if (block.kind !== 'table' || block.rows[0]?.[0] !== head) return [];
		return [block.rows.slice(1).map((row) => [...row])];
	});

/** What stands between backticks. */
export const codesOf = (cell: string): string[] =>
	[...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
