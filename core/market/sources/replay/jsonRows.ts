import { JSONParser } from '@streamparser/json';

import { isRow, type RawRow } from './rows';

/**
 * The objects of one JSON array, each as soon as it's complete: the whole file is the array, or an object
 * that holds it (`{"bars": […]}`, also one level deeper by symbol: `{"bars": {"MSFT": […]}}`).
 */
export async function* jsonRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawRow> {
	const ready: RawRow[] = [];
	// `$.*` and below: elements of a list at the top, or of a list in an object at the top.
	const parser = new JSONParser({ paths: ['$.*', '$.*.*', '$.*.*.*'], keepStack: false });
	let ended = false;
	parser.onValue = ({ value, parent, stack }) => {
		if (!Array.isArray(parent)) return;
		if (!isRow(value)) {
			ready.push({ unreadable: 'an element of the list that is not an object' });
			return;
		}
		const within = stack.at(-1)?.key;
		const symbol = stack.length === 3 && typeof within === 'string' ? { symbol: within } : {};
		ready.push({ row: { ...symbol, ...value } });
	};
	parser.onEnd = () => (ended = true);
	for await (const piece of bytes) {
		try {
			parser.write(piece);
		} catch (error) {
			yield* ready.splice(0);
			throw new MalformedJsonError(error);
		}
		yield* ready.splice(0);
	}
	if (!ended) throw new MalformedJsonError(undefined);
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
