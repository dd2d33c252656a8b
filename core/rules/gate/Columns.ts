type Typed = Float64Array | Int32Array | Int8Array | Uint8Array;

/** Numbered rows of small numbers in typed arrays: rows are taken, given back, and taken again. */
export class Rows {
	/** Rows ever taken; those given back are among them. */
	count = 0;

	private room = 0;

	private readonly free: number[] = [];

	/** @param grow makes room for so many rows in every column */
	constructor(private readonly grow: (room: number) => void) {}

	take(): number {
		const free = this.free.pop();
		if (free !== undefined) return free;
		if (this.count === this.room) {
			this.room = Math.ceil(Math.max(16, this.room * 1.5));
			this.grow(this.room);
		}
		return this.count++;
	}

	give(row: number): void {
		this.free.push(row);
	}
}

/** A longer column with the same beginning. */
export function lengthen<Column extends Typed>(column: Column, length: number): Column {
	const longer = new (column.constructor as new (length: number) => Column)(length);
	longer.set(column);
	return longer;
}
