import { parse } from 'csv-parse';

/** A row of a tape as its file has it: values by column. */
export type Row = Readonly<Record<string, unknown>>;

/** What a piece of a file gave: a row, or why it couldn't be read. */
export type RawRow = { readonly row: Row } | { readonly unreadable: string };

/** Longest row or line; more is no tape. */
export const MAX_ROW_BYTES = 1_048_576;

/** CSV with a header line, a row at a time; comma, semicolon or tab, whichever the header has most of. */
export async function* csvRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawRow> {
	const { head, rest } = await peekLine(bytes);
	const parser = parse({
		columns: (names: string[]) => names.map((name) => name.trim()),
		bom: true,
		trim: true,
		skip_empty_lines: true,
		relax_column_count: true,
		delimiter: delimiterOf(head),
		max_record_size: MAX_ROW_BYTES,
	});
	const feeding = feed(rest, parser);
	try {
		for await (const row of parser) yield { row: row as Row };
	} finally {
		parser.destroy();
	}
	const broken = await feeding;
	if (broken !== undefined) throw broken;
}

/** One JSON object a line. */
export async function* ndjsonRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawRow> {
	for await (const line of lines(bytes)) {
		const text = line.trim();
		if (text === '') continue;
		let row: unknown;
		try {
			row = JSON.parse(text);
		} catch {
			yield { unreadable: 'a line that is not JSON' };
			continue;
		}
		yield isRow(row) ? { row } : { unreadable: 'a line that is not an object' };
	}
}

export const isRow = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text line by line; a multi-byte character may lie across two pieces. */
async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
	const decoder = new TextDecoder('utf-8');
	let open = '';
	for await (const piece of bytes) {
		open += decoder.decode(piece, { stream: true });
		const ready = open.split('\n');
		open = ready.pop() ?? '';
		yield* ready;
		if (open.length > MAX_ROW_BYTES) throw new RowTooLongError();
	}
	yield open + decoder.decode();
}

/** A "line" beyond any row: the file isn't what its name says. */
export class RowTooLongError extends Error {
	override readonly name = 'RowTooLongError';

	constructor() {
		super('a row is longer than a megabyte');
	}
}

/**
 * Hands whole lines on, so that a file that breaks off never ends in half a row (and half a price).
 * @returns why the bytes broke off, once the rows before are handed on
 */
async function feed(
	bytes: AsyncIterable<Uint8Array>,
	parser: ReturnType<typeof parse>,
): Promise<Error | undefined> {
	let open: Uint8Array = new Uint8Array();
	const hand = async (piece: Uint8Array) => {
		if (piece.length > 0 && !parser.write(piece)) await drained(parser);
	};
	try {
		for await (const piece of bytes) {
			if (parser.destroyed) return undefined;
			const all = Buffer.concat([open, piece]);
			const whole = all.lastIndexOf(NEW_LINE) + 1;
			await hand(all.subarray(0, whole));
			open = all.subarray(whole);
			if (open.length > MAX_ROW_BYTES) throw new RowTooLongError();
		}
		await hand(open);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	} finally {
		parser.end();
	}
}

const NEW_LINE = 0x0a;

const drained = async (parser: ReturnType<typeof parse>): Promise<void> => {
	await new Promise<void>((resolve) => {
		const done = () => {
			parser.off('drain', done);
			parser.off('close', done);
			resolve();
		};
		parser.on('drain', done);
		parser.on('close', done);
	});
};

/** The first line, and the bytes again from their beginning. */
async function peekLine(bytes: AsyncIterable<Uint8Array>) {
	const iterator = bytes[Symbol.asyncIterator]();
	const taken: Uint8Array[] = [];
	let head = '';
	while (!head.includes('\n') && head.length < MAX_ROW_BYTES) {
		const next = await iterator.next();
		if (next.done === true) break;
		taken.push(next.value);
		head += new TextDecoder().decode(next.value);
	}
	async function* rest(): AsyncGenerator<Uint8Array> {
		try {
			yield* taken;
			for (;;) {
				const next = await iterator.next();
				if (next.done === true) return;
				yield next.value;
			}
		} finally {
			await iterator.return?.();
		}
	}
	return { head: head.split('\n')[0] ?? '', rest: rest() };
}

function delimiterOf(head: string): string {
	const count = (delimiter: string) => head.split(delimiter).length;
	return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}
