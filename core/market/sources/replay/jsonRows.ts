import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';

import { isRow, MAX_ROW_BYTES, RowTooLongError, type RawRow } from './rows';

/**
 * The objects of the JSON arrays in a file, each as soon as it's complete: the whole file is the array, or
 * an object that holds it (`{"bars": […]}`), perhaps by symbol (`{"bars": {"MSFT": […]}}`). Only the row
 * that's being read is in memory.
 */
export async function* jsonRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawRow> {
	const finder = new RowFinder();
	let since = 0;
	for await (const piece of bytes) {
		const broken = finder.write(piece);
		const rows = finder.take();
		yield* rows;
		if (broken !== undefined) throw new MalformedJsonError(broken);
		since = rows.length > 0 ? 0 : since + piece.length;
		if (since > MAX_ROW_BYTES) throw new RowTooLongError();
	}
	if (!finder.isComplete) throw new MalformedJsonError(undefined);
}

/** An array or object around the rows; `key` is the member of the object we're in. */
type Frame = { readonly kind: 'array' | 'object'; key: string | undefined; expectsKey: boolean };

/** Walks the tokens around the rows, and lets each row be put together by a parser of its own. */
class RowFinder {
	private readonly tokenizer = new Tokenizer();

	private readonly frames: Frame[] = [];

	private row: { readonly parser: TokenParser; depth: number } | undefined;

	private ready: RawRow[] = [];

	constructor() {
		this.tokenizer.onToken = ({ token, value }) => this.onToken(token, value);
	}

	/** @returns why it can't be read on */
	write(piece: Uint8Array): Error | undefined {
		try {
			this.tokenizer.write(piece);
			return undefined;
		} catch (error) {
			return error instanceof Error ? error : new Error(String(error));
		}
	}

	take(): RawRow[] {
		return this.ready.splice(0);
	}

	get isComplete(): boolean {
		return this.tokenizer.isEnded && this.frames.length === 0 && this.row === undefined;
	}

	private onToken(token: TokenType, value: unknown): void {
		if (this.row !== undefined) {
			this.writeRow(this.row, token, value);
			return;
		}
		const frame = this.frames.at(-1);
		switch (token) {
			case TokenType.LEFT_BRACE:
				if (frame?.kind === 'array') this.beginRow(token, value);
				else this.frames.push({ kind: 'object', key: undefined, expectsKey: true });
				return;
			case TokenType.LEFT_BRACKET:
				this.frames.push({ kind: 'array', key: undefined, expectsKey: false });
				return;
			case TokenType.RIGHT_BRACE:
			case TokenType.RIGHT_BRACKET:
				this.frames.pop();
				return;
			case TokenType.COLON:
				if (frame !== undefined) frame.expectsKey = false;
				return;
			case TokenType.COMMA:
				if (frame !== undefined) frame.expectsKey = frame.kind === 'object';
				return;
			default:
				if (frame?.kind === 'object' && frame.expectsKey) frame.key = String(value);
				if (frame?.kind === 'array') {
					this.ready.push({ unreadable: 'an element of the list that is not an object' });
				}
		}
	}

	private beginRow(token: TokenType, value: unknown): void {
		const parser = new TokenParser({ paths: ['$'] });
		parser.onValue = ({ value: read }) => {
			if (isRow(read)) this.ready.push({ row: { ...this.symbolAround(), ...read } });
		};
		this.row = { parser, depth: 0 };
		this.writeRow(this.row, token, value);
	}

	private writeRow(
		row: { readonly parser: TokenParser; depth: number },
		token: TokenType,
		value: unknown,
	): void {
		if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) row.depth += 1;
		if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) row.depth -= 1;
		row.parser.write({ token, value: value as string });
		if (row.depth === 0) this.row = undefined;
	}

	/** Lists by symbol: `{"bars": {"MSFT": […]}}`. */
	private symbolAround(): { readonly symbol?: string } {
		const within = this.frames.length === 3 ? this.frames[1]?.key : undefined;
		return within === undefined ? {} : { symbol: within };
	}
}

/** JSON that breaks off or goes wrong; its message never quotes the file. */
export class MalformedJsonError extends Error {
	override readonly name = 'MalformedJsonError';

	constructor(cause: unknown) {
		super(
			cause === undefined ? 'the JSON ends in the middle' : 'the JSON goes wrong in the middle',
			{ cause },
		);
	}
}
